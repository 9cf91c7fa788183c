//! Step 7: event → log group and log stream.

mod group;

use crate::event::EcsEvent;
use crate::log::Destination;
use crate::resource_name::ResourceName;

pub use group::{GroupName, GroupTemplate, Placeholder};

/// The log groups that events go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// The group of events whose cluster is known.
    pub log_group: GroupTemplate,
    /// The group of all other events.
    pub fallback_log_group: GroupName,
}

/// Chooses the log group and log stream of an event.
///
/// An event that lacks what the template needs goes to the fallback group. Event text never chooses
/// a group outside the configured prefix.
pub fn route(routes: &Routes, event: &EcsEvent<'_>) -> Destination {
    let log_group = event.cluster.as_ref().and_then(|_| routes.log_group.fill(event));
    let cluster = event.cluster.as_ref().filter(|_| log_group.is_some()).map(ResourceName::owned);
    Destination {
        log_group: log_group.unwrap_or_else(|| routes.fallback_log_group.as_str().to_owned()),
        log_stream: event.kind.log_stream(),
        cluster,
    }
}
