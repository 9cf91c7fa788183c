//! Row *limit*: the least that a signed put over TLS costs in Rust. It has no SDK: one connection, one signature
//! and a body written by hand, without retries, timeouts or a second connection.

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::value::RawValue;
use std::env::var;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::ring};

struct Logs {
    endpoint: Uri,
    region: String,
    identity: Identity,
    connection: Mutex<SendRequest<Full<Bytes>>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let logs = Logs::connect().await?;
    Runtime::new(service_fn(|event| logs.put(event))).run().await
}

impl Logs {
    async fn connect() -> Result<Self, Error> {
        let endpoint: Uri = var("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS")?.parse()?;
        let host = endpoint.host().ok_or("the endpoint names no host")?.to_owned();
        let mut roots = RootCertStore::empty();
        for root in CertificateDer::pem_file_iter(var("AWS_CA_BUNDLE")?)? {
            roots.add(root?)?;
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect((&*host, endpoint.port_u16().unwrap_or(443))).await?;
        stream.set_nodelay(true)?;
        let name = ServerName::try_from(host)?;
        let stream = TlsConnector::from(Arc::new(tls)).connect(name, stream).await?;
        let (connection, driver) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(driver);
        let credentials = Credentials::new(
            var("AWS_ACCESS_KEY_ID")?,
            var("AWS_SECRET_ACCESS_KEY")?,
            var("AWS_SESSION_TOKEN").ok(),
            None,
            "environment",
        );
        Ok(Self {
            endpoint,
            region: var("AWS_REGION")?,
            identity: credentials.into(),
            connection: Mutex::new(connection),
        })
    }

    async fn put(&self, event: LambdaEvent<Box<RawValue>>) -> Result<(), Error> {
        let now = SystemTime::now();
        let body = body(event.payload.get(), now.duration_since(UNIX_EPOCH)?.as_millis())?;
        let mut request = Request::post(self.endpoint.path())
            .header("host", self.endpoint.authority().ok_or("the endpoint names no host")?.as_str())
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "Logs_20140328.PutLogEvents")
            .body(Full::new(Bytes::from(body.clone())))?;
        let parameters = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(&self.region)
            .name("logs")
            .time(now)
            .settings(SigningSettings::default())
            .build()?
            .into();
        let uri = self.endpoint.to_string();
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
        let signable = SignableRequest::new("POST", uri, headers, SignableBody::Bytes(&body))?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        let mut connection = self.connection.lock().await;
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        let status = response.status();
        response.into_body().collect().await?;
        if status.is_success() { Ok(()) } else { Err(format!("the answer was {status}").into()) }
    }
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
fn body(payload: &str, now_ms: u128) -> Result<Vec<u8>, Error> {
    let mut body = Vec::with_capacity(payload.len() + payload.len() / 4 + 256);
    body.extend_from_slice(
        br#"{"logGroupName":"/aws/events/ecs/containerinsights/prod/performance","logStreamName":"task","logEvents":[{"timestamp":"#,
    );
    body.extend_from_slice(now_ms.to_string().as_bytes());
    body.extend_from_slice(br#","message":"#);
    serde_json::to_writer(&mut body, payload)?;
    body.extend_from_slice(b"}]}");
    Ok(body)
}
