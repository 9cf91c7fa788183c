//! What later runs show about earlier ones: which one was rolled back, and which one is over.

use super::run::{Deployment, Outcome};
use crate::story::event::{About, StoryEvent};

/// A rollback and the failure before it lie so close together.
const CLOSE_MS: i64 = 5 * 60 * 1000;

/// Finds the failed deployment of each rollback: the one of the same service that ended closest to
/// the rollback's begin, or, if none has ended, the last that began before it.
pub(super) fn pair(runs: &mut [Deployment]) {
    for at in 0..runs.len() {
        let Some(rollback) = runs.get(at).filter(|run| run.is_rollback).cloned() else { continue };
        let Some(begin_ms) = rollback.begin_ms else { continue };
        let candidates = runs.iter_mut().enumerate().filter(|(other, run)| {
            *other != at && run.id != rollback.id && run.is_of_same_service(&rollback)
        });
        let close = |run: &Deployment| {
            let gap = (run.end_ms? - begin_ms).abs();
            (run.has_failed() && run.rolled_back_to.is_none() && gap <= CLOSE_MS).then_some(gap)
        };
        let open = |run: &Deployment| {
            let began_before = begin_ms - run.begin_ms?;
            let is_open = run.end_ms.is_none() && run.has_events && began_before >= 0;
            is_open.then_some(CLOSE_MS + 1 + began_before)
        };
        let distance = |run: &Deployment| close(run).or_else(|| open(run));
        let failed = candidates.filter_map(|(_, run)| Some((distance(run)?, run)));
        if let Some((_, failed)) = failed.min_by_key(|(distance, _)| *distance) {
            failed.outcome = match rollback.outcome {
                Outcome::Failed | Outcome::InProgress => Outcome::Failed,
                Outcome::RolledBack | Outcome::Replaced | Outcome::Completed | Outcome::Unknown => {
                    Outcome::RolledBack
                }
            };
            failed.end_ms = failed.end_ms.or(Some(begin_ms));
            failed.rolled_back_to = Some(rollback.id);
        }
    }
}

/// A run without an end is in progress only if no later one of the service has begun. The next one
/// replaced it, unless the service was steady before: then an event of its end is missing.
pub(super) fn supersede(runs: &mut [Deployment], events: &[StoryEvent]) {
    let is_steady = |event: &&StoryEvent| {
        let About::Action(action) = &event.about else { return false };
        &*action.name == "SERVICE_STEADY_STATE"
    };
    let steady: Vec<_> = events.iter().filter(is_steady).collect();
    for at in (0..runs.len()).rev() {
        let (before, later) = runs.split_at_mut(at + 1);
        let is_open =
            |it: &&mut Deployment| it.outcome == Outcome::InProgress && it.service.is_some();
        let Some(run) = before.last_mut().filter(is_open) else { continue };
        let next = later.iter().filter(|it| it.has_events && it.is_of_same_service(run));
        let next = next.filter(|it| it.begin_ms > run.begin_ms);
        let Some(next) = next.min_by_key(|it| it.begin_ms) else { continue };
        run.replaced_by = Some(next.id.clone());
        run.next_ms = next.begin_ms;
        if was_steady(run, next, &steady) {
            run.outcome = Outcome::Unknown;
        } else {
            run.outcome = Outcome::Replaced;
            run.end_ms = next.begin_ms;
        }
    }
}

/// True if the service was steady between the begins of two of its runs.
fn was_steady(run: &Deployment, next: &Deployment, steady: &[&StoryEvent]) -> bool {
    steady.iter().any(|event| {
        event.service.as_deref() == run.service.as_deref()
            && event.home().can_be(run.home())
            && Some(event.time_ms) > run.begin_ms
            && Some(event.time_ms) < next.begin_ms
    })
}
