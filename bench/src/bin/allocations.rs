//! Counts the allocations of one event, step by step: JSON on standard output.

use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::Line;
use serde_json::json;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

static COUNT: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is done by the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        BYTES.fetch_add(layout.size(), Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Relaxed);
        BYTES.fetch_add(size, Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const NOW_MS: i64 = 1_795_098_033_100;

fn main() {
    let line = Line::new(config([]).expect("the default is valid").policy);
    let templates = [
        ("deployment", bench::deployment()),
        ("task 3.6 KB", bench::task()),
        ("instance 5 KB", bench::container_instance()),
        ("task 61 KB", bench::large_task()),
    ];
    let mut results = Vec::new();
    for (case, template) in templates {
        let body = template.event(1).into_bytes();
        let (payload, of_payload, _) = counted(|| serde_json::from_slice::<Payload>(&body));
        let payload = payload.expect("it is total");
        let (arrivals, of_decode, decode_bytes) = counted(|| decode(payload));
        let (planned, of_plan, plan_bytes) = counted(|| line.plan(arrivals, NOW_MS));
        assert_eq!(planned.batches().len(), 1, "{case} is kept");
        results.push(json!({
            "case": case,
            "payload": of_payload,
            "decode": of_decode,
            "plan": of_plan,
            "decode_bytes": decode_bytes,
            "plan_bytes": plan_bytes,
        }));
    }
    println!("{}", serde_json::Value::Array(results));
}

fn counted<T>(step: impl FnOnce() -> T) -> (T, usize, usize) {
    let (count, bytes) = (COUNT.load(Relaxed), BYTES.load(Relaxed));
    let done = step();
    (done, COUNT.load(Relaxed) - count, BYTES.load(Relaxed) - bytes)
}
