//! Bars in tables, and legends.

use super::bytes::Volume;
use maud::{Markup, html};

#[expect(clippy::cast_precision_loss, reason = "a picture has fewer digits")]
pub(super) fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A number of an SVG or of a style.
pub(super) fn digits(number: f64) -> String {
    format!("{number:.2}")
}

/// All bytes, and the part that is stored.
pub(super) fn bar_of(bytes: &Volume, whole: usize) -> Markup {
    bar(bytes.bytes_in, bytes.bytes_out, whole)
}

/// A bar in a table, and the darker part of it.
pub(super) fn bar(part: usize, dark: usize, whole: usize) -> Markup {
    let width = |part| digits((share(part, whole) * 200.0).min(200.0));
    html! {
        svg.bar viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true" {
            rect.back x="0" y="0" width=(width(part)) height="12" {}
            rect.kept x="0" y="0" width=(width(dark)) height="12" {}
        }
    }
}

/// What the colours of a chart mean.
pub(super) fn legend(entries: &[(&str, &str)]) -> Markup {
    html! {
        div.legend { @for (class, text) in entries { span { i class=(class) {} (text) } } }
    }
}
