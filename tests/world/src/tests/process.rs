//! A process and its words.

use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use crate::process::Process;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[test]
fn a_process_is_heard_on_both_sides_and_ends_with_its_code() {
    let (sender, ended) = mpsc::channel();
    let process = Process::start(shell("echo out; echo err >&2; exit 3"), move || {
        sender.send(()).expect("the test is still there");
    });
    let exit = process.exit();
    assert_eq!(
        (exit.code, exit.stdout.as_str(), exit.stderr.as_str()),
        (Some(3), "out\n", "err\n")
    );
    ended.recv_timeout(Duration::from_secs(20)).expect("the end is told");
}

#[test]
fn a_line_is_awaited_and_given_whole() {
    let process = Process::start(shell("echo first; echo a second line >&2; exec sleep 60"), || ());
    assert_eq!(process.wait_for_line("second"), "a second line");
}

#[test]
#[should_panic(expected = "no line with")]
fn a_line_that_never_comes_fails_when_the_process_ends() {
    Process::start(shell("echo first"), || ()).wait_for_line("second");
}
