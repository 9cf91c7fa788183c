//! The share of events that the pattern matches although the filter drops them.

use super::ruler::Rule;
use super::typical::TYPICAL;
use super::{Event, events_in, policy};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, pattern};
use std::fmt::Write as _;

/// An hour or two of events from three clusters with three services each, made of the samples: tasks
/// that start, stop and fail, instances that report, steady services.
fn hour() -> Vec<Event> {
    let samples = events_in("events");
    let of_service = |cluster: &str, service: &str, is_busy: bool| {
        let events = HOUR.iter().flat_map(|(name, often)| {
            let often = if is_busy { *often } else { often.div_ceil(3) };
            let sample = samples.iter().find(|sample| sample.name == *name).expect(name);
            std::iter::repeat_n(sample.of(cluster, service), often)
        });
        events.collect::<Vec<_>>()
    };
    let clusters = [("prod", true), ("staging", false), ("dev", false)];
    let of_cluster = |(cluster, is_busy)| {
        ["web", "checkout-api", "worker"].map(|service| of_service(cluster, service, is_busy))
    };
    clusters.map(of_cluster).concat().concat()
}

/// Samples, and the number of each in a busy service.
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
    /// The same event in another cluster and service.
    fn of(&self, cluster: &str, service: &str) -> Self {
        let mut text = self.json.text().to_owned();
        let mut rename = |known: &[&str], name: &str, forms: &[&str]| {
            for (known, form) in
                known.iter().flat_map(|known| forms.iter().map(move |form| (known, form)))
            {
                text = text.replace(&form.replace("{}", known), &form.replace("{}", name));
            }
        };
        let of_cluster = ["/{}/", ":cluster/{}\"", "\"cluster\":\"{}\""];
        rename(&["prod", "staging"], cluster, &of_cluster);
        let of_service = ["\"service:{}\"".to_owned(), format!(":service/{cluster}/{{}}\"")];
        rename(&["web", "checkout", "worker"], service, &of_service.each_ref().map(String::as_str));
        Self::read(&text)
    }
}

/// The numbers of events that are kept and that reach the function, and the percentage of unwanted
/// events that the rule drops.
fn counts(events: &[Event], settings: &[(&str, &str)]) -> [usize; 3] {
    let policy = policy(settings);
    let rule = Rule::read(&pattern(&policy, DEFAULT_BYTES).text).unwrap();
    let kept = events.iter().filter(|event| event.is_kept(&policy)).count();
    let matched = events.iter().filter(|event| event.is_matched(&rule)).count();
    let unwanted = events.len() - kept;
    [kept, matched, (events.len() - matched) * 100 / unwanted.max(1)]
}

#[test]
fn the_rule_drops_most_events_that_the_filter_would_drop() {
    let folders = [events_in("events"), hour()];
    let mut table = format!("{:24}", "kept, let through, drops");
    for events in &folders {
        write!(table, "{:>16}", format!("of {}", events.len())).unwrap();
    }
    for (name, settings) in TYPICAL {
        write!(table, "\n{name:24}").unwrap();
        for events in &folders {
            let [kept, matched, percent] = counts(events, settings);
            write!(table, "{kept:>6}{matched:>5}{percent:>4}%").unwrap();
            assert!(percent >= 40, "{name}");
        }
    }
    insta::assert_snapshot!(table, @"
    kept, let through, drops           of 70          of 726
    default                     65   65 100%   714  714 100%
    one cluster                 48   48 100%   402  402 100%
    clusters by glob            48   48 100%   402  402 100%
    but one cluster             65   65 100%   558  561  98%
    but some clusters           65   65 100%   558  561  98%
    problems                    27   32  88%    36   51  97%
    errors of a cluster          9   12  95%     9   18  98%
    stops, no steady state      45   45 100%   282  282 100%
    services                    23   23 100%   360  360 100%
    but some services           65   65 100%   714  714 100%
    stops, no hooks             48   48 100%   312  312 100%
    tasks of a service          18   18 100%   161  161 100%
    deployments of a cluster     7    7 100%    27   27 100%
    with CloudTrail             52   53  94%   408  408 100%
    two rules                   55   57  86%   420  426  98%
    more clusters                2    3  98%     4    4 100%
    lifecycle                   55   55 100%   252  252 100%
    lifecycle of a cluster      40   42  93%   132  138  98%
    lifecycle of a service      15   19  92%    76   82  99%
    problems by one word        27   32  88%    36   51  97%
    problems of two rules       16   20  92%    20   29  98%
    own source                  38   56  43%   678  705  43%
    ");
}
