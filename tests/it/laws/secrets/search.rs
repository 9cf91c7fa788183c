//! Redaction first searches a message for what every secret has near it: it never misses one.

use super::super::{NOW_MS, messages, policy};
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::Line;

/// The bytes that the search goes through at once.
const PIECE: usize = 64;

/// What is stored of an event with this `detail`, without the steps that change more.
fn stored(detail: &str) -> String {
    let event =
        |detail: &str| format!(r#"{{"source":"aws.ecs","detail-type":"ECS x","detail":{detail}}}"#);
    let arrivals = decode(Payload::from(event(detail)));
    let plan = Line::new(policy(&[("FORWARDER_ENRICH", "off")])).plan(arrivals, NOW_MS);
    let message = messages(&plan).next().expect("stored");
    let whole = event("|");
    let (before, after) = whole.split_once('|').expect("a place for the detail");
    let detail = message.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    detail.expect("nothing else is changed").to_owned()
}

/// The words of secret names. Two have capitals, because names have them, too.
const WORDS: [&str; 8] =
    ["token", "apikey", "api_key", "Api-Key", "PASSWORD", "secret", "credential", "authorization"];

/// The search looks for three letters of each word, so each is tried as often as it may occur.
#[test]
fn a_secret_is_found_however_often_its_word_occurs() {
    for word in WORDS {
        for times in 0..4 {
            let others = vec![format!("\"{word}\""); times].join(",");
            let detail = |secret: &str| format!(r#"{{"{word}":"{secret}","a":[{others}]}}"#);
            assert_eq!(stored(&detail("S")), detail("***"));
        }
    }
}

/// Nothing here but what is replaced makes redaction look closer.
#[test]
fn each_sign_of_a_secret_is_enough() {
    for (detail, expected) in [
        (r#"{"a":"http://h/?sig=S"}"#, r#"{"a":"http://h/?***"}"#),
        (r#"{"a":"h%3Fsig=S"}"#, r#"{"a":"h?***"}"#),
        (r#"{"a":"http://u:S@h"}"#, r#"{"a":"http://***@h"}"#),
        (r#"{"a":"http:\/\/u:S@h"}"#, r#"{"a":"http://***@h"}"#),
        (r#"{"environment":{"A":"S"}}"#, r#"{"environment":{"A":"***"}}"#),
        (r#"{"\u0074oke\u006e":"S"}"#, r#"{"\u0074oke\u006e":"***"}"#),
    ] {
        assert_eq!(stored(detail), expected);
    }
}

/// The search goes through a message in pieces, so a word is tried at each place in a piece.
#[test]
fn a_secret_is_found_wherever_its_name_begins() {
    for word in WORDS {
        for before in 0..=2 * PIECE {
            let before = "x".repeat(before);
            let detail = |secret: &str| format!(r#"{{"a":"{before}","{word}":"{secret}"}}"#);
            assert_eq!(stored(&detail("S")), detail("***"));
        }
    }
}

/// The search looks for the end of the name behind the word, but not far.
#[test]
fn a_secret_is_found_wherever_its_name_ends() {
    for word in WORDS {
        for behind in (0..=2 * PIECE).map(|length| "x".repeat(length)) {
            for behind in [&behind, &format!(r#"\"{behind}"#), &format!(r#"{behind}\""#)] {
                let detail = |secret: &str| format!(r#"{{"{word}{behind}":"{secret}"}}"#);
                assert_eq!(stored(&detail("S")), detail("***"));
            }
        }
    }
}
