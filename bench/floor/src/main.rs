//! Row *floor*: the cost of a Rust function that does nothing.

use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    Runtime::new(service_fn(answer)).run().await
}

async fn answer(_: LambdaEvent<Box<RawValue>>) -> Result<(), Error> {
    Ok(())
}
