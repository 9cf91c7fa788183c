//! Tables without lines between cells, for people and for `grep`.

use crate::terminal;
use comfy_table::{Cell, CellAlignment, ColumnConstraint, Table, Width, presets};

pub(crate) use crate::visible::visible;
pub(crate) use comfy_table::{Attribute, Color};

/// Width of the output where there is no terminal.
const COLUMNS: u16 = 80;

/// Spaces between two columns.
const SPACE: u16 = 2;

/// Makes a table with these columns. A title that ends in `>` aligns its column to the right.
pub(crate) fn table(titles: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty();
    table.style_text_only();
    if terminal::has_colours() {
        table.enforce_styling();
    }
    let header = titles.iter().map(|title| Cell::new(title.trim_end_matches('>')));
    table.set_header(header.map(|cell| cell.add_attribute(Attribute::Bold)));
    for (column, title) in table.column_iter_mut().zip(titles) {
        column.set_padding((0, SPACE));
        if title.ends_with('>') {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

/// Gives each column a minimum width.
pub(crate) fn widen(table: &mut Table, widths: &[u16]) {
    let lower = |width: &u16| ColumnConstraint::LowerBoundary(Width::Fixed(width + SPACE));
    table.set_constraints(widths.iter().map(lower));
}

/// Returns the width of the terminal in columns.
pub(crate) fn columns() -> usize {
    Table::new().width().unwrap_or(COLUMNS).into()
}

/// Formats a number for people: `1,234,567`.
pub(crate) fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
