//! The hooks of each run.

use super::run::{Deployment, Hook, run_at};
use crate::story::event::{About, ActionKind, StoryEvent};

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
            name: action.name.clone(),
            stage: action.reason.clone(),
            waited_ms,
        });
    }
}
