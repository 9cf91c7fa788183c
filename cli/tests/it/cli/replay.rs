//! `ecs-events replay`: every event at most once, whatever happens.

mod interrupt;
mod lambda;
mod resume;

use super::{Desk, THREE, compact};
use world::{Clock, Fault, Operation, World};

/// Where a fleet's events go.
const GROUP: &str = "/aws/events/ecs/containerinsights/prod/performance";

fn desk(world: &World) -> Desk {
    world.logs.set_clock(Clock::Timeless);
    let desk = Desk::empty().set("AWS_EC2_METADATA_DISABLED", "true");
    world.aws_environment().iter().fold(desk, |desk, (name, value)| desk.set(name, value))
}

/// As many events, each on a day of its own and so in a batch of its own.
fn days(count: usize) -> String {
    let event = compact("service-steady-state");
    let of_day = |day: usize| {
        let event = event.replace("35e9a2e5-c141-d512-1038-32ac6a29f0df", &id(day));
        event.replace("2026-11-17", &format!("2026-01-{day:02}")) + "\n"
    };
    (1..=count).map(of_day).collect()
}

fn id(day: usize) -> String {
    format!("00000000-0000-4000-8000-{day:012}")
}

/// The days of all events that were ever stored, in order.
fn stored_days(world: &World) -> Vec<usize> {
    let day = |message: &str| (1..=31).find(|day| message.contains(&id(*day))).unwrap();
    let mut days: Vec<_> =
        world.logs.ever_stored().iter().map(|event| day(&event.message)).collect();
    days.sort_unstable();
    days
}

fn all(count: usize) -> Vec<usize> {
    (1..=count).collect()
}

#[test]
fn events_are_stored_and_the_second_run_stores_nothing() {
    let world = World::new();
    let desk = desk(&world);
    desk.put("dump.jsonl", format!("{}{}\n", days(2), compact(THREE[1])));
    insta::assert_snapshot!(desk.run("replay dump.jsonl --to cloudwatch"), @"
    EVENTS  BYTES IN  BYTES OUT  STORED IN
         2       848        980  /aws/events/ecs/containerinsights/prod/performance
         2       848        980    service-action

    TOTAL          EVENTS  BYTES
    received            3  2,469
    stored              2    980
    stored before       0
    dropped             1         detailType 1
    duplicates          0
    failed              0
    --- exit 0 ---
    ");
    insta::assert_snapshot!(desk.run("replay dump.jsonl --to cloudwatch"), @"
    TOTAL          EVENTS  BYTES
    received            3  2,469
    stored              0      0
    stored before       2
    dropped             1         detailType 1
    duplicates          0
    failed              0
    --- exit 0 ---
    ");
    assert_eq!(stored_days(&world), all(2));
    let journal = std::fs::read_to_string(desk.path("replay.journal")).unwrap();
    insta::assert_snapshot!(journal.replace(&world.logs.endpoint(), "ENDPOINT"), @r#"
    {"replay":2,"to":"cloudwatch","account":"443545747588","region":"eu-west-1","endpoint":"ENDPOINT","logGroup":"/aws/events/ecs/containerinsights/{cluster}/performance","fallbackLogGroup":"/aws/events/ecs/containerinsights/_unresolved/performance"}
    {"batch":1,"sends":["00000000-0000-4000-8000-000000000001"]}
    {"batch":1,"stored":["00000000-0000-4000-8000-000000000001"]}
    {"batch":2,"sends":["00000000-0000-4000-8000-000000000002"]}
    {"batch":2,"stored":["00000000-0000-4000-8000-000000000002"]}
    "#);
}

#[test]
fn a_dry_run_leaves_no_trace() {
    let world = World::new();
    let desk = desk(&world);
    desk.put("dump.jsonl", days(3) + &days(1));
    insta::assert_snapshot!(desk.run("replay --dry-run dump.jsonl --to cloudwatch"), @"
    EVENTS  BYTES IN  BYTES OUT  WOULD BE STORED IN
         3     1,272      1,470  /aws/events/ecs/containerinsights/prod/performance
         3     1,272      1,470    service-action

    TOTAL          EVENTS  BYTES
    received            4  1,696
    to store            3  1,470
    stored before       0
    dropped             0
    duplicates          1
    failed              0
    --- exit 0 ---
    ");
    assert!(world.logs.calls().is_empty());
    assert!(!desk.path("replay.journal").exists());
    desk.run("replay --quiet dump.jsonl --to cloudwatch");
    let journal = std::fs::read(desk.path("replay.journal")).unwrap();
    let ran = desk.run("replay --dry-run dump.jsonl --to cloudwatch");
    assert!(ran.stdout.contains("stored before       4\n"), "{ran}");
    assert_eq!(std::fs::read(desk.path("replay.journal")).unwrap(), journal);
}

#[test]
fn an_event_that_is_too_old_is_stored_with_the_time_of_the_replay() {
    let world = World::new();
    let desk = desk(&world);
    world.logs.set_clock(Clock::Real);
    desk.put("dump.jsonl", compact("service-steady-state").replace("2026-", "2019-"));
    assert_eq!(desk.run("replay -q dump.jsonl --to cloudwatch").code, Some(0));
    let stored = world.logs.stored(GROUP, "service-action");
    assert_eq!(stored.len(), 1);
    assert!(stored[0].0 > 1_700_000_000_000 && stored[0].1.contains("\"time\":\"2019-11-17T"));
    let ran = desk.run("replay dump.jsonl --to cloudwatch --journal 2 --on-rejected fail");
    assert!(ran.stdout.contains("failed              1         Forwarder.Rejected 1"), "{ran}");
    assert_eq!(ran.code, Some(1));
}

#[test]
fn the_rate_limits_how_many_events_are_sent_at_once() {
    let world = World::new();
    let desk = desk(&world);
    let event = compact("service-steady-state");
    let of = |n: usize| event.replace("35e9a2e5-c141-d512-1038-32ac6a29f0df", &id(n)) + "\n";
    desk.put("dump.jsonl", (1..=6).map(of).collect::<String>());
    desk.run("replay -q dump.jsonl --to cloudwatch --rate 5");
    let puts = world.logs.calls_of(Operation::PutLogEvents);
    // The first finds no group.
    let events: Vec<_> = puts.iter().map(|call| call.events).collect();
    assert_eq!(events, [5, 5, 1]);
    assert!(puts[2].at - puts[1].at > std::time::Duration::from_millis(700));
}

#[test]
fn exports_of_other_groups_and_unusual_ids_are_read() {
    let world = World::new();
    let desk = desk(&world);
    desk.put("first.jsonl", days(2));
    desk.run("replay -q first.jsonl --to cloudwatch --clusters !x");
    let messages = world.logs.stored(GROUP, "service-action");
    let row = |message: &str| serde_json::json!({ "timestamp": 1, "message": message }).to_string();
    let rows: Vec<_> = messages.iter().map(|(_, message)| row(message)).collect();
    desk.put("export.json", format!("{{\"events\":[{}]}}", rows.join(",")));
    let words = "replay -q export.json --to cloudwatch --journal other --log-group /x/{cluster}";
    assert_eq!(desk.run(words).code, Some(0));
    assert_eq!(world.logs.stored("/x/prod", "service-action").len(), 2);
    let odd = days(1).replace(&id(1), "not-a-real-secret \\u0000");
    let none = days(1).replace(&format!("\"id\":\"{}\",", id(1)), "");
    desk.put("odd.jsonl", odd + &none);
    for stored in ["stored              2 ", "stored              0 "] {
        let ran = desk.run("replay odd.jsonl --to cloudwatch --journal odd");
        assert!(ran.stdout.contains(stored), "{ran}");
    }
    let journal = std::fs::read_to_string(desk.path("odd")).unwrap();
    assert!(
        !journal.contains("secret") && journal.contains("\"event:") && journal.contains("\"id:")
    );
}

#[test]
fn unreadable_input_is_reported_and_the_rest_is_sent() {
    let world = World::new();
    let desk = desk(&world);
    desk.put("dump.jsonl", format!("{{\"a\":1}}\n{}{{\n", days(1)));
    insta::assert_snapshot!(desk.run("replay dump.jsonl nothing --to cloudwatch"), @"
    EVENTS  BYTES IN  BYTES OUT  STORED IN
         1       424        490  /aws/events/ecs/containerinsights/prod/performance
         1       424        490    service-action

    TOTAL          EVENTS  BYTES
    received            3    433
    stored              1    490
    stored before       0
    dropped             0
    duplicates          0
    failed              2         Forwarder.UnknownPayload 1, Forwarder.UnreadablePayload 1
    --- stderr ---
    error: cannot read nothing: No such file or directory (os error 2)
    error: dump.jsonl:1: Forwarder.UnknownPayload: the payload is not an EventBridge event (with detail-type and source), an SQS batch or a Lambda on-failure record
    error: dump.jsonl:3: Forwarder.UnreadablePayload: the payload is not JSON: parsing fails at byte 2
    --- exit 1 ---
    ");
}

#[test]
fn empty_input_is_not_an_error_and_a_missing_path_is_bad_use() {
    let world = World::new();
    let desk = desk(&world);
    let ran = desk.run_with(&["replay", "-", "--to", "cloudwatch"], "");
    assert!(ran.stdout.contains("received            0"), "{ran}");
    assert_eq!(ran.code, Some(0));
    assert_eq!(desk.run("replay --to cloudwatch").code, Some(2));
    assert_eq!(desk.run("replay x").code, Some(2));
    assert_eq!(desk.run("replay x --to lambda").code, Some(2));
    for rate in ["0", "-1", "some", "1.5"] {
        let ran = desk.run(&format!("replay x --to cloudwatch --rate={rate}"));
        assert_eq!(ran.code, Some(2));
        let message = format!(
            "error: invalid value '{rate}' for '--rate <N>': \
             expected a whole number of events per second, at least 1\n"
        );
        assert!(ran.stderr.starts_with(&message), "{ran}");
    }
    let ran = desk.run("replay x --to cloudwatch --function f");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (Some(2), "error: --function requires --to lambda\n")
    );
}

#[test]
fn a_refused_event_can_be_sent_again() {
    let world = World::new();
    let desk = desk(&world);
    desk.put("dump.jsonl", days(3));
    world.logs.create_stream(GROUP, "service-action");
    world.logs.inject(Fault::AccessDenied.on(Operation::PutLogEvents).after(1));
    insta::assert_snapshot!(desk.run("replay dump.jsonl --to cloudwatch"), @"
    EVENTS  BYTES IN  BYTES OUT  STORED IN
         2       848        980  /aws/events/ecs/containerinsights/prod/performance
         2       848        980    service-action

    TOTAL          EVENTS  BYTES
    received            3  1,272
    stored              2    980
    stored before       0
    dropped             0
    duplicates          0
    failed              1         Forwarder.AccessDenied 1
    --- stderr ---
    error: 1 event failed, first dump.jsonl:2: Forwarder.AccessDenied: your credentials must allow logs:PutLogEvents on arn:aws:logs:eu-west-1:123456789012:log-group:/aws/events/ecs/containerinsights/prod/performance:log-stream:service-action
    --- exit 1 ---
    ");
    assert_eq!(desk.run("replay -q dump.jsonl --to cloudwatch").code, Some(0));
    assert_eq!(stored_days(&world), all(3));
}

/// A sample, as EventBridge could deliver it again under another id.
fn under_id(sample: &str, id: &str) -> String {
    let event = compact(sample);
    let (before, rest) = event.split_once("\"id\":\"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    format!("{before}\"id\":\"{id}\"{after}\n")
}

#[test]
fn an_event_that_was_delivered_under_two_ids_is_stored_once_across_runs() {
    let [one, two, three] = [1, 2, 3].map(|it| under_id("task-out-of-memory", &id(it)));
    for (runs, before) in [
        (vec![one.clone(), two.clone(), three.clone()], 1),
        (vec![format!("{one}{two}"), two.clone(), three.clone()], 1),
        (vec![format!("{two}{one}"), format!("{three}{one}{two}")], 3),
    ] {
        let world = World::new();
        let desk = desk(&world);
        for (at, dump) in runs.into_iter().enumerate() {
            desk.put("dump.jsonl", dump);
            let ran = desk.run("replay dump.jsonl --to cloudwatch");
            assert_eq!(ran.code, Some(0), "{ran}");
            let stored_before =
                format!("stored before       {}\n", if at == 0 { 0 } else { before });
            assert!(ran.stdout.contains(&stored_before), "{ran}");
        }
        assert_eq!(world.logs.ever_stored().len(), 1);
        let journal = std::fs::read_to_string(desk.path("replay.journal")).unwrap();
        assert!(!journal.contains("arn:aws:ecs"), "a revision is a fingerprint: {journal}");
    }
}

#[test]
fn an_event_in_doubt_is_in_doubt_under_its_other_id_too() {
    let world = World::new();
    let desk = desk(&world);
    world.logs.create_stream(GROUP, "task");
    world.logs.inject(Fault::ResetAfter.on(Operation::PutLogEvents));
    desk.put("dump.jsonl", under_id("task-out-of-memory", &id(1)));
    assert_eq!(desk.run("replay dump.jsonl --to cloudwatch").code, Some(1));
    desk.put("dump.jsonl", under_id("task-out-of-memory", &id(2)));
    let ran = desk.run("replay dump.jsonl --to cloudwatch");
    assert!(ran.stdout.contains("in doubt 1"), "{ran}");
    assert_eq!(world.logs.ever_stored().len(), 1);
}
