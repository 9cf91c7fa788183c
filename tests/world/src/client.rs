//! A plain HTTP client for the tests of the world. It can also send invalid requests.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

use super::logs::{CloudWatchLogs, Operation};

/// A connection that is kept open.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// The body as JSON, or null if it is not JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// A header's value, by its exact name.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The type and the message of an AWS error.
    pub(crate) fn error(&self) -> (String, String) {
        let json = self.json();
        let text = |key: &str| json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        (text("__type"), format!("{}{}", text("message"), text("Message")))
    }
}

/// The headers of a call as the SDK would send them.
pub(crate) const CALL_HEADERS: [(&str, &str); 4] = [
    ("Content-Type", "application/x-amz-json-1.1"),
    (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=ASIAWORLDACCESSKEYID/20261123/eu-west-1/logs/aws4_request, \
         SignedHeaders=host;x-amz-date, Signature=0",
    ),
    ("X-Amz-Date", "20261123T000000Z"),
    ("X-Amz-Security-Token", super::SESSION_TOKEN),
];

impl Client {
    /// Connects, and waits at most 20 seconds for each answer.
    pub(crate) fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        let client = Self { stream: BufReader::new(stream) };
        client.set_patience(Duration::from_secs(20));
        client
    }

    /// Sets the longest wait for an answer.
    pub(crate) fn set_patience(&self, patience: Duration) {
        self.stream.get_ref().set_read_timeout(Some(patience)).expect("a time above nothing");
    }

    /// Connects to CloudWatch Logs.
    pub(crate) fn of(logs: &CloudWatchLogs) -> Self {
        let address = logs.endpoint().replace("http://", "").parse().expect("an address");
        Self::connect(address)
    }

    /// Calls an operation of CloudWatch Logs.
    pub(crate) fn call(&mut self, operation: Operation, input: &Value) -> io::Result<Reply> {
        let target = format!("Logs_20140328.{}", operation.name());
        let headers = [&CALL_HEADERS[..], &[("X-Amz-Target", &target)]].concat();
        self.send("POST", "/", &headers, input.to_string().as_bytes())
    }

    /// Sends a request with a content length, and reads the answer.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> io::Result<Reply> {
        let length = body.len().to_string();
        let headers = [headers, &[("Content-Length", &length)]].concat();
        self.write(&[head(method, path, &headers).as_bytes(), body].concat())?;
        self.read()
    }

    /// Writes these bytes unchanged.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads one answer.
    pub(crate) fn read(&mut self) -> io::Result<Reply> {
        let status = self.line()?;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else {
                break;
            };
            headers.push((name.to_owned(), value.to_owned()));
        }
        let status = status.ok_or(ErrorKind::InvalidData)?;
        let mut reply = Reply { status, headers, body: Vec::new() };
        let length = reply.header("Content-Length").parse().map_err(|_| ErrorKind::InvalidData)?;
        reply.body = vec![0; length];
        self.stream.read_exact(&mut reply.body)?;
        Ok(reply)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let whole = line.strip_suffix("\r\n").ok_or(ErrorKind::UnexpectedEof)?;
        Ok(whole.to_owned())
    }
}

/// The head of a request, with the empty line at its end.
pub(crate) fn head(method: &str, path: &str, headers: &[(&str, &str)]) -> String {
    let fields = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
    format!("{method} {path} HTTP/1.1\r\nHost: loopback\r\n{}\r\n", fields.collect::<String>())
}
