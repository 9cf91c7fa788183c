//! The options that choose: what they match, and what is said if nothing does.

use super::scenes::script::{Script, Task};
use super::scenes::{NEW, crash, flapping, healthy, run, story};
use super::{Desk, incident};

/// The lines that `--grep` prints of the course of events.
fn found(lines: &[String], text: &str) -> Vec<String> {
    let ran = Desk::empty().run_with(&["timeline", "--grep", text, "-"], &lines.join("\n"));
    let course = ran.stdout.rsplit_once("\n\n").map(|(_, course)| course).unwrap_or_default();
    course.lines().map(str::to_owned).collect()
}

#[test]
fn grep_finds_what_is_on_the_screen_and_every_id() {
    let script = crash();
    let task = format!("{:032x}", 1);
    for text in ["ran for", "exited, container web, exit 1", "3× task", "started in 20"] {
        let is_shown = run(&script.lines, "timeline -").contains(text);
        assert_eq!(!found(&script.lines, text).is_empty(), is_shown, "{text}");
    }
    for text in [task.as_str(), NEW, "Essential container", "service:web", "SERVICE_DEPLOYMENT_"] {
        assert!(!found(&script.lines, text).is_empty(), "{text}");
    }
    for text in ["i-0123456789abcdef0", "115ab5db", "back after"] {
        assert!(!found(&flapping().lines, text).is_empty(), "{text}");
    }
    let rows = run(&script.lines, &format!("timeline --grep {NEW} -"));
    assert!(rows.contains("FAILED") && !rows.contains("ROLLBACK "), "{rows}");
}

#[test]
fn nothing_found_by_errors_or_grep_says_so() {
    let ran = |words: &[&str]| {
        let ran = Desk::empty().run_with(words, &healthy().lines.join("\n"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
        ran.stderr
    };
    insta::assert_snapshot!(ran(&["timeline", "--errors", "-"]), @"nothing found: no WARN or ERROR in 9 events, 2026-11-20 10:00–10:02 UTC");
    insta::assert_snapshot!(ran(&["timeline", "--errors", "--grep", "nope", "-"]), @r#"nothing found: no WARN or ERROR with "nope" in 9 events, 2026-11-20 10:00–10:02 UTC"#);
}

#[test]
fn services_and_deployments_can_be_given_by_arn_and_by_digits() {
    let arn = "arn:aws:ecs:us-east-1:123456789012";
    let events = |option: &str, value: &str| {
        let words = ["timeline", "--json", option, value, "-"];
        let ran = Desk::empty().run_with(&words, &crash().lines.join("\n"));
        let story: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        story["events"].as_u64()
    };
    for (option, short, others) in [
        ("--service", "web", vec![format!("{arn}:service/prod/web")]),
        ("--cluster", "prod", vec![format!("{arn}:cluster/prod")]),
        (
            "--deployment",
            NEW,
            vec![NEW.replace("ecs-svc/", ""), "2222…".to_owned(), "2222*".to_owned()],
        ),
    ] {
        let expected = events(option, short);
        assert!(expected.is_some());
        for other in others {
            assert_eq!(events(option, &other), expected, "{option} {other}");
        }
    }
    let mut script = Script::of("prod", "web");
    script.hook("10:02:00", "HOOK_AWAITING_ACTION", "POST_TEST_TRAFFIC_SHIFT");
    let words =
        format!("timeline --deployment {arn}:service-deployment/prod/web/YIzG9vvDxq6SBFQTZgDVE -");
    assert!(run(&script.lines, &words).contains("hook awaiting action"));
}

#[test]
fn the_beginning_of_a_service_is_not_its_name() {
    let stderr = incident().run("timeline --service worker-a incident.jsonl").stderr;
    assert!(stderr.contains("no service worker-a; there are worker, web"), "{stderr}");
    let mut script = Script::of("prod", "payments-api");
    script.action("10:00:00", "INFO", "SERVICE_STEADY_STATE", None);
    let words = ["timeline", "--service", "payments", "-"];
    let stderr = Desk::empty().run_with(&words, &script.lines.join("\n")).stderr;
    assert!(stderr.contains("no service payments; there is payments-api"), "{stderr}");
}

#[test]
fn a_run_task_that_started_nothing_says_why() {
    let failures = [serde_json::json!({"reason": "RESOURCE:MEMORY"})];
    let mut script = Script::of("prod", "-");
    script.call(
        "10:00:00",
        serde_json::json!({
            "eventName": "RunTask",
            "requestParameters": {"cluster": "prod", "taskDefinition": "nightly-report:7"},
            "responseElements": {"tasks": [], "failures": failures},
        }),
    );
    let headline = "prod: RunTask of nightly-report:7 started nothing (RESOURCE:MEMORY)";
    assert_eq!(story(&script.lines)["headline"], headline);
}

#[test]
fn calls_that_differ_in_the_session_share_a_row() {
    let mut script = Script::of("prod", "-");
    for number in 1..=9 {
        let message = format!("User: assumed-role/deploy/run-{number} is not authorized");
        script.call(
            "10:00:00",
            serde_json::json!({
                "eventName": "UpdateService",
                "errorCode": "AccessDenied",
                "errorMessage": message,
                "requestParameters": {"cluster": "prod", "service": "web"},
            }),
        );
    }
    let story = story(&script.lines);
    let trouble = story["trouble"].as_array().unwrap();
    assert_eq!((trouble.len(), &trouble[0]["count"]), (1, &9.into()), "{story}");
    assert_eq!(story["course"].as_array().unwrap().len(), 1, "{story}");
    assert!(!found(&script.lines, "run-7").is_empty());
}

#[test]
fn time_to_bake_is_no_waiting_for_a_hook() {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    script.hook("10:02:00", "HOOK_AWAITING_ACTION", "POST_TEST_TRAFFIC_SHIFT");
    let headline = |script: &Script| story(&script.lines)["headline"].as_str().unwrap().to_owned();
    assert!(headline(&script).contains("a hook waits"), "{}", headline(&script));
    script.deployment("10:20:00", "COMPLETED", NEW, "completed.");
    let expected = "at most 18m00s of it for a hook";
    assert!(headline(&script).contains(expected), "{}", headline(&script));
    script.lines.pop();
    script.hook("10:03:00", "HOOK_SUCCEEDED", "POST_TEST_TRAFFIC_SHIFT");
    assert!(!headline(&script).contains("waits"), "{}", headline(&script));
    script.deployment("10:20:00", "COMPLETED", NEW, "completed.");
    let expected = ", 1m00s of it for a hook";
    assert!(headline(&script).contains(expected), "{}", headline(&script));
}

/// The summary's words for tasks that all stop so.
fn told(code: &str, reason: &str, containers: &[(&str, Option<i64>)]) -> String {
    let mut script = Script::of("prod", "web");
    let task = Task::of_service("web:9", NEW).created("10:00:00").started(10).stopped("10:00:50");
    script.ends(1, &task.with(code, reason).containers(containers));
    run(&script.lines, "timeline --markdown -")
}

#[test]
fn reasons_keep_what_explains_them() {
    let exited = "Essential container in task exited";
    let exit = |containers| told("EssentialContainerExited", exited, containers);
    let elb = "(service web) (port 80) is unhealthy in (target-group arn:aws:elasticloadbalancing:\
               us-east-1:123456789012:targetgroup/web/1) due to (reason Health checks failed with \
               these codes: [503])";
    let secret = "ResourceInitializationError: unable to pull secrets or registry auth: execution \
                  resource retrieval failed: unable to retrieve secret from asm: service call has \
                  been retried 1 time(s): failed to get secret arn:aws:secretsmanager:us-east-1:\
                  123456789012:secret:prod/db-AbCdEf: operation error Secrets Manager: \
                  GetSecretValue, StatusCode: 400, AccessDeniedException: User: u is not authorized";
    for (text, expected) in [
        (exit(&[("web", Some(0))]), "exited (container web, exit 0)"),
        (exit(&[("web", None)]), "exited (container web, no exit code)"),
        (exit(&[("web", Some(1)), ("other", Some(2))]), "(container web, exit 1)"),
        (exit(&[("other", Some(0)), ("web", Some(1))]), "(container web, exit 1)"),
        (told("ServiceSchedulerInitiated", elb, &[("web", Some(143))]), r"(codes: \[503\])"),
        (
            told("TaskFailedToStart", secret, &[("web", None)]),
            "(secret prod/db-AbCdEf: AccessDeniedException)",
        ),
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn a_deployment_shows_its_service_where_the_family_is_called_otherwise() {
    let mut script = Script::of("prod", "checkout");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    script.runs(1, &Task::of_service("Stack0A1B:7", NEW).created("10:00:02"), "10:00:31");
    for form in ["", "--markdown "] {
        let text = run(&script.lines, &format!("timeline {form}-"));
        let row = text.lines().find(|line| line.contains("ONGOING")).unwrap();
        assert!(row.contains("checkout (Stack0A1B"), "{text}");
    }
}

#[test]
fn a_job_that_fails_in_several_ways_does_not_say_most() {
    let mut script = Script::of("prod", "-");
    for (number, code) in [(1, 1), (2, 1), (3, 2), (4, 3)] {
        let task = Task::standalone("etl:9").created("10:00:00").started(10).stopped("10:05:00");
        let task = task.with("EssentialContainerExited", "Essential container in task exited");
        script.ends(number, &task.container("etl", Some(code), None));
    }
    let headline = "etl: 4 of 4 tasks failed, 2 of them exited (container etl, exit 1)";
    assert_eq!(story(&script.lines)["headline"], headline);
}
