//! One instance of a managed resource: its configuration, its prior object, and what follows from them.
//!
//! The steps are Terraform's: ignored differences are taken from the prior object, the rest is merged into
//! a proposed value, the provider plans, and where it can't change the object in place the instance is
//! planned once more as if there were none.

use std::sync::Arc;

use trueup_addrs::{
    AbsInstance, ConfigResource, InstanceKey, Mode, ModuleInstance, ProviderConfigAddr,
};
use trueup_config::Resource;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::instance::configuration;
use trueup_evaluator::instance_conditions::Reports;
use trueup_evaluator::marks::{Marked, marked, same_marks};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::protection;
use trueup_evaluator::{Evaluator, Repeated, proposed};
use trueup_plan::{Action, Reason, ResourceChange};
use trueup_provider::{Object, PlanRequest, Planned, Provider, ResourceType, contract};
use trueup_schema::ResourceSchema;
use trueup_value::{Path, Type, Value};

use crate::prior::Prior;

/// What all instances of a block have in common.
pub(crate) struct BlockPlan<'a> {
    pub(crate) evaluator: &'a Evaluator,
    pub(crate) module: &'a ModuleInstance,
    pub(crate) resource: &'a Resource,
    pub(crate) provider: &'a dyn Provider,
    pub(crate) provider_addr: &'a ProviderConfigAddr,
    pub(crate) resource_type: &'a Arc<dyn ResourceType>,
    pub(crate) schema: &'a ResourceSchema,
    pub(crate) ty: &'a Type,
    pub(crate) create_before_destroy: bool,
    pub(crate) dependencies: &'a Arc<[ConfigResource]>,
    pub(crate) replace: &'a [AbsInstance],
    /// Whether objects may not be taken away; `None` where that is not known yet.
    pub(crate) prevent_destroy: Option<bool>,
}

impl BlockPlan<'_> {
    /// Plans one instance; `None` where it has errors.
    pub(crate) fn plan(
        &self,
        key: InstanceKey,
        repeated: &Repeated,
        prior: Option<&Prior>,
        triggered: bool,
        reports: &mut Reports,
        diagnostics: &mut Diagnostics,
    ) -> Option<ResourceChange> {
        let addr = AbsInstance::new(
            trueup_addrs::AbsResource::new(self.module.clone(), self.resource.addr.clone()),
            key,
        );
        let (evaluator, resource) = (self.evaluator, self.resource);
        if !reports.before(evaluator, resource, &addr, repeated, diagnostics) {
            return None;
        }
        let config = configuration(
            self.evaluator,
            self.module,
            self.resource,
            self.schema,
            repeated,
            diagnostics,
        )?;
        let (config, marks) = config.unmark_deep();
        let written = Some(&*self.resource.body);
        let found = self
            .provider
            .validate(Mode::Managed, &self.resource.addr.kind, &config);
        let invalid = found.iter().any(trueup_provider::Problem::is_error);
        place_problems(found, Some(&addr), written, diagnostics);
        if invalid {
            return None;
        }
        let block = &self.schema.block;
        let kept = prior.filter(|prior| !prior.tainted);
        let ignoring = match kept {
            Some(kept) => proposed::ignore_changes(
                block,
                &self.resource.lifecycle.ignore_changes,
                &kept.object.value,
                &config,
            ),
            None => config.clone(),
        };
        let mut planned = self.ask(&addr, kept.map(|kept| &kept.object), &ignoring, diagnostics)?;
        let forced = triggered || self.replace.contains(&addr);
        let (action, reason) = match self.decide(prior, kept, &mut planned, &marks, forced) {
            (action, _) if triggered => (action, Reason::ByTriggers),
            decided => decided,
        };
        if action.is_replace() && kept.is_some() {
            let required = std::mem::take(&mut planned.requires_replace);
            planned = self.ask(&addr, None, &config, diagnostics)?;
            planned.requires_replace = required;
        }
        let before = match prior {
            Some(prior) => marked(block, &prior.value, &Vec::new()),
            None => Value::null(self.ty.clone()),
        };
        let after = match (action, prior) {
            (Action::NoOp, Some(prior)) => marked(block, &prior.object.value, &marks),
            _ => marked(block, &planned.value, &marks),
        };
        self.refuse_destruction(&addr, action, diagnostics)?;
        reports.after(evaluator, resource, &addr, repeated, &after, diagnostics);
        Some(ResourceChange {
            addr,
            previous_addr: None,
            deposed: None,
            provider: self.provider_addr.clone(),
            action,
            reason,
            before,
            after,
            required_replace: planned.requires_replace,
            importing: None,
            create_before_destroy: self.create_before_destroy,
            dependencies: self.dependencies.clone(),
            private: prior.and_then(|prior| prior.object.private.clone()),
            schema_version: self.schema.version,
        })
    }

    /// Asks the provider for a plan and holds it to its promises.
    fn ask(
        &self,
        addr: &AbsInstance,
        prior: Option<&Object>,
        config: &Value,
        diagnostics: &mut Diagnostics,
    ) -> Option<Planned> {
        let block = &self.schema.block;
        let before = prior.map(|prior| &prior.value);
        let proposed = proposed::proposed(block, before, config);
        let mut planned = self.resource_type.plan(PlanRequest {
            address: addr,
            prior,
            config,
            proposed: &proposed,
        });
        let failed = planned
            .problems
            .iter()
            .any(trueup_provider::Problem::is_error);
        let written = Some(&*self.resource.body);
        place_problems(
            std::mem::take(&mut planned.problems),
            Some(addr),
            written,
            diagnostics,
        );
        if failed {
            return None;
        }
        let violations = match self.resource_type.zero_is_unset() {
            true => Vec::new(),
            false => contract::plan_violations(block, before, config, &planned.value),
        };
        if let Some((path, what)) = violations.first() {
            diagnostics.push(
                Diagnostic::error(
                    "Provider produced invalid plan",
                    format!("The plan for {addr} is not what its configuration asks for: {path}: {what}. This is a bug of trueup, please report it."),
                )
                .with_address(addr.to_string())
                .at(self.resource.header),
            );
            return None;
        }
        Some(planned)
    }

    fn decide(
        &self,
        prior: Option<&Prior>,
        kept: Option<&Prior>,
        planned: &mut Planned,
        marks: &Marked,
        forced: bool,
    ) -> (Action, Reason) {
        let replace = if self.create_before_destroy {
            Action::CreateThenDelete
        } else {
            Action::DeleteThenCreate
        };
        let Some(kept) = kept else {
            return match prior {
                Some(_) => (replace, Reason::Tainted),
                None => (Action::Create, Reason::None),
            };
        };
        let before = &kept.object.value;
        planned
            .requires_replace
            .retain(|path| differs_at(before, &planned.value, path));
        let same = planned.value.raw_equals(before);
        if forced {
            return (replace, Reason::ByRequest);
        }
        if same {
            let after = marked(&self.schema.block, before, marks);
            let remembered = marked(&self.schema.block, &kept.value, &Vec::new());
            return if same_marks(&after, &remembered) {
                (Action::NoOp, Reason::None)
            } else {
                (Action::Update, Reason::None)
            };
        }
        if planned.requires_replace.is_empty() {
            (Action::Update, Reason::None)
        } else {
            (replace, Reason::CannotUpdate)
        }
    }

    /// Refuses to take away what `prevent_destroy` protects.
    fn refuse_destruction(
        &self,
        addr: &AbsInstance,
        action: Action,
        diagnostics: &mut Diagnostics,
    ) -> Option<()> {
        let destroys = action.is_replace() || action == Action::Delete;
        if destroys {
            diagnostics.extend(refusal(addr, self.resource, self.prevent_destroy));
        }
        // The change still belongs in the plan that is shown.
        Some(())
    }
}

/// The summary of a refusal to take an object away.
pub(crate) const CANNOT_BE_DESTROYED: &str = "Instance cannot be destroyed";

/// Why an object may not be taken away, if so. `prevents` is `None` where that is not known.
pub(crate) fn refusal(
    addr: &AbsInstance,
    resource: &Resource,
    prevents: Option<bool>,
) -> Option<Diagnostic> {
    match prevents {
        Some(false) => None,
        Some(true) => Some(destruction_prevented(addr, resource)),
        None => Some(protection::not_known_yet(addr, resource)),
    }
}

/// A plan would take away what `prevent_destroy` protects.
fn destruction_prevented(addr: &AbsInstance, resource: &Resource) -> Diagnostic {
    Diagnostic::error(
        CANNOT_BE_DESTROYED,
        format!("Resource {addr} has lifecycle.prevent_destroy set, but the plan calls for this resource to be destroyed. To avoid this error and continue with the plan, either disable lifecycle.prevent_destroy or reduce the scope of the plan using the -target option."),
    )
    .at(resource.header)
}

/// Whether two objects differ at a path; an unknown part differs from everything.
fn differs_at(before: &Value, after: &Value, path: &Path) -> bool {
    match (path.apply(before), path.apply(after)) {
        (Ok(before), Ok(after)) => !before.raw_equals(&after),
        _ => true,
    }
}
