//! Step 7: event → log group and log stream.

use crate::event::EcsEvent;
use crate::log::Destination;

/// Where events go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// The group of an event whose cluster is known.
    pub log_group: Template,
    /// The group of the others.
    pub fallback_log_group: String,
}

/// A log group's name with places for what the event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    /// The parts, of which the first is a literal.
    pub parts: Vec<Part>,
}

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text as it is.
    Literal(String),
    /// `{cluster}`: the cluster's name.
    Cluster,
    /// `{account}`: the twelve digits of the envelope's `account`.
    Account,
    /// `{region}`: the envelope's `region`.
    Region,
}

/// Where the event is stored.
///
/// An event that lacks what the template needs, or says it in a form that AWS never uses, goes to
/// the fallback group: event text never chooses a group outside the configured prefix.
pub fn route(routes: &Routes, event: &EcsEvent<'_>) -> Destination {
    let log_group = event.cluster.as_ref().and_then(|_| routes.log_group.fill(event));
    let cluster = event.cluster.as_deref().filter(|_| log_group.is_some()).map(str::to_owned);
    Destination {
        log_group: log_group.unwrap_or_else(|| routes.fallback_log_group.clone()),
        log_stream: event.kind.log_stream(),
        cluster,
    }
}

/// Prefix and suffix of the default template, and room for a cluster's name.
const TYPICAL_NAME_BYTES: usize = 128;

impl Template {
    fn fill(&self, event: &EcsEvent<'_>) -> Option<String> {
        let mut name = String::with_capacity(TYPICAL_NAME_BYTES);
        for part in &self.parts {
            name.push_str(match part {
                Part::Literal(text) => text,
                Part::Cluster => event.cluster.as_deref()?,
                Part::Account => event.envelope.account.as_deref().filter(|it| is_account(it))?,
                Part::Region => event.envelope.region.as_deref().filter(|it| is_region(it))?,
            });
        }
        Some(name)
    }
}

fn is_account(text: &str) -> bool {
    text.len() == Part::ACCOUNT_BYTES && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_region(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=Part::REGION_BYTES).contains(&text.len()) && text.bytes().all(is_allowed)
}

impl Part {
    const CLUSTER_BYTES: usize = 255;
    const ACCOUNT_BYTES: usize = 12;
    const REGION_BYTES: usize = 32;

    /// The most that the part can become.
    pub fn most_bytes(&self) -> usize {
        match self {
            Self::Literal(text) => text.len(),
            Self::Cluster => Self::CLUSTER_BYTES,
            Self::Account => Self::ACCOUNT_BYTES,
            Self::Region => Self::REGION_BYTES,
        }
    }
}
