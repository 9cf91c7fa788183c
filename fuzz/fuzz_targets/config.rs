//! Any value of any variable: a configuration or a list of problems, never a panic; and what is
//! accepted makes an event pattern.
#![no_main]

use ecs_event_forwarder::config::{config, var};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, pattern};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = text.lines().enumerate();
    let variables = lines.filter_map(|(index, line)| {
        let (number, value) = line.split_once(':').unwrap_or(("", line));
        let number = number.parse().unwrap_or(index) % var::ALL.len();
        Some((var::ALL.get(number)?.name.to_owned(), value.to_owned()))
    });
    match config(variables) {
        Ok(config) => assert!(!pattern(&config.policy, DEFAULT_BYTES).text.is_empty()),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
});
