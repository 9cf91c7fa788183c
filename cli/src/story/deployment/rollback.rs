//! What later runs show about earlier ones: which one was rolled back, and which one is over.

use super::run::{Deployment, Outcome};

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
            failed.outcome = Outcome::RolledBack;
            failed.end_ms = failed.end_ms.or(Some(begin_ms));
            failed.rolled_back_to = Some(rollback.id);
        }
    }
}

/// A run without an end is in progress only if no later one of the service has begun.
pub(super) fn supersede(runs: &mut [Deployment]) {
    for at in (0..runs.len()).rev() {
        let (before, later) = runs.split_at_mut(at + 1);
        let is_open =
            |it: &&mut Deployment| it.outcome == Outcome::InProgress && it.service.is_some();
        let Some(run) = before.last_mut().filter(is_open) else { continue };
        let next = later.iter().filter(|it| it.has_events && it.is_of_same_service(run));
        let mut next = next.filter(|it| it.begin_ms > run.begin_ms);
        if next.next().is_some() {
            run.outcome = Outcome::Unknown;
        }
    }
}
