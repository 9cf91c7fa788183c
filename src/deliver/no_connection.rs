//! Errors that name what failed when there was no connection, and so nothing was sent.

use super::tunnel::{self, Answer};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::result::ConnectorError;
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use rustls::CertificateError;
use std::error::Error;
use std::fmt;
use std::io;

/// The reason why there was no connection, as a sentence, and the error of the HTTP client.
#[derive(Debug)]
pub(super) struct NoConnection {
    reason: String,
    source: ConnectorError,
}

impl fmt::Display for NoConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for NoConnection {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // The source of an I/O error is not the error inside it, so a caller would not find this one.
        let tls = cause::<rustls::Error>(&self.source).map(|tls| tls as &(dyn Error + 'static));
        tls.or(Some(&self.source))
    }
}

/// Returns the reason if there was no connection; none if part of the request may have been sent.
pub fn why_unsent(error: &(dyn Error + 'static)) -> Option<String> {
    cause::<NoConnection>(error).map(ToString::to_string)
}

/// Returns an error and its causes. The error inside an I/O error counts as a cause, too.
pub(super) fn causes<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| match error.downcast_ref::<io::Error>() {
        Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => error.source(),
    })
}

/// Returns the first cause of type `T`.
pub(super) fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    causes(error).find_map(<dyn Error>::downcast_ref)
}

/// A host and the proxy on the way to it, each with its port but without user and password.
pub(super) struct Host {
    name: String,
    proxy: Option<String>,
    speaks_tls: bool,
}

impl Host {
    pub(super) fn of(uri: &str) -> Self {
        let Ok(uri) = uri.parse::<Uri>() else {
            return Self { name: "the endpoint".to_owned(), proxy: None, speaks_tls: true };
        };
        let proxy = Matcher::from_env().intercept(&uri).map(|proxy| host_and_port(proxy.uri()));
        let speaks_tls = uri.scheme_str() == Some("https");
        Self { name: host_and_port(&uri), proxy, speaks_tls }
    }

    /// The server that an error of TLS is about: the proxy until it has opened a tunnel, else the host.
    pub(super) fn owner(&self, error: &ConnectorError) -> String {
        if self.speaks_tls && !has_text(error, "tunnel error: failed to create") {
            self.name.clone()
        } else {
            self.target()
        }
    }

    /// The server that a connection is opened to: the proxy, else the host.
    fn target(&self) -> String {
        match &self.proxy {
            Some(proxy) => format!("the proxy {proxy}"),
            None => self.name.clone(),
        }
    }
}

fn host_and_port(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    uri.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Returns the error with its reason as a sentence, or unchanged if there was a connection.
///
/// The SDK does not retry an error that lasts, such as an expired certificate. `answer` is that of
/// a proxy that did not connect.
pub(super) fn named(error: ConnectorError, uri: &str, answer: Option<Answer>) -> ConnectorError {
    // A timeout does not show whether there was a connection: the answer can be late, too.
    if has_connected(&error) {
        return error;
    }
    let (kind, reason) = reason(&error, &Host::of(uri), answer);
    kind(NoConnection { reason, source: error }.into()).never_connected()
}

/// Makes an error of the kind that decides whether the SDK retries.
type Kind = fn(BoxError) -> ConnectorError;

const TRANSIENT: Kind = ConnectorError::io;
const LASTING: Kind = |error| ConnectorError::other(error, None);

/// Returns the reason why there was no connection to the host, and the kind of error that it is.
fn reason(error: &ConnectorError, host: &Host, answer: Option<Answer>) -> (Kind, String) {
    let lasting = |reason| (LASTING, reason);
    let transient = |reason| (TRANSIENT, reason);
    let target = host.target();
    let Host { name, proxy, .. } = host;
    if error.is_timeout() {
        let reason = format!(
            "connecting to {target} timed out: check routes, security groups and VPC endpoints"
        );
        return (ConnectorError::timeout, reason);
    }
    if let Some(tls) = cause::<rustls::Error>(error) {
        let owner = host.owner(error);
        return if let rustls::Error::InvalidCertificate(why) = tls {
            lasting(certificate_reason(&owner, why))
        } else {
            transient(format!("TLS with {owner} failed: {tls}"))
        };
    }
    if has_text(error, "dns error") {
        return transient(match proxy {
            Some(proxy) => format!("the name of the proxy {proxy} does not resolve"),
            None => format!("the name {name} does not resolve: check Region, endpoint and DNS"),
        });
    }
    match cause::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => {
            transient(format!("{target} refuses connections"))
        }
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            transient(format!("there is no route to {target}"))
        }
        _ if has_text(error, "proxy authorization required") => {
            lasting(format!("{target} requires a user and a password to connect to {name}"))
        }
        _ if has_text(error, "tunnel error") => {
            let kind = if answer.is_none_or(Answer::can_change) { TRANSIENT } else { LASTING };
            (kind, tunnel::reason(&target, name, answer))
        }
        _ => transient(format!("the connection to {target} failed")),
    }
}

fn has_connected(error: &ConnectorError) -> bool {
    !causes(error).any(|cause| {
        let cause = cause.downcast_ref::<hyper_util::client::legacy::Error>();
        cause.is_some_and(hyper_util::client::legacy::Error::is_connect)
    })
}

/// True if a proxy answered `CONNECT` with a status that the HTTP client does not pass on.
pub(super) fn is_refused_tunnel(error: &ConnectorError) -> bool {
    has_text(error, "tunnel error: unsuccessful")
}

/// True if a cause has this text. hyper's types for these errors are private.
fn has_text(error: &ConnectorError, text: &str) -> bool {
    causes(error).any(|cause| cause.to_string().contains(text))
}

/// Returns what is wrong with the certificate of the host `name`.
fn certificate_reason(name: &str, why: &CertificateError) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "rustls adds reasons without notice")]
    match why {
        CertificateError::UnknownIssuer => format!(
            "no trusted authority signed the certificate of {name}: \
             set AWS_CA_BUNDLE to a file with the root certificate that did"
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            format!("the certificate of {name} has expired")
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            format!("the certificate of {name} is for another name")
        }
        why => format!("the certificate of {name} is invalid: {why}"),
    }
}
