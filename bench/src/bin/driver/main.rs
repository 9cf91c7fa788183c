//! Runs functions in turn as Lambda would, measures them, and prints the results as JSON.
//!
//! `driver measure CONFIG` measures times, processor time and memory. `driver instructions CONFIG`
//! counts instructions, with callgrind.

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

/// The configuration of a run.
#[derive(Deserialize)]
struct Config {
    /// The functions to compare.
    rows: Vec<Row>,
    /// The words before each command when it is measured; empty for none.
    wrapper: Vec<String>,
    /// A part of the names of the cases to run; empty for all.
    case: String,
    /// How often each function is started for each case.
    rounds: usize,
    /// How long each function is kept busy after its first event, in milliseconds.
    warm_ms: u64,
    /// The certificates of the loopback CloudWatch Logs, and their key.
    chain: PathBuf,
    key: PathBuf,
    /// The directory for logs and for callgrind's files.
    scratch: PathBuf,
}

/// A function.
#[derive(Deserialize)]
struct Row {
    name: String,
    command: Vec<String>,
    /// Variables in addition to those that Lambda sets.
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [mode, config] = arguments.as_slice() else {
        panic!("usage: driver measure|instructions CONFIG");
    };
    let config = std::fs::read_to_string(config).expect("the configuration can be read");
    let config: Config = serde_json::from_str(&config).expect("the configuration is valid");
    let logs = logs::Logs::start(&config.chain, &config.key);
    let result = match mode.as_str() {
        "measure" => measure::measure(&config, &logs),
        "instructions" => instructions::instructions(&config, &logs),
        other => panic!("there is no mode {other}"),
    };
    println!("{result}");
}
