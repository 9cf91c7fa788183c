//! JSON as text: a strict scan that records where each value lies.
//!
//! Trimming removes fields and must leave the rest byte for byte, so events are never turned into
//! a tree. [`scan`] checks a whole text against [RFC 8259] in one pass, without recursion, and
//! records a node for each member and element. [`Value`] walks these nodes.
//!
//! [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259

mod node;
mod string;
mod token;
mod nesting;
mod scan;

use node::{NONE, Node};
use std::borrow::Cow;
use std::ops::Deref;

pub use node::{DEPTH, Malformed, Shape};
pub use string::{string_end, unescape};
pub use token::{Kind, Token, tokens};

/// A scanned text.
///
/// It has a node for each member down to [`DEPTH`], and for each element that is an object or an
/// array. All other values are checked, too, but have no node.
#[derive(Clone)]
pub struct Json {
    text: String,
    nodes: Vec<Node>,
    spaced: bool,
}

/// A value in a [`Json`].
#[derive(Clone, Copy)]
pub struct Value<'a> {
    json: &'a Json,
    at: usize,
}

/// The index of a value in its [`Json`], which it does not borrow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueIndex(usize);

/// Scans `text`.
///
/// # Errors
///
/// The text is not exactly one JSON value, or is 4 GiB or longer.
pub fn scan(text: String) -> Result<Json, Malformed> {
    if u32::try_from(text.len()).is_err() {
        return Err(Malformed { offset: text.len() });
    }
    let (nodes, spaced) = scan::nodes(&text)?;
    Ok(Json { text, nodes, spaced })
}

/// A scanned text that is one JSON object without white space between its tokens: an event's form.
///
/// [`Json::into_compact`] is the only way to make one. It reads like a [`Json`].
#[derive(Clone)]
pub struct Compact(Json);

impl Deref for Compact {
    type Target = Json;

    fn deref(&self) -> &Json {
        &self.0
    }
}

impl Json {
    /// The value of the whole text.
    pub fn root(&self) -> Value<'_> {
        Value { json: self, at: 0 }
    }

    /// The value with this index.
    pub fn value(&self, ValueIndex(at): ValueIndex) -> Value<'_> {
        Value { json: self, at }
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Removes the white space between the tokens of an object. Returns none for any other value.
    ///
    /// Events from ECS have no such white space, so they are not copied.
    ///
    /// ```
    /// use ecs_event_forwarder::json::scan;
    ///
    /// let compact = |text: &str| scan(text.to_owned()).ok()?.into_compact();
    /// assert_eq!(compact(r#"{ "id": 5 }"#).expect("an object").text(), r#"{"id":5}"#);
    /// assert!(compact("5").is_none());
    /// ```
    ///
    /// # Panics
    ///
    /// Never: JSON stays JSON without this white space.
    pub fn into_compact(self) -> Option<Compact> {
        if self.root().shape() != Shape::Object {
            return None;
        }
        if !self.spaced {
            return Some(Compact(self));
        }
        let mut text = String::with_capacity(self.text.len());
        text.extend(tokens(&self.text).map(|token| token.text));
        Some(Compact(scan(text).expect("JSON without white space is JSON")))
    }

    fn node(&self, at: usize) -> &Node {
        self.nodes.get(at).unwrap_or(&NOWHERE)
    }

    fn slice(&self, (start, end): (u32, u32)) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }
}

impl<'a> Value<'a> {
    /// The value in its own spelling.
    pub fn text(self) -> &'a str {
        self.json.slice(self.json.node(self.at).value)
    }

    /// The index of the value in its [`Json`].
    pub fn index(self) -> ValueIndex {
        ValueIndex(self.at)
    }

    /// The start and the end of the value in the text, in bytes.
    pub fn span(self) -> (usize, usize) {
        let (start, end) = self.json.node(self.at).value;
        (start as usize, end as usize)
    }

    /// The start of the member in the text: the opening quote of its key, or the element itself.
    pub fn start(self) -> usize {
        let node = self.json.node(self.at);
        if node.key == (0, 0) { node.value.0 as usize } else { node.key.0 as usize - 1 }
    }

    /// The shape of the value.
    pub fn shape(self) -> Shape {
        self.json.node(self.at).shape
    }

    /// The key of a member, unescaped; empty for elements.
    pub fn key(self) -> Cow<'a, str> {
        let node = self.json.node(self.at);
        let key = self.json.slice(node.key);
        if node.escaped.0 {
            let quoted = self.json.slice((node.key.0 - 1, node.key.1 + 1));
            return unescape(quoted);
        }
        Cow::Borrowed(key)
    }

    /// True if the member has this key. It compares lengths first, because most keys differ there.
    fn is_called(self, name: &str) -> bool {
        let node = self.json.node(self.at);
        let bytes = (node.key.1 - node.key.0) as usize;
        (node.escaped.0 || bytes == name.len()) && self.key() == name
    }

    /// The text of a string, unescaped; none for any other value.
    pub fn string(self) -> Option<Cow<'a, str>> {
        let node = self.json.node(self.at);
        let (start, end) = node.value;
        match node.shape {
            Shape::String if node.escaped.1 => Some(unescape(self.text())),
            Shape::String => Some(Cow::Borrowed(self.json.slice((start + 1, end - 1)))),
            Shape::Object | Shape::Array | Shape::Scalar | Shape::Null => None,
        }
    }

    /// The members of an object, or the elements of an array that are objects or arrays.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let json = self.json;
        let end = json.node(self.at).next as usize;
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            if at >= end {
                return None;
            }
            let child = Value { json, at };
            at = json.node(at).next as usize;
            Some(child)
        })
    }

    /// All members and elements below the value, at any depth, in the order of the text.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        let json = self.json;
        (self.at + 1..json.node(self.at).next as usize).map(move |at| Value { json, at })
    }

    /// The elements of an array that are objects or arrays; none for any other value.
    pub fn elements(self) -> impl Iterator<Item = Self> {
        self.children().filter(move |_| self.shape() == Shape::Array)
    }

    /// The last member with this name, as most parsers choose it; none if it is `null`.
    pub fn get(self, name: &str) -> Option<Self> {
        if self.shape() != Shape::Object {
            return None;
        }
        self.children().filter(|child| child.is_called(name)).last().filter(|v| !v.is_null())
    }

    /// The text of the member with this name, if it is a string.
    pub fn get_string(self, name: &str) -> Option<Cow<'a, str>> {
        self.get(name).and_then(Value::string)
    }

    /// True for `null`.
    pub fn is_null(self) -> bool {
        self.shape() == Shape::Null
    }

    /// The elements of an array that are strings, unescaped; none for any other value.
    pub fn strings(self) -> impl Iterator<Item = Cow<'a, str>> {
        let array = if self.shape() == Shape::Array { self.text() } else { "" };
        let mut level = 0_usize;
        tokens(array).filter_map(move |Token { kind, text }| {
            match kind {
                Kind::Open => level += 1,
                Kind::Close => level = level.saturating_sub(1),
                Kind::String if level == 1 => return Some(unescape(text)),
                Kind::String | Kind::Separator | Kind::Scalar => {}
            }
            None
        })
    }
}

/// The node of an index that does not exist: `null` without text.
static NOWHERE: Node =
    Node { key: (0, 0), value: (0, 0), next: NONE, shape: Shape::Null, escaped: (false, false) };
