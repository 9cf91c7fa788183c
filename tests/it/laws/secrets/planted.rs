//! Events with a secret in each place where redaction recognises one.

use super::super::generate::{literal, regular_event, sample};
use super::SECRET;
use crate::tree::Tree;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::fmt::Write as _;

/// A literal for `text` with some characters as escapes.
pub(super) fn spelled(text: &str, escapes: &[bool]) -> String {
    let mut out = String::from("\"");
    for (char, is_escaped) in text.chars().zip(escapes.iter().cycle()) {
        match char {
            _ if *is_escaped => {
                for (at, unit) in char.encode_utf16(&mut [0; 2]).iter().enumerate() {
                    let hex = format!("{unit:04x}");
                    let hex = if at == 0 { hex.to_uppercase() } else { hex };
                    write!(out, "\\u{hex}").unwrap();
                }
            }
            '"' | '\\' => write!(out, "\\{char}").unwrap(),
            '/' => out.push_str("\\/"),
            char if char < ' ' => write!(out, "\\u{:04x}", u32::from(char)).unwrap(),
            char => out.push(char),
        }
    }
    out + "\""
}

pub(super) fn escapes() -> impl Strategy<Value = Vec<bool>> + Clone {
    prop_oneof![
        2 => Just(vec![false]),
        1 => Just(vec![true]),
        2 => prop::collection::vec(any::<bool>(), 1..9),
    ]
}

pub(super) fn keyword(text: &'static str) -> impl Strategy<Value = String> {
    escapes().prop_map(|escapes| spelled(text, &escapes))
}

/// `environment` with the secret as the value of one of its variables.
pub(super) fn environment() -> BoxedStrategy<Tree> {
    // Text that resembles the end of the value can stand before the secret.
    let value = (select(vec!["", "a,", "}", "]}", "\"", "\\\",{"]), escapes())
        .prop_map(|(before, escapes)| Tree::Atom(spelled(&[before, SECRET].concat(), &escapes)));
    let value = prop_oneof![
        4 => value.clone(),
        1 => value.clone().prop_map(|it| Tree::Array(vec![Tree::Atom("1".into()), it])),
        1 => value.clone().prop_map(|it| Tree::object([("value", it), ("of", Tree::Atom("{}".into()))])),
        1 => Just(Tree::Atom(format!("[\"{{\",\"]\",\"{SECRET}\"]"))),
    ];
    let others = prop::collection::vec((literal(), literal().prop_map(Tree::Atom)), 0..3);
    let variable = (keyword("value"), value, others, any::<Index>());
    let variable = variable.prop_map(|(key, value, mut members, at)| {
        members.insert(at.index(members.len() + 1), (key, value));
        Tree::Object(members)
    });
    let harmless = Tree::read(r#"{"name":"PATH","value":"***"}"#);
    let between = select(vec![harmless, Tree::Atom("null".into()), Tree::Array(vec![])]);
    let variables = (variable, between.clone(), between)
        .prop_map(|(secret, before, after)| Tree::Array(vec![before, secret, after]));
    (keyword("environment"), variables).prop_map(|member| Tree::Object(vec![member])).boxed()
}

/// A text with a signed URL in it.
pub(super) fn with_signed_url() -> BoxedStrategy<Tree> {
    let name = select(vec![
        "X-Amz-Signature",
        "X-Amz-Credential",
        "X-Amz-Security-Token",
        "x-amz-signature",
        "Signature",
        "token",
        "X-Amz-Date",
    ]);
    let harmless =
        select(vec!["", "a=1&", "list-type=2&prefix=a/b&", "q=%22x%22&x=ü&", "Expires=1\\u0026"]);
    let order = select(vec![
        "{harmless}{name}={secret}",
        "{name}=1&{harmless}b={secret}",
        "{harmless}{name}={secret}&z=1",
        "{harmless}{name}=x/{secret}",
    ]);
    let before = select(vec!["", "Get \"", "a?b ", "error: <", "who? ", "\n\t", "😀 "]);
    let after = select(vec!["", "\": dial tcp", " and more", "\nmore", "> ?"]);
    let lone = select(vec!["", "", "", r"\ud800", r"\udc00 "]);
    let parts = (before, harmless, name, order, after);
    (parts, lone.clone(), lone, escapes())
        .prop_map(|((before, harmless, name, order, after), first, last, escapes)| {
            let query = order
                .replace("{harmless}", harmless)
                .replace("{name}", name)
                .replace("{secret}", SECRET);
            let text = format!("{before}https://bucket.s3.amazonaws.com/key?{query}{after}");
            let literal = spelled(&text, &escapes);
            let inner = &literal[1..literal.len() - 1];
            Tree::Atom(format!("\"{first}{inner}{last}\""))
        })
        .boxed()
}

/// An `environment` that is an object, with the secret as one of its values.
pub(super) fn environment_object() -> BoxedStrategy<Tree> {
    let value = (select(vec!["", "a,", "}", "\"", "\\\",{"]), escapes())
        .prop_map(|(before, escapes)| Tree::Atom(spelled(&[before, SECRET].concat(), &escapes)));
    let value = prop_oneof![
        2 => value.clone(),
        1 => value.clone().prop_map(|it| Tree::Array(vec![Tree::Atom("1".into()), it])),
        1 => value.clone().prop_map(|it| Tree::object([("inner", it)])),
    ];
    let members = (literal(), value, literal()).prop_map(|(name, value, other)| {
        Tree::Object(vec![(other, Tree::Atom("null".into())), (name, value)])
    });
    (keyword("environment"), members).prop_map(|member| Tree::Object(vec![member])).boxed()
}

/// A string member with the name of a secret.
pub(super) fn secret_member() -> BoxedStrategy<Tree> {
    let word = select(vec![
        "token",
        "splunk-token",
        "PASSWORD",
        "dbPassword",
        "secret",
        "mySecretValue",
        "ApiKey",
        "api_key",
        "X-Api-Key",
        "Credential",
        "Authorization",
    ]);
    let name = (word, escapes()).prop_map(|(word, escapes)| spelled(word, &escapes));
    let value = (select(vec!["", "a,", "}", "\"", "Bearer "]), escapes())
        .prop_map(|(before, escapes)| Tree::Atom(spelled(&[before, SECRET].concat(), &escapes)));
    (name, value).prop_map(|member| Tree::Object(vec![member])).boxed()
}

/// `%` and two digits for every byte that is not a letter or digit, as `encodeURIComponent` does.
pub(super) fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// A text with a URL that holds a user and a password, or a secret parameter, plain or percent-encoded
/// once.
pub(super) fn with_secret_url() -> BoxedStrategy<Tree> {
    let url = select(vec![
        "postgres://app:{}@db:5432/prod",
        "https://{}@github.com/a.git",
        "mongodb+srv://u:p/{}@h1,h2/x?a=b",
        "amqp://u:p?x={}@mq",
        "redis://:{}@r",
        "https://u:a@b{}@h/k?c=d",
        "https://x.blob.core.windows.net/c?sv=1&sig={}&se=2",
        "https://h/k?hmac={}",
        "https://h/k?verify=1-{}",
        "https://h/k?a=1&api_key={}",
        "https://h/k?Password={}#f",
        "https://h/k?X-Amz-Signature=1&x={}",
    ]);
    let text = (select(vec!["", "cannot reach ", "Get \"", "url='", "\n"]), url, any::<bool>());
    (text, select(vec!["", "\": dial tcp", " and more", "\n?"]), escapes())
        .prop_map(|((before, url, is_encoded), after, escapes)| {
            let url = url.replace("{}", SECRET);
            let url = if is_encoded { percent_encoded(&url) } else { url };
            Tree::Atom(spelled(&format!("{before}{url}{after}"), &escapes))
        })
        .boxed()
}

/// Each place where redaction recognises a secret.
pub(super) fn secret() -> BoxedStrategy<Tree> {
    prop_oneof![
        environment(),
        environment_object(),
        secret_member(),
        with_signed_url(),
        with_secret_url(),
    ]
    .boxed()
}

/// The secret inside objects and arrays with any names.
pub(super) fn wrapped(secret: impl Strategy<Value = Tree>) -> impl Strategy<Value = Tree> {
    let layer = prop::option::of(literal());
    (secret, prop::collection::vec(layer, 0..6)).prop_map(|(secret, layers)| {
        layers.into_iter().fold(secret, |inner, key| match key {
            Some(key) => Tree::Object(vec![(key, inner)]),
            None => Tree::Array(vec![Tree::Atom("1".into()), inner]),
        })
    })
}

/// An event with a planted member in the envelope, in `detail` or in a container, or in place of any
/// value.
pub(super) fn planted(secret: BoxedStrategy<Tree>) -> impl Strategy<Value = Tree> {
    let place = select(vec!["envelope", "detail", "container", "resources", "text"]);
    let kind = select(vec!["", "", "ECS New Kind", "AWS API Call via CloudTrail"]);
    let event = prop_oneof![sample(), regular_event()];
    let name = select(vec![
        "\"new\"",
        "\"overrides\"",
        "\"group\"",
        "\"stoppedReason\"",
        "\"requestParameters\"",
        "\"id\"",
        "\"version\"",
        "\"serviceName\"",
        "\"eventName\"",
        "\"clusterArn\"",
        "\"taskArn\"",
        "\"lastStatus\"",
        "\"time\"",
        "\"account\"",
    ]);
    (event, wrapped(secret.clone()), secret, place, kind, name).prop_map(
        |(event, deep, plain, place, kind, name)| {
            let Tree::Object(mut members) = event else { unreachable!("an event") };
            if !kind.is_empty() {
                members.push(("\"detail-type\"".into(), Tree::string(kind)));
            }
            let detail = members.iter_mut().find(|(key, _)| key == "\"detail\"");
            let Some((_, Tree::Object(detail))) = detail else { unreachable!("an event") };
            match place {
                "envelope" => members.push((name.into(), deep)),
                "detail" => detail.insert(0, (name.into(), deep)),
                "text" => detail.push((name.into(), plain)),
                "resources" => members.push(("\"resources\"".into(), Tree::Array(vec![plain]))),
                _ => {
                    let container = Tree::object([("name", plain), ("reason", deep)]);
                    detail.push(("\"containers\"".into(), Tree::Array(vec![container])));
                }
            }
            Tree::Object(members)
        },
    )
}
