//! The payloads that the functions receive.

use bench::Template;

/// A kind of payload.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) payload: Box<dyn Fn(u64) -> String>,
    /// Events in a payload.
    pub(crate) events: usize,
}

/// Returns the cases with `part` in their name. Each payload of a case has its own ids.
pub(crate) fn cases(part: &str) -> Vec<Case> {
    let mut cases = all();
    cases.retain(|case| case.name.contains(part));
    cases
}

fn all() -> Vec<Case> {
    let single = |name, template: Template| Case {
        name,
        payload: Box::new(move |number| template.event(number)),
        events: 1,
    };
    // The records of a batch are numbered from here.
    let first = |number| number * 100_000;
    vec![
        single("task 3.6 KB", bench::task()),
        single("instance 5 KB", bench::container_instance()),
        single("task 61 KB", bench::large_task()),
        Case {
            name: "SQS of 10",
            payload: Box::new(move |number| bench::sqs(10, first(number))),
            events: 10,
        },
    ]
}
