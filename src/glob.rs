//! Globs, and lists of them with exclusions: the conditions of a policy.

/// True if the glob matches the whole text. Each `*` stands for any text, the empty one included.
pub fn matches(glob: &str, text: &str) -> bool {
    let Some((prefix, rest)) = glob.split_once('*') else {
        return glob == text;
    };
    let Some(mut text) = text.strip_prefix(prefix) else {
        return false;
    };
    let (middle, suffix) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        let Some((_, after)) = text.split_once(part) else {
            return false;
        };
        text = after;
    }
    text.ends_with(suffix)
}

/// A condition on a text: `prod-*,!prod-test`.
///
/// It holds if a wanted glob matches and no unwanted one does. With only unwanted globs, it holds for
/// everything else. The default has no globs and always holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns {
    wanted: Vec<String>,
    unwanted: Vec<String>,
}

impl Patterns {
    /// A condition from its items; `!x` excludes `x`.
    pub fn new<'a>(items: impl IntoIterator<Item = &'a str>) -> Self {
        let (unwanted, wanted): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|item| item.starts_with('!'));
        Self {
            wanted: wanted.into_iter().map(str::to_owned).collect(),
            unwanted: unwanted
                .into_iter()
                .filter_map(|item| item.strip_prefix('!'))
                .map(str::to_owned)
                .collect(),
        }
    }

    /// Returns the condition with more unwanted texts.
    #[must_use]
    pub fn but(mut self, unwanted: &[&str]) -> Self {
        self.unwanted.extend(unwanted.iter().map(|text| (*text).to_owned()));
        self
    }

    /// True if the condition holds for a text, or for an event that lacks the text.
    ///
    /// Of the wanted globs, only `*` matches an absent text. No exclusion does.
    pub fn hold(&self, text: Option<&str>) -> bool {
        let Some(text) = text else {
            return self.wanted.is_empty() || self.wanted.iter().any(|glob| glob == "*");
        };
        let is_wanted =
            self.wanted.is_empty() || self.wanted.iter().any(|glob| matches(glob, text));
        is_wanted && !self.unwanted.iter().any(|glob| matches(glob, text))
    }

    /// The wanted globs, one of which must match; if there are none, any text matches.
    pub fn wanted(&self) -> &[String] {
        &self.wanted
    }

    /// The unwanted globs, none of which may match.
    pub fn unwanted(&self) -> &[String] {
        &self.unwanted
    }
}

impl std::fmt::Display for Patterns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unwanted = self.unwanted.iter().map(|glob| format!("!{glob}"));
        let items: Vec<_> = self.wanted.iter().cloned().chain(unwanted).collect();
        f.write_str(&items.join(","))
    }
}
