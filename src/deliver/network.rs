//! The connection to a server: authorities, proxies, and an error that names what failed.

use super::no_connection::{Host, cause, is_refused_tunnel, named};
use super::trust::Trust;
use super::tunnel;
use super::variable::given;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
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
use std::ffi::OsString;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

/// Checks the variables that name proxies. The HTTP client silently ignores a value that it cannot read.
///
/// `ALL_PROXY` is checked only without `HTTPS_PROXY`, which AWS's endpoints use: a SOCKS proxy for other
/// programs does not stop this one.
///
/// # Errors
///
/// One of them is not Unicode or not the URL of an HTTP proxy. The message leaves the value out, because
/// it can hold a password.
pub fn check_proxies(variable: impl Fn(&str) -> Option<OsString>) -> Result<(), String> {
    // If both spellings are set, the first one counts, even if it is empty.
    let first = |names: [&'static str; 2]| {
        let Some(name) = names.into_iter().find(|name| variable(name).is_some()) else {
            return Ok(None);
        };
        Ok::<_, String>(given(&variable, name)?.map(|url| (name, url)))
    };
    first(["NO_PROXY", "no_proxy"])?;
    let https = first(["HTTPS_PROXY", "https_proxy"])?;
    let http = first(["HTTP_PROXY", "http_proxy"])?;
    let all = first(["ALL_PROXY", "all_proxy"])?.filter(|_| https.is_none());
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
             remove it, or set it to an HTTP proxy, such as {EXAMPLE}"
        )),
        Some(Some(_)) | None => Err(format!("{name} is not the URL of a proxy, such as {EXAMPLE}")),
    }
}

/// Returns an HTTP client that trusts these authorities and uses the environment's proxies.
pub fn https_client(trust: Trust) -> SharedHttpClient {
    let authorities = Arc::new(Authorities { trust, other: OnceLock::new() });
    SharedHttpClient::new(Network { authorities, connectors: Mutex::default() })
}

/// The SDK's HTTP client. It makes one connector for each pair of timeouts, as the SDK's own does.
#[derive(Debug)]
struct Network {
    authorities: Arc<Authorities>,
    connectors: Mutex<Vec<(Timeouts, SharedHttpConnector)>>,
}

/// The limits for connecting and for reading.
type Timeouts = [Option<Duration>; 2];

impl HttpClient for Network {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let timeouts = [settings.connect_timeout(), settings.read_timeout()];
        // Nothing panics while it is held.
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let known = connectors.iter().find(|(known, _)| *known == timeouts);
        if let Some((_, connector)) = known {
            return connector.clone();
        }
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(Some(settings.clone()));
        builder.set_sleep_impl(components.sleep_impl());
        let connector = SharedHttpConnector::new(WithFallback(Arc::new(Pair {
            first: build(&builder, self.authorities.trust.first()),
            other: OnceLock::new(),
            authorities: Arc::clone(&self.authorities),
            builder,
        })));
        connectors.push((timeouts, connector.clone()));
        connector
    }
}

fn build(builder: &ConnectorBuilder, context: TlsContext) -> Connector {
    let builder = builder.clone().tls_provider(Provider::Rustls(CryptoMode::Ring));
    builder.tls_context(context).build()
}

/// The roots that are tried first, and the others, once they are needed.
#[derive(Debug)]
struct Authorities {
    trust: Trust,
    other: OnceLock<TlsContext>,
}

impl Authorities {
    /// Loads the other roots and logs a warning; `owner` has a certificate that none of the first signed.
    ///
    /// If no root can be read, the next call tries again.
    fn load(&self, owner: &str) {
        if self.other.get().is_some() {
            return;
        }
        let Some(roots) = self.trust.other() else { return };
        match roots {
            Ok(roots) => {
                self.other.get_or_init(|| {
                    tracing::warn!(
                        "Amazon did not sign the certificate of {owner}: the system's certificate \
                         authorities are now trusted, too; to trust others instead, set AWS_CA_BUNDLE"
                    );
                    roots
                });
            }
            Err(cause) => tracing::warn!(
                "Amazon did not sign the certificate of {owner}, and the system's certificate \
                 authorities cannot be read ({cause}); to trust others, set AWS_CA_BUNDLE"
            ),
        }
    }
}

/// A connector with a second connector for an unknown issuer.
#[derive(Debug)]
struct WithFallback(Arc<Pair>);

/// The connector with the first roots, and the one with the other roots, once it is needed.
#[derive(Debug)]
struct Pair {
    first: Connector,
    other: OnceLock<Connector>,
    authorities: Arc<Authorities>,
    builder: ConnectorBuilder,
}

impl Pair {
    /// Returns the connector with the other roots; none if these are not loaded.
    fn other(&self) -> Option<&Connector> {
        let roots = self.authorities.other.get()?;
        Some(self.other.get_or_init(|| build(&self.builder, roots.clone())))
    }
}

impl HttpConnector for WithFallback {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let pair = Arc::clone(&self.0);
        let uri = request.uri().to_owned();
        let (call, again) = if let Some(other) = pair.other() {
            (other.call(request), None)
        } else {
            let has_other = pair.authorities.trust.has_other();
            let again = has_other.then(|| copy(&request)).flatten();
            (pair.first.call(request), again)
        };
        HttpConnectorFuture::new(async move {
            let mut done = call.await;
            if let (Err(error), Some(again)) = (&done, again)
                && is_unknown_issuer(error)
            {
                pair.authorities.load(&Host::of(&uri).owner(error));
                if let Some(other) = pair.other() {
                    done = other.call(again).await;
                }
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
