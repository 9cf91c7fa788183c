//! The destination of a replay.

use super::arguments::{Arguments, To};
use super::function::{Answer, Function};
use super::journal::Header;
use super::once::Once;
use super::parcel::{Answers, Parcel};
use crate::sign_in::{LAMBDA, LOGS, sign_in};
use crate::variables::Environment;
use aws_sdk_lambda::config::Builder;
use ecs_event_forwarder::config::var::{self, Variable};
use ecs_event_forwarder::deliver::{CloudWatchLogs, logs_client};
use ecs_event_forwarder::failure::Failure;
use ecs_event_forwarder::line::{End, Receipt};
use ecs_event_forwarder::log::{Batch, PlanNumber};
use ecs_event_forwarder::policy::Delivery;
use futures_util::future::join_all;
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::Instant;

/// The time for a batch, long enough for a throttled account to recover.
const PATIENCE: Duration = Duration::from_mins(5);

/// A destination of a replay.
pub(super) struct Target {
    service: Service,
    once: Once,
}

enum Service {
    Logs(CloudWatchLogs),
    Function(Function),
}

impl Target {
    /// Signs in. Returns the target, and the journal header that names it.
    ///
    /// # Errors
    ///
    /// There is no region, or there are no credentials; the message names which.
    pub(super) async fn open(
        arguments: &Arguments,
        environment: &Environment,
        delivery: Delivery,
    ) -> Result<(Self, Header), String> {
        let signed_in = sign_in().await?;
        let mut header = header(arguments, environment);
        header.account = Some(signed_in.account().to_owned());
        header.region = signed_in.config.region().map(ToString::to_string);
        let once = Once::default();
        let service = match (&arguments.to, &arguments.function) {
            (To::Lambda, Some(name)) => {
                header.endpoint = signed_in.endpoint(LAMBDA)?;
                let mut config = Builder::from(&signed_in.config);
                config.set_endpoint_url(header.endpoint.clone());
                Service::Function(Function::new(config, name.clone(), once.clone()))
            }
            (To::Cloudwatch | To::Lambda, _) => {
                header.endpoint = signed_in.endpoint(LOGS)?;
                let config = signed_in.logs()?.retry_classifier(once.clone());
                Service::Logs(CloudWatchLogs::new(logs_client(config), delivery).for_person())
            }
        };
        Ok((Self { service, once }, header))
    }

    /// Sends a parcel, and waits for the answers.
    pub(super) async fn send(&self, parcel: &Parcel) -> Answers {
        let _ = (self.once.take_doubt(), self.once.take_unsent());
        let answers = match (&self.service, parcel) {
            (Service::Logs(logs), Parcel::Batch(batch)) => put(logs, &self.once, batch).await,
            (Service::Function(function), Parcel::Events(plan, events)) => {
                invoke(function, *plan, events).await
            }
            // The sender makes no such parcel; without a receipt, its events count as failed.
            (Service::Logs(_), Parcel::Events(..)) | (Service::Function(_), Parcel::Batch(_)) => {
                Answers::default()
            }
        };
        Answers { is_unsent: self.once.take_unsent(), ..answers }
    }
}

/// Returns the parts of a journal's header that are known before signing in.
pub(super) fn header(arguments: &Arguments, environment: &Environment) -> Header {
    let value = |variable: &Variable| {
        let (value, _) = arguments.options.value(variable, environment);
        Some(value.to_owned()).filter(|_| arguments.to == To::Cloudwatch)
    };
    Header {
        replay: Header::VERSION,
        to: arguments.to.name().to_owned(),
        function: arguments.function.clone(),
        log_group: value(&var::LOG_GROUP),
        fallback_log_group: value(&var::FALLBACK_LOG_GROUP),
        ..Header::default()
    }
}

/// Puts a batch, at most once.
#[expect(clippy::disallowed_methods, reason = "delivery takes its deadline as an argument")]
async fn put(logs: &CloudWatchLogs, once: &Once, batch: &Batch) -> Answers {
    let delivered = logs.deliver(batch, Instant::now() + PATIENCE).await;
    let is_in_doubt = once.take_doubt();
    let may_be_stored = |failure: &Failure| match failure {
        Failure::AccessDenied { .. } | Failure::Rejected { .. } => false,
        // The last request was given up.
        Failure::DeadlineNear { .. } => true,
        Failure::Undelivered { .. }
        | Failure::UnreadablePayload { .. }
        | Failure::UnknownPayload
        | Failure::ForeignSource => is_in_doubt,
    };
    let receipt = Receipt::new(batch, delivered.failed);
    let failed: HashMap<_, _> = receipt.failed().collect();
    let stored = batch.arrivals().filter(|position| !failed.contains_key(position)).collect();
    let in_doubt = failed.iter().filter(|(_, failure)| may_be_stored(failure));
    let in_doubt = in_doubt.map(|(position, _)| *position).collect();
    Answers { receipts: vec![receipt], stored, in_doubt, ..Answers::default() }
}

/// Invokes the function with each event, at most once.
async fn invoke(function: &Function, plan: PlanNumber, events: &[(usize, String)]) -> Answers {
    let calls = events.iter().map(|(_, event)| function.invoke(event));
    let mut answers = Answers::default();
    for ((position, _), answer) in events.iter().zip(join_all(calls).await) {
        let end = match answer {
            Answer::Ended(end, bytes_out) => {
                answers.bytes_out.insert(*position, bytes_out);
                end
            }
            Answer::InDoubt(failure) => {
                answers.in_doubt.insert(*position);
                End::Failed(failure)
            }
        };
        // The function has stored before what it calls a duplicate.
        if matches!(end, End::Stored | End::Duplicate) {
            answers.stored.push(*position);
        }
        answers.receipts.push(Receipt::of_one(plan, *position, end));
    }
    answers
}
