//! A secret never shows in a message, a `Debug` output or an error.

mod planted;
mod search;

use super::generate::{mutated, odd_event, regular_event};
use super::{NOW_MS, cases, messages, policy};
use crate::tree::{Tree, unescape};
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::line::{End, Line, Receipt};
use ecs_event_forwarder::log::Batch;
use planted::{
    environment, environment_object, planted, secret, secret_member, with_secret_url,
    with_signed_url,
};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt::Write as _;

const SECRET: &str = "S3CR3T-hunter2";

/// Everything of a payload that anyone can see: messages as they are and as a reader decodes them, and
/// the output of `Debug` and `Display`.
fn shown(settings: &[(&str, &str)], payload: &str) -> String {
    let arrivals: Vec<_> = decode(Payload::from(payload.to_owned())).collect();
    let mut shown = format!("{arrivals:?}\n{arrivals:#?}\n");
    let mut line = Line::new(policy(settings));
    let plan = line.plan(arrivals, NOW_MS);
    write!(shown, "{plan:?}\n{plan:#?}\n").unwrap();
    for message in messages(&plan) {
        writeln!(shown, "{message}\n{}", Tree::read(message).says()).unwrap();
    }
    let refused = |batch: &Batch| {
        let failed = batch
            .events()
            .iter()
            .map(|event| (event.arrival, Failure::DeadlineNear { cause: None }));
        Receipt::new(batch, failed.collect())
    };
    let receipts: Vec<_> = plan.batches().iter().map(refused).collect();
    writeln!(shown, "{receipts:?}").unwrap();
    let entries = line.settle(plan, receipts);
    write!(shown, "{line:?}\n{entries:?}\n{entries:#?}\n").unwrap();
    for entry in &entries {
        if let End::Failed(failure) = entry.end() {
            writeln!(shown, "{failure} {failure:?} {}", failure.error_type()).unwrap();
        }
        writeln!(shown, "{:?} {:?}", entry.printable_id(), entry.detail_type()).unwrap();
    }
    shown
}

const SETTINGS: &[&[(&str, &str)]] = &[
    &[("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_TRIM", "full")],
    &[("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_TRIM", "full"), ("FORWARDER_ENRICH", "off")],
    &[("FORWARDER_DETAIL_TYPES", "*")],
    &[("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_TRIM", "minimal")],
];

fn says_secret(shown: &str) -> bool {
    shown.contains(SECRET)
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn the_value_of_an_environment_variable_never_shows(
        event in planted(environment()),
        settings in select(SETTINGS.to_vec()),
    ) {
        prop_assert!(!says_secret(&shown(settings, &event.write())));
    }

    #[test]
    fn the_query_of_a_signed_url_never_shows(
        event in planted(with_signed_url()),
        settings in select(SETTINGS.to_vec()),
    ) {
        prop_assert!(!says_secret(&shown(settings, &event.write())));
    }

    #[test]
    fn no_other_secret_ever_shows(
        event in prop_oneof![
            planted(environment_object()), planted(secret_member()), planted(with_secret_url()),
        ],
        settings in select(SETTINGS.to_vec()),
    ) {
        prop_assert!(!says_secret(&shown(settings, &event.write())));
    }

    #[test]
    fn redacting_twice_changes_nothing(event in planted(secret())) {
        let store_all = [("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_TRIM", "full"),
            ("FORWARDER_ENRICH", "off")];
        let store = |event: String| {
            let arrivals = decode(Payload::from(event));
            let plan = Line::new(policy(&store_all)).plan(arrivals, NOW_MS);
            messages(&plan).next().map(str::to_owned)
        };
        if let Some(once) = store(event.write()) {
            prop_assert_eq!(store(once.clone()), Some(once));
        }
    }

    #[test]
    fn what_is_not_stored_never_shows(
        text in planted(secret()).prop_flat_map(|event| mutated(event.write())),
    ) {
        // Dropped, broken and foreign events may be among them; only secrets matter here.
        let text = String::from_utf8_lossy(&text);
        let elsewhere = &[("FORWARDER_SOURCES", "my.ecs"), ("FORWARDER_REDACT", "off")];
        let not_wanted = &[("FORWARDER_EVENT_NAMES", "X"), ("FORWARDER_DETAIL_TYPES", "X")];
        for settings in [elsewhere, not_wanted] {
            prop_assert!(!says_secret(&shown(settings, &text)));
        }
    }

    #[test]
    fn nothing_but_secrets_is_replaced(event in prop_oneof![odd_event(), regular_event()]) {
        prop_assume!(!event.says().contains(['?', '%', '@']));
        let store_all = [("FORWARDER_DETAIL_TYPES", "*"), ("FORWARDER_TRIM", "full"),
            ("FORWARDER_ENRICH", "off")];
        let arrivals = decode(Payload::from(event.write()));
        let plan = Line::new(policy(&store_all)).plan(arrivals, NOW_MS);
        if let Some(message) = messages(&plan).next() {
            let expected = without_values(&event.filtered(&|path: &str| path != "forwarder"));
            prop_assert_eq!(message, expected.write());
        }
    }
}

/// The event without each `environment[].value`, at any depth. A `null` stays, because it is no value.
/// See "What is redacted" in `docs/stored-format.md`.
fn without_values(tree: &Tree) -> Tree {
    let inside = |(key, value): &(String, Tree)| {
        let value = match value {
            Tree::Object(members) if unescape(key) == "environment" => {
                Tree::Object(members.iter().map(hidden).collect())
            }
            Tree::Atom(text) if text.starts_with('"') && says_that_it_is_secret(&unescape(key)) => {
                Tree::string("***")
            }
            Tree::Array(elements) if unescape(key) == "environment" => {
                Tree::Array(elements.iter().map(variable).collect())
            }
            Tree::Object(_) | Tree::Array(_) | Tree::Atom(_) => without_values(value),
        };
        (key.clone(), value)
    };
    match tree {
        Tree::Object(members) => Tree::Object(members.iter().map(inside).collect()),
        Tree::Array(elements) => Tree::Array(elements.iter().map(without_values).collect()),
        Tree::Atom(_) => tree.clone(),
    }
}

fn hidden((key, value): &(String, Tree)) -> (String, Tree) {
    let is_null = *value == Tree::Atom("null".into());
    (key.clone(), if is_null { value.clone() } else { Tree::string("***") })
}

/// True for the names of secrets in `docs/stored-format.md` that the generators use.
fn says_that_it_is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["token", "password", "secret", "credential", "authorization"]
        .iter()
        .any(|word| name.contains(word))
        && !["clienttoken", "secrets", "secretoptions"].contains(&name.as_str())
}

fn variable(tree: &Tree) -> Tree {
    let Tree::Object(members) = without_values(tree) else {
        return without_values(tree);
    };
    let hidden = members.into_iter().map(|(key, value)| {
        let is_secret = unescape(&key) == "value" && value != Tree::Atom("null".into());
        let value = if is_secret { Tree::string("***") } else { value };
        (key, value)
    });
    Tree::Object(hidden.collect())
}

/// The text behind the end of a query stays.
#[test]
fn only_the_query_of_a_signed_url_is_replaced() {
    let store_all = [("FORWARDER_ENRICH", "off")];
    for (reason, expected) in [
        (r#"Get \"https://b/k?Signature=S3CR3T\": denied"#, r#"Get \"https://b/k?***\": denied"#),
        (r"<https://b/k?token=S3CR3T>, twice", r"<https://b/k?***>, twice"),
        (r"https://b/k?token=S3CR3T\u0007https://b/l", r"https://b/k?***\u0007https://b/l"),
        (r"https://b/k?a=1&X-Amz-Date=S3CR3T then?", r"https://b/k?*** then?"),
    ] {
        let event = |reason: &str| {
            format!(
                r#"{{"detail-type":"ECS x","source":"aws.ecs","detail":{{"reason":"{reason}"}}}}"#
            )
        };
        let arrivals = decode(Payload::from(event(reason)));
        let plan = Line::new(policy(&store_all)).plan(arrivals, NOW_MS);
        assert_eq!(messages(&plan).collect::<Vec<_>>(), [event(expected)]);
    }
}

/// Each row: `detail` as it arrives, and as it is stored.
#[test]
fn only_the_secret_is_replaced() {
    for (detail, expected) in [
        (
            r#"{"environment":{"A":"S","B":null,"C":{"d":1}}}"#,
            r#"{"environment":{"A":"***","B":null,"C":"***"}}"#,
        ),
        (
            r#"{"reason":"cannot reach postgres://app:S@db:5432/prod"}"#,
            r#"{"reason":"cannot reach postgres://***@db:5432/prod"}"#,
        ),
        (
            r#"{"reason":"redis://:S@r and redis://:T@s"}"#,
            r#"{"reason":"redis://***@r and redis://***@s"}"#,
        ),
        (r#"{"reason":"amqp://u:S@a,amqp://u:T@b"}"#, r#"{"reason":"amqp://***@a,amqp://***@b"}"#),
        (
            r#"{"reason":"u=postgres%3A%2F%2Fapp%3AS%40db end"}"#,
            r#"{"reason":"u=postgres://***@db end"}"#,
        ),
        (
            r#"{"reason":"https://h/k?next=https%3A%2F%2Fb%3Fsig%3DS x"}"#,
            r#"{"reason":"https://h/k?*** x"}"#,
        ),
        (r#"{"reason":"https://h/k?hmac=S"}"#, r#"{"reason":"https://h/k?***"}"#),
        (
            r#"{"options":{"splunk-token":"S","splunk-url":"u"}}"#,
            r#"{"options":{"splunk-token":"***","splunk-url":"u"}}"#,
        ),
        (
            r#"{"DB_PASSWORD":"S","apiKEY":"S","password":1,"Secret":["x"]}"#,
            r#"{"DB_PASSWORD":"***","apiKEY":"***","password":1,"Secret":["x"]}"#,
        ),
    ] {
        let event = |detail: &str| {
            format!(r#"{{"detail-type":"ECS x","source":"aws.ecs","detail":{detail}}}"#)
        };
        let arrivals = decode(Payload::from(event(detail)));
        let plan = Line::new(policy(&[("FORWARDER_ENRICH", "off")])).plan(arrivals, NOW_MS);
        assert_eq!(messages(&plan).collect::<Vec<_>>(), [event(expected)]);
    }
}

#[test]
fn a_text_that_only_resembles_a_secret_stays() {
    for detail in [
        r#"{"clientToken":"a","clientRequestToken":"b","nextToken":"c","secretArn":"d"}"#,
        r#"{"secrets":[{"name":"A","valueFrom":"arn:x"}],"secretOptions":[{"name":"t","valueFrom":"y"}]}"#,
        r#"{"repositoryCredentials":{"credentialsParameter":"arn:x"},"passwd":"x","key":"y"}"#,
        r#"{"image":"r.example.com/a/b@sha256:01","reason":"https://h:443/a@b and https://h/a@b?c=d"}"#,
        r#"{"reason":"50% done, mail a@b.example://","port":"http://[::1]:80/x@y"}"#,
    ] {
        let event = format!(r#"{{"detail-type":"ECS New","source":"aws.ecs","detail":{detail}}}"#);
        let arrivals = decode(Payload::from(event.clone()));
        let plan = Line::new(policy(&[("FORWARDER_ENRICH", "off")])).plan(arrivals, NOW_MS);
        assert_eq!(messages(&plan).next(), Some(event.as_str()));
    }
}

#[test]
fn redaction_reaches_any_depth() {
    let secret = format!(r#"{{"environment":[{{"value":"{SECRET}"}}]}}"#);
    let deep = "[{\"a\":".repeat(5_000) + &secret + &"}]".repeat(5_000);
    let event = format!(
        r#"{{"detail-type":"ECS New Kind","source":"aws.ecs","detail":{{"deep":{deep}}}}}"#
    );
    let arrivals = decode(Payload::from(event));
    let plan = Line::new(policy(&[])).plan(arrivals, NOW_MS);
    let message = messages(&plan).next().unwrap();
    assert!(message.contains(r#"{"environment":[{"value":"***"}]}"#));
    assert!(!says_secret(message));
}

#[test]
fn a_name_is_never_part_of_a_signed_url() {
    let url = format!("https://x/?a=b/c&Signature=z/{SECRET}");
    for (kind, detail) in [
        ("ECS New Kind", format!(r#"{{"serviceName":"{url}"}}"#)),
        ("ECS New Kind", format!(r#"{{"service":"{url}"}}"#)),
        ("ECS New Kind", format!(r#"{{"serviceArn":"{url}"}}"#)),
        ("ECS Task State Change", format!(r#"{{"group":"service:{url}"}}"#)),
        ("ECS Task State Change", format!(r#"{{"clusterArn":"{url}"}}"#)),
        (
            "AWS API Call via CloudTrail",
            format!(r#"{{"requestParameters":{{"cluster":"{url}"}}}}"#),
        ),
    ] {
        let arn = format!("arn:aws:ecs:us-east-1:123456789012:service/{url}");
        for resources in ["[]", &format!("[\"{arn}\"]"), &format!("[\"{url}\"]")] {
            let event = format!(
                r#"{{"detail-type":"{kind}","source":"aws.ecs","resources":{resources},"detail":{detail}}}"#
            );
            for settings in SETTINGS {
                assert!(!says_secret(&shown(settings, &event)), "{event}");
            }
        }
    }
}

#[test]
fn a_text_that_only_resembles_an_environment_stays() {
    for detail in [
        r#"[{"environment":1},[{"value":"x"}]]"#,
        r#"{"environment":{},"value":"y","of":{"value":"z"}}"#,
        r#"{"environment":[["value","x"],"value",{"of":{"value":"x"},"values":1,"Value":2}]}"#,
        r#"{"environment":"value","environments":[{"value":"x"}]}"#,
    ] {
        let event = format!(r#"{{"detail-type":"ECS New","source":"aws.ecs","detail":{detail}}}"#);
        let arrivals = decode(Payload::from(event.clone()));
        let settings = policy(&[("FORWARDER_ENRICH", "off")]);
        let plan = Line::new(settings.clone()).plan(arrivals, NOW_MS);
        assert_eq!(messages(&plan).next(), Some(event.as_str()));
    }
}

#[test]
fn urls_that_are_not_signed_and_questions_stay_as_they_are() {
    for text in [
        "what? why?",
        "https://example.com/search?q=x&page=2",
        "https://example.com/?tokens",
        "https://example.com/?a=token",
        r"caf\u00e9? \/ https:\/\/example.com\/?a=1",
    ] {
        let event = format!(
            r#"{{"detail-type":"ECS New Kind","source":"aws.ecs","detail":{{"reason":"{text}"}}}}"#
        );
        let settings = [("FORWARDER_ENRICH", "off")];
        let arrivals = decode(Payload::from(event.clone()));
        let plan = Line::new(policy(&settings)).plan(arrivals, NOW_MS);
        assert_eq!(messages(&plan).next(), Some(event.as_str()));
    }
}
