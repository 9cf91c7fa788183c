//! Prepares for the first event: opens a connection, and runs the SDK once.

use aws_sdk_cloudwatchlogs::config::retry::RetryConfig;
use aws_sdk_cloudwatchlogs::config::{
    Config, ConfigBag, Intercept, RuntimeComponents,
    interceptors::BeforeTransmitInterceptorContextMut,
};
use aws_sdk_cloudwatchlogs::{Client, error::BoxError};
use aws_smithy_runtime::client::auth::no_auth::NO_AUTH_SCHEME_ID;
use aws_smithy_types::body::SdkBody;
use std::time::Duration;
use tokio::time::timeout;

/// The longest wait for the connection.
///
/// The init phase has more processor time than an invocation of a small function, but an endpoint
/// that does not answer must not use it up.
const AT_MOST: Duration = Duration::from_secs(1);

/// The path of the request. An AWS endpoint rejects a request that names no operation at once.
const PATH: &str = "ping";

/// Opens a connection to CloudWatch Logs, TLS included, which the first event then uses.
///
/// The SDK makes a put, and [`Ping`] sends another request in its place: no operation is called. A
/// failure is ignored here, because the first event meets it again and reports it.
pub(super) async fn warm_up(client: &Client) {
    let once = Config::builder()
        .retry_config(RetryConfig::disabled())
        // Signing takes a quarter of a million instructions, and the signature would be removed.
        .allow_no_auth()
        .auth_scheme_preference([NO_AUTH_SCHEME_ID]);
    let ping = client.put_log_events().customize().interceptor(Ping).config_override(once);
    let _ = timeout(AT_MOST, ping.send()).await;
}

/// An interceptor that replaces the request by `GET /ping`, without headers and without a body.
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
