//! Tables of the page.

use maud::{Markup, html};

/// A table that scrolls sideways where it is too wide, with the keyboard too.
pub(super) fn scroll(name: &str, rows: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-label=(name) { table { (rows) } } }
}
