//! `apply PLAN`: a saved plan is held against what is there, and carried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_operations::storage::{self, Storage, Wanted};
use trueup_operations::{Project, Stale, inputs};
use trueup_plan::{Plan, VariableValue};
use trueup_value::Value;

use super::apply::{LastWords, carry_out};
use super::{by_hand, planning};
use crate::args;
use crate::exit::{Ended, Told};
use crate::observer::Shown;
use crate::report::Report;
use crate::sealed_files;
use crate::setup::Setup;

/// Carries out a saved plan.
pub async fn run(setup: &Setup, flags: &args::Apply, path: &str, report: &Report) -> Ended {
    let plan = sealed_files::read_plan(&setup.world, path).await;
    let mut plan = plan.map_err(|diagnostic| report.refuse(*diagnostic))?;
    if plan.errored {
        return Err(report.refuse(Diagnostic::error(
            "Cannot apply incomplete plan",
            "An error cut this plan short when it was made, so it cannot be applied.",
        )));
    }
    let (mut project, found) = Project::of_snapshot(plan.config.files.clone());
    report.pass(&found, &project.sources)?;
    variables(setup, &mut plan, &mut project, report)?;
    let storage = storage_of(setup, flags, &plan, &project, report).await?;
    let values = plan
        .variables
        .iter()
        .map(|(name, given)| (name.clone(), given.value.clone()))
        .collect();
    let observer = Arc::new(Shown::new(report.clone()).concise(flags.display.concise));
    let options = planning::run_options(setup, Operation::Apply, &flags.planning);
    let read = (project, values);
    let run = planning::begin_in(setup, storage, read, options, observer.clone(), report).await?;
    if let Some(stale) = run.staleness(&plan) {
        let told = report.refuse(is_stale(stale));
        planning::end(run, report).await;
        return Err(told);
    }
    let none = Diagnostics::default();
    carry_out(run, &plan, none, LastWords::Saved, &observer, report).await
}

fn is_stale(stale: Stale) -> Diagnostic {
    match stale {
        Stale::Changed => Diagnostic::error(
            "Saved plan is stale",
            "The given plan file can no longer be applied because the state was changed by another operation after the plan was created.",
        ),
        Stale::OtherLineage => Diagnostic::error(
            "Saved plan does not match the given state",
            "The given plan file can not be applied because it was created from a different state lineage.",
        ),
    }
}

/// Holds the variables that are given against those of the plan, and adds the ephemeral ones, which are not in it:
/// they come from where they came from when it was made.
fn variables(
    setup: &Setup,
    plan: &mut Plan,
    project: &mut Project,
    report: &Report,
) -> Result<(), Told> {
    let (given, found) = inputs::of_options(&setup.world, project);
    report.pass(&found, &project.sources)?;
    if let Some(diagnostic) = changed_variable(project, plan, &given) {
        return Err(report.refuse(diagnostic));
    }
    if plan.apply_time_variables.is_empty() {
        return Ok(());
    }
    let (all, found) = inputs::collect(&setup.world, project);
    report.pass(&found, &project.sources)?;
    for name in &plan.apply_time_variables {
        let Some(value) = all.get(name).cloned() else {
            return Err(report.refuse(Diagnostic::error(
                "No value for required variable",
                format!(
                    "The ephemeral input variable {name:?} was set during the plan phase, and so must also be set during the apply phase."
                ),
            )));
        };
        plan.variables.insert(name.clone(), VariableValue { value });
    }
    Ok(())
}

/// The backend that the plan was made over.
async fn storage_of(
    setup: &Setup,
    flags: &args::Apply,
    plan: &Plan,
    project: &Project,
    report: &Report,
) -> Result<Storage, Told> {
    let Some(backend) = plan.backend.clone() else {
        return Err(report.refuse(Diagnostic::error(
            "Plan can't be applied",
            "The plan file doesn't say where its state is.",
        )));
    };
    let wanted = Wanted {
        kind: (!backend.config.is_null()).then_some(backend.kind),
        config: backend.config,
        ..Wanted::none()
    };
    let opened = async {
        let world = storage::sealed(&setup.world, &project.config)?;
        let opened = Storage {
            workspace: backend.workspace,
            ..storage::open_settled(&world, wanted).await?
        };
        storage::with_files(&setup.world, opened, &by_hand::chosen(&flags.files()))
    };
    opened
        .await
        .map_err(|found: Diagnostics| report.refuse_all(&found, &project.sources))
}

/// A variable that is given another value than the plan was made with.
fn changed_variable(
    project: &Project,
    plan: &Plan,
    given: &BTreeMap<Arc<str>, Value>,
) -> Option<Diagnostic> {
    let variables = &project.config.root.module.variables;
    given.iter().find_map(|(name, value)| {
        let declared = variables.get(name).filter(|declared| !declared.ephemeral)?;
        let planned = plan.variables.get(name).map(|planned| &planned.value);
        if planned.is_some_and(|planned| planned.raw_equals(value)) {
            return None;
        }
        let shown = |value: Option<&Value>| match value {
            _ if declared.sensitive => "(sensitive value)".to_owned(),
            Some(value) => trueup_value::json::encode(value).unwrap_or_default(),
            None => "of its default".to_owned(),
        };
        Some(Diagnostic::error(
            "Can't change variable when applying a saved plan",
            format!(
                "The variable {name} cannot be set using the -var and -var-file options when applying a saved plan file, because a saved plan includes the variable values that were set when it was created. The saved plan specifies {} as the value whereas during apply the value {} was set by a CLI argument. To declare an ephemeral variable which is not saved in the plan file, use ephemeral = true.",
                shown(planned),
                shown(Some(value))
            ),
        ))
    })
}
