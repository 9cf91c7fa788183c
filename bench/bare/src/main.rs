//! Row *bare*: the cost of the AWS SDK. The payload is passed on unread, in one `PutLogEvents`.

use aws_credential_types::Credentials;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::retry::RetryConfig;
use aws_sdk_cloudwatchlogs::config::timeout::TimeoutConfig;
use aws_sdk_cloudwatchlogs::config::{
    BehaviorVersion, Config, Region, StalledStreamProtectionConfig,
};
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use std::env::var;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let logs = client()?;
    Runtime::new(service_fn(|event| put(&logs, event))).run().await
}

async fn put(logs: &Client, event: LambdaEvent<Box<RawValue>>) -> Result<(), Error> {
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis();
    let log_event = InputLogEvent::builder()
        .timestamp(i64::try_from(now_ms)?)
        .message(Box::<str>::from(event.payload))
        .build()?;
    logs.put_log_events()
        .log_group_name("/aws/events/ecs/containerinsights/prod/performance")
        .log_stream_name("task")
        .log_events(log_event)
        .send()
        .await?;
    Ok(())
}

/// Makes a client with the product's settings, without its error handling.
fn client() -> Result<Client, Error> {
    let credentials = Credentials::new(
        var("AWS_ACCESS_KEY_ID")?,
        var("AWS_SECRET_ACCESS_KEY")?,
        var("AWS_SESSION_TOKEN").ok(),
        None,
        "environment",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .build();
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(var("AWS_REGION")?))
        .credentials_provider(credentials)
        .endpoint_url(var("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS")?)
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(RetryConfig::standard().with_max_attempts(12))
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    Ok(Client::from_conf(config.build()))
}
