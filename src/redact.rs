//! Step 5: message → message without secrets.
//!
//! Each of these becomes `***`, at any depth and in every kind of event:
//!
//! - the values of environment variables: `environment[].value`, and every value of an
//!   `environment` that is an object;
//! - a string whose name says that it is a secret, such as `splunk-token` or `dbPassword`;
//! - in any string, the query of a signed URL and the user and password of a URL, also if the URL
//!   is percent-encoded.
//!
//! Names stay, so that a reader can see what was set.

mod words;
mod url;

use crate::json::{self, Kind};
use crate::message::Message;
use memchr::memmem::{self, Finder};
use std::borrow::Cow;
use std::sync::LazyLock;
use words::names_a_secret;

const REDACTED_STRING: &str = "\"***\"";

/// Replaces the secrets of a message.
pub fn redact(message: Message) -> Message {
    let text = message.into_string();
    if !may_hold_secrets(text.as_bytes()) {
        return Message::of_step(text);
    }
    let open = Vec::with_capacity(json::DEPTH);
    // The next step appends to the message, so the copy gets the same room.
    let room = text.capacity();
    let key = Cow::Borrowed("");
    let redaction = Redaction { rest: &text, kept: &text, room, out: String::new(), open, key };
    Message::of_step(redaction.run().unwrap_or(text))
}

/// Searches at memory speed for bytes that occur near every secret. Most messages hold none of them.
fn may_hold_secrets(message: &[u8]) -> bool {
    static ENVIRONMENT: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("environment"));
    memchr::memchr2(b'?', b'%', message).is_some()
        || may_hold_user(message)
        || ENVIRONMENT.find(message).is_some()
        // Escapes can spell any of these.
        || memchr::memchr(b'\\', message).is_some() && memmem::find(message, b"\\u").is_some()
        || may_hold_secret_word(message)
}

/// True if there can be a URL with a user. An `@` alone is common: image digests follow one.
fn may_hold_user(message: &[u8]) -> bool {
    static SLASHES: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("//"));
    let has_slashes = || SLASHES.find(message).is_some() || memmem::find(message, b"\\/").is_some();
    memchr::memchr(b'@', message).is_some() && has_slashes()
}

/// Bytes to search at once for the letters of secret names, and to look ahead for the end of a name.
const NEAR: usize = 64;

/// True if the name of a member may hold one of the words of a secret name, in any case.
///
/// Values hold their letters more often than names do: `token-refresher` is the name of a container.
fn may_hold_secret_word(message: &[u8]) -> bool {
    (0..message.len()).step_by(NEAR).any(|start| {
        let rest = message.get(start..).unwrap_or_default();
        let triples = secret_triples(rest);
        memchr::memchr_iter(1, &triples)
            .any(|at| may_be_in_name(rest.get(at..).unwrap_or_default()))
    })
}

/// Returns 1 for each of the first bytes where a triple begins, else 0.
fn secret_triples(message: &[u8]) -> [u8; NEAR] {
    // Two bytes more, for a triple that ends after the last of them.
    let near = message.first_chunk::<{ NEAR + 2 }>().copied().unwrap_or_else(|| {
        let mut near = [0; NEAR + 2];
        near.iter_mut().zip(message).for_each(|(to, from)| *to = *from);
        near
    });
    let mut triples = [0; NEAR];
    let letters = near.iter().zip(near.iter().skip(1)).zip(near.iter().skip(2));
    for (triple, ((first, second), third)) in triples.iter_mut().zip(letters) {
        *triple = is_secret_triple(*first, *second, *third);
    }
    triples
}

/// True unless the string that `rest` begins in is a value. A colon follows the end of a name.
///
/// An escaped quote may or may not end the string, and the end may be too far away to see.
fn may_be_in_name(rest: &[u8]) -> bool {
    let near = rest.get(..NEAR).unwrap_or(rest);
    let Some(quote) = memchr::memchr(b'"', near) else { return true };
    let (string, end) = rest.split_at(quote);
    end.get(1) == Some(&b':') || string.last() == Some(&b'\\')
}

/// Returns 1 if these are three letters of one of the words of a secret name, in any case, else 0.
///
/// Each word has one of six triples: `ken`, `key`, `ret`, `den`, `ssw` and `tho`. There is no branch,
/// so that a loop over this becomes vector instructions.
fn is_secret_triple(first: u8, second: u8, third: u8) -> u8 {
    let is = |byte: u8, letter: u8| u8::from(byte | 0x20 == letter);
    let is_around_e = is(first, b'k') & (is(third, b'n') | is(third, b'y'))
        | is(first, b'r') & is(third, b't')
        | is(first, b'd') & is(third, b'n');
    is(second, b'e') & is_around_e
        | is(first, b's') & is(second, b's') & is(third, b'w')
        | is(first, b't') & is(second, b'h') & is(third, b'o')
}

/// The container around the present position.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// In an object, or in an array of anything.
    Anywhere,
    /// In an array called `environment`.
    Environment,
    /// In an element of it, an object with `name` and `value`.
    Variable,
    /// In an object called `environment`, whose members are variables.
    Variables,
}

struct Redaction<'a> {
    rest: &'a str,
    /// The part of the message that ends with `rest` and is not yet in `out`.
    kept: &'a str,
    /// Bytes to reserve in `out` before the first write.
    room: usize,
    out: String,
    /// The containers around the present position, outermost first.
    open: Vec<Scope>,
    /// The key of the member whose value comes next.
    key: Cow<'a, str>,
}

impl<'a> Redaction<'a> {
    /// Returns the redacted message, or none if nothing was replaced.
    fn run(mut self) -> Option<String> {
        while let Some(first) = self.rest.bytes().next() {
            match first {
                b'"' => self.string(),
                b'{' | b'[' => self.enter(first),
                b'}' | b']' => {
                    self.open.pop();
                    self.pass(1);
                }
                b',' => {
                    self.key = Cow::Borrowed("");
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

    /// The container around the present position.
    fn scope(&self) -> Scope {
        self.open.last().copied().unwrap_or(Scope::Anywhere)
    }

    /// Passes a string: a value, which can hold URLs, or a key, whose value can be a secret.
    fn string(&mut self) {
        let string = self.pass(json::string_end(self.rest));
        if !self.rest.starts_with(':') {
            self.look_at(string);
            return;
        }
        self.key = json::unescape(string);
        self.pass(1);
        let is_secret = match self.scope() {
            Scope::Variables => true,
            Scope::Variable if self.key == "value" => true,
            Scope::Anywhere | Scope::Environment | Scope::Variable => {
                self.rest.starts_with('"') && names_a_secret(&self.key)
            }
        };
        if is_secret {
            self.replace_value();
        }
    }

    /// Enters the object or array that begins with `first`.
    fn enter(&mut self, first: u8) {
        let is_environment = self.key == "environment";
        self.open.push(match (first, self.scope()) {
            (b'[', _) if is_environment => Scope::Environment,
            (_, _) if is_environment => Scope::Variables,
            (b'{', Scope::Environment) => Scope::Variable,
            _ => Scope::Anywhere,
        });
        self.key = Cow::Borrowed("");
        self.pass(1);
    }

    /// Moves past the next `bytes` and returns them.
    fn pass(&mut self, bytes: usize) -> &'a str {
        let (head, tail) = self.rest.split_at(bytes);
        self.rest = tail;
        head
    }

    /// Replaces the last `bytes` that were passed by `json`.
    fn replace_last(&mut self, bytes: usize, json: &str) {
        self.out.reserve(self.room);
        self.room = 0;
        let (head, _) = self.kept.split_at(self.kept.len() - self.rest.len() - bytes);
        self.out.push_str(head);
        self.out.push_str(json);
        self.kept = self.rest;
    }

    /// Replaces the next value, whatever it is. A null stays: it says that there is no value.
    fn replace_value(&mut self) {
        if !self.rest.starts_with("null") {
            let value = self.pass(value_end(self.rest));
            self.replace_last(value.len(), REDACTED_STRING);
        }
    }

    /// Redacts the URLs in `string`, the literal that was passed last.
    fn look_at(&mut self, string: &str) {
        let bytes = string.as_bytes();
        // Each of the characters that make a URL secret may be spelled as an escape.
        let may_hold = memchr::memchr3(b'?', b'%', b'\\', bytes).is_some()
            || memchr::memchr(b'@', bytes).is_some();
        if !may_hold {
            return;
        }
        let redacted = url::redact(&json::unescape(string));
        if let Some(json) = redacted.and_then(|text| serde_json::to_string(&text).ok()) {
            self.replace_last(string.len(), &json);
        }
    }
}

/// Returns the length of the value that `text` begins with.
fn value_end(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut end = 0;
    for token in json::tokens(text) {
        // Messages have no white space between tokens.
        end += token.text.len();
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            Kind::Separator | Kind::String | Kind::Scalar => {}
        }
        if depth == 0 {
            break;
        }
    }
    end
}
