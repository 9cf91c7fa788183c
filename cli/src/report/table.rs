//! Tables of the page: rows of cells beside each other, and below each other on a phone.

use maud::{Markup, html};

/// A column.
#[derive(Clone, Copy)]
pub(super) struct Column {
    title: &'static str,
    class: &'static str,
}

/// A column of text.
pub(super) const fn text(title: &'static str) -> Column {
    Column { title, class: "text" }
}

/// The column that says what a row is about; on a phone it has a line of its own.
pub(super) const fn name(title: &'static str) -> Column {
    Column { title, class: "name" }
}

/// A column of short words, such as times, that never break.
pub(super) const fn short(title: &'static str) -> Column {
    Column { title, class: "short" }
}

/// A column of numbers.
pub(super) const fn number(title: &'static str) -> Column {
    Column { title, class: "n" }
}

/// A column of bars. A phone leaves it out, because the numbers say the same.
pub(super) const fn bars() -> Column {
    Column { title: "", class: "wide" }
}

/// A table. Each cell repeats the title of its column, for where there is no room for a header.
pub(super) fn table(label: &str, columns: &[Column], rows: &[Vec<Markup>]) -> Markup {
    html! {
        table aria-label=(label) {
            thead { tr { @for Column { title, class } in columns { th class=(class) scope="col" { (title) } } } }
            tbody { @for row in rows {
                tr { @for (Column { title, class }, cell) in columns.iter().zip(row) {
                    td class=(class) data-title=(title) { (cell) }
                } }
            } }
        }
    }
}

/// A row that sums up those which the table leaves out.
pub(super) fn others(count: usize, noun: &str) -> Markup {
    html! { span.soft { (crate::table::number(count)) " more " (noun) } }
}
