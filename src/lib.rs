//! Filters and trims Amazon ECS events and stores them in CloudWatch Logs.
//!
//! The library is one straight line. [`decode`](decode::decode) splits a payload into arrivals.
//! [`Line::plan`](line::Line::plan) runs each arrival through the steps from `classify` to `batch` and
//! sorts what it keeps into batches. A destination answers each batch with a [`Receipt`](line::Receipt).
//! [`Line::settle`](line::Line::settle) turns the plan and the receipts into entries, each of which
//! ended in exactly one place: stored, dropped with a reason, a duplicate of a stored event, or
//! failed.
//!
//! ```
//! use ecs_event_forwarder::{config::config, decode::decode, decode::Payload};
//! use ecs_event_forwarder::line::{End, Line, Receipt};
//!
//! let event = r#"{
//!     "id": "1", "source": "aws.ecs", "detail-type": "ECS Task State Change",
//!     "time": "2026-11-01T12:00:00Z",
//!     "detail": {
//!         "clusterArn": "arn:aws:ecs:eu-west-1:123456789012:cluster/prod", "group": "service:web",
//!         "lastStatus": "RUNNING", "overrides": {"containerOverrides": []}
//!     }
//! }"#;
//! let policy = config([]).expect("the defaults are valid").policy;
//! let mut line = Line::new(policy);
//! let plan = line.plan(decode(Payload::from(event.to_owned())), 0);
//! let batch = &plan.batches()[0];
//! assert_eq!(
//!     batch.destination().log_group,
//!     "/aws/events/ecs/containerinsights/prod/performance"
//! );
//! let message = &batch.events()[0].message;
//! assert!(!message.contains("overrides"));
//! assert!(message.ends_with(r#""forwarder":{"eventType":"INFO","cluster":"prod","service":"web"}}"#));
//! let receipt = Receipt::stored(batch);
//! let entries = line.settle(plan, [receipt]);
//! assert_eq!(*entries[0].end(), End::Stored);
//! ```
//!
//! # Modules
//!
//! The modules stand on four floors. A module uses only modules before it in this list.
//!
//! 1. Words, which the steps share: [`json`], [`glob`], [`resource_name`], [`failure`], [`event`],
//!    [`log`] and [`message`].
//! 2. Steps, in the order of the line. Each knows the words, and none knows another: [`decode`],
//!    [`classify`], [`note`], [`filter`], [`trim`], [`stub`], [`redact`], [`enrich`], [`route`] and
//!    [`batch`].
//! 3. The line, which runs the steps: [`policy`], [`judge`], [`seen`], [`line`](mod@line) and
//!    [`pattern`].
//! 4. Edges, which touch the environment and the network: [`config`], [`deliver`], [`respond`],
//!    [`forward`] and [`metrics`].

// Words.
pub mod json;
pub mod glob;
pub mod resource_name;
pub mod failure;
pub mod event;
pub mod log;
pub mod message;
// Steps; each knows the words, none knows another.
pub mod decode;
pub mod classify;
pub mod note;
pub mod filter;
pub mod trim;
pub mod stub;
pub mod redact;
pub mod enrich;
pub mod route;
pub mod batch;
// The line.
pub mod policy;
pub mod judge;
pub mod seen;
pub mod line;
pub mod pattern;
// Edges.
pub mod config;
#[cfg(feature = "deliver")]
pub mod deliver;
#[cfg(feature = "deliver")]
pub mod respond;
#[cfg(feature = "deliver")]
pub mod forward;
#[cfg(feature = "lambda")]
pub mod metrics;
