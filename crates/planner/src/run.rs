//! The door of the planner: what it is asked, and the order of its passes.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_addrs::{AbsInstance, Target};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_evaluator::{Environment, Evaluator};
use trueup_plan::{Action, Mode, Observer, Plan};
use trueup_provider::{Context, Registry};
use trueup_state::State;
use trueup_value::Value;

use crate::{
    conditions, dependencies, destroy, drift, moves, outputs, removed, steps, validate, walk,
};

/// How the values of the root module's variables were given.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Where, for those that stand in a file.
    pub at: BTreeMap<Arc<str>, Span>,
}

/// What a plan is made from.
pub struct Request<'a> {
    /// The configuration.
    pub config: Arc<Config>,
    /// The texts it was read from.
    pub sources: Arc<Sources>,
    /// What expressions see of the world.
    pub environment: Environment,
    /// The providers at hand.
    pub providers: &'a Registry,
    /// The state as the last run left it.
    pub state: &'a State,
    /// Values given for the root module's variables.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// How those values were given.
    pub given: Given,
    /// What kind of plan is wanted.
    pub mode: Mode,
    /// Only these objects and what they need; everything where it is empty.
    pub targets: Vec<Target>,
    /// Objects to replace whether or not they changed.
    pub replace: Vec<AbsInstance>,
    /// All but these objects and what needs them; only where there are no targets.
    pub excludes: Vec<Target>,
    /// Whether objects are read again before they are compared.
    pub refresh: bool,
    /// How many remote calls may be under way at once.
    pub parallelism: usize,
    /// Set when the run is asked to stop.
    pub cancel: CancellationToken,
    /// Told of each read.
    pub observer: &'a dyn Observer,
}

/// Makes a plan. It comes back even with errors, as far as it went, with `errored` set; a plan with
/// errors is for showing, not for applying.
pub async fn plan(request: Request<'_>) -> (Plan, Diagnostics) {
    let (plan, _, diagnostics) = plan_with_scope(request).await;
    (plan, diagnostics)
}

/// As [`plan`], with what was found out on the way, for expressions that are asked about the plan. There is
/// none where checks before the plan failed.
pub async fn plan_with_scope(request: Request<'_>) -> (Plan, Option<Evaluator>, Diagnostics) {
    let mut plan = Plan::empty(request.mode, request.environment.plan_timestamp.clone());
    plan.targets = request.targets.clone();
    plan.excludes = request.excludes.clone();
    plan.replace = request.replace.clone();
    plan.variables = request
        .variables
        .iter()
        .map(|(name, value)| {
            let value = value.clone();
            (name.clone(), trueup_plan::VariableValue { value })
        })
        .collect();
    let declared = &request.config.root.module.variables;
    let ephemeral = |name: &Arc<str>| declared.get(name).is_some_and(|one| one.ephemeral);
    let given = request.variables.keys();
    plan.apply_time_variables = given.filter(|name| ephemeral(name)).cloned().collect();
    plan.prev_run_state = request.state.clone();
    plan.prior_state = request.state.clone();
    plan.began = false;

    let missing = validate::missing_variables(&request.config, &request.variables);
    if missing.has_errors() {
        plan.errored = true;
        return (plan, None, missing);
    }
    let mut diagnostics = validate::configuration(
        &request.config,
        &request.sources,
        &request.environment,
        request.providers,
    );
    if diagnostics.has_errors() {
        plan.errored = true;
        plan.complete = false;
        return (plan, None, diagnostics);
    }
    let still_declared = removed::check(&request.config);
    if still_declared.has_errors() {
        diagnostics.extend(still_declared);
        plan.errored = true;
        return (plan, None, diagnostics);
    }
    plan.began = true;
    warn_of_targets(&request, &mut diagnostics);
    let statements = moves::find(&request.config, request.state);
    let mut moved = moves::apply(&statements, request.state);
    if let Some(moved) = &mut moved {
        dependencies::follow(&moved.moves, &mut moved.state);
        let refused = moves::convert(moved, &statements, &request.config, request.providers);
        if refused.has_errors() {
            diagnostics.extend(refused);
            plan.began = false;
            plan.errored = true;
            return (plan, None, diagnostics);
        }
    }
    if let Some(refused) = moved
        .as_ref()
        .and_then(|moved| moves::excluded(&moved.moves, &request.targets, &request.excludes))
    {
        diagnostics.push(refused);
        plan.began = false;
        plan.errored = true;
        return (plan, None, diagnostics);
    }
    let request = match &moved {
        Some(moved) => Request {
            state: &moved.state,
            ..request
        },
        None => request,
    };
    plan.prev_run_state = request.state.clone();

    let mut evaluator = Evaluator::new(
        request.config.clone(),
        request.sources.clone(),
        request.environment.clone(),
    )
    .with_mocks(request.providers.mocks().clone());
    evaluator.set_given_at(request.given.at.clone());
    if request.mode != Mode::Normal {
        evaluator.warn_of_conditions();
    }
    let cx = Context {
        cancel: request.cancel.clone(),
        parallelism: request.parallelism,
    };
    let no_moves = moves::Moves::new();
    let moves = moved.as_ref().map_or(&no_moves, |moved| &moved.moves);
    let mut walk = walk::Walk::new(&request, evaluator, cx.clone(), moves, &mut plan);
    let found = walk.run().await;
    let invalid = moves::check(&statements, &request.config, &request.sources, &walk);
    if invalid.has_errors() {
        // What else went wrong may well follow from moves that could not be made.
        drop(walk);
        plan.began = false;
        plan.errored = true;
        return (plan, None, invalid);
    }
    diagnostics.extend(found);
    let walk::Found {
        evaluator,
        refreshed,
        reached,
        graph,
    } = walk.finish();

    plan.prior_state = refreshed;
    drift::record(&mut plan, request.providers);
    match request.mode {
        Mode::Normal | Mode::RefreshOnly => {
            diagnostics.extend(outputs::plan(&evaluator, &request, &reached, &mut plan));
        }
        Mode::Destroy => {
            if !diagnostics.has_errors() {
                let (before, failed) = destroy::before(&request, &plan.prior_state, cx).await;
                plan.prior_state.outputs = before.outputs;
                if !plan.changes.is_empty() {
                    plan.prior_state.resources.extend(before.data);
                }
                if failed.has_errors() {
                    // As little is destroyed as would be made.
                    plan.changes.clear();
                    plan.prior_state.outputs.clear();
                    diagnostics.extend(failed);
                }
            }
            destroy::outputs(&mut plan);
        }
    }
    plan.prior_state.check_results = None;
    plan.checks = conditions::results(&evaluator, &request.config, request.mode);
    let module_outputs = match request.mode {
        Mode::Destroy => Vec::new(),
        Mode::Normal | Mode::RefreshOnly => evaluator.module_outputs(),
    };
    plan.relevant_attributes =
        trueup_plan::relevant_attributes(&plan, &request.config, &module_outputs);
    for change in &mut plan.changes {
        if change.deposed.is_none() {
            change.previous_addr = moves.get(&change.addr).cloned();
        }
    }
    if let Some(moved) = &moved
        && !moved.blocked.is_empty()
        && !diagnostics.has_errors()
    {
        diagnostics.push(moves::blocked(&moved.blocked));
    }
    plan.sort();
    let forgotten: Vec<String> = plan
        .changes
        .iter()
        .filter(|change| change.action == Action::Forget)
        .map(|change| change.addr.to_string())
        .collect();
    if let Some(warning) = removed::warning(&forgotten).filter(|_| !diagnostics.has_errors()) {
        diagnostics.push(warning);
    }
    dependencies::bequeath(&mut plan);
    plan.steps = steps::order(&plan, &graph);
    plan.errored = diagnostics.has_errors();
    plan.complete = !plan.is_narrowed() && !plan.errored;
    plan.applyable = !plan.errored && plan.has_changes();
    (plan, Some(evaluator), diagnostics)
}

fn warn_of_targets(request: &Request<'_>, diagnostics: &mut Diagnostics) {
    if !request.excludes.is_empty() {
        diagnostics.push(Diagnostic::warning(
            "Resource targeting is in effect",
            "You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration.\n\nThe -exclude option is not for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes.",
        ));
    }
    if request.targets.is_empty() {
        return;
    }
    diagnostics.push(Diagnostic::warning(
        "Resource targeting is in effect",
        "You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration.\n\nThe -target option is not for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes, or when trueup specifically suggests to use it as part of an error message.",
    ));
}
