//! Runs functions as Lambda would, in turn, and measures them: JSON on standard output.
//!
//! `driver measure CONFIG` gives times, processor time and memory; `driver instructions CONFIG`
//! runs them under the configured tool and counts instructions.

mod case;
mod function;
mod http;
mod instructions;
mod logs;
mod measure;
mod runtime_api;

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What to run.
#[derive(Deserialize)]
struct Config {
    /// The functions, compared with each other.
    rows: Vec<Row>,
    /// The words before each command when it is measured; empty for none.
    wrapper: Vec<String>,
    /// A part of the names of the cases to run; empty for all.
    case: String,
    /// How often each is started for each case.
    rounds: usize,
    /// How long each is kept busy after its first event, in milliseconds.
    warm_ms: u64,
    /// Certificates of the loopback CloudWatch Logs, and their key.
    chain: PathBuf,
    key: PathBuf,
    /// For files that are not looked at unless something fails.
    scratch: PathBuf,
}

/// A function.
#[derive(Deserialize)]
struct Row {
    name: String,
    command: Vec<String>,
    /// Beside what Lambda sets.
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [mode, config] = arguments.as_slice() else {
        panic!("usage: driver measure|instructions CONFIG");
    };
    let config = std::fs::read_to_string(config).expect("the configuration can be read");
    let config: Config = serde_json::from_str(&config).expect("the configuration is understood");
    let logs = logs::Logs::start(&config.chain, &config.key);
    let result = match mode.as_str() {
        "measure" => measure::measure(&config, &logs),
        "instructions" => instructions::instructions(&config, &logs),
        other => panic!("{other} is not known"),
    };
    println!("{result}");
}
