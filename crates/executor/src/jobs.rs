//! From planned changes to calls: the configuration is evaluated again with what is known by now, planned
//! again, and held against the plan.

mod destroying;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use trueup_addrs::{
    AbsInstance, ConfigResource, InstanceKey, Mode as ResourceMode, ModuleInstance,
    ProviderConfigAddr,
};
use trueup_backend::Surroundings;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::instance::configuration;
use trueup_evaluator::marks::{Marked, marked};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::{Evaluator, Repeated, expansion, proposed};
use trueup_plan::{Action, DeposedKey, Plan, ResourceChange};
use trueup_provider::{
    Configured, DataRequest, DataSource, Object, PlanRequest, Problem, Registry, ResourceType,
    Step, StepKind, contract,
};
use trueup_schema::ResourceSchema;
use trueup_state::State;
use trueup_value::{Type, Value};

use crate::work::Index;

/// One call to make.
pub(crate) struct Job {
    /// The change that it carries out, by position in the plan.
    pub(crate) change: usize,
    pub(crate) addr: Arc<AbsInstance>,
    /// Which deposed object it deletes, where it is not the current one.
    pub(crate) deposed: Option<DeposedKey>,
    /// Under which key the current object is set aside as soon as this call, which makes its replacement,
    /// is sent; not before, so that an object whose replacement is never begun keeps its place.
    pub(crate) sets_aside: Option<DeposedKey>,
    /// The provider configuration that it goes through.
    pub(crate) provider: ProviderConfigAddr,
    /// The same as the state writes it.
    pub(crate) stored_under: ProviderConfigAddr,
    pub(crate) schema: Arc<ResourceSchema>,
    pub(crate) ty: Type,
    /// Where the configuration marks the value.
    pub(crate) marks: Marked,
    /// What its conditions are evaluated for; nothing for a deletion, which has none.
    pub(crate) repeated: Option<Repeated>,
    pub(crate) call: Call,
}

/// What a job asks of the provider.
pub(crate) enum Call {
    /// A change of a managed resource.
    Change(Arc<dyn ResourceType>, Step),
    /// The read of a data source.
    Read(Arc<dyn DataSource>, DataRequest),
}

/// Makes jobs.
pub(crate) struct Jobs<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) index: &'a Index,
    pub(crate) providers: &'a Registry,
    pub(crate) configured: &'a HashMap<ProviderConfigAddr, Arc<dyn Configured>>,
    pub(crate) state: &'a Arc<Mutex<State>>,
    pub(crate) evaluator: &'a mut Evaluator,
    pub(crate) surroundings: &'a Surroundings,
    /// Under which keys this run's replacements set the old objects aside, by change.
    pub(crate) set_aside: &'a mut HashMap<usize, DeposedKey>,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

impl Jobs<'_> {
    /// The calls of a block's own changes, in all instances of its module. Where there are none, the
    /// evaluator knows the resource afterwards.
    pub(crate) fn of_resource(&mut self, addr: &ConfigResource) -> Vec<Job> {
        self.conditions_of_unchanged(addr);
        let planned = self.index.applied_by(addr);
        if planned.is_empty() {
            crate::settle::know_resource(
                self.evaluator,
                self.plan,
                self.index,
                self.state,
                self.providers,
                addr,
            );
            return Vec::new();
        }
        let config = self.evaluator.config().clone();
        let Some(resource) = config
            .module(&addr.module)
            .and_then(|node| node.module.resources.get(&addr.resource))
        else {
            return Vec::new();
        };
        let mut instances: HashMap<ModuleInstance, HashMap<InstanceKey, Repeated>> = HashMap::new();
        let mut jobs = Vec::new();
        for &at in planned {
            let change = &self.plan.changes[at];
            let module = &change.addr.resource.module;
            if !instances.contains_key(module) {
                let (expansion, found) =
                    expansion::expand(self.evaluator, module, &resource.repetition);
                let broken = found.has_errors();
                self.diagnostics.extend(found);
                if broken {
                    return Vec::new();
                }
                let expanded = match self.evaluator.has_module_instance(module) {
                    true => expansion.instances().into_iter().collect(),
                    false => HashMap::new(),
                };
                instances.insert(module.clone(), expanded);
            }
            let repeated = instances
                .get(module)
                .and_then(|expanded| expanded.get(&change.addr.key));
            let Some(repeated) = repeated else {
                self.diagnostics.push(inconsistent(
                    &change.addr,
                    "its key is no longer in count or for_each",
                    resource,
                ));
                continue;
            };
            let job = match addr.resource.mode {
                ResourceMode::Managed => self.change(at, resource, repeated),
                ResourceMode::Data => self.read(at, resource, repeated),
            };
            jobs.extend(job);
        }
        jobs
    }

    fn type_of(
        &self,
        change: &ResourceChange,
    ) -> Option<(Arc<ResourceSchema>, &Arc<dyn Configured>)> {
        let resource = &change.addr.resource.resource;
        let schema =
            self.providers
                .schema(&change.provider.provider, resource.mode, &resource.kind)?;
        Some((schema, self.configured.get(&change.provider)?))
    }

    fn change(
        &mut self,
        at: usize,
        resource: &trueup_config::Resource,
        repeated: &Repeated,
    ) -> Option<Job> {
        let change = &self.plan.changes[at];
        if !self.preconditions(&change.addr, resource, repeated) {
            return None;
        }
        let (schema, configured) = self.type_of(change)?;
        let resource_type = configured.resource_type(&resource.addr.kind)?;
        let config = configuration(
            self.evaluator,
            &change.addr.resource.module,
            resource,
            &schema,
            repeated,
            self.diagnostics,
        )?;
        let (config, marks) = config.unmark_deep();
        let updating = change.action == Action::Update;
        let prior = updating.then(|| Object {
            value: change.before.without_marks_inside(),
            private: change.private.clone(),
        });
        let block = &schema.block;
        let config = match &prior {
            Some(prior) => proposed::ignore_changes(
                block,
                &resource.lifecycle.ignore_changes,
                &prior.value,
                &config,
            ),
            None => config,
        };
        let wanted = proposed::proposed(block, prior.as_ref().map(|prior| &prior.value), &config);
        let planned = resource_type.plan(PlanRequest {
            address: &change.addr,
            prior: prior.as_ref(),
            config: &config,
            proposed: &wanted,
        });
        let failed = planned.problems.iter().any(Problem::is_error);
        let written = Some(&*resource.body);
        place_problems(
            planned.problems,
            Some(&change.addr),
            written,
            self.diagnostics,
        );
        if failed {
            return None;
        }
        let first = change.after.without_marks_inside();
        if let Some((path, what)) = contract::result_violations(&first, &planned.value).first() {
            let what = format!("{path}: {what}");
            self.diagnostics
                .push(inconsistent(&change.addr, &what, resource));
            return None;
        }
        let kind = if updating {
            StepKind::Update
        } else {
            StepKind::Create
        };
        let addr = Arc::new(change.addr.clone());
        let sets_aside =
            (change.action == Action::CreateThenDelete).then(|| self.free_key(&change.addr));
        if let Some(key) = &sets_aside {
            self.set_aside.insert(at, key.clone());
        }
        Some(Job {
            change: at,
            deposed: None,
            sets_aside,
            stored_under: self.index.as_stored(&change.provider),
            provider: change.provider.clone(),
            ty: block.implied_type(),
            marks,
            repeated: Some(repeated.clone()),
            call: Call::Change(
                resource_type,
                Step {
                    address: addr.clone(),
                    kind,
                    prior,
                    planned: Some(planned.value),
                    config: Some(config),
                    successor: None,
                    token: (self.surroundings.uuid)().into(),
                },
            ),
            schema,
            addr,
        })
    }

    /// A key that no deposed object of the instance has.
    fn free_key(&self, addr: &AbsInstance) -> DeposedKey {
        let uuid = (self.surroundings.uuid)();
        let mut bits =
            u32::from_str_radix(uuid.get(..8).unwrap_or_default(), 16).unwrap_or_default();
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let instance = state.instance(addr);
        let taken = |key: &DeposedKey| instance.is_some_and(|held| held.deposed.contains_key(key));
        while taken(&DeposedKey::from_bits(bits)) {
            bits = bits.wrapping_add(1);
        }
        DeposedKey::from_bits(bits)
    }

    fn read(
        &mut self,
        at: usize,
        resource: &trueup_config::Resource,
        repeated: &Repeated,
    ) -> Option<Job> {
        let change = &self.plan.changes[at];
        if !self.preconditions(&change.addr, resource, repeated) {
            return None;
        }
        let (schema, configured) = self.type_of(change)?;
        let source = configured.data_source(&resource.addr.kind)?;
        let config = configuration(
            self.evaluator,
            &change.addr.resource.module,
            resource,
            &schema,
            repeated,
            self.diagnostics,
        )?;
        let (config, marks) = config.unmark_deep();
        let addr = Arc::new(change.addr.clone());
        Some(Job {
            change: at,
            deposed: None,
            sets_aside: None,
            stored_under: self.index.as_stored(&change.provider),
            provider: change.provider.clone(),
            ty: schema.block.implied_type(),
            schema,
            marks,
            repeated: Some(repeated.clone()),
            call: Call::Read(
                source,
                DataRequest {
                    address: addr.clone(),
                    config,
                },
            ),
            addr,
        })
    }
}

impl Job {
    /// A value with the marks of its configuration and its schema.
    pub(crate) fn marked(&self, value: &Value) -> Value {
        marked(&self.schema.block, value, &self.marks)
    }
}

/// With what is known now, the plan is no longer what the configuration asks for.
fn inconsistent(addr: &AbsInstance, what: &str, resource: &trueup_config::Resource) -> Diagnostic {
    Diagnostic::error(
        "Provider produced inconsistent final plan",
        format!("When the plan for {addr} was made again with the values learned so far during apply, it came out otherwise: {what}. Nothing was changed for it. Plan again; if the same happens, please report it as a bug of trueup."),
    )
    .with_address(addr.to_string())
    .at(resource.header)
}
