//! Ctrl-C during `ecs-events replay`.

use super::resume::{COUNT, REPLAY, command, scene, start};
use super::{all, stored_days};
use crate::cli::Desk;
use world::process::Process;
use world::{Gate, Operation, World};

/// A run that was interrupted while its second batch is under way, until the gate opens.
fn interrupted(world: &World, desk: &Desk) -> (Gate, Process) {
    let gate = Gate::closed();
    world.logs.inject(gate.fault().on(Operation::PutLogEvents).after(1));
    let process = start(desk);
    gate.wait_for(1);
    process.interrupt();
    process.wait_for_line("stopping after this batch");
    (gate, process)
}

#[test]
fn an_interrupt_ends_the_run_after_the_batch_under_way() {
    let (world, desk) = scene();
    let (gate, process) = interrupted(&world, &desk);
    gate.open();
    let exit = process.exit();
    assert_eq!(exit.code, Some(1), "{}", exit.stderr);
    assert!(exit.stdout.contains("failed              3         not sent 3"), "{}", exit.stdout);
    assert!(
        exit.stderr.contains("interrupted; run the command again to send the rest"),
        "{}",
        exit.stderr
    );
    assert_eq!(stored_days(&world), all(2));
    assert_eq!(desk.run(REPLAY).code, Some(0));
    assert_eq!(stored_days(&world), all(COUNT));
}

#[test]
fn a_second_interrupt_ends_the_program_at_once() {
    let (world, desk) = scene();
    let (gate, process) = interrupted(&world, &desk);
    process.interrupt();
    assert_eq!(process.exit().code, Some(130));
    gate.open();
    let ran = desk.run(REPLAY);
    assert!(ran.stdout.contains("in doubt 1"), "{ran}");
}

#[test]
fn an_interrupt_ends_a_run_that_waits_for_standard_input() {
    let (_world, desk) = scene();
    let process = Process::start_with_silent_input(command(&desk, "replay - --to cloudwatch"));
    process.wait_until_it_heeds_interrupts();
    process.interrupt();
    let exit = process.exit();
    assert_eq!(exit.code, Some(1), "{}", exit.stderr);
    assert_eq!(exit.stderr, "error: interrupted; run the command again to send the rest\n");
    assert!(exit.stdout.contains("received            0"), "{}", exit.stdout);
}

#[test]
fn an_interrupt_ends_a_run_that_waits_for_a_log_group() {
    let (world, desk) = scene();
    let gate = Gate::closed();
    world.logs.inject(gate.fault().on(Operation::FilterLogEvents));
    let words = "replay --from-log-group /prod --to cloudwatch";
    let process = Process::start(command(&desk, words), || ());
    gate.wait_for(1);
    process.wait_until_it_heeds_interrupts();
    process.interrupt();
    let exit = process.exit();
    gate.open();
    assert_eq!(exit.code, Some(1), "{}", exit.stderr);
    assert_eq!(exit.stderr, "error: interrupted; run the command again to send the rest\n");
}
