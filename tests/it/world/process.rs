//! A child process whose every word is kept.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_mins(1);

const UNPOISONED: &str = "nobody panics with the text in hand";

/// How a process ended and all that it said.
#[derive(Clone, Debug)]
pub(crate) struct Exit {
    /// The exit code; nothing when it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A running process; killed when dropped.
pub(crate) struct Process {
    child: Mutex<Child>,
    stdout: Arc<Capture>,
    stderr: Arc<Capture>,
    readers: Vec<JoinHandle<()>>,
}

impl Process {
    /// Starts the command. `on_end` is called once when it has closed its standard output.
    pub(crate) fn start(mut command: Command, on_end: impl FnOnce() + Send + 'static) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .expect("the binary is built and can be started");
        let (stdout, stderr) = (Arc::new(Capture::default()), Arc::new(Capture::default()));
        let pipes = (child.stdout.take(), child.stderr.take());
        let (Some(out), Some(err)) = pipes else {
            unreachable!("both are piped")
        };
        let readers = vec![
            Capture::follow(&stdout, out, on_end),
            Capture::follow(&stderr, err, || ()),
        ];
        Self {
            child: Mutex::new(child),
            stdout,
            stderr,
            readers,
        }
    }

    /// Everything that it has written to its standard output so far.
    pub(crate) fn stdout(&self) -> String {
        self.stdout.text()
    }

    /// Everything that it has written to its standard error so far.
    pub(crate) fn stderr(&self) -> String {
        self.stderr.text()
    }

    /// Waits until standard output has this text, and gives the line with it.
    pub(crate) fn wait_for_stdout(&self, text: &str) -> String {
        self.stdout.wait_for(text)
    }

    /// Waits until it ends by itself.
    pub(crate) fn exit(&self) -> Exit {
        self.stdout.wait_for_end();
        self.stderr.wait_for_end();
        let status = self
            .child
            .lock()
            .expect(UNPOISONED)
            .wait()
            .expect("a child can be awaited");
        Exit {
            code: status.code(),
            stdout: self.stdout(),
            stderr: self.stderr(),
        }
    }

    /// Kills it. Nothing happens when it has ended already.
    pub(crate) fn kill(&self) {
        let _ = self.child.lock().expect(UNPOISONED).kill();
    }

    /// A number of kilobytes from `/proc/PID/status`, in bytes; nothing elsewhere or after the end.
    pub(crate) fn memory_bytes(&self, key: &str) -> Option<u64> {
        let id = self.child.lock().expect(UNPOISONED).id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kilobytes * 1024)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        let _ = self.child.lock().expect(UNPOISONED).wait();
        for reader in self.readers.drain(..) {
            let _ = reader.join();
        }
    }
}

/// What came out of a pipe so far.
#[derive(Default)]
struct Capture {
    state: Mutex<(Vec<u8>, bool)>,
    changed: Condvar,
}

impl Capture {
    fn follow(
        capture: &Arc<Self>,
        mut pipe: impl Read + Send + 'static,
        on_end: impl FnOnce() + Send + 'static,
    ) -> JoinHandle<()> {
        let capture = Arc::clone(capture);
        thread::spawn(move || {
            let mut buffer = [0; 8192];
            while let Ok(count @ 1..) = pipe.read(&mut buffer) {
                let (bytes, _) = &mut *capture.state.lock().expect(UNPOISONED);
                bytes.extend(buffer.iter().take(count));
                capture.changed.notify_all();
            }
            capture.state.lock().expect(UNPOISONED).1 = true;
            capture.changed.notify_all();
            on_end();
        })
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.state.lock().expect(UNPOISONED).0).into_owned()
    }

    fn wait_for(&self, text: &str) -> String {
        let line = || {
            self.text()
                .lines()
                .find(|line| line.contains(text))
                .map(str::to_owned)
        };
        let state = self.state.lock().expect(UNPOISONED);
        let lacks_it = |(bytes, has_ended): &mut (Vec<u8>, bool)| {
            !*has_ended && !String::from_utf8_lossy(bytes).contains(text)
        };
        drop(
            self.changed
                .wait_timeout_while(state, PATIENCE, lacks_it)
                .expect(UNPOISONED),
        );
        line().unwrap_or_else(|| panic!("no line with {text:?} in: {}", self.text()))
    }

    fn wait_for_end(&self) {
        let state = self.state.lock().expect(UNPOISONED);
        let waited = self
            .changed
            .wait_timeout_while(state, PATIENCE, |(_, has_ended)| !*has_ended);
        let has_ended = waited.expect(UNPOISONED).0.1;
        assert!(
            has_ended,
            "the process did not end; it said: {}",
            self.text()
        );
    }
}
