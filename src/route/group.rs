//! Names of log groups, checked once.

use crate::event::EcsEvent;
use crate::log::limit;
use crate::resource_name::ResourceName;
use std::borrow::Cow;

/// The name of a log group.
///
/// See <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName(String);

impl GroupName {
    /// Reads a name without placeholders.
    ///
    /// # Errors
    ///
    /// Returns a sentence for each problem with it.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        if text.contains(['{', '}']) {
            return Err(vec![format!("{text:?} has a placeholder in braces; use one fixed name")]);
        }
        let mut problems = Vec::new();
        if text.is_empty() {
            problems.push("the name of a log group cannot be empty".to_owned());
        }
        check_literal(text, &mut problems);
        check_bytes(text.len(), &mut problems);
        if problems.is_empty() { Ok(Self(text.to_owned())) } else { Err(problems) }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A template for the names of log groups, such as `/ecs/{cluster}/events`.
///
/// It begins with literal text. The function's role can only use groups with this prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupTemplate {
    prefix: String,
    /// Each placeholder, and the literal text behind it.
    rest: Vec<(Placeholder, String)>,
}

/// A placeholder for a part of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// `{cluster}`: the cluster's name.
    Cluster,
    /// `{account}`: the twelve digits of the envelope's `account`.
    Account,
    /// `{region}`: the envelope's `region`.
    Region,
}

const ACCOUNT_BYTES: usize = 12;
const REGION_BYTES: usize = 32;
/// Enough for the default template and a cluster's name of usual length.
const TYPICAL_NAME_BYTES: usize = 128;

impl GroupTemplate {
    /// Reads a name with any of `{cluster}`, `{account}` and `{region}` in it.
    ///
    /// # Errors
    ///
    /// Returns a sentence for each problem with it.
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        let mut problems = Vec::new();
        let mut parts = text.split('{');
        let prefix = parts.next().unwrap_or_default().to_owned();
        let mut rest = Vec::new();
        for part in parts {
            let Some((name, literal)) = part.split_once('}') else {
                problems.push(format!("{text:?} has a brace that is not closed"));
                break;
            };
            match Placeholder::ALL.into_iter().find(|it| it.name() == name) {
                Some(placeholder) => rest.push((placeholder, literal.to_owned())),
                None => problems.push(format!(
                    "{{{name}}} is unknown; use {{cluster}}, {{account}} or {{region}}"
                )),
            }
        }
        if prefix.is_empty() {
            let text = "it must begin with literal text, because the function's role may use only \
                        log groups with that prefix";
            problems.push(text.to_owned());
        }
        let template = Self { prefix, rest };
        for literal in template.literals() {
            check_literal(literal, &mut problems);
        }
        let literals: usize = template.literals().map(str::len).sum();
        let filled: usize = template.rest.iter().map(|(it, _)| it.most_bytes()).sum();
        check_bytes(literals + filled, &mut problems);
        if problems.is_empty() { Ok(template) } else { Err(problems) }
    }

    /// The literal text at the beginning of every name.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The group of an event. There is none if the event lacks a value for a placeholder, or has one in
    /// a form that AWS never uses.
    pub(super) fn fill(&self, event: &EcsEvent<'_>) -> Option<String> {
        let value = |it: Placeholder| it.of(event).map(Cow::Borrowed).ok_or(());
        self.name(value).ok()
    }

    /// Returns the name with a value for each placeholder.
    ///
    /// # Errors
    ///
    /// Returns the first error of `value`.
    pub fn name<'a, E>(
        &self,
        value: impl Fn(Placeholder) -> Result<Cow<'a, str>, E>,
    ) -> Result<String, E> {
        let mut name = String::with_capacity(TYPICAL_NAME_BYTES);
        name.push_str(&self.prefix);
        for (placeholder, literal) in &self.rest {
            name.push_str(&value(*placeholder)?);
            name.push_str(literal);
        }
        Ok(name)
    }

    fn literals(&self) -> impl Iterator<Item = &str> {
        let rest = self.rest.iter().map(|(_, literal)| literal.as_str());
        std::iter::once(self.prefix.as_str()).chain(rest)
    }
}

impl Placeholder {
    const ALL: [Self; 3] = [Self::Cluster, Self::Account, Self::Region];

    fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Account => "account",
            Self::Region => "region",
        }
    }

    /// The length of the longest value.
    fn most_bytes(self) -> usize {
        match self {
            Self::Cluster => ResourceName::MOST_BYTES,
            Self::Account => ACCOUNT_BYTES,
            Self::Region => REGION_BYTES,
        }
    }

    /// The value in an event, if it has the form that AWS uses.
    fn of<'a>(self, event: &'a EcsEvent<'_>) -> Option<&'a str> {
        match self {
            Self::Cluster => event.cluster.as_deref(),
            Self::Account => event.envelope.account.as_deref().filter(|it| is_account(it)),
            Self::Region => event.envelope.region.as_deref().filter(|it| is_region(it)),
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == ACCOUNT_BYTES && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_region(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=REGION_BYTES).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// Adds a problem if a log group's name cannot hold the text.
fn check_literal(literal: &str, problems: &mut Vec<String>) {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
    if let Some(odd) = literal.chars().find(|c| !is_allowed(*c)) {
        let allowed = "use letters, digits and _ - / . #";
        problems.push(format!("the name of a log group cannot contain {odd:?}; {allowed}"));
    }
    if literal.starts_with("aws/") {
        problems
            .push("the name of a log group cannot begin with aws/; did you mean /aws/?".to_owned());
    }
}

/// Adds a problem if a log group's name cannot be as long.
fn check_bytes(bytes: usize, problems: &mut Vec<String>) {
    let most = limit::NAME_BYTES;
    if bytes > most {
        problems
            .push(format!("the name can reach {bytes} characters; CloudWatch Logs allows {most}"));
    }
}
