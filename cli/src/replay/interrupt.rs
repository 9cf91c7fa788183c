//! Ctrl-C: the first one ends the run after the current batch, the second one ends the program.

use crate::terminal;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tokio::runtime;
use tokio::sync::watch;

/// The state of Ctrl-C.
#[derive(Clone)]
pub(super) struct Interrupt {
    has_come: watch::Receiver<bool>,
    is_sending: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens on a thread of its own, so that nothing else in the run delays it.
    ///
    /// # Errors
    ///
    /// The thread or its event loop cannot be started.
    pub(super) fn listen() -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (tell, has_come) = watch::channel(false);
        let is_sending = Arc::<AtomicBool>::default();
        let sends = Arc::clone(&is_sending);
        // All of them come from one stream, so none is missed while another one is handled.
        let mut interrupts = {
            let _context = runtime.enter();
            interrupts()?
        };
        let listen = async move {
            while interrupts.recv().await.is_some() {
                if tell.send_replace(true) {
                    std::process::exit(INTERRUPTED);
                }
                if sends.load(Ordering::SeqCst) {
                    terminal::warning(
                        "stopping after this batch; press Ctrl-C again to leave it in doubt",
                    );
                }
            }
        };
        thread::Builder::new().spawn(move || runtime.block_on(listen))?;
        Ok(Self { has_come, is_sending })
    }

    /// True after the first Ctrl-C.
    pub(super) fn has_come(&self) -> bool {
        *self.has_come.borrow()
    }

    /// Waits for the first Ctrl-C.
    pub(super) async fn comes(&mut self) {
        if self.has_come.wait_for(|has_come| *has_come).await.is_err() {
            // The listener is gone, so Ctrl-C never comes.
            std::future::pending::<()>().await;
        }
    }

    /// Notes whether a batch has been sent and not yet answered.
    pub(super) fn set_sending(&self, is_sending: bool) {
        self.is_sending.store(is_sending, Ordering::SeqCst);
    }
}

#[cfg(unix)]
fn interrupts() -> io::Result<tokio::signal::unix::Signal> {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
}

#[cfg(windows)]
fn interrupts() -> io::Result<tokio::signal::windows::CtrlC> {
    tokio::signal::windows::ctrl_c()
}

/// The exit status that shells report for a program that Ctrl-C ended.
const INTERRUPTED: i32 = 130;
