//! The door of the planner: what it is asked, and the order of its passes.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_addrs::{AbsInstance, Target};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_evaluator::{Environment, Evaluator};
use trueup_plan::{Mode, Observer, Plan};
use trueup_provider::Registry;
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
#[derive(Clone)]
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

impl Request<'_> {
    /// An evaluator of the configuration that knows no value yet.
    pub(crate) fn evaluator(&self) -> Evaluator {
        Evaluator::new(
            self.config.clone(),
            self.sources.clone(),
            self.environment.clone(),
        )
        .with_mocks(self.providers.mocks().clone())
    }
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
    let mut plan = blank(&request);
    let mut diagnostics = match validate::before(&request) {
        Ok(warnings) => warnings,
        Err(refused) => return not_begun(plan, refused),
    };
    let still_declared = removed::check(&request.config);
    if still_declared.has_errors() {
        diagnostics.extend(still_declared);
        return not_begun(plan, diagnostics);
    }
    warn_of_targets(&request, &mut diagnostics);
    let statements = moves::find(&request.config, request.state);
    let moved = match moved(&request, &statements) {
        Ok(moved) => moved,
        Err(refused) => {
            diagnostics.extend(refused);
            return not_begun(plan, diagnostics);
        }
    };
    let request = Request {
        state: moved.as_ref().map_or(request.state, |moved| &moved.state),
        ..request
    };
    plan.prev_run_state = request.state.clone();

    let no_moves = moves::Moves::new();
    let moves = moved.as_ref().map_or(&no_moves, |moved| &moved.moves);
    let mut evaluator = request.evaluator();
    evaluator.set_given_at(request.given.at.clone());
    if request.mode != Mode::Normal {
        evaluator.warn_of_conditions();
    }
    let mut walk = walk::Walk::new(&request, evaluator, moves, &mut plan);
    let found = walk.run().await;
    let invalid = moves::check(&statements, &request.config, &request.sources, &walk);
    if invalid.has_errors() {
        // What else went wrong may well follow from moves that could not be made.
        drop(walk);
        return not_begun(plan, invalid);
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
    diagnostics.extend(match request.mode {
        Mode::Normal | Mode::RefreshOnly => {
            outputs::plan(&evaluator, &request, &reached, &mut plan)
        }
        Mode::Destroy => destroy::finish(&request, &mut plan, diagnostics.has_errors()).await,
    });
    tell_of_evaluation(&mut plan, &request, &evaluator);
    for change in &mut plan.changes {
        if change.deposed.is_none() {
            change.previous_addr = moves.get(&change.addr).cloned();
        }
    }
    plan.sort();
    if !diagnostics.has_errors() {
        let blocked = moved
            .as_ref()
            .and_then(|moved| moves::blocked(&moved.blocked));
        diagnostics.extend(blocked);
        diagnostics.extend(removed::warning(&plan));
    }
    dependencies::bequeath(&mut plan);
    plan.steps = steps::order(&plan, &graph);
    plan.errored = diagnostics.has_errors();
    plan.complete = !plan.is_narrowed() && !plan.errored;
    plan.applyable = !plan.errored && plan.has_changes();
    (plan, Some(evaluator), diagnostics)
}

/// The plan of which nothing is known yet but what was asked for.
fn blank(request: &Request<'_>) -> Plan {
    let declared = &request.config.root.module.variables;
    let ephemeral = |name: &Arc<str>| declared.get(name).is_some_and(|one| one.ephemeral);
    let variables = request.variables.iter().map(|(name, value)| {
        let value = value.clone();
        (name.clone(), trueup_plan::VariableValue { value })
    });
    let given = request.variables.keys();
    Plan {
        targets: request.targets.clone(),
        excludes: request.excludes.clone(),
        replace: request.replace.clone(),
        variables: variables.collect(),
        apply_time_variables: given.filter(|name| ephemeral(name)).cloned().collect(),
        prev_run_state: request.state.clone(),
        prior_state: request.state.clone(),
        ..Plan::empty(request.mode, request.environment.plan_timestamp.clone())
    }
}

/// A plan that was refused before anything was planned.
fn not_begun(plan: Plan, refused: Diagnostics) -> (Plan, Option<Evaluator>, Diagnostics) {
    let plan = Plan {
        began: false,
        errored: true,
        complete: false,
        ..plan
    };
    (plan, None, refused)
}

/// The state with every object where the configuration says that it moved to; `None` where nothing moves.
fn moved(
    request: &Request<'_>,
    statements: &[moves::Statement],
) -> Result<Option<moves::Moved>, Diagnostics> {
    let Some(mut moved) = moves::apply(statements, request.state) else {
        return Ok(None);
    };
    dependencies::follow(&moved.moves, &mut moved.state);
    let refused = moves::convert(&mut moved, statements, &request.config, request.providers);
    if refused.has_errors() {
        return Err(refused);
    }
    match moves::excluded(&moved.moves, &request.targets, &request.excludes) {
        Some(refused) => Err(Diagnostics::from_iter([refused])),
        None => Ok(Some(moved)),
    }
}

/// What the walk through the configuration told beside the changes: checks, and which attributes of which
/// objects the changes and outputs come from.
fn tell_of_evaluation(plan: &mut Plan, request: &Request<'_>, evaluator: &Evaluator) {
    plan.prior_state.check_results = None;
    plan.checks = conditions::results(evaluator, &request.config, request.mode);
    let module_outputs = match request.mode {
        Mode::Destroy => Vec::new(),
        Mode::Normal | Mode::RefreshOnly => evaluator.module_outputs(),
    };
    plan.relevant_attributes =
        trueup_plan::relevant_attributes(plan, &request.config, &module_outputs);
}

/// What every warning of a plan of some objects alone says first.
pub const TARGETING: &str = "Resource targeting is in effect";

fn warn_of_targets(request: &Request<'_>, diagnostics: &mut Diagnostics) {
    if !request.excludes.is_empty() {
        diagnostics.push(Diagnostic::warning(
            TARGETING,
            "You are creating a plan with the -exclude option, which means that the result of this plan may not represent all of the changes requested by the current configuration.\n\nThe -exclude option is not for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes.",
        ));
    }
    if request.targets.is_empty() {
        return;
    }
    diagnostics.push(Diagnostic::warning(
        TARGETING,
        "You are creating a plan with the -target option, which means that the result of this plan may not represent all of the changes requested by the current configuration.\n\nThe -target option is not for routine use, and is provided only for exceptional situations such as recovering from errors or mistakes, or when trueup specifically suggests to use it as part of an error message.",
    ));
}
