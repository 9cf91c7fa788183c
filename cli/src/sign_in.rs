//! Region, credentials, endpoint and authorities, from where the AWS CLI takes them.

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, error::CredentialsError};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_runtime::env_config::property::PropertiesKey;
use aws_runtime::env_config::section::EnvConfigSections;
use aws_sdk_cloudwatchlogs::config::Builder;
use aws_types::os_shim_internal::{Env, Fs};
use ecs_event_forwarder::deliver::{
    Trust, check_endpoint, check_proxies, endpoint_flags, https_client, why_unsent,
};
use std::ffi::OsString;
use std::path::Path;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The names of a service in the settings.
#[derive(Clone, Copy)]
pub(crate) struct Service {
    variable: &'static str,
    /// In a `[services]` section, as the AWS CLI reads it.
    section: &'static str,
    /// In a `[services]` section, as the SDK for Rust reads it.
    other_section: &'static str,
}

/// CloudWatch Logs.
pub(crate) const LOGS: Service = Service {
    variable: "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    section: "cloudwatch_logs",
    other_section: "cloudwatch-logs",
};

/// Lambda.
pub(crate) const LAMBDA: Service =
    Service { variable: "AWS_ENDPOINT_URL_LAMBDA", section: "lambda", other_section: "lambda" };

/// The configuration after signing in.
pub(crate) struct SignedIn {
    pub(crate) config: SdkConfig,
    account: String,
    settings: Settings,
}

/// The settings of the environment and of the profile files.
struct Settings {
    profile: String,
    sections: EnvConfigSections,
}

/// Finds region, credentials and authorities.
///
/// # Errors
///
/// One of them is missing or wrong; a sentence names it.
pub(crate) async fn sign_in() -> Result<SignedIn, String> {
    listen(true);
    check_proxies(environment)?;
    endpoint_flags(environment)?;
    let settings = Settings::load().await?;
    let config = aws_config::defaults(BehaviorVersion::latest()).profile_name(&settings.profile);
    let config = config.http_client(https_client(settings.trust()?));
    // Each client has retries of its own, and the SDK panics at settings of the AWS CLI that it
    // does not know, such as `retry_mode = legacy`.
    let config = config.retry_config(RetryConfig::standard());
    let config = match settings.region()? {
        Some(region) => config.region(Region::new(region)),
        None => config,
    };
    let config = config.load().await;
    if config.region().is_none() {
        return Err("there is no AWS Region: set AWS_REGION, or region in the profile".to_owned());
    }
    let provider = config.credentials_provider().ok_or_else(|| settings.no_credentials(None))?;
    let credentials = provider.provide_credentials().await;
    let credentials = credentials.map_err(|error| settings.no_credentials(Some(&error)))?;
    let account = account(&credentials);
    Ok(SignedIn { config, account, settings })
}

/// Prints the warnings of delivery, such as a log group without retention, from now on. Only the first
/// call counts.
///
/// Those of the SDK are left out: they hold Rust's debug form, and what matters in them is an error
/// of the program, too.
pub(crate) fn listen(warns: bool) {
    let level = if warns { LevelFilter::WARN } else { LevelFilter::ERROR };
    let lines = tracing_subscriber::fmt().with_writer(anstream::stderr).with_target(false);
    let ours = Targets::new().with_target("ecs_event_forwarder", level);
    // It fails if there was a call before.
    let _ = lines.without_time().finish().with(ours).try_init();
}

/// Finds the Region, as every AWS program does.
///
/// # Errors
///
/// There is none, or there are no credentials; a sentence says which.
pub(crate) fn region() -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("cannot start: {error}"))?;
    let config = runtime.block_on(sign_in())?.config;
    Ok(config.region().map(ToString::to_string).unwrap_or_default())
}

impl SignedIn {
    /// Returns the account of the credentials.
    pub(crate) fn account(&self) -> &str {
        &self.account
    }

    /// Returns the configuration for a client of CloudWatch Logs.
    ///
    /// # Errors
    ///
    /// The configured endpoint is not a URL.
    pub(crate) fn logs(&self) -> Result<Builder, String> {
        let mut config = Builder::from(&self.config);
        config.set_endpoint_url(self.endpoint(LOGS)?);
        Ok(config)
    }

    /// Returns the endpoint that is configured for a service; without one, AWS's own is used.
    ///
    /// # Errors
    ///
    /// It is not a URL; a sentence names the setting.
    pub(crate) fn endpoint(&self, service: Service) -> Result<Option<String>, String> {
        let Some((name, url)) = self.settings.endpoint(service) else {
            return Ok(None);
        };
        let is_on = |flag: Option<bool>| flag.unwrap_or_default();
        let (fips, dual_stack) =
            (is_on(self.config.use_fips()), is_on(self.config.use_dual_stack()));
        check_endpoint(&name, &url, fips, dual_stack)?;
        Ok(Some(url))
    }
}

impl Settings {
    async fn load() -> Result<Self, String> {
        let profile = variable("AWS_PROFILE");
        let name = profile.clone().unwrap_or_else(|| "default".to_owned());
        let (files, environment) = (Fs::real(), Env::real());
        let selected = Some(name.clone().into());
        let places = EnvConfigFiles::default();
        let sections = aws_config::profile::load(&files, &environment, &places, selected);
        let sections = sections.await.map_err(|error| {
            format!("the AWS configuration cannot be read: {}", in_words(&error))
        })?;
        if profile.is_some() && sections.get_profile(&name).is_none() {
            return Err(format!(
                "AWS_PROFILE names the profile {name}, which neither the AWS configuration nor the \
                 credentials file has"
            ));
        }
        Ok(Self { profile: name, sections })
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.sections.get(key).filter(|value| !value.is_empty())
    }

    /// Returns the Region if an empty variable would stop the SDK's own search.
    fn region(&self) -> Result<Option<String>, String> {
        let is_empty = |name: &&str| environment(name).is_some_and(|value| value.is_empty());
        let Some(empty) = ["AWS_REGION", "AWS_DEFAULT_REGION"].iter().find(|it| is_empty(it))
        else {
            return Ok(None);
        };
        let given = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
        let region = given.or_else(|| self.value("region").map(str::to_owned));
        let named = region
            .ok_or_else(|| format!("{empty} is empty, and no other setting names the AWS Region"));
        named.map(Some)
    }

    /// Returns the trusted authorities, as the AWS CLI finds them: the environment's bundle, else the
    /// profile's, else the files that OpenSSL's variables name.
    fn trust(&self) -> Result<Trust, String> {
        if environment("AWS_CA_BUNDLE").is_none_or(|path| path.is_empty())
            && let Some(path) = self.value("ca_bundle")
        {
            return Trust::bundle("ca_bundle of the profile", Path::new(path));
        }
        Trust::from_environment(environment)
    }

    /// Returns the endpoint of a service and the setting that names it, in the AWS CLI's order:
    /// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>.
    fn endpoint(&self, service: Service) -> Option<(String, String)> {
        const ALL: &str = "AWS_ENDPOINT_URL";
        let ignores = variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        let ignores = ignores.as_deref().or_else(|| self.value("ignore_configured_endpoint_urls"));
        if ignores.is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return None;
        }
        let of_variable = |name: &str| Some((name.to_owned(), variable(name)?));
        let of_section = || {
            let section = self.value("services")?;
            [service.section, service.other_section].into_iter().find_map(|name| {
                let key = PropertiesKey::builder().section_key("services").section_name(section);
                let key = key.property_name(name).sub_property_name("endpoint_url").build().ok()?;
                let url = self.sections.other_sections().get(&key)?;
                Some((format!("endpoint_url of {name} in [services {section}]"), url.to_owned()))
            })
        };
        let of_profile = || {
            let url = self.value("endpoint_url")?;
            Some((format!("endpoint_url of the profile {}", self.profile), url.to_owned()))
        };
        of_variable(service.variable)
            .or_else(|| of_variable(ALL))
            .or_else(of_section)
            .or_else(of_profile)
    }

    fn no_credentials(&self, error: Option<&CredentialsError>) -> String {
        if let Some(cause) = error.and_then(|error| why_unsent(error)) {
            return format!("there are no AWS credentials: {cause}");
        }
        let profile = match self.profile.as_str() {
            "default" => String::new(),
            profile => format!(" --profile {profile}"),
        };
        let is_set = |key: &str| self.value(key).is_some();
        let remedy = if is_set("login_session") {
            format!("sign in again with aws login{profile}")
        } else if is_set("sso_session") || is_set("sso_start_url") {
            format!("sign in again with aws sso login{profile}")
        } else {
            "set AWS_PROFILE, or sign in as for the AWS CLI".to_owned()
        };
        // A list of every place that was searched in vain helps nobody.
        let cause = error.filter(|it| !matches!(it, CredentialsError::CredentialsNotLoaded(_)));
        let cause = cause.map(|error| format!(" ({})", in_words(error))).unwrap_or_default();
        format!("there are no AWS credentials{cause}: {remedy}")
    }
}

/// Finds the account of credentials without a request: the one that they name, else the one that
/// their access key id encodes, else that id itself.
fn account(credentials: &Credentials) -> String {
    let named = credentials.account_id().map(|account| account.as_str().to_owned());
    let id = credentials.access_key_id();
    named.or_else(|| encoded_account(id)).unwrap_or_else(|| format!("of access key {id}"))
}

/// Decodes the account in an access key id: after four characters, in base32, a bit that is set if
/// there is an account, and its 40 bits. Ids from before 2019 have none.
///
/// `aws sts get-access-key-info` answers the same:
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html>.
fn encoded_account(access_key_id: &str) -> Option<String> {
    const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const CHARACTERS: usize = 9;
    let mut characters = access_key_id.chars().skip(4);
    let mut bits = 0_u64;
    for _ in 0..CHARACTERS {
        let value = BASE32.find(characters.next()?)?;
        bits = bits << 5 | u64::try_from(value).ok()?;
    }
    let account = (bits >> 4) & ((1 << 40) - 1);
    (bits >> 44 == 1 && account < 1_000_000_000_000).then(|| format!("{account:012}"))
}

#[expect(clippy::disallowed_methods, reason = "the environment is read in the binaries")]
fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Returns a variable that is set; an empty one counts as unset.
fn variable(name: &str) -> Option<String> {
    environment(name)?.into_string().ok().filter(|value| !value.is_empty())
}

/// Describes an error of the SDK and its causes, without Rust's debug form.
pub(crate) fn in_words(error: &(dyn std::error::Error + 'static)) -> String {
    if let Some(cause) = why_unsent(error) {
        return cause;
    }
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut sentences: Vec<String> = causes.map(ToString::to_string).collect();
    // Many errors already print their cause.
    sentences.dedup_by(|cause, error| error.contains(cause.as_str()));
    sentences.join(": ")
}
