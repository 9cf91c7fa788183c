//! The real function in an execution environment of its own.

use std::env::consts::EXE_SUFFIX;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::answer::Answer;
use super::lambda::Lambda;
use super::process::{Exit, Process};

/// The time that the template gives an invocation.
const DEADLINE: Duration = Duration::from_secs(30);

/// An execution environment: a Runtime API and the function's process. It is killed when dropped.
pub struct Function {
    process: Process,
    lambda: Lambda,
}

/// An invocation whose answer is still to come.
#[must_use = "an invocation has an answer"]
pub struct Offered<'function> {
    function: &'function Function,
    id: u64,
}

impl Function {
    /// Starts the binary with Lambda's variables, those of the world and those of the test.
    pub fn start(world: &[(&str, String)], test: &[(&str, &str)]) -> Self {
        Self::launch(Command::new(program()), world, test)
    }

    /// Starts the binary with the folder `system` in place of /etc/ssl and /etc/pki. Returns none if this
    /// machine permits no mounts.
    pub fn start_in(
        system: &Path,
        world: &[(&str, String)],
        test: &[(&str, &str)],
    ) -> Option<Self> {
        let mut command = command_in(system)?;
        command.arg(program());
        Some(Self::launch(command, world, test))
    }

    fn launch(mut command: Command, world: &[(&str, String)], test: &[(&str, &str)]) -> Self {
        let lambda = Lambda::start();
        command.env_clear().envs(lambda_environment(&lambda));
        command.envs(world.iter().map(|(name, value)| (name, value)));
        command.envs(test.iter().copied());
        let desk = lambda.desk();
        Self { process: Process::start(command, move || desk.close()), lambda }
    }

    /// Invokes the function with a deadline of thirty seconds. Returns its answer.
    pub fn invoke(&self, payload: impl Into<Vec<u8>>) -> Answer {
        self.offer(payload, DEADLINE).answer()
    }

    /// Invokes the function with this deadline. Returns its answer and the time that it took.
    pub fn invoke_within(
        &self,
        deadline: Duration,
        payload: impl Into<Vec<u8>>,
    ) -> (Answer, Duration) {
        self.offer(payload, deadline).timed_answer()
    }

    /// Invokes the function without waiting, so that a test can act meanwhile.
    pub fn offer(&self, payload: impl Into<Vec<u8>>, deadline: Duration) -> Offered<'_> {
        Offered { function: self, id: self.lambda.offer(payload, deadline) }
    }

    /// Waits until the process ends by itself, as it does on a bad configuration.
    pub fn exit(&self) -> Exit {
        self.process.exit()
    }

    /// Ends the process. Returns its exit code and its output.
    pub fn stop(&self) -> Exit {
        self.process.kill();
        self.process.exit()
    }

    /// The `errorType` and `errorMessage` that it reported from its init phase.
    pub fn init_error(&self) -> Option<(String, String)> {
        self.lambda.init_error()
    }

    /// Everything that it has written to its standard output so far.
    pub fn stdout(&self) -> String {
        self.process.stdout()
    }

    /// Everything that it has written to its standard error so far.
    pub fn stderr(&self) -> String {
        self.process.stderr()
    }

    /// Waits for this text in its output or errors. Returns the line with it.
    pub fn wait_for_line(&self, text: &str) -> String {
        self.process.wait_for_line(text)
    }

    /// The most memory that the process ever had resident. Linux only.
    pub fn peak_memory_bytes(&self) -> Option<u64> {
        self.process.memory_bytes("VmHWM")
    }

    /// The memory that the process has resident now. Linux only.
    pub fn memory_bytes(&self) -> Option<u64> {
        self.process.memory_bytes("VmRSS")
    }

    /// Takes the list of violations of the Runtime API.
    pub fn violations(&self) -> Vec<String> {
        self.lambda.violations()
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let violations = self.violations();
        if !thread::panicking() {
            assert!(violations.is_empty(), "against the Runtime API: {violations:#?}");
        }
    }
}

impl Offered<'_> {
    /// Waits for the answer.
    pub fn answer(self) -> Answer {
        self.timed_answer().0
    }

    /// Waits for the answer. Returns it and the time that the function took. A function that misses the
    /// deadline is killed, as Lambda does.
    pub fn timed_answer(self) -> (Answer, Duration) {
        let (answer, took) = self.function.lambda.wait(self.id);
        if answer == Answer::NoAnswer {
            self.function.process.kill();
        }
        (answer, took)
    }
}

/// The program to test in place of the function that Cargo has built: another architecture's, in an emulator.
const PROGRAM: &str = "WORLD_FUNCTION";

/// The path of the function's binary: Cargo's, or the one that the environment names.
fn program() -> PathBuf {
    if let Some(other) = std::env::var_os(PROGRAM) {
        return other.into();
    }
    let test = std::env::current_exe().expect("a test knows its binary");
    let above = test.ancestors().nth(2).expect("a test is built below the profile's folder");
    let program = above.join(format!("ecs-event-forwarder{EXE_SUFFIX}"));
    assert!(program.exists(), "{} is missing: run `cargo build` first", program.display());
    program
}

/// Mounts the folder `$0` over the system's root certificates, and becomes the program.
const MOUNT: &str = "\
mounted=; for place in /etc/ssl /etc/pki; do \
    if [ -d $place ]; then mount --bind \"$0\" $place || exit; mounted=1; fi; \
done; [ $mounted ] && exec \"$@\"";

/// Starts the program in its argument, with mounts of its own.
fn command_in(system: &Path) -> Option<Command> {
    // Without root, the second way works if the system allows user namespaces.
    let ways: [&[&str]; 2] = [&["--mount"], &["--mount", "--map-root-user"]];
    let command = |way: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(way).args(["sh", "-c", MOUNT]).arg(system);
        command
    };
    let can = |way: &[&str]| command(way).arg("true").output().is_ok_and(|it| it.status.success());
    ways.into_iter().find(|way| can(way)).map(command)
}

/// The variables that Lambda sets for a function deployed from the template.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
fn lambda_environment(lambda: &Lambda) -> Vec<(&'static str, String)> {
    let stream = "2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef";
    [
        ("_HANDLER", "bootstrap"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("AWS_LAMBDA_FUNCTION_NAME", "ecs-event-forwarder"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/ecs-event-forwarder"),
        ("AWS_LAMBDA_LOG_LEVEL", "INFO"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", stream),
        ("LANG", "en_US.UTF-8"),
        ("TZ", ":UTC"),
    ]
    .into_iter()
    .map(|(name, value)| (name, value.to_owned()))
    .chain([("AWS_LAMBDA_RUNTIME_API", lambda.address().to_string())])
    .collect()
}
