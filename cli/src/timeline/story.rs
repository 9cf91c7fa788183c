//! One event in words.

use super::chapter::Chapter;
use ecs_event_forwarder::event::{EcsEvent, EventKind};
use ecs_event_forwarder::json::{Json, Value};

/// What the event tells; one without a time happened now.
pub(super) fn chapter(event: &Json, known: &EcsEvent<'_>, position: usize, now_ms: i64) -> Chapter {
    let detail = event.root().get("detail");
    let text = |name: &str| Some(detail?.get_string(name)?.into_owned());
    let place = match (&known.cluster, &known.service) {
        (Some(cluster), Some(service)) => format!("{cluster}/{service}"),
        (Some(cluster), None) => cluster.to_string(),
        (None, Some(service)) => service.to_string(),
        (None, None) => "no cluster".to_owned(),
    };
    Chapter {
        time_ms: known.timestamp_ms.unwrap_or(now_ms),
        position,
        event_type: known.event_type.as_str(),
        headline: format!("{place}: {}", headline(known, &text)),
        details: details(known, detail, &text).join(" · "),
    }
}

fn headline(known: &EcsEvent<'_>, text: &impl Fn(&str) -> Option<String>) -> String {
    let status = |of: &str| text(of).unwrap_or_else(|| "?".to_owned());
    match &known.kind {
        EventKind::Task => {
            let (is, is_to_be) = (status("lastStatus"), status("desiredStatus"));
            let to_be = if is == is_to_be { String::new() } else { format!(", to be {is_to_be}") };
            format!("task {} {is}{to_be}", short(&status("taskArn")))
        }
        EventKind::ContainerInstance => {
            let instance = text("ec2InstanceId").unwrap_or_else(|| status("containerInstanceArn"));
            format!("container instance {} {}", short(&instance), status("status"))
        }
        EventKind::ContainerInstanceHealth => {
            let instance = status("containerInstanceArn");
            format!("container instance {} {}", short(&instance), status("overallStatus"))
        }
        EventKind::ServiceAction
        | EventKind::Deployment
        | EventKind::Hook
        | EventKind::DaemonServiceAction
        | EventKind::DaemonDeployment
        | EventKind::CloudTrail
        | EventKind::CloudTrailServiceEvent
        | EventKind::Other(_) => {
            let name = known.event_name.as_deref().unwrap_or(known.kind.detail_type()).to_owned();
            let deployment = text("deploymentId").map(|id| format!(" of {id}"));
            name + &deployment.unwrap_or_default()
        }
    }
}

fn details(
    known: &EcsEvent<'_>,
    detail: Option<Value<'_>>,
    text: &impl Fn(&str) -> Option<String>,
) -> Vec<String> {
    let id = known.envelope.id.as_deref().unwrap_or("no id").to_owned();
    let mut details = vec![id];
    let durations = known.durations;
    for (word, ms) in [
        ("pulled in", durations.pull_ms),
        ("started in", durations.start_ms),
        ("ran for", durations.run_ms),
        ("stopped in", durations.stop_ms),
    ] {
        details.extend(ms.map(|ms| format!("{word} {}", duration(ms))));
    }
    let stop = known.stop_category.map(|it| it.as_str().to_owned());
    let reason = text("stoppedReason").or_else(|| text("reason")).or_else(|| text("statusReason"));
    details.extend([stop, reason].into_iter().flatten());
    let containers = detail.and_then(|it| it.get("containers"));
    for container in containers.into_iter().flat_map(Value::elements) {
        let name = container.get_string("name").unwrap_or_default();
        let code = container.get("exitCode").map(|code| format!("{name} exit {}", code.text()));
        let reason = container.get_string("reason").map(|reason| format!("{name}: {reason}"));
        let is_zero = container.get("exitCode").is_some_and(|code| code.text() == "0");
        details.extend(code.filter(|_| !is_zero));
        details.extend(reason);
    }
    details
}

/// The part of an ARN that people look at.
fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// A duration in its two largest units.
pub(super) fn duration(ms: i64) -> String {
    let seconds = ms / 1000;
    match seconds {
        ..60 => format!("{seconds}.{} s", ms % 1000 / 100),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}
