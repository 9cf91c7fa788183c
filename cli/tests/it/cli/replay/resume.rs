//! A replay that is interrupted and run again.

use super::{all, days, desk, stored_days};
use crate::cli::Desk;
use std::net::TcpListener;
use std::process::Command;
use world::process::Process;
use world::{Call, Fault, Gate, Operation, Outcome, World};

pub(super) const REPLAY: &str = "replay dump.jsonl --to cloudwatch";
pub(super) const COUNT: usize = 5;
pub(super) const STREAM: &str = "service-action";

pub(super) fn start(desk: &Desk) -> Process {
    Process::start(command(desk, REPLAY), || ())
}

pub(super) fn command(desk: &Desk, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-events"));
    command.args(words.split_whitespace()).current_dir(desk.folder.path());
    command.env_clear().envs(desk.variables.iter().map(|(name, value)| (name, value)));
    command
}

/// A world with a group, and a desk with five events in five batches.
pub(super) fn scene() -> (World, Desk) {
    let world = World::new();
    let desk = desk(&world);
    desk.put("dump.jsonl", days(COUNT));
    world.logs.create_stream(super::GROUP, STREAM);
    (world, desk)
}

#[test]
fn killed_before_the_answer_the_batch_is_in_doubt_and_every_event_is_stored_once() {
    for batches in 0..COUNT {
        let (world, desk) = scene();
        let gate = Gate::closed();
        world.logs.inject(gate.fault().on(Operation::PutLogEvents).after(batches));
        let process = start(&desk);
        gate.wait_for(1);
        process.kill();
        process.exit();
        gate.open();
        // It is stored, though nobody hears of it.
        let held = batches + 1;
        let is_done = |call: &&Call| call.outcome == Outcome::Done;
        world.logs.wait_until(|calls| calls.iter().filter(is_done).count() == held);
        let ran = desk.run(REPLAY);
        let counts = format!("stored              {} ", COUNT - held);
        assert!(ran.stdout.contains(&counts), "{ran}");
        assert!(ran.stdout.contains("failed              1         in doubt 1\n"), "{ran}");
        let sentence = format!("error: 1 event is in doubt, first dump.jsonl:{held}: ");
        assert!(ran.stderr.starts_with(&sentence), "{ran}");
        assert_eq!(ran.code, Some(1));
        assert_eq!(stored_days(&world), all(COUNT));
        let calls = world.logs.calls().len();
        let again = desk.run(REPLAY);
        assert!(again.stdout.contains("failed              1         in doubt 1\n"), "{again}");
        assert_eq!(world.logs.calls().len(), calls);
    }
}

#[test]
fn a_lost_answer_ends_the_run_and_events_in_doubt_are_sent_again_only_on_demand() {
    for (fault, is_stored) in [
        (Fault::ResetBefore, false),
        (Fault::ResetAfter, true),
        (Fault::HalfAnswer, true),
        (Fault::InternalFailure, false),
        (Fault::BadGateway, false),
    ] {
        let (world, desk) = scene();
        let name = fault.name();
        world.logs.inject(fault.on(Operation::PutLogEvents).after(2));
        let ran = desk.run(REPLAY);
        assert!(
            ran.stdout.contains("failed              3         in doubt 1, not sent 2\n"),
            "{name}: {ran}"
        );
        assert!(ran.stderr.contains("stopped, because a batch got no answer"), "{ran}");
        assert_eq!(ran.code, Some(1));
        assert_eq!(world.logs.calls().len(), 3, "{name}: it is not sent again by itself");
        let ran = desk.run(REPLAY);
        assert!(ran.stdout.contains("failed              1         in doubt 1\n"), "{name}: {ran}");
        assert_eq!(stored_days(&world).len(), COUNT - usize::from(!is_stored));
        if !is_stored {
            let ran = desk.run(&format!("{REPLAY} --resend-in-doubt"));
            assert_eq!(ran.code, Some(0), "{name}: {ran}");
            assert_eq!(desk.run(REPLAY).code, Some(0));
        }
        assert_eq!(stored_days(&world), all(COUNT), "{name}");
    }
}

#[test]
fn a_throttled_batch_is_tried_again() {
    let (world, desk) = scene();
    world.logs.inject(Fault::Throttle.on(Operation::PutLogEvents).after(1).times(2));
    world.logs.inject(Fault::ServiceUnavailable.on(Operation::PutLogEvents).after(3));
    let ran = desk.run(REPLAY);
    assert_eq!(ran.code, Some(0), "{ran}");
    assert_eq!(stored_days(&world), all(COUNT));
}

#[test]
fn whatever_line_the_journal_ends_at_the_rest_is_sent_and_nothing_twice() {
    let (first_world, whole) = scene();
    whole.run(REPLAY);
    let journal = std::fs::read_to_string(whole.path("replay.journal")).unwrap();
    let first = first_world.logs.endpoint();
    let lines: Vec<_> = journal.split_inclusive('\n').collect();
    assert_eq!(lines.len(), 1 + 2 * COUNT);
    for count in 0..=lines.len() {
        // A line that is cut short is none. The first one of a journal is its header.
        let cut = if count == 0 { "{\"replay\":2,\"t" } else { "{\"batch\":1,\"sen" };
        for torn in ["", cut] {
            let (world, desk) = scene();
            let journal = lines[..count].concat().replace(&first, &world.logs.endpoint());
            desk.put("replay.journal", journal + torn);
            let ran = desk.run(REPLAY);
            let stored_before = count.saturating_sub(1) / 2;
            let in_doubt = usize::from(count > 1 && count % 2 == 0);
            let next = stored_before + in_doubt + 1;
            assert_eq!(stored_days(&world), (next..=COUNT).collect::<Vec<_>>(), "{count}: {ran}");
            let said = format!("stored before       {stored_before}\n");
            assert!(ran.stdout.contains(&said), "{count}: {ran}");
            let is_in_doubt = ran.stdout.contains("in doubt 1\n");
            assert_eq!(is_in_doubt, in_doubt == 1, "{count}: {ran}");
            let journal = std::fs::read_to_string(desk.path("replay.journal")).unwrap();
            assert!(journal.lines().all(|line| line.ends_with('}')), "{journal}");
        }
    }
}

#[test]
fn a_journal_has_one_run_at_a_time() {
    let (world, desk) = scene();
    let gate = Gate::closed();
    world.logs.inject(gate.fault().on(Operation::PutLogEvents));
    let process = start(&desk);
    gate.wait_for(1);
    let ran = desk.run(REPLAY);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.stderr,
        "error: cannot use the journal replay.journal: another run is writing it\n"
    );
    gate.open();
    assert_eq!(process.exit().code, Some(0));
}

#[test]
fn a_journal_of_another_destination_is_rejected_and_the_difference_named() {
    let (world, desk) = scene();
    assert_eq!(desk.run(REPLAY).code, Some(0));
    let calls = world.logs.calls().len();
    let key = |id: &str| [("AWS_ACCESS_KEY_ID".to_owned(), id.to_owned())];
    let region = [("AWS_REGION".to_owned(), "us-east-1".to_owned())];
    let endpoint =
        [("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS".to_owned(), "http://127.0.0.1:9".to_owned())];
    let none: [(String, String); 0] = [];
    let to_lambda = "replay dump.jsonl --to lambda --function forwarder";
    let own_group = format!("{REPLAY} --log-group /mine/{{cluster}}");
    let own_fallback = format!("{REPLAY} --fallback-log-group /mine/rest");
    for (variables, words, sentence) in [
        (&none[..], to_lambda, "its destination is cloudwatch, but this run's is lambda"),
        (
            &none,
            &own_group,
            "its log group is /aws/events/ecs/containerinsights/{cluster}/performance, but this run's is /mine/{cluster}",
        ),
        (
            &none,
            &own_fallback,
            "its fallback log group is /aws/events/ecs/containerinsights/_unresolved/performance, but this run's is /mine/rest",
        ),
        // The second id is of the same account, and the third of none.
        (
            &key("ASIAY34FZKBOKMUTVV7A"),
            REPLAY,
            "its account is 443545747588, but this run's is 609629065308",
        ),
        (
            &key("AKIAIOSFODNN7EXAMPLE"),
            REPLAY,
            "its account is 443545747588, but this run's is of access key AKIAIOSFODNN7EXAMPLE",
        ),
        (&region, REPLAY, "its Region is eu-west-1, but this run's is us-east-1"),
        (&endpoint, REPLAY, "but this run's is http://127.0.0.1:9"),
    ] {
        let mut elsewhere = desk.copy();
        elsewhere.variables.extend(variables.iter().cloned());
        let ran = elsewhere.run(words);
        assert!(ran.stderr.contains(sentence), "{sentence}: {ran}");
        assert!(ran.stderr.contains("; name another file with --journal\n"), "{ran}");
        assert_eq!(ran.code, Some(2), "{ran}");
    }
    // A dry run compares what it knows without signing in.
    let ran = desk.run(&format!("{own_group} --dry-run"));
    assert!(ran.stderr.contains("its log group is "), "{ran}");
    assert_eq!(world.logs.calls().len(), calls);
}

#[test]
fn temporary_keys_of_one_account_share_a_journal() {
    let (world, desk) = scene();
    assert_eq!(desk.run(REPLAY).code, Some(0));
    let mut renewed = desk.copy();
    renewed.variables.push(("AWS_ACCESS_KEY_ID".to_owned(), "ASIAWORLDACCESOTHERR".to_owned()));
    let ran = renewed.run(REPLAY);
    assert!(ran.stdout.contains(&format!("stored before       {COUNT}\n")), "{ran}");
    assert_eq!(stored_days(&world), all(COUNT));
}

#[test]
fn a_batch_without_a_connection_is_certain_and_the_next_run_sends_it() {
    let (world, desk) = scene();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxies = [
        (format!("http://{gone}"), format!("the proxy {gone} refuses connections")),
        (
            "http://proxy.invalid:3128".to_owned(),
            "the name of the proxy proxy.invalid:3128 does not resolve".to_owned(),
        ),
    ];
    for (proxy, sentence) in proxies {
        let mut behind = desk.copy();
        behind.variables.push(("HTTP_PROXY".to_owned(), proxy));
        let ran = behind.run(REPLAY);
        let counts = "failed              5         Forwarder.Undelivered 1, not sent 4\n";
        assert!(ran.stdout.contains(counts), "{ran}");
        assert!(ran.stderr.contains(&sentence), "{ran}");
        assert!(ran.stderr.contains("stopped, because a batch could not be sent"), "{ran}");
        assert_eq!(ran.code, Some(1));
    }
    assert!(world.logs.calls().is_empty());
    assert_eq!(desk.run(REPLAY).code, Some(0));
    assert_eq!(stored_days(&world), all(COUNT));
}

#[test]
fn a_file_that_is_not_a_journal_or_has_an_old_format_is_rejected() {
    let (world, desk) = scene();
    desk.put("replay.journal", "{\"replay\":1,\"to\":\"cloudwatch\",\"region\":\"eu-west-1\"}\n");
    insta::assert_snapshot!(desk.run(REPLAY), @"
    --- stderr ---
    error: cannot use the journal replay.journal: its format is version 1, and this program reads version 2
    --- exit 2 ---
    ");
    desk.run("replay dump.jsonl --to cloudwatch --journal whole");
    let whole = std::fs::read_to_string(desk.path("whole")).unwrap();
    let header = whole.split_inclusive('\n').next().unwrap();
    desk.put("replay.journal", format!("{header}{{}}\n"));
    insta::assert_snapshot!(desk.run(REPLAY), @"
    --- stderr ---
    error: cannot use the journal replay.journal: line 2 is not from the journal of a replay
    --- exit 2 ---
    ");
    let calls = world.logs.calls().len();
    let ran = desk.run("replay dump.jsonl --to cloudwatch --journal dump.jsonl");
    assert!(ran.stderr.contains("line 1 is not from the journal of a replay"), "{ran}");
    assert_eq!(std::fs::read_to_string(desk.path("dump.jsonl")).unwrap(), days(COUNT));
    assert_eq!(world.logs.calls().len(), calls);
}

#[test]
fn a_file_that_is_not_a_journal_is_never_changed() {
    let (_world, desk) = scene();
    let header = r#"{"replay":2,"to":"cloudwatch","region":"eu-west-1"}"#;
    for content in [r#"{"detail-type":"ECS Task State Change"}"#, "words", "[]", "\u{feff}"] {
        desk.put("notes.json", content);
        let ran = desk.run("replay dump.jsonl --to cloudwatch --journal notes.json");
        assert_eq!(ran.code, Some(2), "{content}: {ran}");
        assert!(ran.stderr.contains("line 1 is not from the journal of a replay"), "{ran}");
        assert_eq!(std::fs::read_to_string(desk.path("notes.json")).unwrap(), content);
    }
    // A run that ended while it wrote the first line has sent nothing.
    for begun in ["", "{\"rep", &header[..20]] {
        desk.put("begun.journal", begun);
        let ran = desk.run("replay dump.jsonl --to cloudwatch --dry-run --journal begun.journal");
        assert_eq!(ran.code, Some(0), "{begun}: {ran}");
    }
}
