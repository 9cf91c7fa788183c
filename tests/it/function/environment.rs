//! The real function in the test world: the facts that the world must know about any function.

use std::time::Duration;

use serde_json::json;

use world::{Answer, SECRET_ACCESS_KEY, SESSION_TOKEN, World};

#[test]
fn a_bad_configuration_ends_the_process_with_an_error_and_no_answer() {
    let world = World::new();
    let function = world.function(&[("FORWARDER_NO_SUCH_VARIABLE", "1")]);
    let exit = function.exit();
    assert!(exit.code.is_some_and(|code| code != 0), "{exit:?}");
    let line = function.wait_for_line("FORWARDER_NO_SUCH_VARIABLE");
    assert!(exit.stdout.contains(&line) || exit.stderr.contains(&line), "{exit:?}");
    let told = function.init_error();
    assert!(told.is_none_or(|(_, message)| message.contains("FORWARDER_NO_SUCH_VARIABLE")));
    assert_eq!(function.invoke("{}"), Answer::NoAnswer);
}

#[test]
fn a_function_answers_repeatedly_and_its_memory_is_known() {
    let world = World::new();
    let function = world.function(&[]);
    for _ in 0..3 {
        let (answer, took) = function.invoke_within(Duration::from_secs(20), "{}");
        assert_eq!(answer.error_type(), "Forwarder.UnknownPayload");
        assert!(took < Duration::from_secs(20));
    }
    if cfg!(target_os = "linux") {
        let (peak, now) = (function.peak_memory_bytes(), function.memory_bytes());
        assert!(now > Some(100_000) && peak >= now, "{now:?} of {peak:?}");
    }
    let words = format!("{}{}", function.stdout(), function.stderr());
    let exit = function.stop();
    assert_eq!(exit.code, None, "it was killed");
    for secret in [SECRET_ACCESS_KEY, SESSION_TOKEN] {
        assert!(!format!("{words}{exit:?}").contains(secret));
    }
    assert_eq!(function.memory_bytes(), None);
}

#[test]
fn a_function_stores_in_the_logs_of_its_world() {
    let world = World::new();
    world.logs.set_clock(world::Clock::Timeless);
    let function = world.function(&[]);
    let event = json!({
        "version": "0",
        "id": "8f7a6f2e-0d3c-4f3e-9f58-0d9f3a1f2b11",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": "123456789012",
        "time": "2026-11-23T02:00:00Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:ecs:eu-west-1:123456789012:task/prod/0123456789abcdef"],
        "detail": {"clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/prod"}
    });
    let offered = function.offer(event.to_string(), Duration::from_secs(30));
    assert_eq!(offered.answer().response()["stored"], 1);
    let stored = world.logs.ever_stored();
    let groups: Vec<&str> = stored.iter().map(|event| event.group.as_str()).collect();
    assert_eq!(groups, ["/aws/events/ecs/containerinsights/prod/performance"]);
}
