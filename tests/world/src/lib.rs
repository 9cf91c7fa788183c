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
#![expect(
    missing_docs,
    clippy::missing_panics_doc,
    clippy::new_without_default,
    clippy::return_self_not_must_use,
    reason = "only tests use it: a failed expectation is a panic, and some names need no text"
)]

use std::path::Path;

mod answer;
#[cfg(test)]
mod client;
mod clock;
mod connection;
mod function;
mod http;
mod invoke;
mod lambda;
pub mod logs;
mod payload;
pub mod process;
mod relay;
mod server;
#[cfg(test)]
mod tests;

pub use answer::Answer;
pub use clock::{Clock, real_now_ms};
pub use function::Function;
pub use invoke::{Invoke, Invoked};
pub use logs::chaos::Chaos;
pub use logs::fault::Fault;
pub use logs::gate::Gate;
pub use logs::{Call, CloudWatchLogs, LogGroup, OnPing, Operation, Outcome, Rejected, StoredEvent};
pub use payload::{event, fixture, on_failure_record, sqs_batch};
pub use relay::{Authority, Proxy, Tls};

/// The region of everything in the world.
pub const REGION: &str = "eu-west-1";

/// The account of everything in the world.
pub const ACCOUNT: &str = "123456789012";

/// The credentials of the role; nothing may ever print the last two.
pub const ACCESS_KEY_ID: &str = "ASIAWORLDACCESSKEYID";
pub const SECRET_ACCESS_KEY: &str = "world-secret-access-key";
pub const SESSION_TOKEN: &str = "world-session-token";

/// One CloudWatch Logs, and as many functions around it as a test starts.
pub struct World {
    /// The CloudWatch Logs that all functions of this world share.
    pub logs: CloudWatchLogs,
}

impl World {
    /// A world with an empty CloudWatch Logs, on the real clock.
    pub fn new() -> Self {
        Self { logs: CloudWatchLogs::new() }
    }

    /// Starts an execution environment of the real function, with these variables besides Lambda's.
    /// A variable given here replaces one of the same name.
    pub fn function(&self, variables: &[(&str, &str)]) -> Function {
        Function::start(&self.aws_environment(), variables)
    }

    /// Starts such an environment with the system's roots in `system/certs`: see [`Function::start_in`].
    pub fn function_in(&self, system: &Path, variables: &[(&str, &str)]) -> Option<Function> {
        Function::start_in(system, &self.aws_environment(), variables)
    }

    /// The variables that lead an AWS client into this world, for a program that is not a function.
    pub fn aws_environment(&self) -> Vec<(&'static str, String)> {
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
