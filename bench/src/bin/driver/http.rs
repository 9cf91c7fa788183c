//! The part of HTTP/1.1 that the functions use.

use std::io::{Error, ErrorKind, Read, Result};

/// A request whose body has a length.
pub(crate) struct Request {
    /// `POST /path HTTP/1.1`
    pub(crate) line: String,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// Returns the value of a header; `name` is in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

/// The requests of a connection.
pub(crate) struct Requests {
    buffer: Vec<u8>,
    filled: usize,
}

impl Requests {
    pub(crate) fn new() -> Self {
        Self { buffer: vec![0; 64 * 1024], filled: 0 }
    }

    /// Returns the next request, or none when the connection ends.
    pub(crate) fn next(&mut self, stream: &mut impl Read) -> Result<Option<Request>> {
        let end = loop {
            let filled = self.buffer.get(..self.filled).unwrap_or_default();
            if let Some(end) = filled.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            let read = stream.read(&mut self.buffer[self.filled..])?;
            if read == 0 {
                return Ok(None);
            }
            self.filled += read;
        };
        let text = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let (line, head) = text.split_once("\r\n").unwrap_or_default();
        let length = match (header(head, "content-length"), header(head, "transfer-encoding")) {
            (Some(length), _) => length.parse().map_err(|_| ErrorKind::InvalidData)?,
            (None, None) => 0,
            (None, Some(_)) => return Err(Error::other("the body has no length")),
        };
        let here = length.min(self.filled - end);
        let mut body = vec![0; length];
        body[..here].copy_from_slice(&self.buffer[end..end + here]);
        self.buffer.copy_within(end + here..self.filled, 0);
        self.filled -= end + here;
        stream.read_exact(&mut body[here..])?;
        Ok(Some(Request { line: line.to_owned(), head: head.to_owned(), body }))
    }
}

fn header<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(wanted).then_some(value.trim())
    })
}

/// Returns the text of a response with that body.
pub(crate) fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
