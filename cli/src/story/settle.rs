//! Whether the deployments that someone waits for are over.

use super::deployment::{Deployment, Outcome};
use ecs_event_forwarder::glob;

/// Which deployments are waited for.
pub(crate) struct Wait {
    /// One that ended before this time counts only if it is named.
    pub(crate) since_ms: i64,
    /// Ids of deployments, or globs; all deployments if there is none.
    pub(crate) named: Vec<String>,
}

/// The state of the deployments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// There is no event of such a deployment.
    Unseen,
    /// One of them, or its rollback, is not over.
    Not,
    Completed,
    Failed,
}

/// How long to wait for a rollback after a failure.
const ROLLBACK_MS: i64 = 5 * 60 * 1000;

impl Wait {
    /// The deployments that are waited for.
    pub(crate) fn runs<'a>(&self, all: &'a [Deployment]) -> Vec<&'a Deployment> {
        let is_named = |run: &Deployment| self.named.iter().any(|it| glob::matches(it, &run.id));
        let is_new = |run: &Deployment| run.end_ms.is_none_or(|end| end >= self.since_ms);
        let runs = all.iter().filter(|run| {
            run.has_events
                && !run.is_rollback
                && run.outcome != Outcome::Unknown
                && if self.named.is_empty() {
                    // Its replacement is waited for.
                    is_new(run) && run.outcome != Outcome::Replaced
                } else {
                    is_named(run)
                }
        });
        runs.collect()
    }

    /// How they went.
    pub(crate) fn settled(&self, all: &[Deployment], now_ms: i64) -> Settled {
        let runs = self.runs(all);
        if runs.is_empty() {
            return Settled::Unseen;
        }
        if runs.iter().any(|run| !is_over(run, all, now_ms)) {
            return Settled::Not;
        }
        let is_completed = |run: &&Deployment| run.outcome == Outcome::Completed;
        if runs.iter().all(is_completed) { Settled::Completed } else { Settled::Failed }
    }
}

fn is_over(run: &Deployment, all: &[Deployment], now_ms: i64) -> bool {
    let Some(end_ms) = run.end_ms.filter(|_| run.outcome != Outcome::InProgress) else {
        return false;
    };
    if !run.has_failed() {
        return true;
    }
    let is_late = now_ms - end_ms >= ROLLBACK_MS;
    match &run.rolled_back_to {
        Some(_) => {
            let rollback = run.rollback(all);
            rollback.is_none_or(|it| it.outcome != Outcome::InProgress)
        }
        // A daemon rolls back under its own id, and an event reports the end.
        None => run.outcome == Outcome::RolledBack || is_late,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run that began at 0; times are in minutes.
    fn run(id: &str, outcome: Outcome, end: Option<i64>) -> Deployment {
        Deployment {
            id: id.to_owned(),
            outcome,
            begin_ms: Some(0),
            has_events: true,
            end_ms: end.map(|end| end * 60_000),
            ..Deployment::default()
        }
    }

    fn settled(runs: &[Deployment], since: i64, now: i64, named: &[&str]) -> Settled {
        let named = named.iter().map(|it| (*it).to_owned()).collect();
        Wait { since_ms: since * 60_000, named }.settled(runs, now * 60_000)
    }

    #[test]
    fn a_deployment_that_ended_before_the_start_settles_nothing() {
        let old = run("old", Outcome::Completed, Some(1));
        assert_eq!(settled(&[], 2, 3, &[]), Settled::Unseen);
        assert_eq!(settled(std::slice::from_ref(&old), 2, 3, &[]), Settled::Unseen);
        assert_eq!(settled(std::slice::from_ref(&old), 2, 3, &["old"]), Settled::Completed);
        assert_eq!(settled(std::slice::from_ref(&old), 2, 3, &["new"]), Settled::Unseen);
        let new = run("new", Outcome::InProgress, None);
        assert_eq!(settled(&[old.clone(), new.clone()], 2, 3, &[]), Settled::Not);
        assert_eq!(settled(&[old.clone(), new.clone()], 2, 3, &["old"]), Settled::Completed);
        let new = run("new", Outcome::Completed, Some(2));
        assert_eq!(settled(&[old, new], 2, 3, &[]), Settled::Completed);
    }

    #[test]
    fn all_that_are_waited_for_must_be_over() {
        let ended = run("a", Outcome::Completed, Some(2));
        let open = run("b", Outcome::InProgress, None);
        assert_eq!(settled(&[ended.clone(), open], 1, 3, &[]), Settled::Not);
        let unknown = run("b", Outcome::Unknown, None);
        assert_eq!(settled(&[ended, unknown], 1, 3, &[]), Settled::Completed);
    }

    #[test]
    fn a_deployment_that_is_replaced_settles_at_once_if_it_is_named() {
        let replaced = run("a", Outcome::Replaced, Some(2));
        let next = run("b", Outcome::InProgress, None);
        let runs = [replaced.clone(), next];
        assert_eq!(settled(&runs, 1, 3, &["a"]), Settled::Failed);
        assert_eq!(settled(&runs, 1, 3, &["a", "b"]), Settled::Not);
        assert_eq!(settled(&runs, 1, 3, &[]), Settled::Not);
        let next = run("b", Outcome::Completed, Some(4));
        assert_eq!(settled(&[replaced, next], 1, 4, &[]), Settled::Completed);
    }

    #[test]
    fn a_failure_is_over_with_its_rollback_or_after_five_minutes() {
        let failed = run("new", Outcome::Failed, Some(2));
        assert_eq!(settled(std::slice::from_ref(&failed), 1, 6, &[]), Settled::Not);
        assert_eq!(settled(&[failed], 1, 7, &[]), Settled::Failed);
        let failed = Deployment {
            rolled_back_to: Some("old".to_owned()),
            ..run("new", Outcome::RolledBack, Some(2))
        };
        let rollback = |outcome, end| Deployment { is_rollback: true, ..run("old", outcome, end) };
        let back = rollback(Outcome::InProgress, None);
        assert_eq!(settled(&[failed.clone(), back], 1, 60, &[]), Settled::Not);
        for outcome in [Outcome::Completed, Outcome::Failed] {
            let back = rollback(outcome, Some(3));
            assert_eq!(settled(&[failed.clone(), back], 1, 3, &[]), Settled::Failed);
        }
    }
}
