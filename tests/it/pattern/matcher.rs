//! The matcher of the library, which the command line reckons costs with, says what EventBridge
//! does, and where it does not, it says yes.

use super::ruler::Rule;
use super::typical::TYPICAL;
use super::{events_in, patterns, policy};
use ecs_event_forwarder::pattern::Matcher;

#[test]
fn the_librarys_matcher_agrees_with_eventbridge_on_every_sample_and_typical_policy() {
    let events = events_in("events");
    let mut counts = [0; 2];
    for (name, settings) in TYPICAL {
        let settings: Vec<_> =
            settings.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        for pattern in patterns(&policy(&settings)) {
            let rule = Rule::read(&pattern.text).unwrap();
            let matcher = Matcher::new(&pattern);
            for event in &events {
                let expected = event.is_matched(&rule);
                let found = matcher.matches(&event.json);
                assert_eq!(found, expected, "{name}: {}: {}", event.name, pattern.text);
                counts[usize::from(found)] += 1;
            }
        }
    }
    assert!(counts.iter().all(|count| *count > 500), "{counts:?}");
}
