//! Runs any payload through four policies: nothing panics, and every arrival ends in one place.
#![no_main]

use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::{End, Line, Receipt};
use ecs_event_forwarder::log::{Batch, limit};
use ecs_event_forwarder::policy::Policy;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    let policies: [&[(&str, &str)]; 4] = [
        &[],
        &[("FORWARDER_TRIM", "minimal"), ("FORWARDER_SOURCES", "*"), ("FORWARDER_DETAIL_TYPES", "*")],
        &[("FORWARDER_TRIM", "full"), ("FORWARDER_LOG_GROUP", "/x/{account}/{region}/{cluster}")],
        &[
            ("FORWARDER_KEEP_FIELDS", "detail.overrides.containerOverrides[].command"),
            ("FORWARDER_DROP_FIELDS", "detail.containers[].image,detail.cpu"),
            ("FORWARDER_CLUSTERS", "prod,!dev-*"),
            ("FORWARDER_SELECT", "lifecycle"),
        ],
    ];
    let owned = |(name, value): &(&str, &str)| (name.to_string(), value.to_string());
    policies.iter().map(|it| config(it.iter().map(owned)).expect("they are valid").policy).collect()
});

fuzz_target!(|payload: &str| {
    for policy in POLICIES.iter() {
        let arrivals: Vec<_> = decode(Payload::from(payload.to_owned())).collect();
        let count = arrivals.len();
        let mut line = Line::new(policy.clone());
        let plan = line.plan(arrivals, 1_800_000_000_000);
        let batched: usize = plan.batches().iter().map(|batch| batch.events().len()).sum();
        for event in plan.batches().iter().flat_map(Batch::events) {
            assert!(event.message.starts_with('{') && !event.message.contains('\n'));
            assert!(event.message.len() <= limit::MESSAGE_BYTES);
        }
        let receipts: Vec<_> = plan.batches().iter().map(Receipt::stored).collect();
        let entries = line.settle(plan, receipts);
        assert_eq!(entries.len(), count);
        let stored = entries.iter().filter(|entry| *entry.end() == End::Stored).count();
        assert_eq!(stored, batched);
    }
});
