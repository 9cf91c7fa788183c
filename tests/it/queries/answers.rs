//! The rows that each query must show for the incident in `tests/fixtures/incident/README.md`.

use super::{answer, incident_under, shown};

const OUT_OF_MEMORY: &str = "OutOfMemoryError: Container killed due to memory usage";
const FIRST: &str = "ecs-svc/4102938475610293847";
const SECOND: &str = "ecs-svc/8830174652901837465";

#[test]
fn what_happened_shows_the_minute_of_the_failure_and_why() {
    let table = answer("what-happened");
    let minutes = table.column("startOfMinute");
    assert!(minutes.is_sorted());
    let of_minute = |minute: &'static str| {
        let rows =
            table.of(["startOfMinute", "who", "what", "eventType", "events", "reason"]).into_iter();
        rows.filter(move |row| row[0].contains(minute)).map(|[_, rest @ ..]| rest)
    };
    let rows: Vec<_> = of_minute(" 14:01:").collect();
    // The event that came twice counts once.
    assert!(rows.contains(&["web", "STOPPED", "ERROR", "3", OUT_OF_MEMORY]), "{rows:?}");
    let failed = "ECS deployment circuit breaker: tasks failed to start.";
    assert!(rows.contains(&["web", "SERVICE_DEPLOYMENT_FAILED", "ERROR", "1", failed]));
    let placement = ["worker", "SERVICE_TASK_PLACEMENT_FAILURE", "ERROR", "1", "RESOURCE:MEMORY"];
    assert_eq!(of_minute(" 14:09:").collect::<Vec<_>>(), [placement]);
}

#[test]
fn the_story_of_a_task_ends_with_the_reason_of_its_second_container() {
    let table = answer("task-story");
    let mut statuses = table.column("status");
    statuses.dedup();
    let life = ["PROVISIONING", "PENDING", "ACTIVATING", "DEPROVISIONING", "STOPPED"];
    assert_eq!(statuses, life);
    let rows = table.of(["stopCategory", "reason", "exitCode0", "exitCode1", "pullMs", "stopMs"]);
    let last = rows.last().expect("a row");
    assert_eq!(*last, ["out_of_memory", OUT_OF_MEMORY, "0", "137", "5182", "23667"]);
}

#[test]
fn the_story_of_a_deployment_joins_its_tasks_its_service_and_the_rollback() {
    let table = answer("deployment-story");
    let rows = table.of(["what", "eventType", "reason"]);
    let place = |what: &str, reason: &str| {
        let is_it = |row: &[&str; 3]| row[0] == what && row[2].contains(reason);
        rows.iter().position(is_it).unwrap_or_else(|| panic!("{what} {reason}"))
    };
    let story = [
        place("SERVICE_DEPLOYMENT_IN_PROGRESS", SECOND),
        place("PROVISIONING", ""),
        place("STOPPED", OUT_OF_MEMORY),
        place("SERVICE_TASK_START_IMPAIRED", ""),
        place("SERVICE_DEPLOYMENT_IN_PROGRESS", "rolling back"),
        place("SERVICE_DEPLOYMENT_FAILED", "tasks failed to start"),
        place("STOPPED", "Scaling activity"),
    ];
    assert!(story.is_sorted(), "{story:?}");
    let mut tasks = table.column("task");
    tasks.sort_unstable();
    tasks.dedup();
    tasks.retain(|task| !task.is_empty());
    assert_eq!(tasks.len(), 4, "{tasks:?}");
    // Neither the other service nor the scale-in is part of this deployment.
    assert!(!rows.iter().any(|row| row[2].contains("RESOURCE") || row[0] == "DEACTIVATING"));
}

#[test]
fn deployments_have_an_outcome_and_a_duration() {
    let rows = [
        [FIRST, "2026-11-19 14:01:46.302", "SERVICE_DEPLOYMENT_COMPLETED", "45.144"],
        [SECOND, "2026-11-19 14:00:04.120", "SERVICE_DEPLOYMENT_FAILED", "102.751"],
    ];
    let columns = ["deployment", "begun", "outcome", "seconds"];
    assert_eq!(answer("deployments").of(columns), rows);
    assert_eq!(shown("How did the deployments go, and how long did they take?").of(columns), rows);
}

#[test]
fn stopped_tasks_are_counted_by_category_and_service() {
    let rows = [["out_of_memory", "web", "3"], ["scaling", "web", "2"]];
    let columns = ["stopCategory", "service", "tasks"];
    let table = answer("stopped-tasks");
    assert_eq!(table.of(columns), rows);
    assert_eq!(table.column("lastReason").first(), Some(&OUT_OF_MEMORY));
    assert_eq!(shown("Why did tasks stop, by category and service?").of(columns), rows);
}

#[test]
fn placement_failures_show_the_cause_and_the_first_time() {
    let table = answer("placement-failures");
    let rows = table.of(["service", "reason", "failures", "firstSeen", "lastSeen"]);
    let times = ["2026-11-19 14:09:12.640", "2026-11-19 14:14:20.155"];
    assert_eq!(rows, [["worker", "RESOURCE:MEMORY", "2", times[0], times[1]]]);
    assert!(table.column("oneOfThePlaces")[0].contains(":container-instance/prod/"));
}

#[test]
fn noisy_events_come_with_the_exclusion_that_silences_them() {
    let table = answer("noisy-events");
    let rows = table.of(["cluster", "service", "exclusion", "events", "notInfo"]);
    assert!(rows.contains(&["prod", "web", "!SERVICE_STEADY_STATE", "3", "0"]), "{rows:?}");
    assert!(rows.contains(&["prod", "web", "!STOPPED", "6", "4"]));
    let all = incident_under([]).len();
    for exclusion in table.column("exclusion") {
        // The comment of the query has the same rule.
        let (variable, list) = if exclusion.contains(' ') {
            ("FORWARDER_DETAIL_TYPES", format!("ECS *,{exclusion}"))
        } else if exclusion.contains('_') {
            ("FORWARDER_EVENT_NAMES", exclusion.to_owned())
        } else {
            ("FORWARDER_TASK_STATUSES", exclusion.to_owned())
        };
        let of_it = rows.iter().filter(|row| row[2] == exclusion);
        let silenced: usize = of_it.map(|row| row[3].parse::<usize>().expect("a number")).sum();
        let left = incident_under([(variable.to_owned(), list)]).len();
        assert_eq!(left, all - silenced, "{exclusion}");
    }
}

#[test]
fn slow_starts_put_the_slowest_service_first() {
    let table = answer("slow-starts");
    let rows = table.of(["service", "tasks", "pullP95", "startP95", "slowest"]);
    let expected =
        [["worker", "1", "41212", "46544", "46544"], ["web", "3", "5324", "39934", "39934"]];
    assert_eq!(rows, expected);
    let slowest = shown("Which tasks pulled and started slowest?");
    let rows = slowest.of(["service", "pullMs", "startMs", "launchType"]);
    assert_eq!(rows.first(), Some(&["worker", "41212", "46544", "EC2"]));
    assert_eq!(rows.len(), 4);
}

#[test]
fn only_container_instances_in_trouble_are_listed() {
    let table = answer("container-instances");
    let rows = table.of(["ec2Instance", "problems", "disconnected", "draining", "reason"]);
    let impaired = ["i-f29a2a0c3a432bce8", "1", "0", "1", "CONTAINER_RUNTIME"];
    let disconnected = ["i-367a0033941ab05c0", "0", "1", "0", ""];
    assert_eq!(rows, [impaired, disconnected], "the third has no trouble");
}

#[test]
fn duplicates_are_found_by_their_id() {
    let rows = answer("duplicates");
    assert_eq!(rows.of(["kind", "copies"]), [["ECS Task State Change", "2"]]);
}

#[test]
fn the_last_errors_have_one_row_for_each_task() {
    let columns = ["who", "what", "reason"];
    let rows = [
        ["worker", "SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:MEMORY"],
        ["worker", "SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:MEMORY"],
        ["i-f29a2a0c3a432bce8", "IMPAIRED", "CONTAINER_RUNTIME"],
        [
            "web",
            "SERVICE_DEPLOYMENT_FAILED",
            "ECS deployment circuit breaker: tasks failed to start.",
        ],
        ["web", "out_of_memory", OUT_OF_MEMORY],
        ["web", "out_of_memory", OUT_OF_MEMORY],
        ["web", "out_of_memory", OUT_OF_MEMORY],
    ];
    assert_eq!(answer("last-errors").of(columns), rows);
    assert_eq!(shown("What went wrong last, and why?").of(columns), rows);
}

#[test]
fn the_timeline_counts_every_stored_event_once() {
    let table = shown("What happened, by event type?");
    let sum = |column| {
        let counts = table.column(column).into_iter().map(|it| it.parse::<usize>().expect(it));
        counts.sum::<usize>()
    };
    assert_eq!(["ERROR", "WARN", "INFO"].map(sum), [11, 1, 44]);
    assert_eq!(incident_under([]).len(), 56);
}
