//! How many bytes each profile stores of the task and container-instance events in some folders,
//! before the `forwarder` object, and which fields `lean` keeps beyond those never removed:
//!
//! ```sh
//! cargo run --example contract_ratio -- events
//! ```

use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::event::EventKind;
use ecs_event_forwarder::json::{Compact, Shape, Value, scan};
use ecs_event_forwarder::trim::{Profile, Trim, trim};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Bytes of the events of one kind.
#[derive(Default)]
struct Sum {
    events: usize,
    full: usize,
    lean: usize,
    never_removed: usize,
    /// By path: what `lean` keeps beyond what is never removed.
    beyond: BTreeMap<String, usize>,
}

#[expect(clippy::print_stdout, reason = "that is what it is for")]
fn main() -> std::io::Result<()> {
    let mut folders: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        folders.push("events".into());
    }
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    let mut total = Sum::default();
    for event in events_in(&folders)? {
        let kind =
            EventKind::from_detail_type(event.root().get_string("detail-type").unwrap_or_default());
        if let (EventKind::Task | EventKind::ContainerInstance, Some(name)) =
            (&kind, kind.known_detail_type())
        {
            add(sums.entry(name).or_default(), &kind, &event);
            add(&mut total, &kind, &event);
        }
    }
    for (name, sum) in sums.iter().chain([(&"both", &total)]) {
        println!(
            "{name}: {} events, full {}, lean {}, never removed {}: lean / never removed = {}, \
             lean / full = {}",
            sum.events,
            sum.full,
            sum.lean,
            sum.never_removed,
            ratio(sum.lean, sum.never_removed),
            ratio(sum.lean, sum.full),
        );
    }
    let mut beyond: Vec<_> = total.beyond.iter().collect();
    beyond.sort_by_key(|(_, bytes)| std::cmp::Reverse(**bytes));
    for (path, bytes) in beyond {
        println!("{bytes:>8} {path}");
    }
    Ok(())
}

/// To three digits, as `1.347`.
fn ratio(part: usize, whole: usize) -> String {
    let thousandths = part * 1000 / whole.max(1);
    format!("{}.{:03}", thousandths / 1000, thousandths % 1000)
}

#[expect(clippy::disallowed_methods, reason = "an example of the command line's kind")]
fn events_in(folders: &[PathBuf]) -> std::io::Result<Vec<Compact>> {
    let mut events = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "json") {
                let arrivals = decode(Payload::from(std::fs::read_to_string(path)?));
                events.extend(arrivals.into_iter().filter_map(|arrival| arrival.event.ok()));
            }
        }
    }
    Ok(events)
}

fn add(sum: &mut Sum, kind: &EventKind<'_>, event: &Compact) {
    let text = |profile| trim(&Trim::of(profile), kind, event).into_string();
    let [full, lean, minimal] = [Profile::Full, Profile::Lean, Profile::Minimal].map(text);
    sum.events += 1;
    sum.full += full.len();
    sum.lean += lean.len();
    sum.never_removed += minimal.len();
    if let (Ok(lean), Ok(minimal)) = (scan(lean), scan(minimal)) {
        beyond(&mut sum.beyond, "", lean.root(), Some(minimal.root()));
    }
}

/// Adds the bytes of the members that only the first has, commas included.
fn beyond(
    sums: &mut BTreeMap<String, usize>,
    path: &str,
    more: Value<'_>,
    less: Option<Value<'_>>,
) {
    let elements = less.into_iter().flat_map(Value::elements);
    match more.shape() {
        Shape::Object => {
            for member in more.children() {
                let path = format!("{path}.{}", member.key());
                let same = less.and_then(|it| it.children().find(|it| it.key() == member.key()));
                if same.is_some() {
                    beyond(sums, &path, member, same);
                } else {
                    let bytes = member.span().1 - member.start() + 1;
                    *sums.entry(path).or_default() += bytes;
                }
            }
        }
        Shape::Array => {
            for (more, less) in more.elements().zip(elements) {
                beyond(sums, &format!("{path}[]"), more, Some(less));
            }
        }
        Shape::String | Shape::Scalar | Shape::Null => {}
    }
}
