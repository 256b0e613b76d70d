//! What became of a batch, into the state, the counts and the diagnostics; and from the state to the evaluator.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use trueup_addrs::{AbsResource, ConfigResource, InstanceKey, Mode as ResourceMode};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::record::object_address;
use trueup_evaluator::{Evaluator, Expansion, Node, expansion, graph};
use trueup_plan::{Action, Plan};
use trueup_provider::{ApplyOutcome, Object, Problem, Registry, StepKind, contract};
use trueup_state::{CheckKind, State};
use trueup_value::{Type, Value};

use crate::apply::Applied;
use crate::dispatch::{Finished, put, stored};
use crate::jobs::{Call, Job};
use crate::work::{Index, Work};

/// Takes outcomes in.
pub(crate) struct Settler<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) config: &'a Config,
    pub(crate) state: &'a Arc<Mutex<State>>,
    pub(crate) applied: &'a mut Applied,
    pub(crate) diagnostics: &'a mut Diagnostics,
    pub(crate) lost_answers: &'a mut bool,
}

impl Settler<'_> {
    /// Takes a batch in; answers the node of each job and whether the job failed.
    pub(crate) fn batch(&mut self, finished: Finished) -> Vec<(Work, bool)> {
        if let Some(error) = finished.journal {
            let diagnostic = Diagnostic::error("The journal could not be written", format!("{error}. No change was begun without it."))
                .hint("The journal lets the next run find what a killed run made. Make its place writable and apply again.");
            // Batches that were begun together are refused for one reason.
            if !self.diagnostics.iter().any(|known| *known == diagnostic) {
                self.diagnostics.push(diagnostic);
            }
            return finished
                .jobs
                .into_iter()
                .map(|(work, _, _)| (work, true))
                .collect();
        }
        finished
            .jobs
            .into_iter()
            .map(|(work, job, outcome)| {
                let failed = self.one(&job, outcome);
                (work, failed)
            })
            .collect()
    }

    fn one(&mut self, job: &Job, outcome: ApplyOutcome) -> bool {
        match outcome {
            ApplyOutcome::Done(object, problems) => {
                self.place(job, problems);
                self.done(job, object)
            }
            ApplyOutcome::Failed(object, problems) => {
                self.place(job, problems);
                match (object, kind(job)) {
                    (Some(object), Some(_)) => self.store(job, &object),
                    (None, Some(StepKind::Create)) => self.restore_deposed(job),
                    _ => {}
                }
                true
            }
            ApplyOutcome::NotTried => {
                self.restore_deposed(job);
                true
            }
            ApplyOutcome::Unknown(problem) => {
                *self.lost_answers = true;
                self.place(job, vec![problem]);
                true
            }
        }
    }

    fn done(&mut self, job: &Job, object: Option<Object>) -> bool {
        let Call::Change(resource_type, step) = &job.call else {
            if let Some(object) = object {
                self.store(job, &object);
            }
            return false;
        };
        match (step.kind, object) {
            (StepKind::Delete, _) => {
                self.applied.destroyed += 1;
                self.remove(job);
                false
            }
            (kind, Some(object)) => {
                match kind {
                    StepKind::Create => self.applied.added += 1,
                    _ => self.applied.changed += 1,
                }
                let planned = step.planned.as_ref();
                let broken = match planned {
                    Some(planned) if !resource_type.zero_is_unset() => {
                        contract::result_violations(planned, &object.value)
                    }
                    _ => Vec::new(),
                };
                self.store(job, &object);
                if let Some((path, what)) = broken.first() {
                    self.diagnostics.push(
                        Diagnostic::error(
                            "Provider produced inconsistent result after apply",
                            format!("What came of applying {} is not what was planned: {path}: {what}. The object is saved as it is. This is a bug of trueup, please report it.", job.addr),
                        )
                        .with_address(job.addr.to_string()),
                    );
                    return true;
                }
                false
            }
            (_, None) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Provider produced inconsistent result after apply",
                        format!("{} was applied, but nothing came back. This is a bug of trueup, please report it.", job.addr),
                    )
                    .with_address(job.addr.to_string()),
                );
                true
            }
        }
    }

    fn store(&mut self, job: &Job, object: &Object) {
        let change = &self.plan.changes[job.change];
        let mut stored = stored(
            job,
            object,
            change.dependencies.clone(),
            change.create_before_destroy,
        );
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut instance = state.instance(&job.addr).cloned().unwrap_or_default();
        match &job.deposed {
            Some(key) => {
                instance.deposed.insert(key.clone(), stored);
            }
            None => {
                if let Some(before) = instance.current.take()
                    && is_the_same(job, object)
                {
                    stored.extra = before.extra;
                }
                instance.current = Some(stored);
            }
        }
        put(&mut state, job, instance);
    }

    fn remove(&mut self, job: &Job) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut instance) = state.instance(&job.addr).cloned() else {
            return;
        };
        match &job.deposed {
            Some(key) => {
                instance.deposed.remove(key);
            }
            None => instance.current = None,
        }
        put(&mut state, job, instance);
    }

    /// A replacement that never came about gives its place back to the object that was set aside for it.
    fn restore_deposed(&mut self, job: &Job) {
        let Some(key) = &job.sets_aside else {
            return;
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(instance) = state.instance_mut(&job.addr)
            && instance.current.is_none()
            && let Some(object) = instance.deposed.remove(key)
        {
            instance.current = Some(object);
        }
    }

    fn place(&mut self, job: &Job, problems: Vec<Problem>) {
        let declared = self
            .config
            .module(&job.addr.resource.module.module())
            .and_then(|node| node.module.resources.get(&job.addr.resource.resource));
        let written = declared.map(|resource| &*resource.body);
        let before = self.diagnostics.len();
        place_problems(problems, Some(&job.addr), written, self.diagnostics);
        let Some(check) = declared.and_then(|resource| resource.check.as_deref()) else {
            return;
        };
        let module = &job.addr.resource.module;
        for diagnostic in self.diagnostics.iter_mut().skip(before) {
            diagnostic.checked = Some(object_address(module, CheckKind::Check, check));
        }
    }
}

/// Whether an update left the object the one that it was: what a newer program wrote beside its
/// attributes, such as its identity, holds on.
fn is_the_same(job: &Job, object: &Object) -> bool {
    match &job.call {
        Call::Change(resource_type, step) if step.kind == StepKind::Update => {
            step.prior.as_ref().is_some_and(|prior| {
                resource_type.identity(&prior.value) == resource_type.identity(&object.value)
            })
        }
        _ => false,
    }
}

fn kind(job: &Job) -> Option<StepKind> {
    match &job.call {
        Call::Change(_, step) => Some(step.kind),
        Call::Read(..) => None,
    }
}

/// Tells the evaluator what a resource is, once nothing of it is left to do.
pub(crate) fn know_resource(
    evaluator: &mut Evaluator,
    plan: &Plan,
    index: &Index,
    state: &Arc<Mutex<State>>,
    providers: &Registry,
    addr: &ConfigResource,
) {
    let config = evaluator.config().clone();
    let Some(node) = config.module(&addr.module) else {
        return;
    };
    let Some(resource) = node.module.resources.get(&addr.resource) else {
        return;
    };
    let provider = graph::provider_config(&config, node, resource);
    let Some(schema) =
        providers.schema(&provider.provider, addr.resource.mode, &addr.resource.kind)
    else {
        return;
    };
    let ty = schema.block.implied_type();
    for module in evaluator.module_instances(&addr.module).iter() {
        let abs = AbsResource::new(module.clone(), addr.resource.clone());
        let (expansion, _) = expansion::expand(evaluator, module, &resource.repetition);
        let unchanged: BTreeMap<&InstanceKey, &Value> = index
            .changes_of(&abs)
            .iter()
            .map(|at| &plan.changes[*at])
            .filter(|change| change.action == Action::NoOp)
            .map(|change| (&change.addr.key, &change.after))
            .collect();
        let state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let values = expansion
            .instances()
            .into_iter()
            .map(|(key, _)| {
                let value = match unchanged.get(&key) {
                    Some(value) => (*value).clone(),
                    None => {
                        held(&state, &abs, &key, &ty).unwrap_or_else(|| Value::unknown(ty.clone()))
                    }
                };
                (key, value)
            })
            .collect();
        drop(state);
        let value = Evaluator::assemble(&expansion, values);
        evaluator.set_resource(abs, value);
    }
}

fn held(state: &State, abs: &AbsResource, key: &InstanceKey, ty: &Type) -> Option<Value> {
    let instance = state.resources.get(abs)?.instances.get(key)?;
    instance.current.as_ref()?.decode(ty).ok()
}

/// For a destruction: tells the evaluator what the state holds of the resources that provider
/// configurations refer to.
pub(crate) fn know_state(evaluator: &mut Evaluator, state: &State, providers: &Registry) {
    let config = evaluator.config().clone();
    let (graph, _) = graph::build(&config);
    let configurations: Vec<&Node> = graph
        .nodes()
        .filter(|node| matches!(node, Node::Provider(_)))
        .collect();
    let needed = graph.transitive_dependencies(configurations);
    for (abs, resource) in &state.resources {
        let addr = abs.config();
        let mode: ResourceMode = addr.resource.mode;
        if !needed.contains(&Node::Resource(addr.clone())) {
            continue;
        }
        let Some(schema) = providers.schema(&resource.provider.provider, mode, &addr.resource.kind)
        else {
            continue;
        };
        let ty = schema.block.implied_type();
        let values: BTreeMap<InstanceKey, Value> = resource
            .instances
            .keys()
            .filter_map(|key| Some((key.clone(), held(state, abs, key, &ty)?)))
            .collect();
        let expansion = match values.keys().next() {
            None | Some(InstanceKey::None) => Expansion::Single,
            Some(InstanceKey::Int(_)) => Expansion::Count(values.len() as u64),
            Some(InstanceKey::Str(_)) => Expansion::ForEach(Arc::default()),
        };
        let value = Evaluator::assemble(&expansion, values);
        evaluator.set_resource(abs.clone(), value);
    }
}
