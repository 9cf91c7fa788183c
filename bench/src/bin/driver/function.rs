//! A function in its execution environment.

use super::runtime_api::{RuntimeApi, Word};
use super::{Config, Row, logs::Logs};
use nix::sys::signal::{Signal, kill};
use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;
use std::fs::{File, read_to_string};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest wait for a function: a tool that counts instructions makes it slow.
const PATIENCE: Duration = Duration::from_secs(300);

/// The length of a real session token.
const SESSION_TOKEN_BYTES: usize = 900;

pub(crate) struct Function {
    name: String,
    child: Child,
    api: RuntimeApi,
    started_at: Instant,
}

impl Function {
    /// Starts the function. If `tool` is not empty, it is the command that runs the function.
    pub(crate) fn start(config: &Config, row: &Row, logs: &Logs, tool: &[String]) -> Self {
        let api = RuntimeApi::start();
        let words: Vec<_> = tool.iter().chain(&row.command).collect();
        let (program, arguments) = words.split_first().expect("a row has a command");
        let output = File::create(config.scratch.join(format!("{}.log", row.name)));
        let output = output.expect("the scratch directory can be written");
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("LANG", "en_US.UTF-8")
            .env("TZ", ":UTC")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
            .env("AWS_SESSION_TOKEN", "x".repeat(SESSION_TOKEN_BYTES))
            .env("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023")
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/bench")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/11/19/[$LATEST]4459c970fa6d4c77aca62c95850fce54")
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", format!("https://localhost:{}", logs.address.port()))
            .envs(&row.environment)
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("files can be shared"))
            .stderr(output);
        let started_at = Instant::now();
        let child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
        Self { name: row.name.clone(), child, api, started_at }
    }

    /// Waits for the first request for an invocation; returns the time since the start.
    pub(crate) fn ready(&self) -> Duration {
        match self.word() {
            Word::Ready(at) => at - self.started_at,
            Word::Answered(_) => panic!("{} answers without a question", self.name),
            Word::Failed(error) => panic!("{}: {error}", self.name),
        }
    }

    /// Invokes the function; returns the time until its answer, which must not be an error.
    pub(crate) fn invoke(&self, payload: String) -> Duration {
        self.api.payloads.send(payload).expect("it serves as long as we live");
        match self.word() {
            Word::Answered(after) => after,
            Word::Ready(_) => panic!("{} is ready twice", self.name),
            Word::Failed(error) => panic!("{}: {error}", self.name),
        }
    }

    fn word(&self) -> Word {
        let word = self.api.words.recv_timeout(PATIENCE);
        word.unwrap_or_else(|_| panic!("{} does not answer: see its log", self.name))
    }

    fn id(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).expect("ids are small"))
    }

    /// Returns the processor time of all its threads, in user and kernel mode.
    pub(crate) fn processor_time(&self) -> Duration {
        let clock = clock_getcpuclockid(self.id()).expect("it runs");
        clock_gettime(clock).expect("it runs").into()
    }

    /// Returns the most memory that was resident at once.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let status = read_to_string(format!("/proc/{}/status", self.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        kilobytes.expect("Linux says it") * 1024
    }

    /// Asks the function to end and waits for it, so that a tool can write its results.
    pub(crate) fn end(&mut self) {
        let _ = kill(self.id(), Signal::SIGTERM);
        let _ = self.child.wait();
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
