//! The scan: one pass, no recursion.

use super::node::{DEPTH, Malformed, NONE, Node, Shape};

/// Published task events have one member in about 30 bytes.
const TYPICAL_BYTES_PER_NODE: usize = 24;
/// As many as the largest events have. The long texts of an SQS batch have few.
const NODES_AT_FIRST: usize = 4096;

/// The nodes of a text shorter than 4 GiB, and whether there is white space between its tokens.
pub(super) fn nodes(text: &str) -> Result<(Vec<Node>, bool), Malformed> {
    let expected = text.len() / TYPICAL_BYTES_PER_NODE + 1;
    let scanner = Scanner {
        bytes: text.as_bytes(),
        at: 0,
        spaced: false,
        nodes: Vec::with_capacity(expected.min(NODES_AT_FIRST)),
        nesting: Nesting::default(),
    };
    scanner.run()
}

/// Which of the containers around a place are objects, a bit each.
#[derive(Default)]
struct Nesting {
    depth: usize,
    innermost: u64,
    outer: Vec<u64>,
}

impl Nesting {
    fn enter(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.innermost);
        }
        self.innermost = self.innermost << 1 | u64::from(object);
        self.depth += 1;
    }

    fn leave(&mut self) {
        self.depth -= 1;
        self.innermost >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.innermost = self.outer.pop().unwrap_or_default();
        }
    }

    fn in_object(&self) -> bool {
        self.depth > 0 && self.innermost & 1 == 1
    }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    at: usize,
    spaced: bool,
    nodes: Vec<Node>,
    nesting: Nesting,
}

impl Scanner<'_> {
    fn run(mut self) -> Result<(Vec<Node>, bool), Malformed> {
        let mut open = NONE;
        let mut key = ((0, 0), false);
        loop {
            // Here a value is due.
            self.skip_space();
            let start = self.at;
            let first = self.peek().ok_or(self.malformed())?;
            let shape = shape_of(first);
            let is_container = matches!(shape, Shape::Object | Shape::Array);
            let is_noted = self.nesting.depth <= DEPTH
                && (is_container || self.nesting.in_object() || self.nesting.depth == 0);
            let mut escaped = false;
            match first {
                b'{' | b'[' => self.at += 1,
                b'"' => escaped = self.string()?,
                b'-' | b'0'..=b'9' => self.number()?,
                b't' => self.literal(b"true")?,
                b'f' => self.literal(b"false")?,
                b'n' => self.literal(b"null")?,
                _ => return Err(self.malformed()),
            }
            if is_noted {
                let at = small(self.nodes.len());
                let next = if is_container { open } else { at + 1 };
                let value = (small(start), small(self.at));
                self.nodes.push(Node { key: key.0, value, next, shape, escaped: (key.1, escaped) });
                if is_container {
                    open = at;
                }
            }
            if is_container {
                self.nesting.enter(shape == Shape::Object);
                self.skip_space();
                let is_empty = self.peek() == Some(if first == b'{' { b'}' } else { b']' });
                if !is_empty {
                    key = self.key_if_in_object()?;
                    continue;
                }
            }
            // Here a value has ended, or an empty container is about to.
            loop {
                self.skip_space();
                if self.nesting.depth == 0 {
                    let at_end = self.at == self.bytes.len();
                    return at_end
                        .then_some((self.nodes, self.spaced))
                        .ok_or(Malformed { offset: self.at });
                }
                let in_object = self.nesting.in_object();
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        self.skip_space();
                        key = self.key_if_in_object()?;
                        break;
                    }
                    Some(b'}') if in_object => open = self.close(open),
                    Some(b']') if !in_object => open = self.close(open),
                    _ => return Err(self.malformed()),
                }
            }
        }
    }

    /// Ends the innermost container and gives the noted one around it.
    fn close(&mut self, open: u32) -> u32 {
        self.at += 1;
        self.nesting.leave();
        if self.nesting.depth > DEPTH {
            return open;
        }
        let end = small(self.at);
        let next = small(self.nodes.len());
        let Some(node) = self.nodes.get_mut(open as usize) else {
            return NONE;
        };
        node.value.1 = end;
        std::mem::replace(&mut node.next, next)
    }

    fn key_if_in_object(&mut self) -> Result<((u32, u32), bool), Malformed> {
        if !self.nesting.in_object() {
            return Ok(((0, 0), false));
        }
        let start = self.at + 1;
        if self.peek() != Some(b'"') {
            return Err(self.malformed());
        }
        let escaped = self.string()?;
        let end = self.at - 1;
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.malformed());
        }
        self.at += 1;
        Ok(((small(start), small(end)), escaped))
    }

    /// Passes a string and tells whether it holds a backslash.
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

    /// Passes bytes that need no look, eight at a time.
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

fn shape_of(first: u8) -> Shape {
    match first {
        b'{' => Shape::Object,
        b'[' => Shape::Array,
        b'"' => Shape::String,
        b'n' => Shape::Null,
        _ => Shape::Scalar,
    }
}

/// An offset in a text that is known to be shorter than 4 GiB.
fn small(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}
