//! One event before and after the policy.

use super::measure::Measure;
use super::struck::struck;
use crate::table::number;
use maud::{Markup, html};

/// The event that loses most.
pub(super) fn sample(measure: &Measure) -> Markup {
    let Some(sample) = &measure.sample else {
        return html! {};
    };
    let (before, after) = (sample.bytes_in, sample.after.text().len());
    html! {
        section.sample {
            h2 { "One event, before and after" }
            p { (number(before)) " bytes received, " (number(after)) " bytes stored. " del { "Removed" } " and " ins { "added" } "." }
            details {
                summary { "The event" }
                pre { (struck(sample.before.root(), sample.after.root())) }
            }
        }
    }
}
