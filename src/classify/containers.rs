//! The containers of a task, reduced in one pass to the facts that decide how it is judged.

use crate::event::StopCategory;
use crate::glob::Patterns;
use crate::json::{Shape, Value};

/// The facts about the containers that count: all but the sidecars, or all if there are only
/// sidecars.
#[derive(Clone, Copy, Default)]
pub(super) struct Containers {
    count: usize,
    /// True if a container's reason is an error.
    pub(super) have_error_reason: bool,
    /// The stop category of the first reason that has one.
    pub(super) category: Option<StopCategory>,
    /// Containers whose exit code is 0.
    zeros: usize,
    /// Containers that ECS may have ended: their code is that of a signal, and they have no reason.
    ended: usize,
    /// Containers with any other exit code.
    failed: usize,
}

/// The exit codes of a container that SIGKILL or SIGTERM ended.
const BY_SIGNAL: [f64; 2] = [137.0, 143.0];

impl Containers {
    /// Reads the `containers` of a task. A container whose name matches `sidecars` is a sidecar.
    pub(super) fn read(containers: Option<Value<'_>>, sidecars: &Patterns) -> Self {
        let (mut counting, mut all) = (Self::default(), Self::default());
        let containers = containers.into_iter().flat_map(Value::elements);
        for container in containers.filter(|it| it.shape() == Shape::Object) {
            let (mut name, mut exit_code, mut reason) = (None, None, None);
            for member in container.children() {
                match member.key().as_ref() {
                    "name" => name = member.string(),
                    "exitCode" => exit_code = number(member),
                    "reason" => reason = member.string(),
                    _ => {}
                }
            }
            let reason = reason.as_deref().unwrap_or_default();
            all.add(exit_code, reason);
            if !name.is_some_and(|name| sidecars.hold(Some(&name))) {
                counting.add(exit_code, reason);
            }
        }
        if counting.count > 0 { counting } else { all }
    }

    /// Adds a container.
    fn add(&mut self, exit_code: Option<f64>, reason: &str) {
        self.count += 1;
        if !reason.is_empty() {
            self.have_error_reason |= is_error(reason);
            self.category = self.category.or_else(|| category(reason));
        }
        match exit_code {
            None => {}
            Some(0.0) => self.zeros += 1,
            Some(code) if BY_SIGNAL.contains(&code) && reason.is_empty() => self.ended += 1,
            Some(_) => self.failed += 1,
        }
    }

    /// True if a container has an exit code.
    pub(super) fn have_exit_code(&self) -> bool {
        self.zeros > 0 || self.have_exit_code_but_zero()
    }

    /// True if a container has an exit code that is not 0.
    pub(super) fn have_exit_code_but_zero(&self) -> bool {
        self.ended > 0 || self.failed > 0
    }

    /// True if an exit code shows a failure.
    ///
    /// The exit code of a signal shows none if another container has exit code 0: after an essential
    /// container ends, ECS ends the others by signal.
    pub(super) fn have_failing_exit_code(&self) -> bool {
        self.failed > 0 || self.ended > 0 && self.zeros == 0
    }
}

/// Returns the number, which can also be spelled as a string.
fn number(value: Value<'_>) -> Option<f64> {
    value.text().trim_matches('"').parse().ok()
}

/// True for `CannotPull…` and for one word that ends in `Error` or `Exception` before a colon.
pub(super) fn is_error(reason: &str) -> bool {
    if reason.starts_with("CannotPull") {
        return true;
    }
    let Some((word, _)) = reason.split_once(':') else {
        return false;
    };
    let is_error = word.ends_with("Error") || word.ends_with("Exception");
    is_error && word != "SpotInterruptionError" && !word.contains(char::is_whitespace)
}

/// The category of a reason, by its first word.
pub(super) fn category(reason: &str) -> Option<StopCategory> {
    const CATEGORIES: [(&str, StopCategory); 3] = [
        ("OutOfMemory", StopCategory::OutOfMemory),
        ("CannotPull", StopCategory::ImagePull),
        ("ResourceInitializationError", StopCategory::SecretsOrInit),
    ];
    let fits = CATEGORIES.into_iter().find(|(start, _)| reason.starts_with(start));
    fits.map(|(_, category)| category)
}
