//! The way to a server: authorities, proxies, and the name of what is in the way.

use super::trust::Trust;
use super::tunnel::{self, Answer};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::connection::CaptureSmithyConnection;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use rustls::CertificateError;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::{Arc, OnceLock};

/// Checks the variables that name proxies: the HTTP client goes without a proxy that it cannot read.
///
/// # Errors
///
/// One of them holds no URL of a proxy. The message does not show it, because it can hold a password.
pub fn check_proxies(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    // Of two spellings the first that is set counts.
    for names in
        [["HTTPS_PROXY", "https_proxy"], ["HTTP_PROXY", "http_proxy"], ["ALL_PROXY", "all_proxy"]]
    {
        let set = names.into_iter().find_map(|name| Some((name, variable(name)?)));
        if let Some((name, url)) = set
            && !url.is_empty()
            && !is_proxy(&url)
        {
            return Err(format!("{name} is no URL of a proxy, as http://proxy.example:3128 is"));
        }
    }
    Ok(())
}

fn is_proxy(url: &str) -> bool {
    const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];
    let uri = url.parse::<Uri>().ok();
    uri.is_some_and(|uri| {
        let has_host = uri.host().is_some_and(|host| !host.is_empty());
        has_host && uri.scheme_str().is_none_or(|scheme| SCHEMES.contains(&scheme))
    })
}

/// HTTP and TLS, with these authorities, and with the proxies that the environment names.
pub fn https_client(trust: Trust) -> SharedHttpClient {
    let first = client(trust.first());
    SharedHttpClient::new(Network(Arc::new(Ways { trust, first, other: OnceLock::new() })))
}

fn client(context: TlsContext) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder();
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        let builder = builder.tls_provider(Provider::Rustls(CryptoMode::Ring));
        builder.tls_context(context.clone()).proxy_config(ProxyConfig::from_env()).build()
    })
}

#[derive(Debug)]
struct Network(Arc<Ways>);

/// One client for the authorities that are tried first, and one that is made when they do not do.
#[derive(Debug)]
struct Ways {
    trust: Trust,
    first: SharedHttpClient,
    other: OnceLock<SharedHttpClient>,
}

impl Ways {
    /// The client that also trusts the other authorities, made once, with a warning.
    fn other(&self, host: &str) -> &SharedHttpClient {
        self.other.get_or_init(|| {
            tracing::warn!(
                "the certificate of {host} is not signed by Amazon: \
                 the system's authorities are trusted from now on; AWS_CA_BUNDLE can name others"
            );
            client(self.trust.other())
        })
    }
}

impl HttpClient for Network {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        if let Some(other) = self.0.other.get() {
            let way = other.http_connector(settings, components);
            return SharedHttpConnector::new(Way { connector: way, fall_back: None });
        }
        let fall_back = self.0.trust.has_other().then(|| FallBack {
            ways: Arc::clone(&self.0),
            settings: settings.clone(),
            components: components.clone(),
        });
        let connector = self.0.first.http_connector(settings, components);
        SharedHttpConnector::new(Way { connector, fall_back })
    }
}

/// What one attempt is made with.
#[derive(Debug)]
struct Way {
    connector: SharedHttpConnector,
    fall_back: Option<FallBack>,
}

/// What makes the second connector, within the same attempt.
#[derive(Clone, Debug)]
struct FallBack {
    ways: Arc<Ways>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl FallBack {
    fn connector(&self, host: &str) -> SharedHttpConnector {
        self.ways.other(host).http_connector(&self.settings, &self.components)
    }
}

impl HttpConnector for Way {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri().to_owned();
        let fall_back = self.fall_back.clone();
        let again = fall_back.as_ref().and_then(|_| copy(&request));
        let call = self.connector.call(request);
        HttpConnectorFuture::new(async move {
            let mut done = call.await;
            if let (Err(error), Some(fall_back), Some(again)) = (&done, fall_back, again)
                && is_unknown_issuer(error)
            {
                done = fall_back.connector(&Host::of(&uri).name).call(again).await;
            }
            match done {
                Ok(response) => Ok(response),
                Err(error) if has_text(&error, "tunnel error: unsuccessful") => {
                    Err(named(error, &uri, tunnel::answer(&uri).await))
                }
                Err(error) => Err(named(error, &uri, None)),
            }
        })
    }
}

/// A copy that cancels and reports its connection as the original does.
fn copy(request: &HttpRequest) -> Option<HttpRequest> {
    let mut copy = request.try_clone()?;
    // The SDK asks it for the connection of a failed attempt.
    if let Some(capture) = request.extension::<CaptureSmithyConnection>() {
        copy.add_extension(capture.clone());
    }
    Some(copy)
}

/// Why there was no connection: nothing was sent.
#[derive(Debug)]
pub(super) struct NoConnection(String);

impl fmt::Display for NoConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for NoConnection {}

/// Returns why there was no connection, and so nothing was sent; none if something may have been.
pub fn why_unsent(error: &(dyn Error + 'static)) -> Option<String> {
    cause::<NoConnection>(error).map(ToString::to_string)
}

/// An error and what caused it. What an I/O error wraps is a cause, too.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}

fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(<dyn Error>::downcast_ref)
}

fn is_unknown_issuer(error: &ConnectorError) -> bool {
    let tls = cause::<rustls::Error>(error);
    tls == Some(&rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
}

/// A host, its port, and the proxy on the way to it; never a user or a password.
struct Host {
    name: String,
    proxy: Option<String>,
}

impl Host {
    fn of(uri: &str) -> Self {
        let Ok(uri) = uri.parse::<Uri>() else {
            return Self { name: "the endpoint".to_owned(), proxy: None };
        };
        let proxy = Matcher::from_env().intercept(&uri).map(|proxy| place(proxy.uri()));
        Self { name: place(&uri), proxy }
    }

    /// What the connection is opened to.
    fn target(&self) -> String {
        match &self.proxy {
            Some(proxy) => format!("the proxy {proxy}"),
            None => self.name.clone(),
        }
    }
}

fn place(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    uri.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The same error with its cause as a sentence, if there was no connection.
///
/// What does not get better is not tried again. `answer` is that of a proxy that opened no tunnel.
fn named(error: ConnectorError, uri: &str, answer: Option<Answer>) -> ConnectorError {
    // An answer that is late is a timeout, too.
    if has_connected(&error) {
        return error;
    }
    let host = Host::of(uri);
    let target = host.target();
    let Host { name, proxy } = &host;
    if error.is_timeout() {
        let sentence = format!(
            "there was no connection to {target} in time: check routes, security groups and VPC endpoints"
        );
        return ConnectorError::timeout(NoConnection(sentence).into()).never_connected();
    }
    let for_ever =
        |sentence| ConnectorError::other(NoConnection(sentence).into(), None).never_connected();
    let perhaps = |sentence| ConnectorError::io(NoConnection(sentence).into()).never_connected();
    if let Some(tls) = cause::<rustls::Error>(&error) {
        return if let rustls::Error::InvalidCertificate(why) = tls {
            for_ever(of_certificate(name, why))
        } else {
            perhaps(format!("TLS with {name} failed: {tls}"))
        };
    }
    if has_text(&error, "dns error") {
        return perhaps(match proxy {
            Some(proxy) => format!("the name of the proxy {proxy} does not resolve"),
            None => format!("the name {name} does not resolve: check Region, endpoint and DNS"),
        });
    }
    match cause::<io::Error>(&error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => perhaps(format!("{target} refuses connections")),
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            perhaps(format!("there is no route to {target}"))
        }
        _ if has_text(&error, "proxy authorization required") => {
            for_ever(format!("{target} wants a user and a password to connect to {name}"))
        }
        _ if has_text(&error, "tunnel error") => {
            let may_help = answer.is_none_or(Answer::can_change);
            let sentence = tunnel::sentence(&target, name, answer);
            if may_help { perhaps(sentence) } else { for_ever(sentence) }
        }
        _ => perhaps(format!("there was no connection to {target}")),
    }
}

fn has_connected(error: &ConnectorError) -> bool {
    !causes(error).any(|cause| {
        let cause = cause.downcast_ref::<hyper_util::client::legacy::Error>();
        cause.is_some_and(hyper_util::client::legacy::Error::is_connect)
    })
}

/// hyper's types for this cannot be named.
fn has_text(error: &ConnectorError, text: &str) -> bool {
    causes(error).any(|cause| cause.to_string().contains(text))
}

fn of_certificate(name: &str, why: &CertificateError) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "rustls adds reasons without notice")]
    match why {
        CertificateError::UnknownIssuer => format!(
            "no trusted authority signed the certificate of {name}: \
             AWS_CA_BUNDLE can name a file with the root that did"
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("the certificate of {name} has expired")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("the certificate of {name} is for another name")
        }
        why => format!("the certificate of {name} is wrong: {why}"),
    }
}
