//! Commands and log events → a table.

use super::command::{Command, Expr, Named};
use super::discover::discover;
use super::expression::{Row, Scope};
use super::order::order;
use super::parse::parse;
use super::value::Value;
use super::{Stored, Table};
use std::cmp::Ordering;

/// Runs a query on the log events of the groups that it names with `SOURCE`, or on all.
///
/// # Errors
///
/// The query is invalid, is outside the supported subset, or depends on behaviour that no page specifies.
pub(crate) fn run(query: &str, logs: &[Stored]) -> Result<Table, String> {
    let commands = parse(query)?;
    check(&commands)?;
    let group = |command: &Command| {
        if let Command::Source(name) = command { Some(name.clone()) } else { None }
    };
    let groups: Vec<_> = commands.iter().filter_map(group).collect();
    let is_asked = |stored: &&Stored| groups.is_empty() || groups.contains(&stored.log_group);
    let row = |stored| Row { fields: discover(stored), is_closed: false };
    let mut results =
        Results { columns: Vec::new(), rows: logs.iter().filter(is_asked).map(row).collect() };
    for command in &commands {
        results.take(command)?;
    }
    results.table()
}

/// The fields that a query reads from log events, without those that it defines itself.
pub(crate) fn fields_of(query: &str) -> Result<Vec<String>, String> {
    let mut named = Vec::new();
    let mut made = Vec::new();
    for command in parse(query)? {
        let lists = match command {
            Command::Fields(list) => vec![list],
            Command::Stats(list, by) => vec![list, by],
            Command::Display(columns) => {
                named.extend(columns);
                continue;
            }
            Command::Parse(field, _, extracted) => {
                field.fields(&mut named);
                made.extend(extracted);
                continue;
            }
            Command::Filter(field) | Command::Sort(field, _) => {
                field.fields(&mut named);
                continue;
            }
            Command::Dedup(fields) => {
                for field in fields {
                    field.fields(&mut named);
                }
                continue;
            }
            Command::Source(_) | Command::Limit(_) => continue,
        };
        for Named { name, expr } in lists.into_iter().flatten() {
            expr.fields(&mut named);
            if !matches!(&expr, Expr::Field(field) if *field == name) {
                made.push(name);
            }
        }
    }
    named.retain(|name| !made.contains(name) && !name.starts_with('@'));
    Ok(named)
}

/// Checks the order of the commands.
fn check(commands: &[Command]) -> Result<(), String> {
    let places = |is: fn(&Command) -> bool| {
        let all = commands.iter().enumerate();
        all.filter(|(_, command)| is(command)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    let sources = places(|it| matches!(it, Command::Source(_)));
    if sources.iter().enumerate().any(|(place, at)| place != *at) {
        return Err("SOURCE comes first".to_owned());
    }
    let stats = places(|it| matches!(it, Command::Stats(..)));
    if stats.len() > 2 {
        return Err("a query has at most two stats".to_owned());
    }
    let sorts = places(|it| matches!(it, Command::Sort(..) | Command::Limit(_)));
    if sorts.first() < stats.last() && !sorts.is_empty() {
        return Err("sort and limit come after the last stats".to_owned());
    }
    let dedups = places(|it| matches!(it, Command::Dedup(_)));
    if let Some(dedup) = dedups.first() {
        let after = commands.get(dedup + 1..).unwrap_or_default();
        if !after.iter().all(|it| matches!(it, Command::Limit(_))) {
            return Err("only limit comes after dedup".to_owned());
        }
        if sorts.first().is_none_or(|sort| sort > dedup) {
            return Err("dedup keeps the first row: sort before it".to_owned());
        }
    }
    let chooses = |it: &Command| matches!(it, Command::Stats(..) | Command::Display(_));
    let parses = places(|it| matches!(it, Command::Parse(..)));
    if !parses.is_empty() && !commands.iter().any(chooses) {
        return Err("no page specifies whether extracted fields are shown: use display".to_owned());
    }
    Ok(())
}

struct Results {
    columns: Vec<String>,
    rows: Vec<Row>,
}

impl Results {
    fn take(&mut self, command: &Command) -> Result<(), String> {
        match command {
            Command::Source(_) => {}
            Command::Fields(list) => self.fields(list)?,
            Command::Display(names) => self.columns.clone_from(names),
            Command::Filter(condition) => self.filter(condition)?,
            Command::Parse(field, around, names) => self.parse(field, around, names)?,
            Command::Stats(calculated, by) => self.stats(calculated, by)?,
            Command::Sort(field, descending) => self.sort(field, *descending)?,
            Command::Dedup(fields) => self.dedup(fields)?,
            Command::Limit(rows) => self.rows.truncate(*rows),
        }
        Ok(())
    }

    fn fields(&mut self, list: &[Named]) -> Result<(), String> {
        for row in &mut self.rows {
            // No page specifies whether an expression can use the alias of another one.
            let before = row.clone();
            for Named { name, expr } in list {
                let value = Scope::Row(&before).evaluate(expr)?;
                row.fields.insert(name.clone(), value);
            }
        }
        self.columns.extend(list.iter().map(|named| named.name.clone()));
        Ok(())
    }

    fn filter(&mut self, condition: &Expr) -> Result<(), String> {
        let mut kept = Vec::new();
        for row in self.rows.drain(..) {
            let value = Scope::Row(&row).evaluate(condition)?;
            if value == Value::Bool(true) {
                kept.push(row);
            } else if ![Value::Bool(false), Value::Missing].contains(&value) {
                return Err(format!("{value:?} is not a condition"));
            }
        }
        self.rows = kept;
        Ok(())
    }

    fn parse(&mut self, field: &Expr, around: &[String], names: &[String]) -> Result<(), String> {
        for row in &mut self.rows {
            let value = Scope::Row(row).evaluate(field)?;
            let Value::Text(text) = value else { continue };
            for (name, part) in names.iter().zip(extract(&text, around).unwrap_or_default()) {
                row.fields.insert(name.clone(), Value::Text(part));
            }
        }
        Ok(())
    }

    fn stats(&mut self, calculated: &[Named], by: &[Named]) -> Result<(), String> {
        let mut groups: Vec<(Vec<Value>, Vec<Row>)> = Vec::new();
        for row in self.rows.drain(..) {
            let key = by.iter().map(|it| Scope::Row(&row).evaluate(&it.expr));
            let key = key.collect::<Result<Vec<_>, _>>()?;
            if let Some(place) = key.iter().position(|it| it.is_missing() || *it == Value::Flag) {
                let name = by.get(place).map(|it| &it.name);
                return Err(format!("no page specifies what happens to rows without {name:?}"));
            }
            match groups.iter_mut().find(|(other, _)| *other == key) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((key, vec![row])),
            }
        }
        for (key, rows) in groups {
            let mut row = Row { is_closed: true, ..Row::default() };
            for Named { name, expr } in calculated {
                row.fields.insert(name.clone(), Scope::Group(&rows).evaluate(expr)?);
            }
            row.fields.extend(by.iter().map(|it| it.name.clone()).zip(key));
            self.rows.push(row);
        }
        self.columns = by.iter().chain(calculated).map(|it| it.name.clone()).collect();
        Ok(())
    }

    fn sort(&mut self, field: &Expr, descending: bool) -> Result<(), String> {
        let mut refused = None;
        let value = |row: &Row| Scope::Row(row).evaluate(field);
        self.rows.sort_by(|one, other| {
            let by_value = value(one).and_then(|one| order(&one, &value(other)?));
            let by_value = by_value.unwrap_or_else(|why| {
                refused = Some(why);
                Ordering::Equal
            });
            if descending { by_value.reverse() } else { by_value }
        });
        refused.map_or(Ok(()), Err)
    }

    /// Removes duplicates. Nulls are not duplicates of each other.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Dedup.html>
    fn dedup(&mut self, fields: &[Expr]) -> Result<(), String> {
        let mut seen: Vec<Vec<Value>> = Vec::new();
        let mut kept = Vec::new();
        for row in self.rows.drain(..) {
            let key = fields.iter().map(|field| Scope::Row(&row).evaluate(field));
            let key = key.collect::<Result<Vec<_>, _>>()?;
            if key.iter().any(Value::is_missing) {
                kept.push(row);
            } else if !seen.contains(&key) {
                seen.push(key);
                kept.push(row);
            }
        }
        self.rows = kept;
        Ok(())
    }

    fn table(mut self) -> Result<Table, String> {
        if self.columns.is_empty() {
            self.columns = ["@timestamp", "@message"].map(str::to_owned).to_vec();
        }
        let cell = |row: &Row, name: &String| row.get(name)?.show();
        let cells = |row| self.columns.iter().map(|name| cell(row, name)).collect();
        let rows = self.rows.iter().map(cells).collect::<Result<_, String>>()?;
        Ok(Table { columns: self.columns, rows })
    }
}

/// The texts at the wildcards of a glob. Each is as short as possible, but a wildcard at the end of the
/// glob matches the whole rest.
fn extract(text: &str, around: &[String]) -> Option<Vec<String>> {
    let (first, others) = around.split_first()?;
    let mut rest = text.split_once(first.as_str())?.1;
    let mut parts = Vec::new();
    for (place, after) in others.iter().enumerate() {
        let is_open = after.is_empty() && place + 1 == others.len();
        let (part, left) = if is_open { (rest, "") } else { rest.split_once(after.as_str())? };
        parts.push(part.to_owned());
        rest = left;
    }
    Some(parts)
}
