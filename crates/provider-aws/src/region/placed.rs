//! The region put back into what a type answers, which knows nothing of it.

use std::time::Duration;

use trueup_provider::{ApplyOutcome, BoxFuture, Imported, Object, Progress, ReadOutcome};
use trueup_value::Value;

use super::member;

/// An object with its region.
pub(super) fn at(object: Object, region: &Value) -> Object {
    Object {
        value: member::with(object.value, region),
        private: object.private,
    }
}

/// How a step ended, with the region in every object.
pub(super) fn outcome_at(outcome: ApplyOutcome, region: &Value) -> ApplyOutcome {
    match outcome {
        ApplyOutcome::Done(Some(object), problems) => {
            ApplyOutcome::Done(Some(at(object, region)), problems)
        }
        ApplyOutcome::Failed(Some(object), problems) => {
            ApplyOutcome::Failed(Some(at(object, region)), problems)
        }
        other => other,
    }
}

/// Progress that puts the region into what it passes on.
pub(super) struct Tagged<'a> {
    pub(super) to: &'a dyn Progress,
    pub(super) region: Value,
}

impl Progress for Tagged<'_> {
    fn created(&self, partial: Object) -> BoxFuture<'_, ()> {
        self.to.created(at(partial, &self.region))
    }

    fn waiting(&self, on: &str) {
        self.to.waiting(on);
    }

    fn at_most(&self, limit: Duration) {
        self.to.at_most(limit);
    }
}

/// What a read found, with its region.
pub(super) fn read_at(outcome: ReadOutcome, region: &Value) -> ReadOutcome {
    match outcome {
        ReadOutcome::Present(object) => ReadOutcome::Present(at(object, region)),
        other => other,
    }
}

/// Objects that were found, each with the region it is in.
pub(super) fn imported_at(found: Vec<Imported>, region: &Value) -> Vec<Imported> {
    let here = |imported: Imported| Imported {
        object: at(imported.object, region),
    };
    found.into_iter().map(here).collect()
}
