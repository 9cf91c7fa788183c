//! Faults at random.

use std::collections::BTreeSet;

use super::{GROUP, STREAM, send, timeless};
use crate::{Chaos, Fault, Operation};

/// The names of what happens to so many calls.
fn draw(mut chaos: Chaos, operation: Operation, calls: usize) -> Vec<Option<&'static str>> {
    let name = |fault: Option<Fault>| fault.map(|fault| fault.name());
    (0..calls).map(|_| name(chaos.strike(operation))).collect()
}

#[test]
fn the_same_seed_gives_the_same_faults_and_another_seed_others() {
    let draw = |seed| draw(Chaos::new(seed, 0.25), Operation::PutLogEvents, 200);
    assert_eq!(draw(1), draw(1));
    assert_ne!(draw(1), draw(2));
}

#[test]
fn a_quarter_of_all_calls_fails_in_every_way_that_an_operation_knows() {
    for operation in Operation::ALL {
        let drawn = draw(Chaos::new(7, 0.25), operation, 4000);
        let faults: Vec<&str> = drawn.into_iter().flatten().collect();
        assert!((900..1100).contains(&faults.len()), "{operation:?}: {}", faults.len());
        let kinds: BTreeSet<&str> = faults.into_iter().collect();
        assert!(kinds.len() >= 8, "{operation:?}: {kinds:?}");
        assert!(kinds.contains("ResetAfter") && kinds.contains("Throttle"), "{kinds:?}");
    }
}

#[test]
fn no_share_is_no_fault_and_the_whole_share_is_every_call() {
    assert!(draw(Chaos::new(3, 0.0), Operation::PutLogEvents, 100).iter().all(Option::is_none));
    let chaos = Chaos::new(3, 1.0).only(&[Fault::Hang, Fault::Throttle]);
    let kinds: BTreeSet<_> = draw(chaos, Operation::PutLogEvents, 100).into_iter().collect();
    assert_eq!(kinds, BTreeSet::from([Some("Hang"), Some("Throttle")]));
}

#[test]
fn offered_until_it_is_answered_every_event_is_stored_and_twice_only_where_an_answer_was_lost() {
    let world = timeless();
    world.logs.unleash(Chaos::new(11, 0.25));
    for number in 0..300 {
        let message = number.to_string();
        while !send(&world.logs, &[(1, &message)]).is_ok_and(|reply| reply.status == 200) {
            world.logs.create_stream(GROUP, STREAM);
        }
    }
    let calls = world.logs.calls();
    let stored = world.logs.ever_stored();
    let distinct: BTreeSet<&str> = stored.iter().map(|event| event.message.as_str()).collect();
    assert_eq!(distinct.len(), 300);
    let lost =
        stored.iter().filter(|it| calls.get(it.call).is_some_and(|call| call.is_answer_lost));
    assert_eq!(stored.len() - distinct.len(), lost.count());
    let faults: usize = world.logs.faults_injected().values().sum();
    assert!(faults > 50, "{faults}");
}
