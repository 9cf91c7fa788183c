//! Any value of any variable, named or in their order: a configuration or a list of problems, never
//! a panic; and what is accepted makes an event pattern.
#![no_main]

use ecs_event_forwarder::config::{config, var};
use ecs_event_forwarder::pattern::{DEFAULT_BYTES, pattern};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let lines = text.lines().enumerate();
    let variables = lines.filter_map(|(index, line)| {
        let (name, value) = line.split_once(':').unwrap_or(("", line));
        let named = var::ALL.iter().find(|it| it.name.strip_prefix(var::PREFIX) == Some(name));
        let variable = named.or(var::ALL.get(index % var::ALL.len()))?;
        Some((variable.name.to_owned(), value.to_owned()))
    });
    match config(variables) {
        Ok(config) => assert!(!pattern(&config.policy, DEFAULT_BYTES).text.is_empty()),
        Err(problems) => assert!(!problems.to_string().is_empty()),
    }
});
