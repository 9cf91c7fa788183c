//! Addresses of the ECS console.

use super::event::{About, StoryEvent};

/// The console's page of the service, or of its cluster.
pub(super) fn service(event: &StoryEvent) -> Option<String> {
    let page = match event.service.as_deref() {
        Some(service) if is_name(service) => format!("services/{service}/health"),
        Some(_) | None => "services".to_owned(),
    };
    address(event, &page)
}

/// The console's page of the task that the event is about, or that it names.
pub(super) fn task(event: &StoryEvent) -> Option<String> {
    let About::Task(task) = &event.about else { return None };
    is_name(task.id()).then(|| address(event, &format!("tasks/{}/configuration", task.id())))?
}

fn address(event: &StoryEvent, page: &str) -> Option<String> {
    let mut account = event.account.as_deref()?.split(':').skip(1);
    let (partition, _service, region) = (account.next()?, account.next()?, account.next()?);
    let domain = match partition {
        "aws" => "console.aws.amazon.com",
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => return None,
    };
    let cluster = event.cluster.as_deref().filter(|name| is_name(name))?;
    let region = Some(region).filter(|name| is_name(name))?;
    Some(format!("https://{region}.{domain}/ecs/v2/clusters/{cluster}/{page}?region={region}"))
}

/// True for text that means nothing else in an address.
fn is_name(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !text.is_empty() && text.bytes().all(is_plain)
}
