//! A connection, down to the socket: answers, half answers, resets and silence.

use std::cell::Cell;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use super::http::{Request, Response, invalid};

/// More than any request that a client of this world should send.
const BODY_BYTES: usize = 64 << 20;
const HEAD_BYTES: usize = 64 << 10;

/// The server's reaction to a request.
#[derive(Debug)]
pub(crate) enum Reply {
    /// Answers.
    Send(Response),
    /// Answers, and closes the connection without announcing it.
    SendLast(Response),
    /// Sends the first half of an answer, and closes the connection.
    SendHalf(Response),
    /// Resets the connection.
    Reset,
    /// Never answers, until the client leaves or the server stops.
    Silence,
}

/// One client's connection.
///
/// The last byte of a request's body stays in the socket until the server answers: Linux resets
/// a connection that is closed with unread bytes, and std has no other way to reset one.
pub(crate) struct Connection {
    stream: Arc<TcpStream>,
    holds_back: Cell<bool>,
}

impl Connection {
    pub(crate) fn new(stream: Arc<TcpStream>) -> Self {
        Self { stream, holds_back: Cell::new(false) }
    }

    /// The address of the client.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.stream.peer_addr().ok()
    }

    /// Reads the next request, or none if the client has left.
    pub(crate) fn read_request(&self) -> io::Result<Option<Request>> {
        let Some(head) = self.read_head()? else {
            return Ok(None);
        };
        let mut request = Request::parse(&head)?;
        let is_chunked = request
            .header("transfer-encoding")
            .is_some_and(|encoding| encoding.eq_ignore_ascii_case("chunked"));
        request.body = if is_chunked {
            self.read_chunks()?
        } else {
            let length = request.header("content-length").unwrap_or("0");
            self.read_body(length.parse().map_err(|_| invalid("a content length"))?)?
        };
        Ok(Some(request))
    }

    /// Does what the handler decided. Returns true if the connection can carry another request.
    pub(crate) fn reply(&self, reply: Reply) -> bool {
        match reply {
            Reply::Send(response) => self.write(&response.head(), &response.body).is_ok(),
            Reply::SendLast(response) => {
                let _ = self.write(&response.head(), &response.body);
                false
            }
            Reply::SendHalf(response) => {
                let head = response.head();
                let (head_bytes, body_bytes) = match response.body.len() {
                    0 => (head.len() / 2, 0),
                    length => (head.len(), length / 2),
                };
                let half_head = head.get(..head_bytes).unwrap_or_default();
                let half_body = response.body.get(..body_bytes).unwrap_or_default();
                let _ = self.write(half_head, half_body);
                false
            }
            Reply::Reset => false,
            Reply::Silence => {
                self.stays_for(None);
                false
            }
        }
    }

    /// Waits. Returns true if the client is still connected at the end.
    pub(crate) fn stays_for(&self, duration: Option<Duration>) -> bool {
        if self.release().is_err() || self.stream.set_read_timeout(duration).is_err() {
            return false;
        }
        let stayed = match self.stream.peek(&mut [0]) {
            Ok(bytes) => bytes > 0,
            Err(error) => matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        };
        stayed && self.stream.set_read_timeout(None).is_ok()
    }

    /// True if the client has closed the connection.
    pub(crate) fn is_gone(&self) -> bool {
        if self.release().is_err() || self.stream.set_nonblocking(true).is_err() {
            return true;
        }
        let is_gone = match self.stream.peek(&mut [0]) {
            Ok(bytes) => bytes == 0,
            Err(error) => error.kind() != ErrorKind::WouldBlock,
        };
        is_gone || self.stream.set_nonblocking(false).is_err()
    }

    fn write(&self, head: &str, body: &[u8]) -> io::Result<()> {
        self.release()?;
        let mut stream = &*self.stream;
        stream.write_all(&[head.as_bytes(), body].concat())
    }

    /// Reads the byte that was held back.
    fn release(&self) -> io::Result<()> {
        if self.holds_back.replace(false) {
            self.read_exact(&mut [0])?;
        }
        Ok(())
    }

    /// Reads the head of a request up to its empty line, and no further.
    fn read_head(&self) -> io::Result<Option<String>> {
        let mut head: Vec<u8> = Vec::new();
        let mut seen = [0; 8192];
        loop {
            let count = self.stream.peek(&mut seen)?;
            if count == 0 {
                return if head.is_empty() {
                    Ok(None)
                } else {
                    Err(ErrorKind::UnexpectedEof.into())
                };
            }
            let before = head.len();
            head.extend(seen.iter().take(count));
            let end = head.windows(4).position(|bytes| bytes == b"\r\n\r\n").map(|at| at + 4);
            head.truncate(end.unwrap_or(head.len()));
            self.discard(head.len() - before)?;
            if end.is_some() {
                return String::from_utf8(head).map(Some).map_err(|_| invalid("a head in UTF-8"));
            }
            if head.len() > HEAD_BYTES {
                return Err(invalid("a head that ends"));
            }
        }
    }

    fn read_body(&self, length: usize) -> io::Result<Vec<u8>> {
        if length > BODY_BYTES {
            return Err(invalid("a body of this size"));
        }
        let mut body = vec![0; length];
        if let Some((last, rest)) = body.split_last_mut() {
            self.read_exact(rest)?;
            *last = self.hold_back()?;
        }
        Ok(body)
    }

    fn read_chunks(&self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.read_to_cr()?;
            self.discard(1)?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| invalid("a chunk's size"))?;
            if size == 0 {
                break;
            }
            if body.len() + size > BODY_BYTES {
                return Err(invalid("a body of this size"));
            }
            let start = body.len();
            body.resize(start + size, 0);
            self.read_exact(body.get_mut(start..).unwrap_or_default())?;
            self.discard(2)?;
        }
        while !self.read_to_cr()?.is_empty() {
            self.discard(1)?;
        }
        self.hold_back()?;
        Ok(body)
    }

    /// Reads a line and its carriage return. The line feed stays in the socket.
    fn read_to_cr(&self) -> io::Result<String> {
        let mut line = String::new();
        let mut byte = [0];
        loop {
            self.read_exact(&mut byte)?;
            match byte {
                [b'\r'] => return Ok(line),
                [other] => line.push(char::from(other)),
            }
            if line.len() > HEAD_BYTES {
                return Err(invalid("a line that ends"));
            }
        }
    }

    /// Returns the last byte of a request and leaves it in the socket.
    fn hold_back(&self) -> io::Result<u8> {
        let mut last = [0];
        if self.stream.peek(&mut last)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.holds_back.set(true);
        let [last] = last;
        Ok(last)
    }

    fn discard(&self, count: usize) -> io::Result<()> {
        self.read_exact(&mut vec![0; count])
    }

    fn read_exact(&self, buffer: &mut [u8]) -> io::Result<()> {
        let mut stream = &*self.stream;
        stream.read_exact(buffer)
    }
}

/// Ends a connection from another thread.
pub(crate) fn hang_up(stream: &TcpStream) {
    let _ = stream.shutdown(Shutdown::Both);
}
