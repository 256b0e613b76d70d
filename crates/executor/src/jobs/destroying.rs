//! Calls that take objects away, as the plan foresaw them: nothing is planned again for them.

use std::sync::{Arc, PoisonError};

use trueup_diagnostics::Diagnostic;
use trueup_evaluator::marks::Marked;
use trueup_plan::{DeposedKey, Phase};
use trueup_provider::{Object, Step, StepKind};
use trueup_state::InstanceState;
use trueup_value::Type;

use super::{Call, Job, Jobs};

impl Jobs<'_> {
    /// The calls of a destroying step.
    pub(crate) fn of_step(&mut self, at: usize) -> Vec<Job> {
        let step = &self.plan.steps[at];
        let mut jobs = Vec::new();
        for n in &step.changes {
            let change = &self.plan.changes[*n];
            let Some((schema, configured)) = self.type_of(change) else {
                continue;
            };
            let Some(resource_type) = configured.resource_type(&change.addr.resource.resource.kind)
            else {
                continue;
            };
            let ty = schema.block.implied_type();
            let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(instance) = state.instance(&change.addr) else {
                continue;
            };
            let (deposed, prior) = match self.doomed(*n, step.phase, instance, &ty) {
                Ok(Some(found)) => found,
                Ok(None) => continue,
                Err(diagnostic) => {
                    self.diagnostics.push(diagnostic);
                    continue;
                }
            };
            drop(state);
            let addr = Arc::new(change.addr.clone());
            let successor = (!change.after.is_null()).then(|| change.after.without_marks_inside());
            jobs.push(Job {
                change: *n,
                deposed,
                sets_aside: None,
                stored_under: self.index.as_stored(&change.provider),
                provider: change.provider.clone(),
                ty,
                schema,
                marks: Marked::new(),
                repeated: None,
                call: Call::Change(
                    resource_type,
                    Step {
                        address: addr.clone(),
                        kind: StepKind::Delete,
                        prior: Some(prior),
                        planned: None,
                        config: None,
                        successor,
                        token: (self.surroundings.uuid)().into(),
                    },
                ),
                addr,
            });
        }
        jobs
    }

    /// The object that a destroying change takes away; `None` where it is gone already.
    fn doomed(
        &self,
        at: usize,
        phase: Phase,
        instance: &InstanceState,
        ty: &Type,
    ) -> Result<Option<(Option<DeposedKey>, Object)>, Diagnostic> {
        let change = &self.plan.changes[at];
        if phase != Phase::DestroyDeposed {
            let object = Object {
                value: change.before.without_marks_inside(),
                private: change.private.clone(),
            };
            return Ok(instance.current.is_some().then_some((None, object)));
        }
        let key = change.deposed.as_ref().or_else(|| self.set_aside.get(&at));
        let found = key.and_then(|key| instance.deposed.get_key_value(key));
        let Some((key, stored)) = found else {
            return Ok(None);
        };
        let value = stored.decode_unmarked(ty).map_err(|error| {
            Diagnostic::error(
                "Unreadable object in state",
                format!(
                    "What the state holds of {} (deposed object {key}) can't be read: {error}.",
                    change.addr
                ),
            )
        })?;
        let object = Object {
            value,
            private: stored.private.clone(),
        };
        Ok(Some((Some(key.clone()), object)))
    }
}
