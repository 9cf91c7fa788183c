//! Logs Insights QL as far as our queries use it, because no emulator runs it.
//!
//! Written from AWS's pages, not from experience: what they do not say is refused, so that no query
//! rests on it. <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html>

mod aggregate;
mod command;
mod discover;
mod expression;
mod lex;
mod order;
mod pages;
mod parse;
mod run;
mod value;

pub(crate) use discover::{EXTRACTED_FIELDS, leaves};
pub(crate) use run::{fields_of, run};

/// A log event and where it is.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) log_group: String,
    pub(crate) log_stream: String,
    pub(crate) timestamp_ms: i64,
    pub(crate) message: String,
}

/// What a query answers: the names of its columns, and rows of texts.
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// As Markdown.
    pub(crate) fn write(&self) -> String {
        let line = |cells: &[String]| {
            let cells = cells.iter().map(|cell| shown(&cell.replace('|', "\\|")));
            format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
        };
        let rule = vec!["---".to_owned(); self.columns.len()];
        let rows = self.rows.iter().map(|row| line(row)).collect::<Vec<_>>().concat();
        [line(&self.columns), line(&rule), rows].concat()
    }

    /// The cells of such a column, from top to bottom.
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        let at = self.columns.iter().position(|it| it == name).expect(name);
        self.rows.iter().filter_map(|row| row.get(at)).map(String::as_str).collect()
    }

    /// The rows as texts, of such columns alone.
    pub(crate) fn of<const N: usize>(&self, names: [&str; N]) -> Vec<[&str; N]> {
        let columns = names.map(|name| self.column(name));
        let row = |at: usize| columns.each_ref().map(|it| it.get(at).copied().unwrap_or_default());
        (0..self.rows.len()).map(row).collect()
    }
}

/// Control characters would break the table.
fn shown(text: &str) -> String {
    let one = |c: char| {
        if c.is_control() { c.escape_default().to_string() } else { c.to_string() }
    };
    text.chars().map(one).collect()
}
