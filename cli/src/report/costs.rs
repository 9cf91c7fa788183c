//! Dollars a month, computed as in `ecs-events cost`.

use super::bar::bar;
use super::table::{self, Column, table};
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
                    (table("Dollars a month", &COLUMNS, &rows(ways)))
                }
            }
        }
    }
}

const COLUMNS: [Column; 6] = [
    table::name("way"),
    table::number("ingestion"),
    table::number("storage"),
    table::number("function"),
    table::number("total"),
    table::bars(),
];

fn rows(ways: &[Way]) -> Vec<Vec<Markup>> {
    let most = ways.iter().map(|way| way.cost.total()).fold(0.0, f64::max);
    let digits = if most < 10.0 { 4 } else { 2 };
    let dollars = |amount: f64| html! { (format!("{amount:.digits$}")) };
    let row = |way: &Way| {
        let total = way.cost.total();
        let part = share(total, most);
        vec![
            html! { (way.name) },
            dollars(way.cost.ingestion),
            dollars(way.cost.storage),
            dollars(way.cost.invocations + way.cost.duration),
            html! { data data-cost=(way.id) value=(total) { (dollars(total)) } },
            bar(part, part, WHOLE),
        ]
    };
    ways.iter().map(row).collect()
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
