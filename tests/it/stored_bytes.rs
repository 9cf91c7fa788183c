//! The bytes that `lean` stores are those that `docs/stored-format.md` allows, and no more.
//!
//! `examples/contract_ratio.rs` prints the bytes for any folder.

#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "samples are files; a test that meets what it does not expect has failed"
)]

use crate::laws::trimming::expected;
use crate::tree::Tree;
use ecs_event_forwarder::event::EventKind;
use ecs_event_forwarder::json::scan;
use ecs_event_forwarder::trim::{Profile, Trim, trim};
use std::path::Path;

const KINDS: [EventKind<'static>; 2] = [EventKind::Task, EventKind::ContainerInstance];

/// The events in `events/` of this kind.
fn events_of(kind: &EventKind<'_>) -> Vec<Tree> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|it| it == "json"));
    let events = files.map(|file| Tree::read(&std::fs::read_to_string(file).unwrap()));
    let is_of_kind = |event: &Tree| {
        event.get("detail-type").and_then(Tree::text).as_deref() == Some(kind.detail_type())
    };
    events.filter(is_of_kind).collect()
}

/// The bytes that the crate stores of an event, before the `forwarder` object.
fn stored_bytes(profile: Profile, kind: &EventKind<'_>, event: &Tree) -> usize {
    let event = scan(event.write()).unwrap().into_compact().unwrap();
    trim(&Trim::of(profile), kind, &event).as_str().len()
}

#[test]
fn lean_stores_only_the_bytes_that_the_documents_allow() {
    for kind in &KINDS {
        let events = events_of(kind);
        let sum = |bytes: &dyn Fn(&Tree) -> usize| events.iter().map(bytes).sum::<usize>();
        let full = sum(&|event| stored_bytes(Profile::Full, kind, event));
        let lean = sum(&|event| stored_bytes(Profile::Lean, kind, event));
        let never_removed = sum(&|event| stored_bytes(Profile::Minimal, kind, event));
        let lean_by_hand = sum(&|event| expected(Profile::Lean, event).write().len());
        let never_removed_by_hand = sum(&|event| expected(Profile::Minimal, event).write().len());
        let hundredths = |of: usize| lean * 100 / of;
        println!(
            "{}: {} events, full {full}, lean {lean}, never removed {never_removed}; lean is {} % of \
             what the table leaves it, {} % of what is never removed, {} % of full",
            kind.detail_type(),
            events.len(),
            hundredths(lean_by_hand),
            hundredths(never_removed),
            hundredths(full),
        );
        assert!(events.len() >= 5);
        assert!(hundredths(lean_by_hand) <= 105);
        assert_eq!((lean, never_removed), (lean_by_hand, never_removed_by_hand));
        assert!(never_removed < lean && lean * 3 < full * 2, "it pays");
    }
}
