//! CloudWatch Logs on loopback: accepts every put, and keeps the puts if it is asked to.

use super::http::{Request, Requests, response};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

/// The limits of a request.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html>
const REQUEST_BYTES: usize = 1_048_576;
const OVERHEAD_BYTES: usize = 26;
const REQUEST_EVENTS: usize = 10_000;
const REQUEST_SPAN_MS: i64 = 24 * 60 * 60 * 1000;

pub(crate) struct Logs {
    pub(crate) address: SocketAddr,
    /// The puts since `watch` was called; none before that.
    watched: Arc<Mutex<Option<Vec<Vec<u8>>>>>,
}

/// A summary of the puts.
#[derive(Debug, Default)]
pub(crate) struct Stored {
    pub(crate) puts: usize,
    /// The fewest puts that could have carried the same log events.
    pub(crate) fewest: usize,
    pub(crate) events: usize,
    /// The bytes of their messages.
    pub(crate) bytes: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Put {
    log_group_name: String,
    log_stream_name: String,
    log_events: Vec<LogEvent>,
}

#[derive(Deserialize)]
struct LogEvent {
    timestamp: i64,
    message: String,
}

impl Logs {
    pub(crate) fn start(chain: &Path, key: &Path) -> Self {
        let chain = CertificateDer::pem_file_iter(chain).expect("there are certificates");
        let chain: Vec<_> = chain.map(|certificate| certificate.expect("it is PEM")).collect();
        let key = PrivateKeyDer::from_pem_file(key).expect("there is a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring has what they need")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("the key fits");
        let tls = Arc::new(tls);
        let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
        let address = listener.local_addr().expect("it is bound");
        let watched = Arc::new(Mutex::new(None));
        let puts = Arc::clone(&watched);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, puts) = (Arc::clone(&tls), Arc::clone(&puts));
                // An error here only means that the function has ended.
                thread::spawn(move || serve(stream, tls, &puts).unwrap_or_default());
            }
        });
        Self { address, watched }
    }

    /// Keeps the puts from now on.
    pub(crate) fn watch(&self) {
        *self.watched.lock().expect("nobody panics with it") = Some(Vec::new());
    }

    /// Returns a summary of the puts since `watch`.
    pub(crate) fn stored(&self) -> Stored {
        let puts = self.watched.lock().expect("nobody panics with it").take().unwrap_or_default();
        let read = |body: &Vec<u8>| serde_json::from_slice(body).expect("a put is JSON");
        let puts: Vec<Put> = puts.iter().map(read).collect();
        let mut stored = Stored { puts: puts.len(), ..Stored::default() };
        let mut streams = BTreeMap::<_, Vec<_>>::new();
        for put in puts {
            stored.events += put.log_events.len();
            let events = put.log_events.into_iter();
            let sizes = events.map(|event| (event.timestamp, event.message.len()));
            streams.entry((put.log_group_name, put.log_stream_name)).or_default().extend(sizes);
        }
        for events in streams.values_mut() {
            events.sort_unstable();
            stored.bytes += events.iter().map(|(_, bytes)| bytes).sum::<usize>();
            stored.fewest += fewest(events);
        }
        stored
    }
}

/// Returns the fewest requests that can carry the events of one stream, which are in order of time.
fn fewest(events: &[(i64, usize)]) -> usize {
    let mut requests = 0;
    let (mut first_ms, mut count, mut bytes) = (0, 0, 0);
    for (timestamp_ms, message_bytes) in events {
        let event_bytes = message_bytes + OVERHEAD_BYTES;
        let has_room = requests > 0
            && count < REQUEST_EVENTS
            && bytes + event_bytes <= REQUEST_BYTES
            && timestamp_ms - first_ms < REQUEST_SPAN_MS;
        if !has_room {
            requests += 1;
            (first_ms, count, bytes) = (*timestamp_ms, 0, 0);
        }
        count += 1;
        bytes += event_bytes;
    }
    requests
}

fn serve(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    puts: &Mutex<Option<Vec<Vec<u8>>>>,
) -> Result<()> {
    stream.set_nodelay(true)?;
    let session = ServerConnection::new(tls).expect("the configuration is complete");
    let mut stream = StreamOwned::new(session, stream);
    let mut requests = Requests::new();
    while let Some(request) = requests.next(&mut stream)? {
        let answer = answer(&request);
        if let Some(puts) = puts.lock().expect("nobody panics with it").as_mut() {
            puts.push(request.body);
        }
        stream.write_all(&answer)?;
        stream.flush()?;
    }
    Ok(())
}

fn answer(request: &Request) -> Vec<u8> {
    let is_put = request.header("x-amz-target") == Some("Logs_20140328.PutLogEvents");
    let headers = "x-amzn-RequestId: 7d2f6b1c-6a0e-4d51-9f39-5d1f3f0c6b7e\r\n\
                   Content-Type: application/x-amz-json-1.1\r\n";
    let token = br#"{"nextSequenceToken":"49654796026243824240318171692305216662718669063406487010"}"#;
    if is_put {
        response("200 OK", headers, token)
    } else {
        response("400 Bad Request", headers, br#"{"__type":"UnknownOperationException"}"#)
    }
}
