//! The scan accepts what `serde_json` accepts, and the tokens are the text without its white space.

use super::cases;
use super::generate::{json, literal, mutated, number, odd_event, spaced};
use crate::tree::{Tree, unescape};
use ecs_event_forwarder::json::{Kind, Shape, Value, scan, tokens};
use proptest::prelude::*;
use serde_json::value::RawValue;

/// True if `serde_json` accepts the text without making a value of it.
///
/// It accepts the same texts as [`serde_json::Value`] does, and two more that are JSON but no value in
/// Rust: numbers beyond `f64`, and escapes that are half a surrogate pair.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

#[track_caller]
fn agree(text: &str) {
    let scanned = scan(text.to_owned()).map(|_| ());
    assert_eq!(scanned.is_ok(), is_json(text), "{text:?}: {scanned:?}");
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn every_text_is_json_to_both_or_to_neither(text in any::<String>()) {
        agree(&text);
    }

    #[test]
    fn texts_of_brackets_quotes_and_digits_are_json_to_both_or_to_neither(
        text in "[\\[\\]{}\",:0-9a-e\\\\u. tn+-]{0,12}",
    ) {
        agree(&text);
        agree(&format!("[{text}]"));
        agree(&format!("\"{text}\""));
        agree(&format!("{{\"\":{text}}}"));
    }

    #[test]
    fn generated_json_is_json(tree in json()) {
        agree(&tree.write());
        prop_assert!(scan(tree.write()).is_ok());
    }

    #[test]
    fn literals_and_numbers_are_json(literal in literal(), number in number()) {
        prop_assert!(scan(literal).is_ok());
        prop_assert!(scan(number).is_ok());
    }

    #[test]
    fn broken_json_is_json_to_both_or_to_neither(
        text in json().prop_flat_map(|tree| mutated(tree.write())),
    ) {
        agree(&String::from_utf8_lossy(&text));
    }

    #[test]
    fn broken_events_are_json_to_both_or_to_neither(
        text in odd_event().prop_flat_map(|tree| mutated(tree.write())),
    ) {
        agree(&String::from_utf8_lossy(&text));
    }

    #[test]
    fn compact_removes_the_white_space_between_tokens_of_an_object_and_nothing_else(
        tree in json(),
        spaces in prop::collection::vec(prop::sample::select(vec!["", " ", "\n", "\t\r ", "  "]), 1..9),
    ) {
        let tight = tree.write();
        let loose = spaced(&tight, &spaces);
        prop_assert_eq!(&Tree::read(&loose), &tree);
        for text in [&loose, &tight] {
            let object = tight.starts_with('{').then_some(tight.as_str());
            let compact = scan(text.clone()).unwrap().into_compact();
            prop_assert_eq!(compact.as_ref().map(|it| it.text()), object);
        }
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        prop_assert_eq!(value(&loose), value(&tight));
    }

    #[test]
    fn tokens_are_the_text_without_white_space_and_each_is_of_its_kind(
        tree in json(),
        spaces in prop::collection::vec(prop::sample::select(vec!["", " ", "\n", "\t\r "]), 1..9),
    ) {
        let text = spaced(&tree.write(), &spaces);
        let all: Vec<_> = tokens(&text).collect();
        prop_assert_eq!(all.iter().map(|token| token.text).collect::<String>(), tree.write());
        let mut level = 0;
        for token in &all {
            let is_of_kind = match token.kind {
                Kind::Open => ["{", "["].contains(&token.text),
                Kind::Close => ["}", "]"].contains(&token.text),
                Kind::Separator => [",", ":"].contains(&token.text),
                Kind::String => serde_json::from_str::<&RawValue>(token.text).is_ok()
                    && token.text.starts_with('"'),
                Kind::Scalar => serde_json::from_str::<&RawValue>(token.text).is_ok()
                    && !token.text.starts_with(['"', '{', '[']),
            };
            prop_assert!(is_of_kind, "{:?}", token);
            level += i32::from(token.kind == Kind::Open) - i32::from(token.kind == Kind::Close);
        }
        prop_assert_eq!(level, 0);
    }

    #[test]
    fn what_a_scan_notes_lies_where_an_independent_reader_finds_it(tree in json()) {
        let text = tree.write();
        check_notes(scan(text.clone()).unwrap().root(), &text, &tree);
    }

    #[test]
    fn members_and_strings_are_found_as_an_independent_reader_finds_them(tree in json()) {
        let scanned = scan(tree.write()).unwrap();
        for name in ["detail", "source", "environment", "", "forwarder"] {
            let found = scanned.root().get(name).map(|value| value.text().to_owned());
            let expected = tree.get(name).map(Tree::write).filter(|text| text != "null");
            prop_assert_eq!(found, expected);
        }
        if let Tree::Array(elements) = &tree {
            let is_lone = |text: &str| text.contains('\u{fffd}');
            let found: Vec<_> = scanned.root().strings().map(String::from).collect();
            let expected: Vec<_> = elements.iter().filter_map(Tree::text).collect();
            prop_assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                prop_assert!(found == expected || is_lone(expected));
            }
        }
    }
}

/// Compares a value with the tree of the same text: its place, shape and text, and what is noted
/// inside: the members of an object, and those elements of an array that are objects or arrays.
fn check_notes(value: Value<'_>, text: &str, tree: &Tree) {
    let (start, end) = value.span();
    assert_eq!(&text[start..end], tree.write());
    assert_eq!(value.text(), tree.write());
    let (shape, inside) = match tree {
        Tree::Object(members) => {
            let members = members.iter().map(|(key, value)| (Some(key.as_str()), value));
            (Shape::Object, members.collect())
        }
        Tree::Array(elements) => {
            let is_noted = |it: &&Tree| !matches!(it, Tree::Atom(_));
            let elements = elements.iter().filter(is_noted).map(|it| (None, it));
            (Shape::Array, elements.collect())
        }
        Tree::Atom(text) if text == "null" => (Shape::Null, vec![]),
        Tree::Atom(text) if text.starts_with('"') => (Shape::String, vec![]),
        Tree::Atom(_) => (Shape::Scalar, vec![]),
    };
    assert_eq!(value.shape(), shape);
    assert_eq!(value.is_null(), shape == Shape::Null);
    assert_eq!(value.string().map(|it| lossy(&it)), tree.text().map(|it| lossy(&it)));
    let children: Vec<_> = value.children().collect();
    assert_eq!(children.len(), inside.len());
    let elements = if shape == Shape::Array { children.len() } else { 0 };
    assert_eq!(value.elements().count(), elements);
    let below: usize = children.iter().map(|child| 1 + child.descendants().count()).sum();
    assert_eq!(value.descendants().count(), below);
    for (child, (key, tree)) in children.into_iter().zip(inside) {
        let member = &text[child.start()..child.span().1];
        match key {
            Some(key) => {
                assert_eq!(member, format!("{key}:{}", tree.write()));
                assert_eq!(lossy(&child.key()), lossy(&unescape(key)));
            }
            None => assert_eq!((member, child.key().as_ref()), (tree.write().as_str(), "")),
        }
        check_notes(child, text, tree);
    }
}

/// The readers replace half a surrogate pair by different numbers of U+FFFD.
fn lossy(text: &str) -> String {
    text.replace('\u{fffd}', "")
}

#[test]
fn nesting_has_no_limit_and_no_recursion() {
    for depth in [1, 16, 17, 63, 64, 65, 128, 129, 10_000, 200_000] {
        for (open, close) in
            [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]"), ("[[{\"a\":", "}]]")]
        {
            let inner = if open.ends_with(':') { "1" } else { "" };
            let whole = open.repeat(depth) + inner + &close.repeat(depth);
            agree(&whole);
            assert!(scan(whole.clone()).is_ok());
            assert!(scan(whole[..whole.len() - 1].to_owned()).is_err());
            let crossed = open.repeat(depth) + inner + &close.repeat(depth - 1) + "!";
            assert!(scan(crossed).is_err());
        }
    }
    let crossed = "[{\"a\":".repeat(70) + "1" + &"]}".repeat(70);
    agree(&crossed);
    assert!(scan(crossed).is_err());
}

#[test]
fn json_that_serde_json_accepts_only_as_text_is_accepted() {
    for text in ["1e999", "-1E+9999", "[1e400]", r#""\ud800""#, r#"{"\udc00":"\ud83d x"}"#] {
        assert!(serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
        agree(text);
        assert!(scan(text.to_owned()).is_ok(), "{text}");
    }
}

#[test]
fn extensions_of_json_are_rejected() {
    for text in [
        "",
        " ",
        "\u{feff}{}",
        "{}{}",
        "{} x",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "0x10",
        "NaN",
        "Infinity",
        "-",
        "-01",
        "'a'",
        "{a:1}",
        "[1,]",
        "{\"a\":1,}",
        "[,1]",
        "{]",
        "[}",
        "{\"a\":1]",
        "[1}",
        "[{\"a\":1]}",
        "{\"a\":[1}]",
        "//c\n1",
        "\"\t\"",
        "\"\u{1f}\"",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "tru",
        "nulll",
        "\u{a0}1",
        "\u{b}1",
        "\u{c}1",
        "[1\u{c}]",
        "[\u{2028}1]",
    ] {
        agree(text);
        assert!(scan(text.to_owned()).is_err(), "{text:?}");
    }
}
