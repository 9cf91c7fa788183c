//! A child process whose output is kept.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// The longest wait of a test.
const PATIENCE: Duration = Duration::from_mins(1);

const UNPOISONED: &str = "nobody panics with the words in hand";

/// The end of a process, and its output.
#[derive(Clone, Debug)]
pub struct Exit {
    /// The exit code, or none if the process was killed.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A running process. It is killed when dropped.
pub struct Process {
    child: Mutex<Child>,
    words: Arc<Words>,
    readers: Vec<JoinHandle<()>>,
}

/// The output of a process so far.
#[derive(Default)]
struct Words {
    said: Mutex<Said>,
    changed: Condvar,
}

#[derive(Default)]
struct Said {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    ended: usize,
}

/// Standard output or standard error.
type Side = fn(&mut Said) -> &mut Vec<u8>;

impl Process {
    /// Starts the command. `on_end` is called once, when the command has closed its standard output.
    pub fn start(mut command: Command, on_end: impl FnOnce() + Send + 'static) -> Self {
        command.stdin(Stdio::null());
        Self::listen_to(command, on_end)
    }

    /// Starts the command with a standard input that stays open and empty.
    pub fn start_with_silent_input(mut command: Command) -> Self {
        command.stdin(Stdio::piped());
        Self::listen_to(command, || ())
    }

    fn listen_to(mut command: Command, on_end: impl FnOnce() + Send + 'static) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary is built and can be started");
        let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            unreachable!("both are piped")
        };
        let words = Arc::new(Words::default());
        let readers = vec![
            listen(&words, out, |said| &mut said.stdout, on_end),
            listen(&words, err, |said| &mut said.stderr, || ()),
        ];
        Self { child: Mutex::new(child), words, readers }
    }

    /// Everything that it has written to its standard output so far.
    pub fn stdout(&self) -> String {
        text(&self.words.lock().stdout)
    }

    /// Everything that it has written to its standard error so far.
    pub fn stderr(&self) -> String {
        text(&self.words.lock().stderr)
    }

    /// Waits for this text in its output or errors. Returns the line with it.
    pub fn wait_for_line(&self, wanted: &str) -> String {
        let line = |said: &Said| {
            let all = text(&said.stdout) + &text(&said.stderr);
            all.lines().find(|line| line.contains(wanted)).map(str::to_owned)
        };
        let said = self.words.wait_while(|said| said.ended < 2 && line(said).is_none());
        line(&said).unwrap_or_else(|| {
            let (stdout, stderr) = (text(&said.stdout), text(&said.stderr));
            drop(said);
            panic!("no line with {wanted:?} in: {stdout}{stderr}")
        })
    }

    /// Waits until it ends by itself.
    pub fn exit(&self) -> Exit {
        let has_ended = self.words.wait_while(|said| said.ended < 2).ended == 2;
        let (stdout, stderr) = (self.stdout(), self.stderr());
        assert!(has_ended, "the process did not end; it said: {stdout}{stderr}");
        let status = self.child.lock().expect(UNPOISONED).wait().expect("a child can be awaited");
        Exit { code: status.code(), stdout, stderr }
    }

    /// Kills the process, if it still runs.
    pub fn kill(&self) {
        let _ = self.child.lock().expect(UNPOISONED).kill();
    }

    /// Interrupts the process, as Ctrl-C does.
    pub fn interrupt(&self) {
        let id = self.child.lock().expect(UNPOISONED).id();
        let kill = format!("kill -INT {id}");
        let sent = Command::new("sh").args(["-c", &kill]).status().expect("there is a shell");
        assert!(sent.success(), "the process has ended already");
    }

    /// Waits until the process handles Ctrl-C itself. Without `/proc`, it does not wait.
    pub fn wait_until_it_heeds_interrupts(&self) {
        const SIGINT_BIT: u64 = 1 << 1;
        let id = self.child.lock().expect(UNPOISONED).id();
        let heeds = || {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
            let caught = u64::from_str_radix(caught.trim(), 16).ok()?;
            Some(caught & SIGINT_BIT != 0)
        };
        let start = Instant::now();
        while heeds() == Some(false) {
            assert!(start.elapsed() < PATIENCE, "it leaves Ctrl-C to the system");
            thread::yield_now();
        }
    }

    /// A number of kilobytes from `/proc/PID/status`, in bytes; none without `/proc` or after the end.
    pub fn memory_bytes(&self, key: &str) -> Option<u64> {
        let id = self.child.lock().expect(UNPOISONED).id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
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

impl Words {
    fn lock(&self) -> MutexGuard<'_, Said> {
        self.said.lock().expect(UNPOISONED)
    }

    fn wait_while(&self, is_so: impl Fn(&Said) -> bool) -> MutexGuard<'_, Said> {
        let waited = self.changed.wait_timeout_while(self.lock(), PATIENCE, |said| is_so(said));
        waited.expect(UNPOISONED).0
    }
}

/// Reads a pipe to its end on a thread of its own.
fn listen(
    words: &Arc<Words>,
    mut pipe: impl Read + Send + 'static,
    side: Side,
    on_end: impl FnOnce() + Send + 'static,
) -> JoinHandle<()> {
    let words = Arc::clone(words);
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = pipe.read(&mut buffer) {
            side(&mut words.lock()).extend(buffer.iter().take(count));
            words.changed.notify_all();
        }
        words.lock().ended += 1;
        words.changed.notify_all();
        on_end();
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
