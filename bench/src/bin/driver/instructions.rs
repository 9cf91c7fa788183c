//! Counts instructions in user mode, which barely depend on what else the machine does.

use super::Config;
use super::case::{Case, cases};
use super::function::Function;
use super::logs::Logs;
use super::Row;
use serde_json::{Value, json};
use std::fs::read_to_string;

/// The payloads after the first one; the result is their average.
const WARM: u64 = 20;

/// How often each is counted; the lowest count is used. On a busy machine callgrind makes a function so
/// slow that it sometimes gives up a connection and opens another.
const COUNTS: usize = 3;

pub(crate) fn instructions(config: &Config, logs: &Logs) -> Value {
    let mut results = Vec::new();
    for case in &cases(&config.case) {
        for row in &config.rows {
            let least = |payloads| {
                let counts = (0..COUNTS).map(|_| count(config, logs, row, case, payloads));
                counts.min().expect("it is counted more than once")
            };
            let cold = least(1);
            let all = least(1 + WARM);
            let warm = all.saturating_sub(cold) / WARM;
            results.push(json!({ "row": row.name, "case": case.name, "cold": cold, "warm": warm }));
        }
        eprintln!("counted: {}", case.name);
    }
    Value::Array(results)
}

/// Counts from the start until the function has answered so many payloads.
fn count(config: &Config, logs: &Logs, row: &Row, case: &Case, payloads: u64) -> u64 {
    // The file is kept, for callgrind_annotate.
    let name = format!("{}, {}, {payloads}.callgrind", row.name, case.name);
    let file = config.scratch.join(name);
    let out = format!("--callgrind-out-file={}", file.display());
    let tool = ["valgrind".to_owned(), "--tool=callgrind".to_owned(), out];
    let mut function = Function::start(config, row, logs, &tool);
    function.ready();
    for number in 0..payloads {
        function.invoke((case.payload)(number));
    }
    function.end();
    let text = read_to_string(&file).expect("callgrind writes when it is asked to end");
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    total.and_then(|total| total.parse().ok()).expect("callgrind prints the total")
}
