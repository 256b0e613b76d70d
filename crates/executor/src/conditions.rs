//! Conditions while a plan is carried out: evaluated with what was really made.

use std::collections::HashMap;

use trueup_addrs::{AbsInstance, AbsResource, ConfigResource, InstanceKey};
use trueup_config::{Config, Resource};
use trueup_diagnostics::{Diagnostics, Severity};
use trueup_evaluator::instance_conditions::{Reports, has_conditions};
use trueup_evaluator::{Evaluator, Repeated, expansion};
use trueup_plan::{Action, Plan};
use trueup_provider::{ApplyOutcome, Object};
use trueup_state::CheckResult;
use trueup_value::Value;

use crate::dispatch::Finished;
use crate::jobs::{Call, Job, Jobs};
use crate::work::Work;

impl Jobs<'_> {
    /// Evaluates the preconditions of an instance; answers whether it may be changed.
    pub(crate) fn preconditions(
        &mut self,
        addr: &AbsInstance,
        resource: &Resource,
        repeated: &Repeated,
    ) -> bool {
        let mut reports = Reports::default();
        let fine = reports.before(self.evaluator, resource, addr, repeated, self.diagnostics);
        reports.record(self.evaluator);
        fine
    }

    /// Evaluates the conditions of instances that stay as they are: what they refer to may have changed.
    pub(crate) fn conditions_of_unchanged(&mut self, addr: &ConfigResource) {
        let config = self.evaluator.config().clone();
        let Some(resource) = resource_of(&config, addr) else {
            return;
        };
        if !has_conditions(resource) {
            return;
        }
        let mut reports = Reports::default();
        for module in self.evaluator.module_instances(&addr.module).iter() {
            let abs = AbsResource::new(module.clone(), addr.resource.clone());
            let (expansion, _) = expansion::expand(self.evaluator, module, &resource.repetition);
            let repeated: HashMap<InstanceKey, Repeated> =
                expansion.instances().into_iter().collect();
            for at in self.index.changes_of(&abs) {
                let change = &self.plan.changes[*at];
                let wanted = change.action == Action::NoOp && change.deposed.is_none();
                let Some(repeated) = repeated.get(&change.addr.key).filter(|_| wanted) else {
                    continue;
                };
                let (evaluator, addr) = (&*self.evaluator, &change.addr);
                let found = &mut *self.diagnostics;
                if reports.before(evaluator, resource, addr, repeated, found) {
                    let own = &change.after;
                    reports.after(evaluator, resource, addr, repeated, own, found);
                }
            }
        }
        reports.record(self.evaluator);
    }
}

/// The block of a resource.
fn resource_of<'a>(config: &'a Config, addr: &ConfigResource) -> Option<&'a Resource> {
    let node = config.module(&addr.module)?;
    node.module.resources.get(&addr.resource)
}

/// An object that came out of a batch, to be held against its postconditions.
pub(crate) struct Made {
    work: Work,
    addr: AbsInstance,
    repeated: Repeated,
    value: Value,
}

/// The objects of a batch that have postconditions.
pub(crate) fn made(finished: &Finished, config: &Config) -> Vec<Made> {
    let jobs = finished.jobs.iter();
    jobs.filter_map(|(work, job, outcome)| {
        let ApplyOutcome::Done(Some(object), _) = outcome else {
            return None;
        };
        let resource = resource_of(config, &job.addr.config())?;
        if resource.lifecycle.postconditions.is_empty() {
            return None;
        }
        Some(Made {
            work: work.clone(),
            addr: (*job.addr).clone(),
            repeated: job.repeated.clone()?,
            value: job.marked(&object.value),
        })
    })
    .collect()
}

/// Holds objects against their postconditions; answers the nodes of those that do not suit.
pub(crate) fn postconditions(
    evaluator: &mut Evaluator,
    made: Vec<Made>,
    diagnostics: &mut Diagnostics,
) -> Vec<Work> {
    let config = evaluator.config().clone();
    let mut reports = Reports::default();
    let mut failed = Vec::new();
    for one in made {
        let Some(resource) = resource_of(&config, &one.addr.config()) else {
            continue;
        };
        let (addr, repeated, own) = (&one.addr, &one.repeated, &one.value);
        if !reports.after(evaluator, resource, addr, repeated, own, diagnostics) {
            failed.push(one.work);
        }
    }
    reports.record(evaluator);
    failed
}

/// What is wrong with the data source of a `check` block is the check's to tell, as a warning: the run goes on.
pub(crate) fn forgive_checks(finished: &mut Finished, evaluator: &mut Evaluator) {
    let config = evaluator.config().clone();
    for (_, job, outcome) in &mut finished.jobs {
        let check = check_of(&config, job);
        let (Some(check), ApplyOutcome::Failed(_, problems)) = (check, &mut *outcome) else {
            continue;
        };
        let mut problems = std::mem::take(problems);
        let said: Vec<String> = problems
            .iter()
            .filter(|problem| problem.is_error())
            .map(|problem| format!("{}: {}", problem.summary, problem.detail))
            .collect();
        for problem in &mut problems {
            problem.severity = Severity::Warning;
        }
        evaluator.checked_data_failed(&job.addr.resource.module, check, said.join("\n\n"));
        // The state keeps what was asked for.
        let asked = match &job.call {
            Call::Read(_, request) => Some(Object {
                value: request.config.clone(),
                private: None,
            }),
            Call::Change(..) => None,
        };
        *outcome = ApplyOutcome::Done(asked, problems);
    }
}

fn check_of<'a>(config: &'a Config, job: &Job) -> Option<&'a str> {
    match job.call {
        Call::Read(..) => resource_of(config, &job.addr.config())?.check.as_deref(),
        Call::Change(..) => None,
    }
}

/// What the state remembers of conditions after a run; nothing where there are none. Only a run that brings
/// objects to what the configuration says evaluates them; of the others the plan knows.
pub(crate) fn results(evaluator: &Evaluator, plan: &Plan) -> Option<Vec<CheckResult>> {
    let results = match plan.mode {
        trueup_plan::Mode::Normal => evaluator.record().results(),
        _ => plan.checks.clone(),
    };
    (!results.is_empty()).then_some(results)
}
