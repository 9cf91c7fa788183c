//! A gate: it holds calls, so that a test can act meanwhile.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::fault::Fault;

/// A gate where calls wait until the test opens it. Dropping it opens it.
pub struct Gate(Arc<Barrier>);

/// The part of a gate that the calls share.
#[derive(Debug, Default)]
pub struct Barrier {
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

/// The longest wait at a gate.
const PATIENCE: Duration = Duration::from_mins(1);
const UNPOISONED: &str = "nobody panics with the gate in hand";

impl Gate {
    /// A closed gate.
    pub fn closed() -> Self {
        Self(Arc::new(Barrier::default()))
    }

    /// The fault that makes a call wait here.
    pub fn fault(&self) -> Fault {
        Fault::Wait(Arc::clone(&self.0))
    }

    /// Waits until this many calls wait here. The test fails if they do not come.
    pub fn wait_for(&self, count: usize) {
        let state = self.0.state.lock().expect(UNPOISONED);
        let waited = self.0.changed.wait_timeout_while(state, PATIENCE, |(came, _)| *came < count);
        let came = waited.expect(UNPOISONED).0.0;
        assert!(came >= count, "{came} of {count} calls came to the gate");
    }

    /// Lets all calls pass, later ones included.
    pub fn open(&self) {
        self.0.state.lock().expect(UNPOISONED).1 = true;
        self.0.changed.notify_all();
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.open();
    }
}

impl Barrier {
    /// Waits until the gate is open.
    pub fn pass(&self) {
        let mut state = self.state.lock().expect(UNPOISONED);
        state.0 += 1;
        self.changed.notify_all();
        drop(self.changed.wait_timeout_while(state, PATIENCE, |(_, is_open)| !*is_open));
    }
}
