//! How much more than the filter keeps the pattern lets through.

use super::ruler::Rule;
use super::typical::TYPICAL;
use super::{Event, USUAL_BYTES, events_in, policy};
use ecs_event_forwarder::pattern::pattern;
use std::fmt::Write as _;

/// What three clusters of three services emit in an hour or two, made of the samples: tasks that
/// come and go, some that fail, instances that report, services that are steady.
fn hour() -> Vec<Event> {
    let samples = events_in("events");
    let mut hour = Vec::new();
    for (cluster, is_quiet) in [("prod", false), ("staging", true), ("dev", true)] {
        for (service, _) in [("web", 0), ("checkout-api", 1), ("worker", 2)] {
            for (name, often) in HOUR {
                let often = if is_quiet { often.div_ceil(3) } else { *often };
                let sample = samples.iter().find(|sample| sample.name == *name).expect(name);
                let event = Event::new(name, sample.json.clone());
                hour.extend(std::iter::repeat_n(event.of(cluster, service), often));
            }
        }
    }
    hour
}

/// Samples and how many of them a busy service sees.
const HOUR: &[(&str, usize)] = &[
    ("task-provisioning", 12),
    ("task-pending", 12),
    ("task-activating", 12),
    ("task-running", 12),
    ("task-deactivating", 10),
    ("task-stopping", 10),
    ("task-deprovisioning", 10),
    ("task-stopped", 10),
    ("task-out-of-memory", 1),
    ("task-exited-with-error", 1),
    ("task-spot-interrupted", 1),
    ("task-run-with-overrides", 3),
    ("container-instance-disconnected", 30),
    ("container-instance-draining", 1),
    ("service-steady-state", 6),
    ("service-placement-failure", 1),
    ("deployment-in-progress", 1),
    ("deployment-completed", 1),
    ("cloudtrail-update-service", 2),
];

impl Event {
    /// The same, as if of another cluster and service.
    fn of(&self, cluster: &str, service: &str) -> Self {
        let mut text = self.json.text().to_owned();
        for known in ["prod", "staging"] {
            text = text.replace(&format!("/{known}/"), &format!("/{cluster}/"));
            text = text.replace(&format!(":cluster/{known}\""), &format!(":cluster/{cluster}\""));
            text = text.replace(&format!("\"cluster\":\"{known}\""), &format!("\"cluster\":\"{cluster}\""));
        }
        for known in ["web", "checkout", "worker"] {
            text = text.replace(&format!("service:{known}\""), &format!("service:{service}\""));
            text = text.replace(&format!(":service/{cluster}/{known}\""), &format!(":service/{cluster}/{service}\""));
        }
        Self::read(&text)
    }
}

/// Of the events: those that are kept, those that reach the function, and how much of what is to
/// be dropped the rule already drops.
fn row(events: &[Event], settings: &[(&str, &str)]) -> String {
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let policy = policy(&settings);
    let rule = Rule::read(&pattern(&policy, USUAL_BYTES).text).unwrap();
    let kept = events.iter().filter(|event| event.is_kept(&policy)).count();
    let matched = events.iter().filter(|event| event.is_matched(&rule)).count();
    let unwanted = events.len() - kept;
    let percent = (events.len() - matched) * 100 / unwanted.max(1);
    format!("{kept:>5} {matched:>5} {percent:>4} %")
}

#[test]
fn most_of_what_the_filter_drops_the_rule_has_dropped() {
    let [samples, hour] = [events_in("events"), hour()];
    let mut table = format!("{:24} of {} samples       of {} events\n", "", samples.len(), hour.len());
    for (name, settings) in TYPICAL {
        let [of_samples, of_hour] = [&samples, &hour].map(|events| row(events, settings));
        writeln!(table, "{name:24}{of_samples}  {of_hour}").unwrap();
    }
    println!("{table}");
}
