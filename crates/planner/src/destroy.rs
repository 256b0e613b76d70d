//! Plans that take everything away: what becomes of outputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_evaluator::Evaluator;
use trueup_plan::{Action, Mode, Plan, Silent};
use trueup_provider::Context;
use trueup_state::{Output, State};

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

/// The outputs that a state has once what the configuration says is taken into it: a destruction begins
/// with them, as Terraform's does. Where they can't be told they are as the state has them.
pub(crate) async fn outputs_before(
    request: &Request<'_>,
    refreshed: &State,
    cx: Context,
) -> BTreeMap<Arc<str>, Output> {
    let mut known = refreshed.outputs.clone();
    if !request.refresh || refreshed.is_empty() || request.config.root.module.outputs.is_empty() {
        return known;
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
        observer: &Silent,
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
    if walk.run().await.has_errors() {
        return known;
    }
    let found = walk.finish();
    let told = outputs::plan(&found.evaluator, &normal, &found.reached, &mut plan);
    if told.has_errors() {
        return known;
    }
    for (name, change) in plan.outputs {
        let value = change.after.without_marks_inside();
        if change.action == Action::Delete || !value.is_wholly_known() {
            continue;
        }
        if value.is_null() {
            known.remove(&name);
        } else {
            known.insert(name, Output::new(value, change.sensitive));
        }
    }
    known
}
