//! `ecs-events timeline`.

mod asked;
mod chosen;
mod from;
mod gaps;
mod homes;
mod json;
mod laws;
mod live;
mod scenes;

use super::{Desk, compact};

fn desk() -> Desk {
    Desk::with(&[
        "task-out-of-memory",
        "task-image-pull-failed",
        "task-running",
        "service-steady-state",
        "deployment-completed",
        "deployment-of-unknown-cluster",
        "container-instance-draining",
        "container-instance-impaired",
        "cloudtrail-update-service",
    ])
}

/// A folder with the scripted incident.
fn incident() -> Desk {
    let desk = Desk::empty();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/incident/events.jsonl");
    desk.put("incident.jsonl", std::fs::read(root).unwrap());
    desk
}

#[test]
fn an_incident_is_told_at_a_glance() {
    insta::assert_snapshot!(incident().run("timeline --service web incident.jsonl"));
    insta::assert_snapshot!(incident().run("timeline incident.jsonl"));
}

#[test]
fn every_event_has_a_line_on_request() {
    insta::assert_snapshot!(incident().run("timeline --task ccb6d4 --events incident.jsonl"));
}

#[test]
fn unrelated_events_are_told_in_order() {
    insta::assert_snapshot!(desk().run("timeline events"));
}

#[test]
fn it_can_be_of_a_service_a_task_a_deployment_an_instance_or_a_cluster() {
    let count = |words: &[&str]| {
        let ran = desk().run_with(&[&["timeline", "events", "--json"], words].concat(), "");
        let story: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        let events = story["events"].as_u64().unwrap_or_default();
        assert_eq!(ran.code, Some(i32::from(events == 0)), "{ran}");
        events
    };
    assert_eq!(count(&[]), 9);
    let task = "44a3a78aece970d48b4a6360841fc91c";
    let arn = format!("arn:aws:ecs:us-east-1:123456789012:task/prod/{task}");
    for (option, value, expected) in [
        ("--task", task, 1),
        ("--task", arn.as_str(), 1),
        ("--task", "44a3a7", 1),
        ("--task", "44a3a", 0),
        ("--service", "legacy", 1),
        ("--service", "leg*", 1),
        ("--cluster", "nowhere", 0),
        ("--deployment", "ecs-svc/936192930328547994", 0),
        ("--deployment", "ecs-svc/9361929303285479948", 1),
        ("--instance", "i-0b6d9f48429ea51a9", 1),
        ("--instance", "115ab5dbd1eab78b0f64449a4cc0adef", 1),
        ("--instance", "i-*", 2),
        ("--grep", "oUtOfMemory", 9),
    ] {
        assert_eq!(count(&[option, value]), expected, "{option} {value}");
    }
    assert_eq!(count(&["--service", "legacy", "--service", "worker"]), 2);
}

#[test]
fn an_event_of_another_source_is_refused_and_the_others_are_told() {
    let foreign = compact("task-running").replacen("aws.ecs", "my.app", 1);
    let desk = Desk::empty();
    desk.put("events.jsonl", [foreign, compact("task-out-of-memory")].join("\n"));
    let ran = desk.run("timeline --events events.jsonl");
    assert_eq!(ran.code, Some(1), "{ran}");
    assert!(ran.stdout.contains("1 event") && ran.stderr.contains("ForeignSource"), "{ran}");
    let ran = desk.run("timeline --sources aws.ecs,my.app events.jsonl");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran}");
}

#[test]
fn grep_finds_each_of_many_services_with_the_same_trouble() {
    let desk = Desk::empty();
    let mut lines = String::new();
    for number in 1..=6 {
        let mut event: serde_json::Value =
            serde_json::from_str(&compact("task-out-of-memory")).unwrap();
        event["id"] = format!("event-{number}").into();
        event["detail"]["group"] = format!("service:web{number}").into();
        event["detail"]["startedBy"] = serde_json::Value::Null;
        let arn = format!("arn:aws:ecs:us-east-1:123456789012:task/prod/{number:032}");
        event["detail"]["taskArn"] = arn.into();
        lines = format!("{lines}{event}\n");
    }
    desk.put("many.jsonl", lines);
    for number in 1..=6 {
        for form in ["", " --markdown"] {
            let ran = desk.run(&format!("timeline --grep web{number}{form} many.jsonl"));
            assert!(ran.stdout.contains("and 2 more"), "{ran}");
        }
    }
}

#[test]
fn errors_and_grep_choose_what_is_shown() {
    let desk = incident();
    insta::assert_snapshot!(desk.run("timeline --errors --service worker incident.jsonl"));
    let ran = desk.run("timeline --events --grep circuit incident.jsonl");
    assert!(ran.stdout.contains("55 events") && ran.stdout.contains("2 shown"), "{ran}");
}

#[test]
fn nothing_found_says_what_there_is() {
    let desk = incident();
    insta::assert_snapshot!(desk.run("timeline --service wbe incident.jsonl"), @"
    --- stderr ---
    nothing found in 56 events read, 2026-11-19 13:20–14:21 UTC: no service wbe; there are web, worker
    --- exit 1 ---
    ");
    insta::assert_snapshot!(desk.run("timeline --service web --instance i-* incident.jsonl"), @"
    --- stderr ---
    nothing found in 56 events read, 2026-11-19 13:20–14:21 UTC: none of them has all of that
    --- exit 1 ---
    ");
    insta::assert_snapshot!(desk.run("timeline --since 2026-11-20 incident.jsonl"), @"
    --- stderr ---
    nothing found in 56 events read, 2026-11-19 13:20–14:21 UTC: none of them is in the time that was asked for
    --- exit 1 ---
    ");
    insta::assert_snapshot!(Desk::empty().run_with(&["timeline", "-"], ""), @"
    --- stderr ---
    nothing found: there was no event to read
    --- exit 1 ---
    ");
    assert_eq!(Desk::empty().run("timeline").code, Some(2));
}

#[test]
fn an_event_that_comes_twice_counts_once() {
    let desk = Desk::empty();
    let event = compact("task-out-of-memory");
    desk.put("twice.jsonl", format!("{event}\n{event}\n"));
    let ran = desk.run("timeline twice.jsonl");
    assert!(ran.stdout.contains("   1 event   "), "{ran}");
}

#[test]
fn an_event_without_a_time_comes_last_and_stretches_nothing() {
    let desk = incident();
    let title = |ran: &str| ran.lines().next().unwrap().to_owned();
    let before = title(&desk.run("timeline incident.jsonl").stdout);
    let when = "2026-11-16T08:03:20Z";
    for time in ["\"yesterday\"", "null"] {
        let event = compact("deployment-completed");
        assert!(event.contains(when));
        desk.put(
            "untimed.json",
            event.replace(&format!("\"time\":\"{when}\""), &format!("\"time\":{time}")),
        );
        let files = "untimed.json incident.jsonl";
        let text = desk.run(&format!("timeline {files}")).stdout;
        let after = before.replace("55 events   2", "56 events   3");
        assert_eq!(title(&text), after);
        for form in ["", "--events", "--markdown"] {
            let text = desk.run(&format!("timeline {form} {files}")).stdout;
            let last = text.lines().last().unwrap().trim_start_matches("| ");
            assert!(last.starts_with("? ") && last.contains("completed"), "{text}");
            assert_eq!(text.lines().filter(|it| it.contains("ecs-svc/3014")).count(), 2, "{text}");
        }
        desk.run(&format!("report --force {files}"));
        let page = std::fs::read_to_string(desk.path("report.html")).unwrap();
        assert!(page.contains("<span>2026-11-19 13:20–14:21 UTC</span><span>56 events</span>"));
        assert!(page.contains("<td class=\"short\" data-title=\"time\">?</td>"));
    }
    let alone = desk.run("timeline --events untimed.json").stdout;
    assert!(alone.contains("   at unknown times   1 event ") && alone.contains("\n?  "), "{alone}");
}

#[test]
fn an_event_that_cannot_be_read_is_reported_and_the_rest_is_told() {
    let desk = Desk::with(&["service-steady-state"]);
    desk.put("events/z.json", "{");
    insta::assert_snapshot!(desk.run("timeline events"));
}

#[test]
fn a_post_mortem_gets_markdown() {
    insta::assert_snapshot!(incident().run("timeline --service web --markdown incident.jsonl"));
}

/// How many events of the incident these options choose.
fn chosen(options: &str) -> usize {
    let ran =
        incident().set("TZ", "EST5").run(&format!("timeline incident.jsonl --json {options}"));
    let story: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
    let events = story.get("events").and_then(serde_json::Value::as_u64);
    usize::try_from(events.unwrap_or_default()).unwrap()
}

#[test]
fn around_is_so_long_before_and_after() {
    let window = |since: &str, until: &str| chosen(&format!("--since {since} --until {until}"));
    let around = window("2026-11-19T14:00Z", "2026-11-19T14:04Z");
    assert!(around > 10 && around < 55);
    assert_eq!(chosen("--around 2026-11-19T14:02Z --window 2m"), around);
    assert_eq!(
        chosen("--around 2026-11-19T14:02Z"),
        window("2026-11-19T13:47Z", "2026-11-19T14:17Z")
    );
    for refused in [
        "--around 2026-11-19 --since 1h",
        "--window 5m",
        "--around 14:00 --window 0s",
        "--around 14:00 --window soon",
        "--since 1h --until 2h",
    ] {
        assert_eq!(incident().run(&format!("timeline {refused} incident.jsonl")).code, Some(2));
    }
}

#[test]
fn times_without_a_zone_are_local_on_request_read_and_printed() {
    let utc = chosen("--since 2026-11-19T14:00Z --until 2026-11-19T14:04Z");
    assert_eq!(chosen("--since 2026-11-19T14:00 --until 2026-11-19T14:04"), utc);
    assert_eq!(chosen("--local --since 2026-11-19T09:00 --until 2026-11-19T09:04"), utc);
    assert_eq!(chosen("--since 2026-11-19T09:00 --until 2026-11-19T09:04"), 0);
    let desk = incident().set("TZ", "EST5");
    let text = desk.run("timeline --local --service web incident.jsonl").stdout;
    assert!(text.starts_with("prod/web   2026-11-19 08:20–09:21 EST   45 events"), "{text}");
    assert!(text.contains("\n09:00:04  FAILED"), "{text}");
    let text = desk.run("timeline --local --markdown incident.jsonl").stdout;
    assert!(text.contains("| Time (EST) | Outcome |"), "{text}");
}

#[test]
fn services_and_tasks_are_linked_to_the_console() {
    let start = "\u{1b}]8;;";
    for (sample, page) in [
        ("task-running", "https://us-east-1.console.aws.amazon.com/ecs/v2/clusters/prod/"),
        ("task-in-china", "https://cn-north-1.console.amazonaws.cn/ecs/v2/clusters/prod/"),
    ] {
        let desk = Desk::with(&[sample, "service-empty-resources"]);
        let markdown = desk.run("timeline --markdown events").stdout;
        assert!(markdown.contains(&format!("]({page}services/web/health?region=")), "{markdown}");
        let desk = desk.set("CLICOLOR_FORCE", "1").set("FORCE_HYPERLINK", "1");
        let (lines, events) = (desk.run("timeline events"), desk.run("timeline --events events"));
        assert!(lines.stdout.contains(&format!("{start}{page}services/")), "{lines}");
        assert!(events.stdout.contains(&format!("{start}{page}tasks/")), "{events}");
    }
    let desk = Desk::empty();
    let event = compact("task-running").replace("arn:aws:", "arn:aws-iso:");
    desk.put("iso.jsonl", event);
    assert!(!desk.run("timeline --markdown iso.jsonl").stdout.contains("](http"));
}

#[test]
fn ids_can_be_given_as_they_are_printed() {
    assert_eq!(chosen("--deployment ecs-svc/8830…"), chosen("--deployment ecs-svc/8830*"));
    assert!(chosen("--deployment ecs-svc/8830…") > 0);
    assert_eq!(chosen("--task ccb6d4a1…"), chosen("--task ccb6d4"));
}

#[test]
fn text_from_events_never_controls_the_terminal() {
    let desk = Desk::with(&["task-unicode-and-control-characters"]);
    for words in ["timeline events", "timeline --events events", "timeline --markdown events"] {
        let stdout = desk.run(words).stdout;
        assert!(!stdout.contains(|c: char| c.is_control() && c != '\n'), "{stdout:?}");
    }
}
