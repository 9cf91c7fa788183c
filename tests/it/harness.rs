//! A test harness: a function in a world of its own, and a transcript of each invocation.
//!
//! Its events carry a secret, and each harness checks that the secret never shows, whatever fails.

mod event;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::Value;

pub(crate) use event::{Event, SECRET, number_of, sqs};
use world::{
    Answer, Call, Function, Outcome, SECRET_ACCESS_KEY, SESSION_TOKEN, World, real_now_ms,
};

/// The time that the template gives an invocation.
const USUAL: Duration = Duration::from_secs(30);

/// A function, and the world around it.
pub(crate) struct Harness {
    pub(crate) world: World,
    pub(crate) function: Function,
    shown: AtomicUsize,
}

impl Harness {
    /// A cold function with the default configuration, and nothing in CloudWatch Logs.
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    /// A cold function with these variables.
    pub(crate) fn with(variables: &[(&str, &str)]) -> Self {
        Self::of(World::new(), variables)
    }

    /// A cold function in this world.
    pub(crate) fn of(world: World, variables: &[(&str, &str)]) -> Self {
        let function = world.function(variables);
        Self::around(world, function)
    }

    /// A function that was started in this world.
    pub(crate) fn around(world: World, function: Function) -> Self {
        Self { world, function, shown: AtomicUsize::new(0) }
    }

    /// A function that has stored event 0 in the stream `task` of the cluster `prod`.
    pub(crate) fn warm() -> Self {
        Self::warm_with(&[])
    }

    /// The same, with these variables.
    pub(crate) fn warm_with(variables: &[(&str, &str)]) -> Self {
        let harness = Self::with(variables);
        harness.transcript(Event::task(0));
        assert_eq!(harness.stored(), [0]);
        harness
    }

    /// Invokes the function. Returns its calls to CloudWatch Logs and its answer, a line each.
    pub(crate) fn transcript(&self, payload: impl Into<Vec<u8>>) -> String {
        self.transcript_within(USUAL, payload)
    }

    /// The same, with this deadline, before which there must be an answer.
    pub(crate) fn transcript_within(
        &self,
        deadline: Duration,
        payload: impl Into<Vec<u8>>,
    ) -> String {
        let answer = self.answer_within(deadline, payload);
        format!("{}{answer}", self.calls())
    }

    /// Invokes the function. Returns only its answer.
    pub(crate) fn answer_within(&self, deadline: Duration, payload: impl Into<Vec<u8>>) -> String {
        let (answer, took) = self.function.invoke_within(deadline, payload);
        assert!(took < deadline, "it took {took:?} of {deadline:?}");
        assert_silent_about_secrets(&format!("{answer:?}"));
        answer_text(&answer)
    }

    /// The calls since the last transcript, a line each.
    pub(crate) fn calls(&self) -> String {
        let calls = self.world.logs.calls();
        let shown = self.shown.swap(calls.len(), Ordering::SeqCst);
        let mut lines: Vec<(String, usize)> = Vec::new();
        for call in calls.iter().skip(shown) {
            let line = call_text(call);
            match lines.last_mut() {
                Some((last, times)) if *last == line => *times += 1,
                _ => lines.push((line, 1)),
            }
        }
        let text = |(line, times): &(String, usize)| match times {
            1 => format!("{line}\n"),
            _ => format!("{line} ({times} times)\n"),
        };
        lines.iter().map(text).collect()
    }

    /// The numbers of all events ever stored, in order. An event that was stored twice is there twice.
    pub(crate) fn stored(&self) -> Vec<u64> {
        let stored = self.world.logs.ever_stored();
        let mut numbers: Vec<u64> = stored.iter().map(|event| number_of(&event.message)).collect();
        numbers.sort_unstable();
        numbers
    }

    /// Ends the function. Returns what an operator reads in its log, a line each.
    pub(crate) fn log_lines(&self) -> String {
        let exit = self.function.stop();
        assert_eq!(exit.stdout, "", "standard output is for metrics");
        exit.stderr.lines().map(log_line).collect()
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        if !thread::panicking() {
            let exit = self.function.stop();
            assert_silent_about_secrets(&format!("{exit:?}"));
        }
    }
}

/// Checks that a text shows neither the secret in the events nor the credentials of the role.
pub(crate) fn assert_silent_about_secrets(words: &str) {
    for secret in [SECRET, SECRET_ACCESS_KEY, SESSION_TOKEN] {
        assert!(!words.contains(secret), "{secret} is shown: {words}");
    }
}

/// The part of a log group's name that differs between groups.
fn short(group: &str) -> &str {
    let rest = group.strip_prefix("/aws/events/ecs/containerinsights/").unwrap_or(group);
    rest.strip_suffix("/performance").unwrap_or(rest)
}

fn call_text(call: &Call) -> String {
    let (operation, group) = (call.operation.name(), short(&call.group));
    let stream = if call.stream.is_empty() { String::new() } else { format!("/{}", call.stream) };
    let events = if call.events > 0 { format!(" ({})", call.events) } else { String::new() };
    let outcome = match &call.outcome {
        Outcome::Pending => "pending".to_owned(),
        Outcome::Done if call.rejected > 0 => format!("done but {}", call.rejected),
        Outcome::Done => "done".to_owned(),
        Outcome::Refused(kind) => (*kind).to_owned(),
        Outcome::Ignored => "no answer".to_owned(),
    };
    let lost = if call.is_answer_lost { ", unheard" } else { "" };
    format!("{operation} {group}{stream}{events}: {outcome}{lost}")
}

fn answer_text(answer: &Answer) -> String {
    match answer {
        Answer::Error { error_type, error_message } => format!("= {error_type}: {error_message}"),
        Answer::NoAnswer => panic!("there was no answer"),
        Answer::Response(response) if response.get("batchItemFailures").is_some() => {
            match answer.failed_message_ids() {
                failed if failed.is_empty() => "= all done".to_owned(),
                failed => format!("= failed: {}", failed.join(" ")),
            }
        }
        Answer::Response(summary) => {
            let count = |name: &str| summary.get(name).and_then(Value::as_u64).expect("a count");
            let ends =
                ["stored", "dropped", "duplicates", "failed"].map(|name| (name, count(name)));
            let received: u64 = ends.iter().map(|(_, count)| count).sum();
            assert_eq!(received, count("received"), "{summary}");
            let ends = ends.iter().filter(|(_, count)| *count > 0);
            let words: Vec<_> = ends.map(|(name, count)| format!("{name} {count}")).collect();
            format!("= {}", words.join(", "))
        }
    }
}

/// The level and the message of a line of the function's log.
fn log_line(line: &str) -> String {
    let line: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    let text = |key: &str| line.get(key).and_then(Value::as_str).unwrap_or_default();
    // Lambda counts a line without them as INFO, whatever its level: an operator could not select it.
    let written: jiff::Timestamp = text("timestamp").parse().expect("a time in RFC 3339");
    assert!((real_now_ms() - written.as_millisecond()).abs() < 3_600_000, "{line}");
    assert!(matches!(text("level"), "WARN" | "ERROR"), "{line}");
    let count = line.get("count").and_then(Value::as_u64);
    let times = count.map(|count| format!(" [{count}]")).unwrap_or_default();
    format!("{} {}{times}\n", text("level"), text("message"))
}
