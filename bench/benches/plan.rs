//! Measures the plan alone, from payload to batches, beside one pass of a JSON reader.

use bench::Template;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use ecs_event_forwarder::config::config;
use ecs_event_forwarder::decode::{Payload, decode};
use ecs_event_forwarder::line::Line;
use serde_json::Value;
use serde_json::value::RawValue;
use std::time::Duration;

const NOW_MS: i64 = 1_795_098_033_100;

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .sample_size(20)
        .without_plots()
        .configure_from_args();
    of_kinds(&mut criterion);
    against_size(&mut criterion);
    against_batch(&mut criterion);
}

fn line(profile: &str) -> Line {
    let variable = ("FORWARDER_TRIM".to_owned(), profile.to_owned());
    Line::new(config([variable]).expect("it is a profile").policy)
}

/// Measures each kind of event with each profile, and other ways to read the same bytes.
fn of_kinds(criterion: &mut Criterion) {
    let kinds: [(&str, Template); 4] = [
        ("deployment", bench::deployment()),
        ("task 3.6 KB", bench::task()),
        ("instance 5 KB", bench::container_instance()),
        ("task 61 KB", bench::large_task()),
    ];
    for (name, template) in kinds {
        let text = template.event(1);
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("RawValue", |bencher| {
            let pass = |text: String| serde_json::from_str::<&RawValue>(&text).is_ok();
            bencher.iter_batched(|| text.clone(), pass, few(&text));
        });
        for profile in ["full", "lean", "minimal"] {
            let line = line(profile);
            group.bench_function(profile, |bencher| {
                bencher.iter_batched(|| text.clone(), |text| done(&line, text), few(&text));
            });
        }
        group.bench_function("Value and back", |bencher| {
            let there_and_back = |text: String| {
                let value: Value = serde_json::from_str(&text).expect("it is JSON");
                value.to_string()
            };
            bencher.iter_batched(|| text.clone(), there_and_back, few(&text));
        });
        group.finish();
    }
}

/// Makes so few texts at a time that they stay in the near caches: the runtime, too, hands over a text
/// that has just been written.
fn few(text: &str) -> BatchSize {
    const BYTES: usize = 128 * 1024;
    BatchSize::NumIterations((BYTES / text.len()).max(1) as u64)
}

fn against_size(criterion: &mut Criterion) {
    let line = line("lean");
    let mut group = criterion.benchmark_group("size");
    for containers in (0..=10).map(|power| 1 << power) {
        let text = bench::task_of(containers).event(1);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(text.len()), |bencher| {
            bencher.iter_batched(|| text.clone(), |text| done(&line, text), few(&text));
        });
    }
    group.finish();
}

fn against_batch(criterion: &mut Criterion) {
    let line = line("lean");
    let mut group = criterion.benchmark_group("batch");
    let most = bench::full_sqs(1).matches("\"messageId\"").count();
    for records in [1, 3, 10, 30, 100, 300, 1_000, most] {
        let text = bench::sqs(records, 1);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(records), |bencher| {
            bencher.iter_batched(|| text.clone(), |text| done(&line, text), few(&text));
        });
    }
    group.finish();
}

/// Makes a plan and frees it. The line has not stored anything before.
fn done(line: &Line, text: String) -> usize {
    let arrivals = decode(Payload::from(text));
    line.plan(arrivals, NOW_MS).batches().len()
}
