//! URLs inside a text: their users, passwords and signatures.

use super::words::{REDACTED, holds_secret_word};

/// Names of query parameters that are secrets although they hold no secret word.
const SECRET_PARAMETERS: [&str; 3] = ["sig", "hmac", "verify"];

/// Returns the text with the secrets of its URLs replaced, or none if it holds no such URL.
pub(super) fn redact(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    let mut any = false;
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(ends_url).unwrap_or(rest.len()));
        let redacted = redact_word(word);
        any |= redacted.is_some();
        out.push_str(redacted.as_deref().unwrap_or(word));
        let next = after.find(|c| !ends_url(c)).unwrap_or(after.len());
        let (between, after) = after.split_at(next);
        out.push_str(between);
        rest = after;
    }
    any.then_some(out)
}

/// True for characters that end a URL in a text.
fn ends_url(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"<>".contains(c)
}

/// Redacts a word of a text, first as it is and then percent-decoded.
fn redact_word(word: &str) -> Option<String> {
    let plain = redact_plain(word);
    let decoded = decode(plain.as_deref().unwrap_or(word));
    decoded.and_then(|decoded| redact_plain(&decoded)).or(plain)
}

fn redact_plain(word: &str) -> Option<String> {
    // A careless password can hold a question mark, so users go first.
    let without_users = redact_users(word);
    let without_query = redact_query(without_users.as_deref().unwrap_or(word));
    without_query.or(without_users)
}

/// Replaces the query if one of its parameters is a secret.
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.
fn redact_query(word: &str) -> Option<String> {
    let (before, query) = word.split_once('?')?;
    // JSON inside a text can spell & like that.
    let query = query.replace("\\u0026", "&");
    let is_secret = |parameters: &str| {
        parameters.split(['&', ';', '?', '#']).filter_map(|it| it.split_once('=')).any(
            |(name, _)| {
                let name = name.to_ascii_lowercase();
                name.starts_with("x-amz-")
                    || name.contains("signature")
                    || holds_secret_word(&name)
                    || SECRET_PARAMETERS.contains(&name.as_str())
            },
        )
    };
    let any = is_secret(&query) || decode(&query).is_some_and(|decoded| is_secret(&decoded));
    any.then(|| format!("{before}?{REDACTED}"))
}

/// Replaces user and password of each URL: `scheme://user:password@host`.
fn redact_users(word: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = word;
    let mut any = false;
    while let Some((before, slashes, after)) = split_at_authority(rest) {
        out.push_str(before);
        out.push_str(slashes);
        rest = after;
        if let Some((_, host)) = user_of(after).filter(|(user, _)| *user != REDACTED) {
            out.push_str(REDACTED);
            rest = host;
            any = true;
        }
    }
    out.push_str(rest);
    any.then_some(out)
}

/// Splits at the first `://`, whose slashes JSON inside a text can escape.
fn split_at_authority(text: &str) -> Option<(&str, &str, &str)> {
    let plain = text.find("://").map(|at| (at, 3));
    let escaped = text.find(r":\/\/").map(|at| (at, 5));
    let (at, length) = plain.into_iter().chain(escaped).min()?;
    let (before, rest) = text.split_at(at);
    let (slashes, after) = rest.split_at(length);
    Some((before, slashes, after))
}

/// Splits `user:password@host/…` before its `@`.
///
/// A slash ends the host, but careless passwords hold slashes, too. What follows the first colon
/// decides: a number is a port, so there is no user; anything else is a password.
fn user_of(after: &str) -> Option<(&str, &str)> {
    let (authority, _) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
    let at = authority.rfind('@').or_else(|| {
        let (_, port) = authority.split_once(':').filter(|_| !authority.starts_with('['))?;
        let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
        if is_port { None } else { after.find('@') }
    })?;
    Some(after.split_at(at))
}

/// Decodes percent-encoding once; none if there is none.
fn decode(text: &str) -> Option<String> {
    let (first, mut rest) = text.split_once('%')?;
    let mut bytes = first.as_bytes().to_vec();
    loop {
        let byte = rest.get(..2).filter(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match byte.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = rest.get(2..).unwrap_or_default();
            }
            None => bytes.push(b'%'),
        }
        let Some((before, after)) = rest.split_once('%') else { break };
        bytes.extend_from_slice(before.as_bytes());
        rest = after;
    }
    bytes.extend_from_slice(rest.as_bytes());
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
