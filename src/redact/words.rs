//! The names of secrets, and what takes the place of a secret.

/// Takes the place of a secret.
pub(super) const REDACTED: &str = "***";

/// A name that holds one of these words, in any case, names a secret.
const SECRET_WORDS: [&str; 8] =
    ["token", "password", "secret", "apikey", "api_key", "api-key", "credential", "authorization"];

/// Names that hold such a word, but no secret: ECS uses them for identifiers and references.
const HARMLESS_NAMES: [&str; 8] = [
    "clientToken",
    "clientRequestToken",
    "nextToken",
    "secrets",
    "secretOptions",
    "secretArn",
    "repositoryCredentials",
    "credentialsParameter",
];

/// True if a string of that name is a secret.
pub(super) fn names_a_secret(name: &str) -> bool {
    holds_secret_word(name) && !HARMLESS_NAMES.iter().any(|it| it.eq_ignore_ascii_case(name))
}

pub(super) fn holds_secret_word(name: &str) -> bool {
    let name = name.as_bytes();
    SECRET_WORDS
        .iter()
        .any(|word| name.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes())))
}
