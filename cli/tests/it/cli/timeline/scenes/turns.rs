//! Scenes that take another turn than the usual one.

mod causes;
mod deployments;
mod instances;
mod rollbacks;
mod services;

use super::script::{Script, Task};
use super::{NEW, OLD, run, story};

/// A scene with its headline and the beginnings of its rows of deployments and trouble.
struct Turn {
    name: &'static str,
    script: Script,
    headline: &'static str,
    /// Each is part of the summary, whose spaces count as one.
    rows: &'static [&'static str],
}

/// A task of web that runs, and exits with code 1 half a minute after it was created.
pub(in super::super) fn exits(
    script: &mut Script,
    number: usize,
    (definition, id): (&str, &str),
    at: &str,
) {
    let seconds: u32 = at[6..].parse().unwrap();
    let stopped = format!("{}{:02}", &at[..6], seconds + 30);
    let task = Task::of_service(definition, id).created(at).started(seconds + 10).stopped(&stopped);
    let reason = "Essential container in task exited";
    let task = task.with("EssentialContainerExited", reason).container("web", Some(1), None);
    script.ends(number, &task);
}

/// A deployment of web:9 whose 3 tasks exit, and the begin of its rollback.
fn fails() -> Script {
    let mut script = Script::of("prod", "web");
    script.deployment("10:00:00", "IN_PROGRESS", NEW, "in progress.");
    for number in 1..=3 {
        exits(&mut script, number, ("web:9", NEW), &format!("10:0{number}:00"));
    }
    script.deployment("10:04:00", "FAILED", NEW, "tasks failed to start.");
    let back = format!("ECS deployment circuit breaker: rolling back to deploymentId {OLD}.");
    script.deployment("10:04:01", "IN_PROGRESS", OLD, &back);
    script
}

fn turns() -> impl Iterator<Item = Turn> {
    let parts = [
        deployments::turns(),
        rollbacks::turns(),
        causes::turns(),
        services::turns(),
        instances::turns(),
    ];
    parts.into_iter().flatten()
}

pub(super) fn scripts() -> Vec<Script> {
    turns().map(|turn| turn.script).collect()
}

#[test]
fn each_turn_is_told_in_a_sentence_and_in_its_rows() {
    for Turn { name, script, headline, rows } in turns() {
        assert_eq!(story(&script.lines)["headline"], headline.replace("OLD", OLD), "{name}");
        let text = run(&script.lines, "timeline -");
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for row in rows {
            assert!(words.contains(row), "{name}: {row}\n{text}");
        }
    }
}
