//! Dollars a month, computed as in `ecs-events cost`.

use super::charts::bar;
use super::scroll::scroll;
use crate::dollars::{Terms, real};
use crate::estimate::Way;
use maud::{Markup, html};

/// Length of the longest bar.
const WHOLE: usize = 1000;

/// The ways to keep the events and their cost, or the reason why there is none.
pub(super) type Priced = Result<(Vec<Way>, Terms), String>;

pub(super) fn costs(priced: &Priced) -> Markup {
    html! {
        section {
            h2 { "What it costs" }
            @match priced {
                Err(problem) => p { "No estimate: " (problem) "." },
                Ok((ways, terms)) => {
                    p {
                        "Dollars a month, if these events occur "
                        (format!("{:.1}", terms.times_a_month)) " times a month. Prices of "
                        (terms.prices.name) ". "
                        "The first way is a rule without this function."
                    }
                    (scroll("Dollars a month", &html! {
                        thead { tr {
                            th { "way" } th.n { "ingestion" } th.n { "storage" } th.n { "function" } th.n { "total" } th {}
                        } }
                        tbody { @for way in ways { (cost(way, ways)) } }
                    }))
                }
            }
        }
    }
}

fn cost(way: &Way, ways: &[Way]) -> Markup {
    let most = ways.iter().map(|way| way.cost.total()).fold(0.0, f64::max);
    let dollars =
        |amount: f64| if most < 10.0 { format!("{amount:.4}") } else { format!("{amount:.2}") };
    let total = way.cost.total();
    let part = share(total, most);
    html! {
        tr {
            td { (way.name) }
            td.n { (dollars(way.cost.ingestion)) }
            td.n { (dollars(way.cost.storage)) }
            td.n { (dollars(way.cost.invocations + way.cost.duration)) }
            td.n { data data-cost=(way.id) value=(total) { (dollars(total)) } }
            td.wide { (bar(part, part, WHOLE)) }
        }
    }
}

/// A share of [`WHOLE`].
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is no more than that"
)]
fn share(part: f64, most: f64) -> usize {
    if most > 0.0 { (part / most * real(WHOLE)) as usize } else { 0 }
}
