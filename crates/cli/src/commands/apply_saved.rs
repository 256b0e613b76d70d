//! `apply PLAN`: a saved plan is held against what is there, and carried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_backend::Operation;
use trueup_diagnostics::Diagnostic;
use trueup_operations::storage::{self, Wanted};
use trueup_operations::{Project, Run, Stale, inputs};
use trueup_plan::Plan;
use trueup_value::Value;

use super::apply::{LastWords, carry_out, files};
use super::{by_hand, planning};
use crate::args;
use crate::observer::Shown;
use crate::report::Report;
use crate::sealed_files;
use crate::setup::Setup;

/// Carries out a saved plan.
pub async fn run(setup: &Setup, flags: &args::Apply, path: &str, report: &Report) -> u8 {
    let refuse = |diagnostic: Diagnostic| {
        report.diagnostic(diagnostic);
        1
    };
    let bytes = match sealed_files::read(&setup.world, &setup.world.dir.join(path)).await {
        Ok(bytes) => bytes,
        Err(error) => {
            return refuse(Diagnostic::error(
                format!("Failed to load {path:?} as a plan file"),
                format!("The plan file {path} could not be read: {error}."),
            ));
        }
    };
    let mut plan = match Plan::from_bytes(&bytes) {
        Ok(plan) => plan,
        Err(error) => {
            return refuse(Diagnostic::error(
                format!("Failed to load {path:?} as a plan file"),
                format!("{path}: {error}."),
            ));
        }
    };
    if plan.errored {
        return refuse(Diagnostic::error(
            "Cannot apply incomplete plan",
            "An error cut this plan short when it was made, so it cannot be applied.",
        ));
    }
    let (mut project, found) = Project::of_snapshot(plan.config.files.clone());
    if report.failed(&found, &project.sources) {
        return 1;
    }
    let given = planning::given(&flags.planning.variables);
    let (given, found) = inputs::of_options(&setup.world, &mut project, &given);
    if report.failed(&found, &project.sources) {
        return 1;
    }
    if let Some(diagnostic) = changed_variable(&project, &plan, &given) {
        return refuse(diagnostic);
    }
    if !plan.apply_time_variables.is_empty() {
        // What is ephemeral is not in the plan: it comes from where it came from when it was made.
        let options = planning::given(&flags.planning.variables);
        let (all, found) = inputs::collect(&setup.world, &mut project, &options);
        if report.failed(&found, &project.sources) {
            return 1;
        }
        for name in plan.apply_time_variables.clone() {
            let Some(value) = all.get(&name).cloned() else {
                return refuse(Diagnostic::error(
                    "No value for required variable",
                    format!(
                        "The ephemeral input variable {name:?} was set during the plan phase, and so must also be set during the apply phase."
                    ),
                ));
            };
            let value = trueup_plan::VariableValue { value };
            plan.variables.insert(name, value);
        }
    }
    let Some(backend) = plan.backend.clone() else {
        return refuse(Diagnostic::error(
            "Plan can't be applied",
            "The plan file doesn't say where its state is.",
        ));
    };
    let wanted = Wanted {
        kind: (!backend.config.is_null()).then_some(backend.kind),
        config: backend.config,
        hash: 0,
        ..Wanted::none()
    };
    let world = match storage::sealed(&setup.world, &project.config) {
        Ok(world) => world,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &project.sources);
            return 1;
        }
    };
    let mut opened = match storage::open_settled(&world, wanted).await {
        Ok(opened) => opened,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &project.sources);
            return 1;
        }
    };
    opened.workspace = backend.workspace;
    opened = match storage::with_files(&setup.world, opened, &by_hand::chosen(&files(flags))) {
        Ok(opened) => opened,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &project.sources);
            return 1;
        }
    };
    let values: BTreeMap<_, _> = plan
        .variables
        .iter()
        .map(|(name, given)| (name.clone(), given.value.clone()))
        .collect();
    let observer = Arc::new(Shown::new(report.clone()).concise(flags.display.concise));
    let options = planning::run_options(
        setup,
        Operation::Apply,
        &flags.planning.lock,
        flags.planning.parallelism,
    );
    let sources = project.sources.clone();
    let run = match Run::begin(
        &setup.world,
        project,
        values,
        opened,
        options,
        observer.clone(),
    )
    .await
    {
        Ok((run, diagnostics)) => {
            report.diagnostics(&diagnostics, &sources);
            run
        }
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &sources);
            return 1;
        }
    };
    if let Some(stale) = run.staleness(&plan) {
        let diagnostic = match stale {
            Stale::Changed => Diagnostic::error(
                "Saved plan is stale",
                "The given plan file can no longer be applied because the state was changed by another operation after the plan was created.",
            ),
            Stale::OtherLineage => Diagnostic::error(
                "Saved plan does not match the given state",
                "The given plan file can not be applied because it was created from a different state lineage.",
            ),
        };
        report.diagnostic(diagnostic);
        planning::end(run, report).await;
        return 1;
    }
    carry_out(
        run,
        &plan,
        trueup_diagnostics::Diagnostics::default(),
        LastWords::Saved,
        &observer,
        report,
    )
    .await
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
