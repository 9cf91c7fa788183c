//! Renders the report as a page. All text goes through `maud`, which escapes it.

use super::costs::{Priced, costs};
use super::measure::Measure;
use super::sample::sample;
use super::telling::Telling;
use super::{happened, volumes};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Content security policy: nothing is fetched, run or sent, whatever an event contains.
const SECURITY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const STYLE: &str = include_str!("style.css");

/// The whole page: what happened, then bytes, then cost.
pub(super) fn page(telling: &Telling<'_>, measure: &Measure, priced: &Priced) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(SECURITY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="referrer" content="no-referrer";
                title { (title(telling)) }
                style { (PreEscaped(STYLE)) }
            }
            body { main {
                (happened::verdict(telling))
                (happened::deployments(telling))
                (happened::stops(telling))
                (happened::trouble(telling))
                (happened::course(telling))
                (volumes::totals(measure))
                (volumes::by_place(measure))
                (volumes::by_field(measure))
                (volumes::profiles(measure))
                (volumes::names(measure))
                (sample(measure))
                (costs(priced))
            } }
        }
    }
}

/// What and when: `prod/web, 2026-11-19 13:20–14:21 UTC: web:43 ran out of memory`.
fn title(telling: &Telling<'_>) -> String {
    let about = telling.title().into_iter().take(2).collect::<Vec<_>>().join(", ");
    match telling.story.event_count {
        0 => "ECS events: none".to_owned(),
        _ => format!("{about}: {}", telling.headline()),
    }
}
