//! An evaluator for the part of Logs Insights QL that our queries use, because no emulator runs it.
//!
//! It follows AWS's pages and refuses everything that they do not specify, so that no query depends on
//! an assumption. <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html>

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

/// A log event with its log group and log stream.
#[derive(Clone)]
pub(crate) struct Stored {
    pub(crate) log_group: String,
    pub(crate) log_stream: String,
    pub(crate) timestamp_ms: i64,
    pub(crate) message: String,
}

/// The result of a query: the names of the columns, and rows of texts.
pub(crate) struct Table {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Table {
    /// Writes the table as Markdown.
    pub(crate) fn write(&self) -> String {
        let line = |cells: &[String]| {
            let cells = cells.iter().map(|cell| shown(&cell.replace('|', "\\|")));
            format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
        };
        let rule = vec!["---".to_owned(); self.columns.len()];
        let rows = self.rows.iter().map(|row| line(row)).collect::<Vec<_>>().concat();
        [line(&self.columns), line(&rule), rows].concat()
    }

    /// The cells of the column with this name, from top to bottom.
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        let at = self.columns.iter().position(|it| it == name).expect(name);
        self.rows.iter().filter_map(|row| row.get(at)).map(String::as_str).collect()
    }

    /// The rows, with only the columns of these names.
    pub(crate) fn of<const N: usize>(&self, names: [&str; N]) -> Vec<[&str; N]> {
        let columns = names.map(|name| self.column(name));
        let row = |at: usize| columns.each_ref().map(|it| it.get(at).copied().unwrap_or_default());
        (0..self.rows.len()).map(row).collect()
    }
}

/// The text with control characters escaped, which would break the table.
fn shown(text: &str) -> String {
    let one = |c: char| {
        if c.is_control() { c.escape_default().to_string() } else { c.to_string() }
    };
    text.chars().map(one).collect()
}
