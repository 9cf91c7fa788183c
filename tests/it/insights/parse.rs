//! Tokens → commands. An error names anything outside the supported subset.

use super::command::{Command, Expr, Named};
use super::lex::{Token, lex, without_comments};

/// The commands of a query.
pub(super) fn parse(query: &str) -> Result<Vec<Command>, String> {
    let text = without_comments(query);
    let tokens = lex(&text)?;
    let mut parser = Parser { text: &text, tokens: &tokens, at: 0 };
    let mut commands = vec![parser.command()?];
    while parser.takes("|") {
        commands.push(parser.command()?);
    }
    match parser.peek() {
        None => Ok(commands),
        Some(token) => Err(format!("{token:?} is unexpected")),
    }
}

struct Parser<'a> {
    text: &'a str,
    tokens: &'a [(Token, usize, usize)],
    at: usize,
}

impl Parser<'_> {
    fn command(&mut self) -> Result<Command, String> {
        let Some(Token::Word(word)) = self.next() else {
            return Err("a command is missing".to_owned());
        };
        // The page of `stats` writes commands in either case.
        match word.to_ascii_lowercase().as_str() {
            "source" => Ok(Command::Source(self.text()?)),
            "fields" => Ok(Command::Fields(self.list(Self::named)?)),
            "display" => Ok(Command::Display(self.list(Self::name)?)),
            "filter" => Ok(Command::Filter(self.expr()?)),
            "parse" => self.parse(),
            "stats" => {
                let calculated = self.list(Self::named)?;
                let by = if self.takes_word("by") { self.list(Self::named)? } else { Vec::new() };
                Ok(Command::Stats(calculated, by))
            }
            "sort" => {
                let field = Expr::Field(self.name()?);
                let descending = self.takes_word("desc");
                if !descending && !self.takes_word("asc") {
                    return Err("sort needs asc or desc".to_owned());
                }
                Ok(Command::Sort(field, descending))
            }
            "dedup" => Ok(Command::Dedup(self.list(|it| it.name().map(Expr::Field))?)),
            "limit" => match self.next() {
                Some(Token::Number(rows @ 1.0..=100_000.0)) if rows.fract() == 0.0 => {
                    let rows = format!("{rows}").parse().map_err(|_| "limit")?;
                    Ok(Command::Limit(rows))
                }
                other => Err(format!("limit {other:?}")),
            },
            _ => Err(format!("unknown command {word}")),
        }
    }

    /// Reads `parse` with a glob. <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Parse.html>
    fn parse(&mut self) -> Result<Command, String> {
        let field = Expr::Field(self.name()?);
        let glob = self.text()?;
        if !self.takes_word("as") {
            return Err("parse needs names".to_owned());
        }
        let names = self.list(Self::name)?;
        let around = glob.split('*').map(str::to_owned).collect::<Vec<_>>();
        if around.len() != names.len() + 1 {
            return Err("parse needs as many names as wildcards".to_owned());
        }
        Ok(Command::Parse(field, around, names))
    }

    fn named(&mut self) -> Result<Named, String> {
        let first = self.at;
        let expr = self.expr()?;
        let ends = |at: usize| self.tokens.get(at).map(|(_, start, end)| (*start, *end));
        let start = ends(first).map(|(start, _)| start).unwrap_or_default();
        let end = ends(self.at - 1).map(|(_, end)| end).unwrap_or_default();
        let name = if self.takes_word("as") {
            self.name()?
        } else if let Expr::Field(name) = &expr {
            name.clone()
        } else {
            self.text.get(start..end).unwrap_or_default().to_owned()
        };
        Ok(Named { name, expr })
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> Result<T, String>) -> Result<Vec<T>, String> {
        let mut items = vec![item(self)?];
        while self.takes(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn expr(&mut self) -> Result<Expr, String> {
        let mut left = self.conjunction()?;
        while self.takes_word("or") {
            left = Expr::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Result<Expr, String> {
        let mut left = self.negation()?;
        while self.takes_word("and") {
            left = Expr::And(Box::new(left), Box::new(self.negation()?));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Result<Expr, String> {
        if self.takes_word("not") {
            return Ok(Expr::Not(Box::new(self.negation()?)));
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Result<Expr, String> {
        let left = self.sum()?;
        let negated = self.takes_word("not");
        let found = if self.takes_word("like") {
            if self.peek() == Some(&Token::Sign("/")) {
                return Err("this evaluator has no regular expressions".to_owned());
            }
            Expr::Like(Box::new(left), self.text()?)
        } else if self.takes_word("in") {
            self.wants("[")?;
            let items = self.list(Self::sum)?;
            self.wants("]")?;
            Expr::In(Box::new(left), items)
        } else if negated {
            return Err("like or in must follow not".to_owned());
        } else {
            let signs = ["=", "!=", "<", "<=", ">", ">="];
            let Some(sign) = signs.into_iter().find(|sign| self.takes(sign)) else {
                return Ok(left);
            };
            Expr::Compare(Box::new(left), sign, Box::new(self.sum()?))
        };
        Ok(if negated { Expr::Not(Box::new(found)) } else { found })
    }

    fn sum(&mut self) -> Result<Expr, String> {
        self.math(["+", "-"], Self::product)
    }

    fn product(&mut self) -> Result<Expr, String> {
        self.math(["*", "/"], Self::primary)
    }

    fn math(
        &mut self,
        signs: [&'static str; 2],
        part: fn(&mut Self) -> Result<Expr, String>,
    ) -> Result<Expr, String> {
        let mut left = part(self)?;
        while let Some(sign) = signs.into_iter().find(|sign| self.takes(sign)) {
            left = Expr::Math(Box::new(left), sign, Box::new(part(self)?));
        }
        Ok(left)
    }

    fn primary(&mut self) -> Result<Expr, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Expr::Text(text)),
            Some(Token::Number(number)) => Ok(Expr::Number(number)),
            Some(Token::Period(count, unit)) => period(count, &unit).map(Expr::Period),
            Some(Token::Quoted(name)) => Ok(Expr::Field(name)),
            Some(Token::Word(word)) if self.takes("(") => {
                let mut arguments = Vec::new();
                let has_none = self.takes(")") || self.takes("*") && self.takes(")");
                if !has_none {
                    arguments = self.list(Self::expr)?;
                    self.wants(")")?;
                }
                Ok(Expr::Call(word.to_ascii_lowercase(), arguments))
            }
            Some(Token::Word(word)) => plain(word).map(Expr::Field),
            Some(Token::Sign("(")) => {
                let inner = self.expr()?;
                self.wants(")")?;
                Ok(inner)
            }
            other => Err(format!("expected a value instead of {other:?}")),
        }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Word(word)) => plain(word),
            Some(Token::Quoted(name)) => Ok(name),
            other => Err(format!("expected a field instead of {other:?}")),
        }
    }

    fn text(&mut self) -> Result<String, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text),
            other => Err(format!("expected a string instead of {other:?}")),
        }
    }

    fn wants(&mut self, sign: &'static str) -> Result<(), String> {
        if self.takes(sign) { Ok(()) } else { Err(format!("{sign} is missing")) }
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let is_next = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is_next);
        is_next
    }

    fn takes_word(&mut self, keyword: &str) -> bool {
        let is_next =
            matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.at += usize::from(is_next);
        is_next
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(token, ..)| token)
    }

    fn next(&mut self) -> Option<Token> {
        let next = self.peek().cloned();
        self.at += usize::from(next.is_some());
        next
    }
}

/// The name of a field without backticks, or an error if it needs them.
fn plain(word: String) -> Result<String, String> {
    if word.contains('_') { Err(format!("{word} needs backticks")) } else { Ok(word) }
}

/// A period in milliseconds. Each unit has a maximum: Logs Insights would read 300s as 60 seconds.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html>
fn period(count: u32, unit: &str) -> Result<i64, String> {
    let (cap, ms) = match unit {
        "s" => (60, 1000),
        "m" => (60, 60_000),
        "h" => (24, 3_600_000),
        _ => return Err(format!("unknown unit {unit}")),
    };
    if (1..=cap).contains(&count) {
        Ok(i64::from(count) * ms)
    } else {
        Err(format!("Logs Insights would read {count}{unit} as {cap}{unit}"))
    }
}
