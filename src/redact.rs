//! Step 5: message → message without secrets.
//!
//! Two things are replaced by `***`, at any depth and in every kind: the values of environment
//! variables, and the query of a signed URL in any string. Names stay, so that one can see what
//! was set.

use crate::json;
use memchr::memmem;
use std::borrow::Cow;

const REDACTED: &str = "***";
const REDACTED_STRING: &str = "\"***\"";

/// The message with its secrets replaced. `message` is JSON without white space between tokens.
pub fn redact(message: String) -> String {
    if !may_hold_secrets(message.as_bytes()) {
        return message;
    }
    let open = Vec::with_capacity(json::DEPTH);
    // As much as the message has: the next step appends to it.
    let room = message.capacity();
    let redaction = Redaction { rest: &message, kept: &message, room, out: String::new(), open };
    redaction.run().unwrap_or(message)
}

/// A look at memory speed: most messages hold neither.
fn may_hold_secrets(message: &[u8]) -> bool {
    memchr::memchr(b'?', message).is_some()
        || memmem::find(message, b"environment").is_some()
        // Either may be spelled with escapes.
        || memmem::find(message, b"\\u").is_some()
}

/// Where we are in the message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In an object, or in an array of anything.
    Anywhere,
    /// In the array that is called `environment`.
    Environment,
    /// In an element of it.
    Variable,
}

struct Redaction<'a> {
    rest: &'a str,
    /// What ends with `rest` and is not yet in `out`.
    kept: &'a str,
    /// To be reserved in `out` before anything is put there.
    room: usize,
    out: String,
    /// The containers around this place.
    open: Vec<Place>,
}

impl<'a> Redaction<'a> {
    /// The message, if anything in it is replaced.
    fn run(mut self) -> Option<String> {
        // The key of the member whose value comes next.
        let mut key = Cow::Borrowed("");
        while let Some(first) = self.rest.bytes().next() {
            let place = self.open.last().copied().unwrap_or(Place::Anywhere);
            match first {
                b'"' => {
                    let string = self.pass(json::string_end(self.rest));
                    if !self.rest.starts_with(':') {
                        self.look_at(string);
                        continue;
                    }
                    key = json::unescape(string);
                    self.pass(1);
                    if place == Place::Variable && key == "value" {
                        self.replace_value();
                    }
                }
                b'{' | b'[' => {
                    self.open.push(match (first, place) {
                        (b'[', _) if key == "environment" => Place::Environment,
                        (b'{', Place::Environment) => Place::Variable,
                        _ => Place::Anywhere,
                    });
                    key = Cow::Borrowed("");
                    self.pass(1);
                }
                b'}' | b']' => {
                    self.open.pop();
                    self.pass(1);
                }
                b',' => {
                    key = Cow::Borrowed("");
                    self.pass(1);
                }
                _ => {
                    self.pass(self.rest.find(['"', ',', '}', ']']).unwrap_or(self.rest.len()));
                }
            }
        }
        if self.out.is_empty() {
            return None;
        }
        self.out.push_str(self.kept);
        Some(self.out)
    }

    fn pass(&mut self, bytes: usize) -> &'a str {
        let (head, tail) = self.rest.split_at(bytes);
        self.rest = tail;
        head
    }

    /// Puts `json` in the place of the last `bytes` that were passed.
    fn replace_last(&mut self, bytes: usize, json: &str) {
        self.out.reserve(self.room);
        self.room = 0;
        let (head, _) = self.kept.split_at(self.kept.len() - self.rest.len() - bytes);
        self.out.push_str(head);
        self.out.push_str(json);
        self.kept = self.rest;
    }

    /// Whatever the value is, but for null, which says that there is none.
    fn replace_value(&mut self) {
        if !self.rest.starts_with("null") {
            let value = self.pass(value_end(self.rest));
            self.replace_last(value.len(), REDACTED_STRING);
        }
    }

    fn look_at(&mut self, string: &str) {
        // A question mark may be spelled as an escape.
        if memchr::memchr2(b'?', b'\\', string.as_bytes()).is_none() {
            return;
        }
        let redacted = without_signatures(&json::unescape(string));
        if let Some(json) = redacted.and_then(|text| serde_json::to_string(&text).ok()) {
            self.replace_last(string.len(), &json);
        }
    }
}

/// The length of the value that `text` begins with.
fn value_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        match rest.bytes().next() {
            Some(b'"') => at += json::string_end(rest),
            Some(b'{' | b'[') => {
                depth += 1;
                at += 1;
            }
            Some(b'}' | b']') if depth > 0 => {
                depth -= 1;
                at += 1;
            }
            Some(b',' | b'}' | b']') if depth == 0 => return at,
            _ => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    at
}

/// The text with the query of each signed URL replaced; none if it holds no such URL.
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.
fn without_signatures(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut any = false;
    while let Some(mark) = rest.find('?') {
        let (before, after) = rest.split_at(mark + 1);
        let ends_query = |c: char| c.is_whitespace() || c.is_control() || "\"<>".contains(c);
        let (query, after) = after.split_at(after.find(ends_query).unwrap_or(after.len()));
        // JSON in a text can spell & like that.
        let parameters = query.replace("\\u0026", "&");
        let is_signed = parameters.split(['&', ';', '?', '#']).any(is_signature);
        out.push_str(before);
        out.push_str(if is_signed { REDACTED } else { query });
        any |= is_signed;
        rest = after;
    }
    out.push_str(rest);
    any.then_some(out)
}

fn is_signature(parameter: &str) -> bool {
    let Some((name, _)) = parameter.split_once('=') else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    name.starts_with("x-amz-") || name.contains("signature") || name.contains("token")
}
