//! Text → tokens.

/// A token of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A command, a keyword, a function, or a field of letters, digits, `@` and `.`.
    Word(String),
    /// A field in backticks, which all other fields need.
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Guidelines.html>
    Quoted(String),
    /// A string in single or double quotes.
    Text(String),
    Number(f64),
    /// A number and a unit, such as `5m`.
    Period(u32, String),
    /// An operator or a bracket.
    Sign(&'static str),
}

/// The tokens, each with its start and its end.
pub(super) fn lex(query: &str) -> Result<Vec<(Token, usize, usize)>, String> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = query.get(at..).filter(|rest| !rest.is_empty()) {
        let length = if let Some(space) = rest.find(|c: char| !c.is_whitespace()) {
            if space > 0 { space } else { token(rest, at, &mut tokens)? }
        } else {
            rest.len()
        };
        at += length;
    }
    Ok(tokens)
}

const SIGNS: [&str; 17] =
    ["!=", "<=", ">=", "(", ")", "[", "]", ",", "|", "=", "<", ">", "+", "-", "*", "/", "%"];

fn token(rest: &str, at: usize, tokens: &mut Vec<(Token, usize, usize)>) -> Result<usize, String> {
    let first = rest.chars().next().unwrap_or_default();
    let run = |holds: fn(char) -> bool| rest.find(|c| !holds(c)).unwrap_or(rest.len());
    let (token, length) = match first {
        '`' | '\'' | '"' => {
            let inner = rest.get(1..).unwrap_or_default();
            let length = inner.find(first).ok_or_else(|| format!("a {first} is not closed"))?;
            let inner = inner.get(..length).unwrap_or_default();
            if inner.contains('\\') {
                return Err(format!("no page specifies escapes: {inner}"));
            }
            let inner = inner.to_owned();
            let token = if first == '`' { Token::Quoted(inner) } else { Token::Text(inner) };
            (token, length + 2)
        }
        '0'..='9' => {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '.');
            (number(rest.get(..length).unwrap_or_default())?, length)
        }
        '@' | 'A'..='Z' | 'a'..='z' => {
            let length = run(|c| c.is_ascii_alphanumeric() || "@._".contains(c));
            (Token::Word(rest.get(..length).unwrap_or_default().to_owned()), length)
        }
        _ => {
            let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
            let sign = sign.ok_or_else(|| format!("{first} needs backticks, or is unknown"))?;
            (Token::Sign(sign), sign.len())
        }
    };
    tokens.push((token, at, at + length));
    Ok(length)
}

fn number(text: &str) -> Result<Token, String> {
    if let Ok(number) = text.parse() {
        return Ok(Token::Number(number));
    }
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let count = text.strip_suffix(unit).and_then(|count| count.parse().ok());
    let count = count.ok_or_else(|| format!("{text} is neither a number nor a period"))?;
    Ok(Token::Period(count, unit.to_owned()))
}

/// Removes the comments: lines that start with `#`.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-alias.html>
pub(super) fn without_comments(query: &str) -> String {
    let lines = query.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.collect::<Vec<_>>().join("\n")
}
