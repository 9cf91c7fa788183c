//! Globs and lists of them.

use super::cases;
use ecs_event_forwarder::glob::{Patterns, matches};
use proptest::prelude::*;

/// True if the glob matches. `reached[i]`: the glob so far can match the first `i` characters.
fn fits(glob: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    for wanted in glob.chars() {
        let mut next = vec![false; text.len() + 1];
        for at in 0..=text.len() {
            next[at] = if wanted == '*' {
                reached[at] || at > 0 && next[at - 1]
            } else {
                at > 0 && reached[at - 1] && text[at - 1] == wanted
            };
        }
        reached = next;
    }
    reached[text.len()]
}

/// The law of lists in `docs/filter.md`: a wanted glob matches and no unwanted one does; with only
/// unwanted ones, everything else passes; an absent field passes `*` and exclusions.
fn holds(items: &[String], text: Option<&str>) -> bool {
    let unwanted: Vec<_> = items.iter().filter_map(|it| it.strip_prefix('!')).collect();
    let wanted: Vec<_> = items.iter().filter(|it| !it.starts_with('!')).collect();
    match text {
        None => wanted.is_empty() || wanted.iter().any(|it| *it == "*"),
        Some(text) => {
            let is_wanted = wanted.is_empty() || wanted.iter().any(|it| fits(it, text));
            is_wanted && !unwanted.iter().any(|it| fits(it, text))
        }
    }
}

proptest! {
    #![proptest_config(cases(2048))]

    #[test]
    fn a_glob_matches_what_the_table_of_prefixes_says(glob in "[ab*é]{0,8}", text in "[abé]{0,8}") {
        prop_assert_eq!(matches(&glob, &text), fits(&glob, &text), "{} on {}", glob, text);
    }

    #[test]
    fn a_glob_made_of_its_text_matches_it(
        text in "[a-c*]{0,9}",
        cuts in prop::collection::vec(any::<bool>(), 9),
    ) {
        let glob: String = text
            .chars()
            .zip(cuts)
            .map(|(char, cut)| if cut { '*' } else { char })
            .collect();
        prop_assert!(matches(&glob, &text));
    }

    #[test]
    fn a_list_holds_as_the_contract_says(
        items in prop::collection::vec("!?[ab*]{0,3}", 0..5),
        text in prop::option::of("[ab]{0,4}"),
    ) {
        let patterns = Patterns::new(items.iter().map(String::as_str));
        let text = text.as_deref();
        prop_assert_eq!(patterns.hold(text), holds(&items, text), "{:?} on {:?}", items, text);
    }
}

#[test]
fn a_star_is_the_only_wildcard_and_case_matters() {
    for (glob, text, expected) in [
        ("ECS *", "ECS Task State Change", true),
        ("ECS *", "AWS API Call via CloudTrail", false),
        ("prod", "Prod", false),
        ("p?od", "prod", false),
        ("[p]rod", "prod", false),
        ("*", "", true),
        ("", "", true),
        ("", "a", false),
        ("a*a", "a", false),
        ("*ab*ab", "ab", false),
        ("a*b*c", "aXbXbXc", true),
        (".*", "abc", false),
    ] {
        assert_eq!(matches(glob, text), expected, "{glob} on {text}");
    }
}
