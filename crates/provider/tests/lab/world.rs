//! What exists in the lab, what was done there, and what is to go wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use trueup_value::Value;

/// The lab as it stands. Objects are told apart by their `name`.
#[derive(Default)]
pub(crate) struct World {
    /// The objects by name.
    pub(crate) objects: BTreeMap<String, Value>,
    /// Every call, in order.
    pub(crate) log: Vec<String>,
    /// Names whose read finds nothing.
    pub(crate) absent: BTreeSet<String>,
    /// Names whose read fails.
    pub(crate) unreadable: BTreeSet<String>,
    /// Names whose read finds an attribute otherwise.
    pub(crate) drifted: BTreeMap<String, (String, Value)>,
    /// Changes that are refused: `create orders`.
    pub(crate) refused: BTreeSet<String>,
    /// Changes whose object is there in part when they fail.
    pub(crate) halfway: BTreeSet<String>,
    /// Changes that are made, but whose answer is lost.
    pub(crate) lost: BTreeSet<String>,
    /// Changes that come out otherwise than planned.
    pub(crate) bent: BTreeSet<String>,
    /// Changes during which the run is asked to stop; they are made.
    pub(crate) stopping: BTreeSet<String>,
    /// Names that are planned otherwise from now on.
    pub(crate) fickle: BTreeSet<String>,
    /// The most steps of a batch of `lab_item`; 0 stands for 3.
    pub(crate) batch: usize,
}

impl World {
    /// Writes down a call.
    pub(crate) fn note(&mut self, call: impl Into<String>) {
        self.log.push(call.into());
    }
}

/// A world that provider and test share.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<World>>);

impl Shared {
    /// The world.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
