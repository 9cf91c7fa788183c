//! What the page tells: the story, with clusters told apart and nothing left out of a sum.

use super::{Desk, INCIDENT, compact, page, total};
use serde_json::Value;
use std::fmt::Write;

/// The rows of the table with that label, each as the text of its cells.
fn rows(page: &str, label: &str) -> Vec<Vec<String>> {
    let start = page.find(&format!("<table aria-label=\"{label}\">")).expect("the table");
    let table = &page[start..];
    let body = &table[table.find("<tbody>").unwrap()..table.find("</tbody>").unwrap()];
    let rows = body.split("</tr>").filter(|row| row.contains("<td"));
    rows.map(|row| row.split("</td>").map(text).filter(|cell| !cell.is_empty()).collect()).collect()
}

fn first(row: &[String]) -> &str {
    row.first().expect("a row has cells")
}

/// Text without its tags.
fn text(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        text += piece.split_once('>').map_or("", |(_, after)| after);
    }
    text.trim().to_owned()
}

fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split_once(before).unwrap().1.split_once(after).unwrap().0
}

fn headings(page: &str) -> Vec<&str> {
    page.split("<h2>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect()
}

/// The incident in a cluster of its own, with ids of its own.
fn incident_in(cluster: &str) -> String {
    let events = std::fs::read_to_string(INCIDENT).unwrap();
    let events = events.replace("/prod", &format!("/{cluster}"));
    let events = events.replace("ecs-svc/", &format!("ecs-svc/{}", cluster.len()));
    // An instance belongs to one cluster.
    let events = events.replace("\"i-", &format!("\"i-{}", cluster.len()));
    let instance = format!("container-instance/{cluster}/");
    let events = events.replace(&instance, &format!("{instance}{}", cluster.len()));
    events.replace("\"id\":\"", &format!("\"id\":\"{cluster}-"))
}

#[test]
fn the_story_of_the_timeline_comes_first_then_bytes_then_cost() {
    let desk = Desk::empty();
    desk.run(&format!("report {INCIDENT}"));
    let page = page(&desk);
    let story: Value =
        serde_json::from_str(&desk.run(&format!("timeline --json {INCIDENT}")).stdout).unwrap();
    let headline = story["headline"].as_str().unwrap();
    assert_eq!(between(&page, "<h1>", "</h1>"), headline);
    assert_eq!(
        between(&page, "<title>", "</title>"),
        format!("prod, 2026-11-19 13:20–14:21 UTC: {headline}")
    );
    insta::assert_snapshot!(headings(&page).join("\n"), @"
    Deployments
    Why tasks stopped
    Outside deployments
    Course of events
    What the policy keeps
    Where the bytes go
    By field
    What each profile keeps
    Most frequent event names
    One event, before and after
    What it costs
    ");
    let rows = |label| {
        let rows = rows(&page, label);
        rows.iter().map(|row| row.join(" | ") + "\n").collect::<String>()
    };
    insta::assert_snapshot!(rows("Deployments"), @"
    A | 14:00:04 | FAILED | prod/web ecs-svc/8830… | web:43 | 1m43s | 3 of 4 tasks ran out of memory (container web, exit 137) after 52–58 s
    B | 14:01:46 | ROLLBACK | prod/web ecs-svc/4102… | web:42 | 45 s | completed
    C | 13:20:02 | COMPLETED | prod/web ecs-svc/4102… | web:42 | 3m39s | 3 tasks, started in 37–40 s
    ");
    insta::assert_snapshot!(rows("Stopped tasks by service and reason"), @"
    prod/web | ran out of memory (container web, exit 137) | 52–58 s | 3
    prod/web | stopped by scaling in | 59m26s | 1
    prod/web | stopped for a deployment | 13 s | 1
    ");
    insta::assert_snapshot!(rows("Trouble and standalone tasks outside deployments"), @"
    14:09:12 | ERROR | prod/worker | a task could not be placed 2 times (RESOURCE:MEMORY), last 14:14:20, resolved after 6m38s
    14:03:12 | ERROR | prod | instance i-f29a2a0c3a432bce8 (fc9a1583…): impaired (CONTAINER_RUNTIME), draining
    ");
    assert_eq!(rows("Course of events").lines().count(), story["course"].as_array().unwrap().len());
}

#[test]
fn a_policy_that_drops_what_the_story_needs_is_named_as_in_the_timeline() {
    let desk = Desk::empty();
    for (policy, dropped) in [
        ("", None),
        (
            "--event-types WARN,ERROR",
            Some("deployments that begin, deployments that complete, task starts"),
        ),
        ("--event-names !SERVICE_DEPLOYMENT_FAILED", Some("deployments that fail")),
    ] {
        let ran = desk.run(&format!("report --force {policy} {INCIDENT}"));
        let timeline = desk.run(&format!("timeline {policy} {INCIDENT}")).stdout;
        let timeline = timeline.split_whitespace().collect::<Vec<_>>().join(" ");
        let page = page(&desk);
        let header = between(&page, "<header", "</header>");
        for text in [header, &ran.stdout, &timeline] {
            let warning =
                text.split_once("The policy drops ").map(|(_, it)| it.split(':').next().unwrap());
            assert_eq!(warning, dropped, "{policy}: {text}");
        }
    }
}

#[test]
fn each_deployment_is_marked_on_the_chart_with_its_letter_in_the_table() {
    let desk = Desk::empty();
    desk.run(&format!("report {INCIDENT}"));
    let page = page(&desk);
    let chart = between(&page, "<div class=\"over-time\">", "<svg");
    let mut letters: Vec<_> =
        chart.split("</b>").filter_map(|it| it.rsplit_once("%\">")).map(|(_, it)| it).collect();
    letters.sort_unstable();
    let rows = rows(&page, "Deployments");
    assert_eq!(letters, rows.iter().map(|row| first(row)).collect::<Vec<_>>());
    assert_eq!(letters, ["A", "B", "C"]);
}

#[test]
fn services_of_one_name_in_two_clusters_are_two_in_every_table() {
    let desk = Desk::empty();
    desk.put("both.jsonl", incident_in("prod") + &incident_in("stage"));
    desk.run("report both.jsonl");
    let page = page(&desk);
    for label in [
        "Deployments",
        "Stopped tasks by service and reason",
        "Trouble and standalone tasks outside deployments",
        "Course of events",
        "Bytes by kind, cluster and service",
        "Event names",
    ] {
        let rows = rows(&page, label);
        let of = |cluster: &str| {
            let rows = rows.iter().map(|row| row.join(" | "));
            rows.filter(|row| row.contains(cluster)).count()
        };
        assert!(of("prod") > 0, "{label}: {rows:?}");
        assert_eq!(of("prod"), of("stage"), "{label}: {rows:?}");
        // Equal trouble in both is one row that names both.
        let both = rows.iter().filter(|row| row.concat().contains("prod/worker, stage/worker"));
        assert_eq!(of("prod") + of("stage") - both.count(), rows.len(), "{label}: {rows:?}");
    }
}

/// The end of a task of that service.
#[expect(clippy::indexing_slicing, reason = "the sample has these members")]
fn stop(service: usize, task: usize) -> String {
    let event = compact("task-out-of-memory");
    let mut event: Value = serde_json::from_str(&event).unwrap();
    event["id"] = format!("{service}-{task}").into();
    event["detail"]["group"] = format!("service:s{service}").into();
    let arn = format!("arn:aws:ecs:us-east-1:123456789012:task/prod/{service:016}{task:016}");
    event["detail"]["taskArn"] = arn.into();
    event["detail"]["startedBy"] = Value::Null;
    event.to_string()
}

#[test]
fn a_stop_counts_after_the_first_thousand_services_too() {
    let desk = Desk::empty();
    let mut lines = String::new();
    for service in 0..1010 {
        writeln!(lines, "{}", stop(service, 0)).unwrap();
    }
    for task in 1..6 {
        writeln!(lines, "{}", stop(1009, task)).unwrap();
    }
    desk.put("many.jsonl", lines);
    desk.run("report many.jsonl");
    let page = page(&desk);
    assert_eq!(total(&page, "stops"), 1015);
    let rows = rows(&page, "Stopped tasks by service and reason");
    let most = rows.first().unwrap();
    assert!(first(most).ends_with("/s1009") && most.last().unwrap() == "6", "{most:?}");
    let tasks = rows.iter().map(|row| row.last().unwrap().replace(',', "").parse::<u64>().unwrap());
    assert_eq!(tasks.sum::<u64>(), 1015);
    assert_eq!(first(rows.last().unwrap()), "970 more reasons");
}

#[test]
fn a_job_of_the_same_name_as_a_service_has_stops_of_its_own() {
    let desk = Desk::empty();
    let job = stop(1, 1).replace("service:s1", "family:s1");
    desk.put("both.jsonl", format!("{}\n{job}\n", stop(1, 0)));
    desk.run("report both.jsonl");
    let page = page(&desk);
    let rows = rows(&page, "Stopped tasks by service and reason");
    let tasks: Vec<_> = rows.iter().map(|row| (first(row), row.last().unwrap().as_str())).collect();
    assert_eq!(tasks, [("prod/s1", "1"), ("prod/s1", "1")]);
}

#[test]
fn refused_events_are_no_savings() {
    let desk = Desk::with(&["task-running", "service-steady-state"]);
    desk.run("report events");
    let before = page(&desk);
    let foreign = compact("task-running").replace("\"aws.ecs\"", "\"custom.app\"");
    desk.put("events/foreign.jsonl", format!("{foreign}\n{{\"a\":1}}\n{{\n"));
    assert_eq!(desk.run("report --force events").code, Some(1));
    let after = page(&desk);
    assert_eq!(total(&after, "failed"), 3);
    for name in ["savedInvocations", "matched", "kept", "bytesOut"] {
        assert_eq!(total(&after, name), total(&before, name), "{name}");
    }
    assert_eq!(percentages(&after), percentages(&before));
}

fn percentages(page: &str) -> Vec<&str> {
    page.match_indices(" %").map(|(at, _)| page[..at].rsplit('>').next().unwrap()).collect()
}

#[test]
fn percentages_equal_those_of_the_preview() {
    for words in ["", "--trim minimal --event-types ERROR", "--trim full"] {
        let desk = Desk::empty();
        let words = format!("{words} {INCIDENT}");
        let preview = desk.run(&format!("preview {words}")).stdout;
        let line = preview.lines().find(|line| line.contains(" % of their original ")).unwrap();
        let (_, share) = line.trim().split_once("  ").unwrap();
        let share = share.rsplit("  ").next().unwrap();
        desk.run(&format!("report {words}"));
        let page = page(&desk);
        assert!(page.contains(&format!("<small>{share}</small>")), "{share}");
        // The row of the policy's own profile says the same.
        let profile = if words.contains("minimal") { "minimal" } else { "lean" };
        let profile = if words.contains("full") { "full" } else { profile };
        let rows = rows(&page, "Bytes by profile");
        let row = rows.iter().find(|row| first(row) == profile).unwrap();
        let percent = share.split(" of").next().unwrap();
        assert_eq!(row.last().unwrap(), percent, "{words}");
    }
}

#[test]
fn names_lead_to_the_console_where_the_partition_has_one() {
    let desk = Desk::empty();
    for (partition, region, domain) in [
        ("aws", "us-east-1", Some("us-east-1.console.aws.amazon.com")),
        ("aws-cn", "cn-north-1", Some("cn-north-1.console.amazonaws.cn")),
        ("aws-us-gov", "us-gov-west-1", Some("us-gov-west-1.console.amazonaws-us-gov.com")),
        ("aws-iso", "us-iso-east-1", None),
    ] {
        let events = incident_in("prod").replace("arn:aws:", &format!("arn:{partition}:"));
        desk.put("events.jsonl", events.replace("us-east-1:", &format!("{region}:")));
        desk.run("report --force events.jsonl");
        let page = page(&desk);
        let has_link = |it: &str| {
            page.contains(&format!(
                "<a href=\"https://{it}/ecs/v2/clusters/prod/services/web/health"
            ))
        };
        assert_eq!(page.contains("<a "), domain.is_some(), "{partition}");
        assert!(domain.is_none_or(has_link), "{partition}");
    }
}

#[test]
fn a_long_course_of_events_keeps_what_matters_and_says_what_it_leaves_out() {
    let desk = Desk::empty();
    let mut lines = String::new();
    let steady: Value = serde_json::from_str(&compact("service-steady-state")).unwrap();
    for number in 0..400 {
        let mut event = steady.clone();
        event["id"] = number.to_string().into();
        event["time"] = format!("2026-11-{:02}T{:02}:00:00Z", 1 + number / 24, number % 24).into();
        writeln!(lines, "{event}").unwrap();
    }
    let failed = compact("deployment-failed");
    writeln!(lines, "{failed}").unwrap();
    desk.put("long.jsonl", lines);
    desk.run("report long.jsonl");
    let page = page(&desk);
    let rows = rows(&page, "Course of events");
    assert!(
        rows.len() == 300 && rows.iter().any(|row| row.contains(&"ERROR".to_owned())),
        "{rows:?}"
    );
    let left_out = 401 - rows.len();
    assert!(page.contains(&format!("{left_out} more lines are left out")), "{left_out}");
}
