//! The client: its retries, its timeouts, and the settings that the function's environment gives.

use super::attempts::RememberCause;
use super::network::check_proxies;
use super::variable::given;
use aws_credential_types::Credentials;
use aws_sdk_cloudwatchlogs::config::retry::{
    ClassifyRetry, RetryAction, RetryConfig, RetryPartition, TokenBucket,
};
use aws_sdk_cloudwatchlogs::config::timeout::TimeoutConfig;
use aws_sdk_cloudwatchlogs::config::{
    BehaviorVersion, Builder, Config, Region, StalledStreamProtectionConfig,
};
use aws_sdk_cloudwatchlogs::operation::create_log_group::CreateLogGroupError;
use aws_sdk_cloudwatchlogs::operation::put_retention_policy::PutRetentionPolicyError;
use aws_sdk_cloudwatchlogs::{Client, error::ProvideErrorMetadata};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use http::Uri;
use std::ffi::OsString;
use std::time::Duration;

/// The limit for one attempt. The invocation's deadline limits all of them together.
const ATTEMPT: Duration = Duration::from_secs(5);
/// The limit for one connection, TLS included.
const CONNECT: Duration = Duration::from_secs(2);
/// Together with the backoff below this makes about 13 seconds of retries, in which a throttled
/// account can recover.
const ATTEMPTS: u32 = 12;
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const LONGEST_BACKOFF: Duration = Duration::from_secs(4);

/// Makes a client from a configuration that has a region, credentials and an HTTP client.
pub fn logs_client(config: Builder) -> Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .build();
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS)
        .with_initial_backoff(FIRST_BACKOFF)
        .with_max_backoff(LONGEST_BACKOFF);
    // The SDK's own quota of retries runs out under heavy throttling, and then no call in this
    // environment is retried. The number of attempts and the deadline are limits enough.
    let quota = RetryPartition::custom("logs").token_bucket(TokenBucket::unlimited()).build();
    let config = config
        .behavior_version(BehaviorVersion::latest())
        .timeout_config(timeouts)
        .retry_config(retries)
        .retry_partition(quota)
        .retry_classifier(CreationErrors)
        .interceptor(RememberCause)
        // The timeout of an attempt covers this.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    Client::from_conf(config.build())
}

/// Reads Region, credentials and endpoint from Lambda's environment.
///
/// The variables have the names that all AWS SDKs use:
/// <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html>.
///
/// # Errors
///
/// A required variable is not set, or a value is invalid.
pub fn from_environment(variable: impl Fn(&str) -> Option<OsString>) -> Result<Builder, String> {
    check_proxies(&variable)?;
    let given = |name: &str| given(&variable, name);
    let needed = |name: &str| given(name)?.ok_or_else(|| format!("{name} is not set"));
    let [fips, dual_stack] = endpoint_flags(&variable)?;
    let region = match given("AWS_REGION")? {
        Some(region) => region,
        None => given("AWS_DEFAULT_REGION")?.ok_or("AWS_REGION is not set")?,
    };
    let credentials = Credentials::new(
        needed("AWS_ACCESS_KEY_ID")?,
        needed("AWS_SECRET_ACCESS_KEY")?,
        given("AWS_SESSION_TOKEN")?,
        None,
        "environment",
    );
    let [of_service, of_all] = ["AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "AWS_ENDPOINT_URL"];
    let endpoint = match given(of_service)? {
        Some(url) => Some((of_service, url)),
        None => given(of_all)?.map(|url| (of_all, url)),
    };
    if let Some((name, url)) = &endpoint {
        check_endpoint(name, url, fips.is_some(), dual_stack.is_some())?;
    }
    let mut config =
        Config::builder().region(Region::new(region)).credentials_provider(credentials);
    config.set_endpoint_url(endpoint.map(|(_, url)| url));
    config.set_use_fips(fips);
    config.set_use_dual_stack(dual_stack);
    Ok(config)
}

/// Reads the variables that ask for FIPS and dual-stack endpoints: each is `Some(true)` or none.
///
/// # Errors
///
/// One of them is neither `true` nor `false`. The SDK would ignore it and use the usual endpoint.
pub fn endpoint_flags(
    variable: impl Fn(&str) -> Option<OsString>,
) -> Result<[Option<bool>; 2], String> {
    let flag = |name: &str| match given(&variable, name)? {
        None => Ok(None),
        Some(value) if value.eq_ignore_ascii_case("true") => Ok(Some(true)),
        Some(value) if value.eq_ignore_ascii_case("false") => Ok(None),
        Some(value) => Err(format!("{name} is {value}: set it to true or false")),
    };
    Ok([flag("AWS_USE_FIPS_ENDPOINT")?, flag("AWS_USE_DUALSTACK_ENDPOINT")?])
}

/// Checks the endpoint in `name` at start. The SDK would reject a wrong one at each call.
///
/// # Errors
///
/// It is not a URL, or a FIPS or dual-stack endpoint is asked for at the same time.
pub fn check_endpoint(
    name: &str,
    url: &str,
    is_fips: bool,
    is_dual_stack: bool,
) -> Result<(), String> {
    let uri = url.parse::<Uri>().ok();
    let is_http = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    if !uri.is_some_and(|uri| is_http(&uri) && uri.host().is_some_and(|host| !host.is_empty())) {
        return Err(format!(
            "{name} is not the URL of a server: write https://HOST or http://HOST"
        ));
    }
    for (is_on, kind) in [(is_fips, "FIPS"), (is_dual_stack, "dual-stack")] {
        if is_on {
            return Err(format!(
                "{name} cannot be combined with a {kind} endpoint: \
                 set only {name}, which can be the URL of the {kind} endpoint, or remove it"
            ));
        }
    }
    Ok(())
}

/// Decides on retries where the SDK's rules are wrong: creating a group and setting its retention.
#[derive(Debug)]
struct CreationErrors;

impl ClassifyRetry for CreationErrors {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let error = error.and_then(|error| error.as_operation_error());
        let code = error.and_then(|error| {
            let group_error = error.downcast_ref::<CreateLogGroupError>();
            let retention_error = error.downcast_ref::<PutRetentionPolicyError>();
            group_error
                .and_then(ProvideErrorMetadata::code)
                .or_else(|| retention_error.and_then(ProvideErrorMetadata::code))
        });
        match code {
            // Two callers create the same group at once, and one of them gets this error.
            Some("OperationAbortedException") => RetryAction::transient_error(),
            // Here it means that the account has too many groups. The SDK would retry it like throttling.
            Some("LimitExceededException") => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "CreationErrors"
    }
}
