//! Plans that take everything away: what the state is before, and what becomes of outputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsResource, Mode as ResourceMode};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_plan::{Action, Mode, Plan};
use trueup_state::{Output, ResourceState, State};

use crate::instance;
use crate::moves::Moves;
use crate::outputs::{self, removal};
use crate::run::Request;
use crate::walk::Walk;

/// Completes a plan whose deletions are there, unless these failed: what is worked out before anything goes,
/// and the outputs, which go with it.
pub(crate) async fn finish(request: &Request<'_>, plan: &mut Plan, failed: bool) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    if !failed {
        let (before, refused) = before(request, &plan.prior_state).await;
        plan.prior_state.outputs = before.outputs;
        if !plan.changes.is_empty() {
            plan.prior_state.resources.extend(before.data);
        }
        if refused.has_errors() {
            // As little is destroyed as would be made.
            plan.changes.clear();
            plan.prior_state.outputs.clear();
            diagnostics = refused;
        }
    }
    outputs(plan);
    diagnostics
}

/// Every output of the state goes with what it was made from, unless only a part is destroyed.
fn outputs(plan: &mut Plan) {
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
struct Before {
    /// The outputs. Where they can't be told they are as the state has them.
    outputs: BTreeMap<Arc<str>, Output>,
    /// The data sources that could be read.
    data: BTreeMap<AbsResource, ResourceState>,
}

/// Reads data sources and works out outputs, without a look at managed objects: that was taken.
async fn before(request: &Request<'_>, refreshed: &State) -> (Before, Diagnostics) {
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
        state: refreshed,
        mode: Mode::Normal,
        replace: Vec::new(),
        refresh: false,
        ..request.clone()
    };
    let mut evaluator = request.evaluator();
    evaluator.warn_of_conditions();
    let mut plan = Plan::empty(Mode::Normal, request.environment.plan_timestamp.clone());
    let moves = Moves::new();
    let mut walk = Walk::new(&normal, evaluator, &moves, &mut plan);
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
