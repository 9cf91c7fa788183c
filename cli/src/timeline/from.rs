//! The log groups that are read if the command line names neither files nor log groups.

use super::select::Select;
use crate::input::Source;
use crate::sign_in;
use ecs_event_forwarder::policy::Policy;
use ecs_event_forwarder::route::Placeholder;
use std::borrow::Cow;

/// The source with the log groups of the chosen clusters, where it names no other place, and with
/// a filter, so that a log group sends only the chosen events.
///
/// # Errors
///
/// The cluster's name does not determine the policy's log group; the sentence explains why.
pub(super) fn resolve(source: &Source, select: &Select, policy: &Policy) -> Result<Source, String> {
    let mut source = source.clone();
    source.filter = select.filter_pattern();
    if source.paths.is_empty() && source.from_log_group.is_empty() {
        let groups = select.clusters().iter().map(|cluster| log_group(policy, cluster));
        source.from_log_group = groups.collect::<Result<_, _>>()?;
    }
    Ok(source)
}

/// The log group of a cluster, by the template of the policy.
fn log_group(policy: &Policy, cluster: &str) -> Result<String, String> {
    if cluster.contains('*') {
        return Err(format!(
            "--cluster {cluster} does not name one log group: name it with --from-log-group"
        ));
    }
    policy.routes().log_group.name(|placeholder| match placeholder {
        Placeholder::Cluster => Ok(Cow::Borrowed(cluster)),
        Placeholder::Region => sign_in::region().map(Cow::Owned),
        Placeholder::Account => {
            Err("the policy's log group has {account}, which this command does \
                                     not know: name the group with --from-log-group"
                .to_owned())
        }
    })
}
