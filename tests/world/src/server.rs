//! A server with a thread for each connection. Dropping it ends all of them.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread::{self, JoinHandle};

use super::connection::{Connection, Reply, hang_up};
use super::http::Request;

/// The handler of requests.
pub(crate) type Handler = dyn Fn(&Request, &Connection) -> Reply + Send + Sync;

/// An HTTP server on a free port of 127.0.0.1.
pub(crate) struct Server {
    address: SocketAddr,
    is_stopping: Arc<AtomicBool>,
    acceptor: Option<JoinHandle<Vec<Visit>>>,
}

/// A connection, and the thread that serves it.
struct Visit {
    /// Weak, because the connection closes when its thread lets go of it.
    stream: Weak<TcpStream>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Listens, and hands every request to `handler`, each connection on a thread of its own.
    pub(crate) fn start(handler: Arc<Handler>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on the loopback");
        let address = listener.local_addr().expect("a bound socket has an address");
        let is_stopping = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&is_stopping);
        let acceptor = thread::spawn(move || accept(&listener, &stop, &handler));
        Self { address, is_stopping, acceptor: Some(acceptor) }
    }

    /// Its address.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts connections.
        let _ = TcpStream::connect(self.address);
        let visits = self.acceptor.take().and_then(|acceptor| acceptor.join().ok());
        for visit in visits.into_iter().flatten() {
            if let Some(stream) = visit.stream.upgrade() {
                hang_up(&stream);
            }
            let _ = visit.thread.join();
        }
    }
}

fn accept(listener: &TcpListener, stop: &AtomicBool, handler: &Arc<Handler>) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    for stream in listener.incoming() {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let Ok(stream) = stream else { continue };
        let _ = stream.set_nodelay(true);
        let stream = Arc::new(stream);
        let weak = Arc::downgrade(&stream);
        let handler = Arc::clone(handler);
        let thread = thread::spawn(move || serve(stream, &*handler));
        visits.push(Visit { stream: weak, thread });
        // A thread that has ended keeps its stack until it is joined; a retain drops, and detaches.
        visits.retain(|visit| !visit.thread.is_finished());
    }
    visits
}

fn serve(stream: Arc<TcpStream>, handler: &Handler) {
    let connection = Connection::new(stream);
    while let Ok(Some(request)) = connection.read_request() {
        let reply = handler(&request, &connection);
        let closes =
            request.header("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"));
        if !connection.reply(reply) || closes {
            return;
        }
    }
}
