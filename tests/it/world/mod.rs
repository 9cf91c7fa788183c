//! The loopback world: a Lambda Runtime API and a strict CloudWatch Logs, around the real binary.
//!
//! ```ignore
//! let world = World::new();
//! let function = world.function(&[("FORWARDER_TRIM", "minimal")]);
//! let answer = function.invoke(event("task-out-of-memory.json"));
//! ```
//!
//! Servers listen on 127.0.0.1 and are written on plain sockets, because resets, half answers and
//! silence must be possible. CloudWatch Logs refuses what AWS refuses, and writes down each broken
//! limit: a world or a function that is dropped with violations that nobody read fails its test.
//!
//! In reading order: `http`, `connection` and `server` speak HTTP; `lambda`, `process` and
//! `function` are Lambda's side; `logs` is CloudWatch Logs; `relay` stands between; `payload` makes what goes in; `tests`
//! show that the world is strict.

#![expect(
    clippy::disallowed_methods,
    reason = "a world has a clock and files; it is the line that must not"
)]

mod answer;
mod client;
mod clock;
mod connection;
mod function;
mod http;
mod invoke;
mod lambda;
pub(crate) mod logs;
mod payload;
pub(crate) mod process;
mod relay;
mod server;
mod tests;

pub(crate) use answer::Answer;
pub(crate) use clock::{Clock, real_now_ms};
pub(crate) use function::Function;
pub(crate) use invoke::{Invoke, Invoked};
pub(crate) use logs::chaos::Chaos;
pub(crate) use logs::fault::Fault;
pub(crate) use logs::gate::Gate;
pub(crate) use logs::{
    Call, CloudWatchLogs, LogGroup, OnPing, Operation, Outcome, Rejected, StoredEvent,
};
pub(crate) use payload::{event, fixture, on_failure_record, sqs_batch};
pub(crate) use relay::{Authority, Proxy, Tls};

/// The region of everything in the world.
pub(crate) const REGION: &str = "eu-west-1";

/// The account of everything in the world.
pub(crate) const ACCOUNT: &str = "123456789012";

/// The credentials of the role; nothing may ever print the last two.
pub(crate) const ACCESS_KEY_ID: &str = "ASIAWORLDACCESSKEYID";
pub(crate) const SECRET_ACCESS_KEY: &str = "world-secret-access-key";
pub(crate) const SESSION_TOKEN: &str = "world-session-token";

/// One CloudWatch Logs, and as many functions around it as a test starts.
pub(crate) struct World {
    /// The CloudWatch Logs that all functions of this world share.
    pub(crate) logs: CloudWatchLogs,
}

impl World {
    /// A world with an empty CloudWatch Logs, on the real clock.
    pub(crate) fn new() -> Self {
        Self { logs: CloudWatchLogs::new() }
    }

    /// Starts an execution environment of the real function, with these variables besides Lambda's.
    /// A variable given here replaces one of the same name.
    pub(crate) fn function(&self, variables: &[(&str, &str)]) -> Function {
        Function::start(&self.aws_environment(), variables)
    }

    /// The variables that lead an AWS client into this world, for a program that is not a function.
    pub(crate) fn aws_environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_DEFAULT_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
            ("AWS_SESSION_TOKEN", SESSION_TOKEN.to_owned()),
            ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", self.logs.endpoint()),
        ]
    }
}
