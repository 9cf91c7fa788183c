//! Measures times, processor time and memory.

use super::case::{Case, cases};
use super::function::Function;
use super::logs::{Logs, Stored};
use super::{Config, Row};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The fewest measured payloads in a round, for payloads that take long.
const LEAST: usize = 3;
/// Payloads after the first that are not measured, while connections, caches and pools settle.
const WARM_UP: usize = 2;

/// The measurements of one row in one case.
#[derive(Default)]
struct Figures {
    ready: Vec<Duration>,
    first: Vec<Duration>,
    cold: Vec<Duration>,
    cold_processor: Vec<Duration>,
    warm: Vec<Duration>,
    /// The average for a payload, once for each round.
    processor: Vec<Duration>,
    peak_bytes: Vec<u64>,
    stored: Stored,
}

/// Measures each case: all rows in turn, for as many rounds as configured.
pub(crate) fn measure(config: &Config, logs: &Logs) -> Value {
    let mut results = Vec::new();
    for case in cases(&config.case) {
        let mut figures: Vec<_> = config.rows.iter().map(|_| Figures::default()).collect();
        for round in 0..config.rounds {
            // The order changes, so that no row always follows the same other one.
            for turn in 0..config.rows.len() {
                let at = (turn + round) % config.rows.len();
                let row = &config.rows[at];
                if round == 0 {
                    figures[at].stored = stored(config, logs, row, &case);
                }
                run(config, logs, row, &case, &mut figures[at]);
            }
        }
        eprintln!("measured: {}", case.name);
        for (row, figures) in config.rows.iter().zip(figures) {
            results.push(figures.to_json(row, &case));
        }
    }
    Value::Array(results)
}

/// Returns what one payload stores.
fn stored(config: &Config, logs: &Logs, row: &Row, case: &Case) -> Stored {
    let function = Function::start(config, row, logs, &config.wrapper);
    function.ready();
    logs.watch();
    function.invoke((case.payload)(0));
    logs.stored()
}

fn run(config: &Config, logs: &Logs, row: &Row, case: &Case, figures: &mut Figures) {
    let payload = (case.payload)(0);
    let function = Function::start(config, row, logs, &config.wrapper);
    let ready = function.ready();
    let first = function.invoke(payload);
    figures.cold_processor.push(function.processor_time());
    figures.ready.push(ready);
    figures.first.push(first);
    figures.cold.push(ready + first);
    for number in 1..=WARM_UP as u64 {
        function.invoke((case.payload)(number));
    }
    let before = function.processor_time();
    let begin = Instant::now();
    let mut count = 0;
    while begin.elapsed() < Duration::from_millis(config.warm_ms) || count < LEAST {
        count += 1;
        figures.warm.push(function.invoke((case.payload)((WARM_UP + count) as u64)));
    }
    let spent = function.processor_time() - before;
    figures.processor.push(spent / u32::try_from(count).expect("rounds are short"));
    figures.peak_bytes.push(function.peak_bytes());
}

impl Figures {
    fn to_json(mut self, row: &Row, case: &Case) -> Value {
        self.peak_bytes.sort_unstable();
        json!({
            "row": row.name,
            "case": case.name,
            "events": case.events,
            "payload_bytes": (case.payload)(0).len(),
            "starts": self.cold.len(),
            "samples": self.warm.len(),
            "ready_us": quantile_us(&mut self.ready, 0.5),
            "first_us": quantile_us(&mut self.first, 0.5),
            "cold_us": quantile_us(&mut self.cold, 0.5),
            "cold_processor_us": quantile_us(&mut self.cold_processor, 0.5),
            "p50_us": quantile_us(&mut self.warm, 0.5),
            "p99_us": quantile_us(&mut self.warm, 0.99),
            "processor_us": quantile_us(&mut self.processor, 0.5),
            "peak_bytes": self.peak_bytes[self.peak_bytes.len() / 2],
            "puts": self.stored.puts,
            "fewest_puts": self.stored.fewest,
            "stored_events": self.stored.events,
            "stored_bytes": self.stored.bytes,
        })
    }
}

fn quantile_us(times: &mut [Duration], quantile: f64) -> f64 {
    times.sort_unstable();
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
    let at = ((times.len() - 1) as f64 * quantile).round() as usize;
    times[at].as_secs_f64() * 1e6
}
