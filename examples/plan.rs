//! Prints what the line would store of the events in a file, with the default policy:
//!
//! ```sh
//! cargo run --example plan -- events/task-out-of-memory.json
//! ```

use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::{Line, Receipt};

#[expect(clippy::disallowed_methods, reason = "the example reads a file, as the command line does")]
#[expect(clippy::print_stdout, reason = "the example prints its result")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("name a file that holds one event or SQS batch")?;
    let payload = Payload::from(std::fs::read_to_string(path)?);

    // Plan: decide about every arrival.
    let mut line = Line::new(config([])?.policy);
    let plan = line.plan(decode(payload), 0);

    // Deliver: a real destination answers with the events that it did not store.
    let mut receipts = Vec::new();
    for batch in plan.batches() {
        println!("{} {}", batch.destination().log_group, batch.destination().log_stream);
        for event in batch.events() {
            println!("  {}", event.message);
        }
        receipts.push(Receipt::stored(batch));
    }

    // Settle: each arrival has ended in exactly one place.
    for entry in line.settle(plan, receipts) {
        println!(
            "{:?}, {} bytes in, {} bytes out",
            entry.end(),
            entry.bytes_in(),
            entry.bytes_out()
        );
    }
    Ok(())
}
