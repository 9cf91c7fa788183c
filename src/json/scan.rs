//! The scan: one pass, no recursion.

use super::nesting::Nesting;
use super::node::{DEPTH, Malformed, NONE, Node, Shape};

/// Task events in AWS's documentation have one member in about 30 bytes.
const TYPICAL_BYTES_PER_NODE: usize = 24;
/// The most nodes to reserve at first. The largest events have about as many; an SQS batch of many
/// bytes has few, because its bodies are strings.
const NODES_AT_FIRST: usize = 4096;

/// Returns the nodes of a text shorter than 4 GiB, and true if it has white space between tokens.
pub(super) fn nodes(text: &str) -> Result<(Vec<Node>, bool), Malformed> {
    let expected = text.len() / TYPICAL_BYTES_PER_NODE + 1;
    let scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        spaced: false,
        nodes: Vec::with_capacity(expected.min(NODES_AT_FIRST)),
        nesting: Nesting::default(),
        open: NONE,
    };
    scanner.run()
}

/// The key of a member, without its quotes; empty for elements and the whole.
#[derive(Clone, Copy, Default)]
struct Key {
    span: (u32, u32),
    is_escaped: bool,
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    spaced: bool,
    nodes: Vec<Node>,
    nesting: Nesting,
    /// The innermost noted container that has not ended.
    open: u32,
}

impl Scanner<'_> {
    fn run(mut self) -> Result<(Vec<Node>, bool), Malformed> {
        let mut next = Some(Key::default());
        while let Some(key) = next {
            let first_inside = self.value(key)?;
            next = if first_inside.is_some() { first_inside } else { self.end_of_value()? };
        }
        Ok((self.nodes, self.spaced))
    }

    /// Passes a value, or only the opening bracket of a container that has something inside.
    ///
    /// In the second case, returns the key of the first value inside.
    #[inline]
    fn value(&mut self, key: Key) -> Result<Option<Key>, Malformed> {
        self.skip_space();
        let start = self.at;
        let first = self.peek().ok_or(self.malformed())?;
        let shape = shape_of(first);
        let mut is_escaped = false;
        match first {
            b'{' | b'[' => self.at += 1,
            b'"' => is_escaped = self.string()?,
            b'-' | b'0'..=b'9' => self.number()?,
            b't' => self.literal(b"true")?,
            b'f' => self.literal(b"false")?,
            b'n' => self.literal(b"null")?,
            _ => return Err(self.malformed()),
        }
        let is_container = matches!(shape, Shape::Object | Shape::Array);
        let is_noted = self.nesting.depth <= DEPTH
            && (is_container || self.nesting.in_object() || self.nesting.depth == 0);
        if is_noted {
            let at = small(self.nodes.len());
            let next = if is_container { self.open } else { at + 1 };
            let value = (small(start), small(self.at));
            let escaped = (key.is_escaped, is_escaped);
            self.nodes.push(Node { key: key.span, value, next, shape, escaped });
            if is_container {
                self.open = at;
            }
        }
        if !is_container {
            return Ok(None);
        }
        self.nesting.enter(shape == Shape::Object);
        self.skip_space();
        let is_empty = self.peek() == Some(if first == b'{' { b'}' } else { b']' });
        if is_empty { Ok(None) } else { self.key_if_in_object().map(Some) }
    }

    /// Passes the brackets that close after a value, and the comma behind them.
    ///
    /// Returns the key of the value that comes next, or none at the end of the text.
    #[inline]
    fn end_of_value(&mut self) -> Result<Option<Key>, Malformed> {
        loop {
            self.skip_space();
            if self.nesting.depth == 0 {
                let is_at_end = self.at == self.bytes.len();
                return if is_at_end { Ok(None) } else { Err(self.malformed()) };
            }
            let in_object = self.nesting.in_object();
            match self.peek() {
                Some(b',') => {
                    self.at += 1;
                    self.skip_space();
                    return self.key_if_in_object().map(Some);
                }
                Some(b'}') if in_object => self.close(),
                Some(b']') if !in_object => self.close(),
                _ => return Err(self.malformed()),
            }
        }
    }

    /// Ends the innermost container.
    fn close(&mut self) {
        self.at += 1;
        self.nesting.leave();
        if self.nesting.depth > DEPTH {
            return;
        }
        let end = small(self.at);
        let next = small(self.nodes.len());
        // Until now, the container's `next` was the noted container around it.
        self.open = self.nodes.get_mut(self.open as usize).map_or(NONE, |node| {
            node.value.1 = end;
            std::mem::replace(&mut node.next, next)
        });
    }

    /// Passes the key and the colon of a member; an element has neither.
    fn key_if_in_object(&mut self) -> Result<Key, Malformed> {
        if !self.nesting.in_object() {
            return Ok(Key::default());
        }
        let start = self.at + 1;
        if self.peek() != Some(b'"') {
            return Err(self.malformed());
        }
        let is_escaped = self.string()?;
        let end = self.at - 1;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.malformed());
        }
        self.at += 1;
        Ok(Key { span: (small(start), small(end)), is_escaped })
    }

    /// Passes a string. Returns true if it holds a backslash.
    fn string(&mut self) -> Result<bool, Malformed> {
        self.at += 1;
        let mut escaped = false;
        loop {
            self.skip_plain();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.malformed()),
            }
        }
    }

    /// Passes the bytes up to a quote, a backslash or a control character, eight at a time.
    fn skip_plain(&mut self) {
        const ONES: u64 = u64::MAX / 255;
        const HIGHS: u64 = ONES << 7;
        while let Some(chunk) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk) {
            let word = u64::from_le_bytes(*chunk);
            let control = word.wrapping_sub(ONES * 0x20) & !word;
            let quote = word ^ (ONES * u64::from(b'"'));
            let backslash = word ^ (ONES * u64::from(b'\\'));
            let found = (control
                | quote.wrapping_sub(ONES) & !quote
                | backslash.wrapping_sub(ONES) & !backslash)
                & HIGHS;
            if found != 0 {
                self.at += found.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
        while self.peek().is_some_and(is_plain) {
            self.at += 1;
        }
    }

    /// Passes an escape in a string.
    fn escape(&mut self) -> Result<(), Malformed> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.malformed());
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.malformed()),
        }
        Ok(())
    }

    /// Passes a number.
    fn number(&mut self) -> Result<(), Malformed> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Malformed> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.malformed()) } else { Ok(()) }
    }

    /// Passes `true`, `false` or `null`.
    fn literal(&mut self, word: &[u8]) -> Result<(), Malformed> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.malformed());
        }
        self.at += word.len();
        Ok(())
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
            self.spaced = true;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn malformed(&self) -> Malformed {
        Malformed { offset: self.at }
    }
}

/// The shape of a value that begins with this byte.
fn shape_of(first: u8) -> Shape {
    match first {
        b'{' => Shape::Object,
        b'[' => Shape::Array,
        b'"' => Shape::String,
        b'n' => Shape::Null,
        _ => Shape::Scalar,
    }
}

/// The offset as 32 bits: the text is known to be shorter than 4 GiB.
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
