//! Relays between a client and a server: TLS with a test's own authority, and a proxy.

use std::net::{SocketAddr, TcpListener as Listener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tokio::task::{LocalSet, spawn_local};
use tokio_rustls::TlsAcceptor;

/// The longest wait for a handshake to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// An authority that signs certificates of servers.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// A new authority with this name.
    pub fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::new([]).expect("no names are no problem");
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(parameters, key).expect("a certificate"))
    }

    /// Its own certificate.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for a host that is valid now.
    pub fn certify(&self, host: &str) -> Arc<ServerConfig> {
        self.sign(&CertificateParams::new([host.to_owned()]).expect("a name"))
    }

    /// A certificate for a host that was valid long ago.
    pub fn certify_in_the_past(&self, host: &str) -> Arc<ServerConfig> {
        let mut parameters = CertificateParams::new([host.to_owned()]).expect("a name");
        parameters.not_before = rcgen::date_time_ymd(2001, 1, 1);
        parameters.not_after = rcgen::date_time_ymd(2002, 1, 1);
        self.sign(&parameters)
    }

    fn sign(&self, parameters: &CertificateParams) -> Arc<ServerConfig> {
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters.signed_by(&key, &self.0).expect("a certificate");
        let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().expect("TLS");
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        let chain = vec![certificate.der().clone()];
        Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).expect("they fit"))
    }
}

/// A listener on a thread of its own. Dropping it closes all its connections.
struct Relay {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    fn start<F: Future<Output = ()> + 'static>(
        visit: impl Fn(TcpStream) -> F + Send + 'static,
    ) -> Self {
        let listener = Listener::bind("127.0.0.1:0").expect("a free port on the loopback");
        let address = listener.local_addr().expect("a bound socket has an address");
        listener.set_nonblocking(true).expect("a socket");
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let serve = async {
                let listener = TcpListener::from_std(listener).expect("a listener");
                while let Ok((stream, _)) = listener.accept().await {
                    spawn_local(visit(stream));
                }
            };
            let serve = async {
                tokio::select! { () = serve => (), _ = stopped => () }
            };
            LocalSet::new().block_on(&runtime.expect("a runtime"), serve);
        });
        Self { address, stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.stop.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// A TLS server in front of a plain one.
pub struct Tls {
    relay: Relay,
    certificate: watch::Sender<Arc<ServerConfig>>,
    handshakes: Arc<Mutex<Vec<bool>>>,
    /// Handshakes that are not in the list yet.
    unfinished: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
}

impl Tls {
    /// A TLS server in front of the one at `address`, with this certificate.
    pub fn before(address: SocketAddr, certificate: Arc<ServerConfig>) -> Self {
        let (sender, receiver) = watch::channel(certificate);
        let handshakes = Arc::<Mutex<Vec<bool>>>::default();
        let open = Arc::<AtomicUsize>::default();
        let unfinished = Arc::<AtomicUsize>::default();
        let (seen, counted) = (Arc::clone(&handshakes), Arc::clone(&open));
        let begun = Arc::clone(&unfinished);
        let relay = Relay::start(move |stream| {
            let (mut receiver, seen) = (receiver.clone(), Arc::clone(&seen));
            let (counted, begun) = (Arc::clone(&counted), Arc::clone(&begun));
            async move {
                counted.fetch_add(1, Ordering::SeqCst);
                begun.fetch_add(1, Ordering::SeqCst);
                let config = Arc::clone(&receiver.borrow_and_update());
                let accepted = TlsAcceptor::from(config).accept(stream).await;
                seen.lock().expect("nobody panics with it").push(accepted.is_ok());
                begun.fetch_sub(1, Ordering::SeqCst);
                if let Ok(mut client) = accepted
                    && let Ok(mut server) = TcpStream::connect(address).await
                {
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => (),
                        _ = receiver.changed() => (),
                    }
                }
                counted.fetch_sub(1, Ordering::SeqCst);
            }
        });
        Self { relay, certificate: sender, handshakes, unfinished, open }
    }

    /// The value for `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`.
    pub fn endpoint(&self) -> String {
        format!("https://localhost:{}", self.relay.address.port())
    }

    /// Closes all connections, and presents another certificate from now on.
    pub fn present(&self, certificate: Arc<ServerConfig>) {
        self.certificate.send_replace(certificate);
        while self.open.load(Ordering::SeqCst) > 0 {
            thread::yield_now();
        }
    }

    /// Takes the list of handshakes: true for each that the client completed.
    ///
    /// A client can know that one failed before the server does, so this waits for those that have begun.
    pub fn handshakes(&self) -> Vec<bool> {
        let start = Instant::now();
        while self.unfinished.load(Ordering::SeqCst) > 0 {
            assert!(start.elapsed() < PATIENCE, "a handshake does not end");
            thread::yield_now();
        }
        std::mem::take(&mut *self.handshakes.lock().expect("nobody panics with it"))
    }
}

const SILENCE: &str = "silence";

/// An HTTP proxy, for `CONNECT` and for requests with a whole URL.
pub struct Proxy {
    relay: Relay,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// A proxy that connects to every host.
    pub fn new() -> Self {
        Self::start("200 Connection established")
    }

    /// A proxy that answers every request with this status.
    pub fn that_refuses(status: &'static str) -> Self {
        Self::start(status)
    }

    /// A proxy that never answers.
    pub fn that_is_silent() -> Self {
        Self::start(SILENCE)
    }

    fn start(status: &'static str) -> Self {
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let seen = Arc::clone(&heads);
        let relay = Relay::start(move |mut client| {
            let seen = Arc::clone(&seen);
            async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = client.read_u8().await else { return };
                    head.push(byte);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
                seen.lock().expect("nobody panics with it").push(head.clone());
                let is_open = status.starts_with("200");
                if let Some(url) = target.strip_prefix("http://").filter(|_| is_open) {
                    let (host, _) = url.split_once('/').unwrap_or((url, ""));
                    if let Ok(mut server) = TcpStream::connect(host).await {
                        let head = head.replacen(&format!("http://{host}"), "", 1);
                        let _ = server.write_all(head.as_bytes()).await;
                        let _ = copy_bidirectional(&mut client, &mut server).await;
                    }
                    return;
                }
                if status == SILENCE {
                    let _ = client.read_u8().await;
                    return;
                }
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                let answer = if is_open { "HTTP/1.1 200 OK\r\n\r\n".to_owned() } else { answer };
                let _ = client.write_all(answer.as_bytes()).await;
                if is_open && let Ok(mut server) = TcpStream::connect(target).await {
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                }
            }
        });
        Self { relay, heads }
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.relay.address
    }

    /// The first line of each request.
    pub fn asked(&self) -> Vec<String> {
        let heads = self.heads.lock().expect("nobody panics with it");
        heads.iter().filter_map(|head| head.lines().next()).map(str::to_owned).collect()
    }
}
