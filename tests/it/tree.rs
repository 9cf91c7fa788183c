//! JSON as a tree of texts: the tests' own reader and writer, which share no code with the library.
//!
//! Keys, strings and numbers keep their spelling. It recurses, so it is for events of moderate depth.

#![expect(
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test that meets what it does not expect has failed"
)]

use std::fmt;
use std::iter::Peekable;
use std::str::CharIndices;

/// A value. Keys and atoms keep their spelling, quotes included.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Tree {
    Object(Vec<(String, Self)>),
    Array(Vec<Self>),
    /// A string, a number, `true`, `false` or `null`.
    Atom(String),
}

impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write())
    }
}

impl Tree {
    /// Reads one value, which must be valid.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader { text, chars: text.char_indices().peekable() };
        let tree = reader.value();
        reader.skip_space();
        assert!(reader.chars.peek().is_none(), "more than one value");
        tree
    }

    /// Reads one value, if the text is one.
    pub(crate) fn read_checked(text: &str) -> Option<Self> {
        let is_json = serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
        is_json.then(|| Self::read(text))
    }

    /// An object with these members, whose keys are unquoted.
    pub(crate) fn object(members: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        let quoted = |(key, value)| (format!("\"{key}\""), value);
        Self::Object(members.into_iter().map(quoted).collect())
    }

    /// A string with this text.
    pub(crate) fn string(text: &str) -> Self {
        Self::Atom(serde_json::to_string(text).unwrap())
    }

    /// Writes it without white space.
    pub(crate) fn write(&self) -> String {
        let joined = |parts: Vec<String>| parts.join(",");
        match self {
            Self::Object(members) => {
                let members = members.iter();
                let parts = members.map(|(key, value)| format!("{key}:{}", value.write()));
                format!("{{{}}}", joined(parts.collect()))
            }
            Self::Array(elements) => {
                format!("[{}]", joined(elements.iter().map(Self::write).collect()))
            }
            Self::Atom(text) => text.clone(),
        }
    }

    pub(crate) fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            Self::Array(_) | Self::Atom(_) => &[],
        }
    }

    /// The last member with this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        let mut members = self.members().iter().rev();
        members.find(|(key, _)| unescape(key) == name).map(|(_, value)| value)
    }

    /// The text of a string.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Atom(raw) if raw.starts_with('"') => Some(unescape(raw)),
            Self::Object(_) | Self::Array(_) | Self::Atom(_) => None,
        }
    }

    /// The tree with only the members that `keeps` accepts by their path, such as
    /// `detail.containers[].name`.
    pub(crate) fn filtered(&self, keeps: &impl Fn(&str) -> bool) -> Self {
        self.filtered_at("", keeps)
    }

    fn filtered_at(&self, path: &str, keeps: &impl Fn(&str) -> bool) -> Self {
        match self {
            Self::Object(members) => {
                let kept = members.iter().filter_map(|(key, value)| {
                    let name = unescape(key);
                    let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                    keeps(&path).then(|| (key.clone(), value.filtered_at(&path, keeps)))
                });
                Self::Object(kept.collect())
            }
            Self::Array(elements) => {
                let path = format!("{path}[]");
                let elements = elements.iter().map(|it| it.filtered_at(&path, keeps));
                Self::Array(elements.collect())
            }
            Self::Atom(_) => self.clone(),
        }
    }

    /// True if this is `other` without some members, and nothing else is changed.
    pub(crate) fn is_sub_document_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(mine), Self::Object(theirs)) => {
                let mut theirs = theirs.iter();
                mine.iter().all(|(key, value)| {
                    theirs.any(|(k, v)| k == key && value.is_sub_document_of(v))
                })
            }
            (Self::Array(mine), Self::Array(theirs)) => {
                mine.len() == theirs.len()
                    && mine.iter().zip(theirs).all(|(my, their)| my.is_sub_document_of(their))
            }
            (mine, theirs) => mine == theirs,
        }
    }

    /// The texts of all keys and strings in it, joined.
    pub(crate) fn says(&self) -> String {
        match self {
            Self::Object(members) => {
                let texts = members
                    .iter()
                    .map(|(key, value)| format!("{}\n{}", unescape(key), value.says()));
                texts.collect::<Vec<_>>().join("\n")
            }
            Self::Array(elements) => {
                let texts = elements.iter().map(Self::says);
                texts.collect::<Vec<_>>().join("\n")
            }
            Self::Atom(raw) => self.text().unwrap_or_else(|| raw.clone()),
        }
    }
}

/// The text of a string literal. Lone surrogates become U+FFFD.
pub(crate) fn unescape(raw: &str) -> String {
    let inner = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"'));
    let mut chars = inner.expect("a string literal").chars();
    let mut units: Vec<u16> = Vec::new();
    while let Some(char) = chars.next() {
        let said = match char {
            '\\' => match chars.next().expect("an escape") {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => {
                    let digits: String = chars.by_ref().take(4).collect();
                    units.push(u16::from_str_radix(&digits, 16).expect("four digits"));
                    continue;
                }
                other => other,
            },
            other => other,
        };
        units.extend(said.encode_utf16(&mut [0; 2]).iter());
    }
    String::from_utf16_lossy(&units)
}

struct Reader<'a> {
    text: &'a str,
    chars: Peekable<CharIndices<'a>>,
}

impl Reader<'_> {
    fn value(&mut self) -> Tree {
        self.skip_space();
        match self.peek() {
            '{' => {
                let mut members = Vec::new();
                self.list('}', |reader| {
                    let key = reader.string();
                    reader.skip_space();
                    assert_eq!(reader.next(), ':');
                    members.push((key, reader.value()));
                });
                Tree::Object(members)
            }
            '[' => {
                let mut elements = Vec::new();
                self.list(']', |reader| elements.push(reader.value()));
                Tree::Array(elements)
            }
            '"' => Tree::Atom(self.string()),
            _ => {
                let start = self.position();
                while self
                    .chars
                    .next_if(|(_, c)| c.is_ascii_alphanumeric() || "+-.".contains(*c))
                    .is_some()
                {}
                let word = &self.text[start..self.position()];
                assert!(!word.is_empty(), "no value at {start}");
                Tree::Atom(word.to_owned())
            }
        }
    }

    fn list(&mut self, end: char, mut item: impl FnMut(&mut Self)) {
        self.next();
        self.skip_space();
        if self.peek() == end {
            self.next();
            return;
        }
        loop {
            self.skip_space();
            item(self);
            self.skip_space();
            match self.next() {
                ',' => {}
                other => return assert_eq!(other, end),
            }
        }
    }

    fn string(&mut self) -> String {
        let start = self.position();
        assert_eq!(self.next(), '"');
        loop {
            match self.next() {
                '"' => return self.text[start..self.position()].to_owned(),
                '\\' => {
                    self.next();
                }
                _ => {}
            }
        }
    }

    fn skip_space(&mut self) {
        while self.chars.next_if(|(_, c)| " \t\r\n".contains(*c)).is_some() {}
    }

    fn next(&mut self) -> char {
        self.chars.next().expect("more text").1
    }

    fn peek(&mut self) -> char {
        self.chars.peek().expect("more text").1
    }

    fn position(&mut self) -> usize {
        self.chars.peek().map_or(self.text.len(), |(at, _)| *at)
    }
}
