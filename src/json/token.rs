//! The tokens of a text that is known to be JSON. It checks nothing and allocates nothing.

use super::string::string_end;

/// The kind of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `{` or `[`
    Open,
    /// `}` or `]`
    Close,
    /// `,` or `:`
    Separator,
    /// A key or a string.
    String,
    /// A number, `true`, `false` or `null`.
    Scalar,
}

/// A token of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Its spelling, quotes included.
    pub text: &'a str,
}

/// Returns the tokens of `text`, in order, without the white space between them.
///
/// ```
/// use ecs_event_forwarder::json::tokens;
///
/// let texts: Vec<_> = tokens(r#"{ "a": [1] }"#).map(|token| token.text).collect();
/// assert_eq!(texts, ["{", r#""a""#, ":", "[", "1", "]", "}"]);
/// ```
pub fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let (kind, length) = match *rest.as_bytes().first()? {
            b'{' | b'[' => (Kind::Open, 1),
            b'}' | b']' => (Kind::Close, 1),
            b',' | b':' => (Kind::Separator, 1),
            b'"' => (Kind::String, string_end(rest)),
            _ => (Kind::Scalar, scalar_end(rest)),
        };
        let (text, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(Token { kind, text })
    })
}

fn scalar_end(text: &str) -> usize {
    let is_of_scalar = |byte: &u8| !b" \t\r\n,:]}".contains(byte);
    text.bytes().take_while(is_of_scalar).count()
}
