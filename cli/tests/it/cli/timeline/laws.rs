//! What holds for every story, in whatever order its events come and however often.

use super::scenes;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;
use serde_json::Value;
use std::collections::BTreeSet;

/// A scene, and an arrival of its events: shuffled, some again, and some again under another id, as
/// EventBridge delivers the same version of a task or an instance.
fn arrivals() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let untimed = prop::collection::vec(any::<Index>(), 0..3);
    (0..scenes::all().len(), untimed).prop_flat_map(|(at, untimed)| {
        let mut lines = scenes::all().swap_remove(at);
        for at in untimed {
            let line = at.get_mut(&mut lines);
            *line = without_time(line);
        }
        let again = prop::collection::vec(any::<Index>(), 0..lines.len());
        let renamed = prop::collection::vec(any::<Index>(), 0..8);
        (Just(lines), again, renamed).prop_flat_map(|(lines, again, renamed)| {
            let again = again.iter().map(|at| at.get(&lines).clone());
            let renamed = renamed.iter().filter_map(|at| with_another_id(at.get::<String>(&lines)));
            let arrival: Vec<String> = lines.iter().cloned().chain(again).chain(renamed).collect();
            (Just(lines), Just(arrival).prop_shuffle())
        })
    })
}

/// The id in a line of `--events`: it follows the event type. The time before that can be `?`.
fn shown_id(line: &str) -> String {
    let mut words = line.split_whitespace();
    words.find(|word| matches!(*word, "INFO" | "WARN" | "ERROR")).expect("an event type");
    words.next().expect("an id").to_owned()
}

/// The event without its time.
fn without_time(line: &str) -> String {
    let mut event: Value = serde_json::from_str(line).unwrap();
    event.as_object_mut().unwrap().remove("time");
    event.to_string()
}

/// The same state of a task or an instance in an event of another id; none for other events.
fn with_another_id(line: &str) -> Option<String> {
    let mut event: Value = serde_json::from_str(line).unwrap();
    event.pointer("/detail/version")?;
    let id = event.get_mut("id")?;
    // The first id in the alphabet stays.
    *id = format!("~{}", id.as_str()?).into();
    Some(event.to_string())
}

fn cases() -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(0);
    ProptestConfig { cases: 48, failure_persistence: None, rng_seed, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_order_of_arrival_and_duplicates_do_not_change_the_story(
        (lines, arrival) in arrivals(),
        form in prop::sample::select(vec!["", "--events", "--json", "--markdown"]),
    ) {
        let words = format!("timeline {form} -");
        prop_assert_eq!(scenes::run(&arrival, &words), scenes::run(&lines, &words));
    }

    #[test]
    fn every_event_is_in_exactly_one_line((lines, arrival) in arrivals()) {
        let id = |line: &String| {
            let event: Value = serde_json::from_str(line).unwrap();
            event["id"].as_str().unwrap()[..8].to_owned()
        };
        let mut expected: Vec<_> = lines.iter().collect::<BTreeSet<_>>().into_iter().map(id).collect();
        let text = scenes::run(&arrival, "timeline --events -");
        let (_, last) = text.trim_end().rsplit_once("\n\n").unwrap();
        let mut shown: Vec<_> = last.lines().map(shown_id).collect();
        expected.sort();
        shown.sort();
        prop_assert_eq!(shown, expected);
    }

    #[test]
    fn the_numbers_of_the_summary_are_sums_over_the_lines((lines, arrival) in arrivals()) {
        let events = lines.iter().collect::<BTreeSet<_>>().len() as u64;
        let story = scenes::story(&arrival);
        let list = |of: &Value| of.as_array().unwrap().clone();
        let sum = |of: &[Value], name: &str| -> u64 {
            of.iter().map(|it| it[name].as_u64().unwrap()).sum()
        };
        prop_assert_eq!(&story["version"], 1);
        prop_assert_eq!(&story["events"], events);
        prop_assert_eq!(sum(&list(&story["course"]), "events"), events);
        let places = story["places"].as_object().unwrap().values();
        prop_assert_eq!(places.map(|it| it.as_u64().unwrap()).sum::<u64>(), events);
        for run in list(&story["deployments"]).into_iter().chain(list(&story["jobs"])) {
            let mut causes = list(&run["causes"]);
            causes.retain(|it| it["is_of_tasks"] == true);
            prop_assert_eq!(run["failed"].as_u64(), Some(sum(&causes, "count")));
            prop_assert!(run["failed"].as_u64() <= run["tasks"].as_u64());
            prop_assert!(run["running"].as_u64() <= run["tasks"].as_u64());
        }
    }
}
