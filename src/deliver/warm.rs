//! What the first event need not wait for: a connection, and a first walk through the SDK.

use aws_sdk_cloudwatchlogs::config::retry::RetryConfig;
use aws_sdk_cloudwatchlogs::config::{
    Config, ConfigBag, Intercept, RuntimeComponents,
    interceptors::BeforeTransmitInterceptorContextMut,
};
use aws_sdk_cloudwatchlogs::{Client, error::BoxError};
use aws_smithy_types::body::SdkBody;
use std::time::Duration;
use tokio::time::timeout;

/// The init phase has more processor time than an invocation of a small function, but an endpoint
/// that hangs must not use it up.
const AT_MOST: Duration = Duration::from_secs(1);

/// What AWS endpoints answer without looking further: it names no operation, and is not signed.
const PATH: &str = "ping";

/// Opens a connection to CloudWatch Logs, TLS included, for the first event to use.
///
/// No operation is called. Whatever goes wrong will be met again, and told, by the first event.
pub(super) async fn warm_up(client: &Client) {
    let once = Config::builder().retry_config(RetryConfig::disabled());
    let ping = client.put_log_events().customize().interceptor(Ping).config_override(once);
    let _ = timeout(AT_MOST, ping.send()).await;
}

/// Puts another request in the place of the one that was made and signed.
#[derive(Debug)]
struct Ping;

impl Intercept for Ping {
    fn name(&self) -> &'static str {
        "Ping"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let names: Vec<_> = request.headers().iter().map(|(name, _)| name.to_owned()).collect();
        for name in names {
            request.headers_mut().remove(name);
        }
        let uri = [request.uri().trim_end_matches('/'), "/", PATH].concat();
        request.set_uri(uri)?;
        request.set_method("GET")?;
        *request.body_mut() = SdkBody::empty();
        Ok(())
    }
}
