//! The answer of a proxy that opened no tunnel: the HTTP client does not pass its status on.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What a proxy answers to `CONNECT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// An HTTP status.
    Status(u16),
    /// Something that is not HTTP.
    NotHttp,
}

impl Answer {
    /// True if the next attempt can have another answer: the proxy is busy or cannot reach the
    /// target at the moment.
    pub(super) fn can_change(self) -> bool {
        matches!(self, Self::Status(200..=299 | 408 | 425 | 429 | 500..=599))
    }
}

/// An attempt waits no longer for the answer than this.
const PATIENCE: Duration = Duration::from_secs(1);

/// Asks the proxy on the way to `uri` once more, and returns its answer.
///
/// None if there is no proxy, it hangs up or is late, or it wants TLS itself: such an attempt is
/// retried.
pub(super) async fn answer(uri: &str) -> Option<Answer> {
    timeout(PATIENCE, ask(&uri.parse().ok()?)).await.ok()?
}

/// Returns the reason as a sentence: `proxy` did not connect to `name`.
pub(super) fn reason(proxy: &str, name: &str, answer: Option<Answer>) -> String {
    match answer {
        None | Some(Answer::Status(200..=299)) => format!("{proxy} does not connect to {name}"),
        Some(Answer::Status(status)) => {
            format!("{proxy} does not connect to {name} (HTTP status {status})")
        }
        Some(Answer::NotHttp) => {
            format!("{proxy} does not answer like a proxy: check its port")
        }
    }
}

async fn ask(target: &Uri) -> Option<Answer> {
    let proxy = Matcher::from_env().intercept(target)?;
    if proxy.uri().scheme_str() != Some("http") {
        return None;
    }
    let target = format!("{}:{}", target.host()?, target.port_u16().unwrap_or(443));
    let mut request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n").into_bytes();
    if let Some(password) = proxy.basic_auth() {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(password.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    let address = format!("{}:{}", proxy.uri().host()?, proxy.uri().port_u16().unwrap_or(80));
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(&request).await.ok()?;
    // What is not HTTP, such as the alert of a TLS server, can be shorter.
    let mut line = Vec::new();
    stream.take("HTTP/1.1 200".len() as u64).read_to_end(&mut line).await.ok()?;
    if line.is_empty() {
        return None;
    }
    Some(status(&line).map_or(Answer::NotHttp, Answer::Status))
}

/// The status in the beginning of an answer.
fn status(line: &[u8]) -> Option<u16> {
    let (version, status) = str::from_utf8(line).ok()?.split_once(' ')?;
    version.strip_prefix("HTTP/1.")?;
    status.parse().ok()
}
