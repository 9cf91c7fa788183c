//! Lambda's Runtime API for one function.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use super::http::{Requests, response};
use std::io::{Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long an invocation may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// An action of the function.
pub(crate) enum Word {
    /// It asked for an invocation for the first time.
    Ready(Instant),
    /// It answered, this long after it received the invocation.
    Answered(Duration),
    /// It reported an error.
    Failed(String),
}

/// The driver's handle on the server; dropping it ends the server.
pub(crate) struct RuntimeApi {
    pub(crate) address: SocketAddr,
    pub(crate) payloads: Sender<String>,
    pub(crate) words: Receiver<Word>,
    ended: Arc<AtomicBool>,
}

struct Shared {
    payloads: Mutex<Receiver<String>>,
    words: Sender<Word>,
    is_ready: AtomicBool,
    given_at: Mutex<Option<Instant>>,
}

impl RuntimeApi {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there are ports");
        let address = listener.local_addr().expect("it is bound");
        let (payloads, offered) = channel();
        let (sender, words) = channel();
        let shared = Arc::new(Shared {
            payloads: Mutex::new(offered),
            words: sender,
            is_ready: AtomicBool::new(false),
            given_at: Mutex::new(None),
        });
        let ended = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&ended);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&shared);
                // An error here only means that the function has ended.
                thread::spawn(move || shared.serve(stream).unwrap_or_default());
            }
        });
        Self { address, payloads, words, ended }
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        // Wakes the listener.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> Result<()> {
        stream.set_nodelay(true)?;
        let mut requests = Requests::new();
        while let Some(request) = requests.next(&mut stream)? {
            let now = Instant::now();
            if request.line.starts_with("GET ") {
                if !self.is_ready.swap(true, Ordering::Relaxed) {
                    let _ = self.words.send(Word::Ready(now));
                }
                let next = self.payloads.lock().expect("nobody panics with it").recv();
                // The driver is done with this function.
                let Ok(payload) = next else { return Ok(()) };
                let invocation = invocation(payload.as_bytes());
                *self.given_at.lock().expect("nobody panics with it") = Some(Instant::now());
                stream.write_all(&invocation)?;
                continue;
            }
            stream.write_all(&response("202 Accepted", "", b"{}"))?;
            let given_at = self.given_at.lock().expect("nobody panics with it").take();
            let word = match given_at {
                Some(given_at) if request.line.contains("/response ") => {
                    Word::Answered(now - given_at)
                }
                _ => Word::Failed(String::from_utf8_lossy(&request.body).into_owned()),
            };
            let _ = self.words.send(word);
        }
        Ok(())
    }
}

fn invocation(payload: &[u8]) -> Vec<u8> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    let deadline_ms = (now + TIMEOUT).as_millis();
    let headers = format!(
        "Content-Type: application/json\r\n\
         Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
         Lambda-Runtime-Deadline-Ms: {deadline_ms}\r\n\
         Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:bench\r\n\
         Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n"
    );
    response("200 OK", &headers, payload)
}
