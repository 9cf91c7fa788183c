//! The connection to a server: authorities, proxies, and an error that names what failed.

use super::no_connection::{Host, cause, is_refused_tunnel, named};
use super::trust::Trust;
use super::tunnel;
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
use rustls::CertificateError;
use std::sync::{Arc, OnceLock};

/// Checks the variables that name proxies. The HTTP client silently ignores a value that it cannot read.
///
/// `ALL_PROXY` is checked only without `HTTPS_PROXY`, which AWS's endpoints use: a SOCKS proxy for other
/// programs does not stop this one.
///
/// # Errors
///
/// One of them is not the URL of an HTTP proxy. The message leaves the value out, because it can hold a
/// password.
pub fn check_proxies(variable: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    // If both spellings are set, the first one counts.
    let given = |names: [&'static str; 2]| {
        let set = names.into_iter().find_map(|name| Some((name, variable(name)?)));
        set.filter(|(_, url)| !url.is_empty())
    };
    let https = given(["HTTPS_PROXY", "https_proxy"]);
    let all = given(["ALL_PROXY", "all_proxy"]).filter(|_| https.is_none());
    let http = given(["HTTP_PROXY", "http_proxy"]);
    [https, http, all].into_iter().flatten().try_for_each(|(name, url)| check_proxy(name, &url))
}

fn check_proxy(name: &str, url: &str) -> Result<(), String> {
    const EXAMPLE: &str = "http://proxy.example:3128";
    let uri = url.parse::<Uri>().ok();
    let uri = uri.filter(|uri| uri.host().is_some_and(|host| !host.is_empty()));
    match uri.as_ref().map(Uri::scheme_str) {
        Some(None | Some("http" | "https")) => Ok(()),
        Some(Some("socks4" | "socks4a" | "socks5" | "socks5h")) => Err(format!(
            "{name} is a SOCKS proxy, which is not supported: \
             remove it, or set HTTPS_PROXY to an HTTP proxy, such as {EXAMPLE}"
        )),
        Some(Some(_)) | None => Err(format!("{name} is not the URL of a proxy, such as {EXAMPLE}")),
    }
}

/// Returns an HTTP client that trusts these authorities and uses the environment's proxies.
pub fn https_client(trust: Trust) -> SharedHttpClient {
    let first = client(trust.first());
    SharedHttpClient::new(Network(Arc::new(Clients { trust, first, other: OnceLock::new() })))
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

/// The SDK's HTTP client: it chooses between the two clients for each attempt.
#[derive(Debug)]
struct Network(Arc<Clients>);

/// The client with the roots that are tried first, and the one with the other roots, once it is needed.
#[derive(Debug)]
struct Clients {
    trust: Trust,
    first: SharedHttpClient,
    other: OnceLock<SharedHttpClient>,
}

impl Clients {
    /// Returns the client with the other roots. The first call makes it and logs a warning.
    fn other(&self, host: &str) -> &SharedHttpClient {
        self.other.get_or_init(|| {
            tracing::warn!(
                "Amazon did not sign the certificate of {host}: the system's certificate \
                 authorities are now trusted, too; to trust others instead, set AWS_CA_BUNDLE"
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
            let connector = other.http_connector(settings, components);
            return SharedHttpConnector::new(WithFallback { connector, fallback: None });
        }
        let fallback = self.0.trust.has_other().then(|| Fallback {
            clients: Arc::clone(&self.0),
            settings: settings.clone(),
            components: components.clone(),
        });
        let connector = self.0.first.http_connector(settings, components);
        SharedHttpConnector::new(WithFallback { connector, fallback })
    }
}

/// A connector for one attempt, with a second connector for an unknown issuer.
#[derive(Debug)]
struct WithFallback {
    connector: SharedHttpConnector,
    fallback: Option<Fallback>,
}

/// What it takes to make the second connector within the same attempt.
#[derive(Clone, Debug)]
struct Fallback {
    clients: Arc<Clients>,
    settings: HttpConnectorSettings,
    components: RuntimeComponents,
}

impl Fallback {
    fn connector(&self, host: &str) -> SharedHttpConnector {
        self.clients.other(host).http_connector(&self.settings, &self.components)
    }
}

impl HttpConnector for WithFallback {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let uri = request.uri().to_owned();
        let fallback = self.fallback.clone();
        let again = fallback.as_ref().and_then(|_| copy(&request));
        let call = self.connector.call(request);
        HttpConnectorFuture::new(async move {
            let mut done = call.await;
            if let (Err(error), Some(fallback), Some(again)) = (&done, fallback, again)
                && is_unknown_issuer(error)
            {
                done = fallback.connector(&Host::of(&uri).name).call(again).await;
            }
            match done {
                Ok(response) => Ok(response),
                Err(error) if is_refused_tunnel(&error) => {
                    Err(named(error, &uri, tunnel::answer(&uri).await))
                }
                Err(error) => Err(named(error, &uri, None)),
            }
        })
    }
}

/// Copies a request, and lets the SDK see the copy's connection as it would see the original's.
fn copy(request: &HttpRequest) -> Option<HttpRequest> {
    let mut copy = request.try_clone()?;
    // After a failed attempt the SDK closes the connection that it finds here.
    if let Some(capture) = request.extension::<CaptureSmithyConnection>() {
        copy.add_extension(capture.clone());
    }
    Some(copy)
}

fn is_unknown_issuer(error: &ConnectorError) -> bool {
    let tls = cause::<rustls::Error>(error);
    tls == Some(&rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
}
