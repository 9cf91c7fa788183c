//! The hooks of each run.

use super::run::{Deployment, Hook, run_at};
use crate::story::event::{About, ActionKind, StoryEvent};

impl Hook {
    /// True if the deployment waits for someone to act on it.
    pub(crate) fn is_awaiting(&self) -> bool {
        self.name.contains("AWAITING")
    }
}

impl Deployment {
    /// The hooks that it waited for, and how long.
    pub(crate) fn waits(&self) -> impl Iterator<Item = (&Hook, i64)> {
        self.hooks.iter().filter(|it| it.is_awaiting()).filter_map(|it| Some((it, it.waited_ms?)))
    }

    /// `at most ` for a hook of which no event shows the end: the time until the deployment ended
    /// is known, and holds the time to bake, too.
    pub(crate) fn at_most(&self, hook: &Hook) -> &'static str {
        let is_last = self.hooks.last().is_some_and(|last| last.at_ms == hook.at_ms);
        if is_last { "at most " } else { "" }
    }
}

pub(super) fn add_hooks(runs: &mut Vec<Deployment>, events: &[StoryEvent]) {
    for event in events {
        let About::Action(action) = &event.about else { continue };
        if action.kind != ActionKind::Hook {
            continue;
        }
        let named = action.deployment.as_deref().unwrap_or("hooks");
        let is_it = |run: &Deployment| run.id == named && run.home().can_be(event.home());
        let by_id = runs.iter().rposition(is_it);
        let at = by_id.or_else(|| run_at(runs, event)).unwrap_or_else(|| {
            runs.push(Deployment {
                begin_ms: Some(event.time_ms),
                ..Deployment::new(named, event)
            });
            runs.len() - 1
        });
        let Some(run) = runs.get_mut(at) else { continue };
        run.last_ms = run.last_ms.max(event.time_ms);
        if let Some(before) = run.hooks.last_mut() {
            before.waited_ms = Some(event.time_ms - before.at_ms);
        }
        let waited_ms = run.end_ms.map(|end| end - event.time_ms).filter(|ms| *ms >= 0);
        run.hooks.push(Hook {
            at_ms: event.time_ms,
            name: action.name.to_string(),
            stage: action.reason.as_deref().map(str::to_owned),
            waited_ms,
        });
    }
}
