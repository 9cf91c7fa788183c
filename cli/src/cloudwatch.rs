//! CloudWatch Logs as destination, with the credentials of whoever runs the program.

use aws_config::profile;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::ProvideCredentials;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_sdk_cloudwatchlogs::config::Builder;
use aws_types::os_shim_internal::{Env, Fs};
use ecs_event_forwarder::deliver::{
    CloudWatchLogs, Trust, check_endpoint, https_client, logs_client,
};
use ecs_event_forwarder::line::Receipt;
use ecs_event_forwarder::log::Batch;
use ecs_event_forwarder::policy::Delivery;
use futures_util::{StreamExt, stream};
use std::path::Path;
use std::time::Duration;
use tokio::runtime::{self, Runtime};
use tokio::time::Instant;
use tracing_subscriber::filter::LevelFilter;

/// For some batches together: no invocation ends here, and a throttled account comes to rest.
const PATIENCE: Duration = Duration::from_mins(5);
const CONCURRENT_REQUESTS: usize = 8;

/// CloudWatch Logs, signed in.
pub(crate) struct CloudWatch {
    runtime: Runtime,
    logs: CloudWatchLogs,
}

impl CloudWatch {
    /// Signs in.
    ///
    /// # Errors
    ///
    /// There is no region, or there are no credentials; a sentence says which.
    pub(crate) fn open(delivery: Delivery, warns: bool) -> Result<Self, String> {
        listen(warns);
        let runtime = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
        let config = runtime.block_on(sign_in())?;
        let logs = CloudWatchLogs::new(logs_client(Builder::from(&config)), delivery);
        Ok(Self { runtime, logs })
    }

    /// Stores batches, and returns a receipt for each.
    #[expect(clippy::disallowed_methods, reason = "delivery takes its deadline as an argument")]
    pub(crate) fn store(&self, batches: &[Batch]) -> Vec<Receipt> {
        self.runtime.block_on(async {
            let deadline = Instant::now() + PATIENCE;
            let receipts = stream::iter(batches)
                .map(|batch| async move {
                    let delivered = self.logs.deliver(batch, deadline).await;
                    Receipt::new(batch, delivered.failed)
                })
                .buffer_unordered(CONCURRENT_REQUESTS);
            receipts.collect().await
        })
    }
}

/// Shows what delivery warns of: a log group that has no retention is worth a line.
pub(crate) fn listen(warns: bool) {
    tracing_subscriber::fmt()
        .with_writer(anstream::stderr)
        .with_max_level(if warns { LevelFilter::WARN } else { LevelFilter::ERROR })
        .with_target(false)
        .without_time()
        .init();
}

/// Whom to trust, as the AWS CLI finds it: the environment's bundle, else the profile's, else what
/// OpenSSL's variables name.
#[expect(clippy::disallowed_methods, reason = "the environment is read in the binaries")]
async fn trust() -> Result<Trust, String> {
    let variable = |name: &str| std::env::var(name).ok();
    if variable("AWS_CA_BUNDLE").is_none_or(|path| path.is_empty()) {
        let (files, environment) = (Fs::real(), Env::real());
        // A file that cannot be read is reported by what signs in.
        let profiles = profile::load(&files, &environment, &EnvConfigFiles::default(), None).await;
        if let Some(path) = profiles.ok().as_ref().and_then(|it| it.get("ca_bundle")) {
            return Trust::bundle("ca_bundle of the profile", Path::new(path));
        }
    }
    Trust::from_environment(variable)
}

/// Finds region, credentials and endpoint where every AWS program does.
pub(crate) async fn sign_in() -> Result<SdkConfig, String> {
    let trust = trust().await?;
    let config = aws_config::defaults(BehaviorVersion::latest());
    let config = config.http_client(https_client(trust)).load().await;
    if config.region().is_none() {
        return Err("there is no AWS region: set AWS_REGION, or region in the profile".to_owned());
    }
    if let Some(url) = config.endpoint_url() {
        let is_on = |flag: Option<bool>| flag.unwrap_or_default();
        let (fips, dual_stack) = (is_on(config.use_fips()), is_on(config.use_dual_stack()));
        check_endpoint("the endpoint URL", url, fips, dual_stack)?;
    }
    let how = "set AWS_PROFILE, or sign in as for the AWS CLI";
    let provider = config.credentials_provider().ok_or_else(|| how.to_owned())?;
    let credentials = provider.provide_credentials().await;
    credentials.map_err(|error| format!("there are no AWS credentials ({error}): {how}"))?;
    Ok(config)
}

/// The region that every AWS program finds.
///
/// # Errors
///
/// There is none, or there are no credentials; a sentence says which.
pub(crate) fn region() -> Result<String, String> {
    let runtime = runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    let config = runtime.block_on(sign_in())?;
    Ok(config.region().map(ToString::to_string).unwrap_or_default())
}

/// An error of the SDK and its causes, without Rust's debug form.
pub(crate) fn in_words(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut sentences: Vec<String> = causes.map(ToString::to_string).collect();
    // Many errors print their cause, too.
    sentences.dedup_by(|cause, error| error.contains(cause.as_str()));
    sentences.join(": ")
}
