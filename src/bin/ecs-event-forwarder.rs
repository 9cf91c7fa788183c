//! The Lambda function: wiring, no decisions.

use ecs_event_forwarder::config::{self, Config};
use ecs_event_forwarder::decode::Payload;
use ecs_event_forwarder::deliver::{
    CloudWatchLogs, Trust, from_environment, https_client, logs_client,
};
use ecs_event_forwarder::forward::Forwarder;
use ecs_event_forwarder::metrics::Ledger;
use ecs_event_forwarder::respond::{Response, respond, warn};
use jiff::Timestamp;
use lambda_runtime::{Diagnostic, LambdaEvent, Runtime, service_fn};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::Instant;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The part of an invocation's time that is reserved for the answer.
const MARGIN: Duration = Duration::from_millis(500);

/// A deadline below this is a duration: `cargo lambda watch` sends the time that is left, where Lambda
/// sends a moment since 1970.
const EARLIEST_DEADLINE_MS: u64 = 1_000_000_000_000;

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|panic| {
        // The message of a panic may quote an event, so only its location is logged.
        tracing::error!(location = panic.location().map(ToString::to_string), "panicked");
    }));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_timer(Utc)
        .with_writer(std::io::stderr);
    let levels = Targets::new()
        .with_default(LevelFilter::WARN)
        // It logs each failure a second time without the event's id, and a panic with its message.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    tracing_subscriber::registry().with(lines).with(levels).init();
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            for line in format!("cannot start: {error}").lines() {
                tracing::error!("{}", line.trim_start());
            }
            ExitCode::FAILURE
        }
    }
}

/// The time of a log line: RFC 3339 with milliseconds.
///
/// Lambda's log level filter reads `timestamp` and `level`, and takes a line without them for INFO.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
struct Utc;

impl FormatTime for Utc {
    #[expect(clippy::disallowed_methods, reason = "a log line says when it was written")]
    fn format_time(&self, line: &mut Writer<'_>) -> std::fmt::Result {
        let now = Timestamp::try_from(SystemTime::now()).unwrap_or_default();
        write!(line, "{now:.3}")
    }
}

#[expect(clippy::disallowed_methods, reason = "the environment is read here and nowhere else")]
fn start() -> Result<(), lambda_runtime::Error> {
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let Config { policy, delivery, metrics, warnings } = config::config(environment)?;
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let variable = |name: &str| std::env::var_os(name);
    let trust = Trust::from_environment(variable)?;
    let client = from_environment(variable)?.http_client(https_client(trust));
    let function_name = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap_or_default();
    let ledger = Mutex::new(Ledger::new(metrics, &function_name)?);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let logs = CloudWatchLogs::new(logs_client(client), delivery);
        // Before the function asks Lambda for an event: until then it has a whole core, however little
        // memory it has.
        logs.warm_up().await;
        let forwarder = Forwarder::new(policy, logs);
        let handler = |event: LambdaEvent<Payload>| invoke(&forwarder, &ledger, event);
        Runtime::new(service_fn(handler)).run().await
    })
}

#[expect(clippy::disallowed_methods, reason = "the line takes times as arguments")]
async fn invoke(
    forwarder: &Forwarder,
    ledger: &Mutex<Option<Ledger>>,
    event: LambdaEvent<Payload>,
) -> Result<Response, Diagnostic> {
    let LambdaEvent { payload, context } = event;
    let now = SystemTime::now();
    let left = if context.deadline < EARLIEST_DEADLINE_MS {
        Duration::from_millis(context.deadline)
    } else {
        context.deadline().duration_since(now).unwrap_or_default()
    };
    let deadline = Instant::now() + left.saturating_sub(MARGIN);
    let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let now_ms = i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX);
    let (entries, receipt) = forwarder.forward(payload, now_ms, deadline).await;
    warn(&entries);
    // The lock is not held across an await, and nothing panics while it is held.
    if let Some(ledger) = &mut *ledger.lock().unwrap_or_else(PoisonError::into_inner) {
        ledger.count(&entries, &receipt);
        if let Err(error) = ledger.write(&entries, now_ms, std::io::stdout().lock()) {
            tracing::warn!("cannot write metrics: {error}");
        }
    }
    respond(&entries).map_err(|failure| Diagnostic {
        error_type: failure.error_type().to_owned(),
        error_message: failure.to_string(),
    })
}
