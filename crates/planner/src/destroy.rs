//! Plans that take everything away: what the state is before, and what becomes of outputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsResource, Mode as ResourceMode};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::Evaluator;
use trueup_plan::{Action, Mode, Plan};
use trueup_provider::Context;
use trueup_state::{Output, ResourceState, State};

use crate::instance;
use crate::moves::Moves;
use crate::outputs::{self, removal};
use crate::run::Request;
use crate::walk::Walk;

/// Every output of the state goes with what it was made from, unless only a part is destroyed.
pub(crate) fn outputs(plan: &mut Plan) {
    if plan.is_narrowed() {
        return;
    }
    plan.outputs = plan
        .prior_state
        .outputs
        .iter()
        .map(|(name, stored)| (name.clone(), removal(stored)))
        .collect();
}

/// What a state has once what the configuration says is taken into it: a destruction begins with that, as
/// Terraform's does.
pub(crate) struct Before {
    /// The outputs. Where they can't be told they are as the state has them.
    pub(crate) outputs: BTreeMap<Arc<str>, Output>,
    /// The data sources that could be read.
    pub(crate) data: BTreeMap<AbsResource, ResourceState>,
}

/// Reads data sources and works out outputs, without a look at managed objects: that was taken.
pub(crate) async fn before(
    request: &Request<'_>,
    refreshed: &State,
    cx: Context,
) -> (Before, Diagnostics) {
    let mut known = Before {
        outputs: refreshed.outputs.clone(),
        data: BTreeMap::new(),
    };
    let config = &request.config;
    let reads = config.modules().iter().any(|node| {
        let mut blocks = node.module.resources.keys();
        blocks.any(|addr| addr.mode == ResourceMode::Data)
    });
    let nothing_asked = config.root.module.outputs.is_empty() && !reads;
    if !request.refresh || refreshed.is_empty() || nothing_asked {
        return (known, Diagnostics::default());
    }
    let normal = Request {
        config: request.config.clone(),
        sources: request.sources.clone(),
        environment: request.environment.clone(),
        providers: request.providers,
        state: refreshed,
        variables: request.variables.clone(),
        given: request.given.clone(),
        mode: Mode::Normal,
        targets: request.targets.clone(),
        replace: Vec::new(),
        excludes: request.excludes.clone(),
        refresh: false,
        parallelism: request.parallelism,
        cancel: request.cancel.clone(),
        observer: request.observer,
    };
    let mut evaluator = Evaluator::new(
        request.config.clone(),
        request.sources.clone(),
        request.environment.clone(),
    )
    .with_mocks(request.providers.mocks().clone());
    evaluator.warn_of_conditions();
    let mut plan = Plan::empty(Mode::Normal, request.environment.plan_timestamp.clone());
    let moves = Moves::new();
    let mut walk = Walk::new(&normal, evaluator, cx, &moves, &mut plan);
    let mut failed: Diagnostics = walk
        .run()
        .await
        .into_iter()
        .filter(|found| found.is_error() && found.summary != instance::CANNOT_BE_DESTROYED)
        .collect();
    let found = walk.finish();
    let data = found
        .refreshed
        .resources
        .iter()
        .filter(|(addr, _)| addr.resource.mode == ResourceMode::Data);
    known.data = data
        .map(|(addr, held)| (addr.clone(), held.clone()))
        .collect();
    if failed.has_errors() {
        return (known, failed);
    }
    let told = outputs::plan(&found.evaluator, &normal, &found.reached, &mut plan);
    if told.has_errors() {
        failed.extend(told.into_iter().filter(Diagnostic::is_error));
        return (known, failed);
    }
    for (name, change) in plan.outputs {
        let value = change.after.without_marks_inside();
        if change.action == Action::Delete || !value.is_wholly_known() {
            continue;
        }
        if value.is_null() {
            known.outputs.remove(&name);
        } else {
            known
                .outputs
                .insert(name, Output::new(value, change.sensitive));
        }
    }
    (known, Diagnostics::default())
}
