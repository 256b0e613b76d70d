//! `plan`: what would be changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_operations::Project;
use trueup_plan::{Mode, Plan, Snapshot, VariableValue};
use trueup_value::Value;

use super::planning::Unread;
use super::{Place, planning};
use crate::args;
use crate::environment::in_automation;
use crate::exit::{Ended, Exit, Told};
use crate::observer::Shown;
use crate::report::{Report, now};
use crate::sealed_files;
use crate::setup::{self, Schemas, Setup};
use crate::views::human::{self, PlanLook};
use crate::views::json;
use crate::{output, requests};

/// Runs the command.
pub async fn run(at: Place, flags: args::Plan) -> Ended {
    let report = Report::new(&flags.look).shown(&flags.display, at.dir())?;
    report.open_stream();
    let setup = setup::begin(&at, &report)?;
    let ended = make(&setup, &flags, &report).await;
    requests::leave(&setup.counts);
    ended
}

async fn make(setup: &Setup, flags: &args::Plan, report: &Report) -> Ended {
    let mode = planning::mode(&flags.planning);
    let mut options = planning::options(&setup.world, &flags.planning, mode, report)?;
    if let Some(path) = &flags.generate_config_out {
        if setup.world.dir.join(path).exists() {
            return Err(report.refuse(Diagnostic::error(
                "Target generated file already exists",
                "Terraform can only write generated config into a new file. Either choose a different target location or move all existing configuration out of the target file, delete it and try again.",
            )));
        }
        options.generate = Some(path.clone());
        options.with_items = flags.with_items;
    }
    let mut diagnostics = Diagnostics::default();
    let read = planning::read_to_plan(
        &setup.world,
        &flags.planning.variables,
        mode != Mode::Destroy,
        report,
        &mut diagnostics,
    );
    let read = match read {
        Ok(read) => read,
        Err(Unread::Said) => return Err(Told),
        Err(Unread::Unsuitable(project, values)) => {
            if let Some(path) = &flags.out {
                save(setup, &errored(setup, mode, &project, values), path, report).await?;
            }
            return Err(Told);
        }
    };
    let sources = read.0.sources.clone();
    let observer = Arc::new(Shown::new(report.clone()).concise(flags.display.concise));
    let files = args::StateFiles::reading(flags.planning.state.clone());
    let begun = planning::begin(
        setup,
        read,
        planning::run_options(setup, Operation::Plan, &flags.planning),
        observer,
        &files,
        report,
    );
    let mut run = match begun.await {
        Ok(run) => run,
        Err(told) => {
            report.diagnostics(&diagnostics, &sources);
            return Err(told);
        }
    };
    let (plan, found) = run.plan(options).await;
    diagnostics.extend(found);
    let sources = match plan.generated.is_empty() {
        true => sources,
        false => run.project().sources.clone(),
    };
    if let Some(path) = flags
        .generate_config_out
        .as_ref()
        .filter(|_| !plan.generated.is_empty())
    {
        diagnostics.push(Diagnostic::warning(
            "Config generation is experimental",
            "Generating configuration during import is currently experimental, and the generated configuration format may change in future versions.",
        ));
        let text = trueup_operations::generated_file(&plan);
        if let Err(error) = std::fs::write(setup.world.dir.join(path), text) {
            diagnostics.push(Diagnostic::error(
                "Failed to write generated file",
                format!("The generated configuration could not be written to {path}: {error}."),
            ));
        }
    }
    show(setup, &plan, &diagnostics, &flags.display, report);
    report.diagnostics(&diagnostics, &sources);
    let mut failed = diagnostics.has_errors();
    if let Some(path) = flags.out.as_ref().filter(|_| plan.began) {
        // A plan that an error cut short is kept for programs that want to see how far it came.
        failed |= save(setup, &plan, path, report).await.is_err();
    } else if !failed && !report.json && plan.has_changes() && !in_automation() {
        output::text(&human::rule(report.style));
        output::line(
            "\nNote: You didn't use the -out option to save this plan, so trueup can't\nguarantee to take exactly these actions if you run \"trueup apply\" now.",
        );
    }
    failed |= planning::end(run, report).await;
    Ok(
        match (failed, flags.detailed_exitcode && plan.has_changes()) {
            (true, _) => Exit::Failed,
            (false, true) => Exit::Differs,
            (false, false) => Exit::Done,
        },
    )
}

/// The plan that came to nothing because of the values given for variables.
fn errored(
    setup: &Setup,
    mode: Mode,
    project: &Project,
    values: BTreeMap<Arc<str>, Value>,
) -> Plan {
    let mut plan = Plan::empty(mode, setup.world.source.now());
    plan.errored = true;
    plan.complete = false;
    plan.variables = values
        .into_iter()
        .map(|(name, value)| (name, VariableValue { value }))
        .collect();
    plan.config = Snapshot {
        files: project.files.clone(),
        root: setup.world.dir.display().to_string(),
    };
    plan
}

/// Shows a plan, as far as it came.
pub fn show(
    setup: &Setup,
    plan: &Plan,
    diagnostics: &Diagnostics,
    display: &args::Display,
    report: &Report,
) {
    let schemas = Schemas(Arc::new(setup.world.clone()));
    let failed = diagnostics.has_errors();
    if report.has_stream() && !failed {
        for line in json::stream::plan(plan, &now()) {
            report.event(&line);
        }
    }
    if report.json || !plan.began {
        return;
    }
    if failed && plan.changes.iter().all(|change| !change.has_effect()) {
        output::line(
            "\nPlanning failed. trueup encountered an error while generating this plan.\n",
        );
        return;
    }
    let look = PlanLook {
        style: report.style,
        in_automation: in_automation(),
        fold: display.fold,
        show_sensitive: display.show_sensitive,
    };
    output::text(&human::plan_body(plan, &schemas, look));
    output::text(&human::taken_away::text(plan, report.style));
}

/// Saves a plan to the file that the user named.
async fn save(setup: &Setup, plan: &Plan, path: &str, report: &Report) -> Result<(), Told> {
    let place = setup.world.dir.join(path);
    let refuse = |why: String| {
        report.refuse(Diagnostic::error(
            "Failed to write plan file",
            format!("The plan file {path} could not be written: {why}."),
        ))
    };
    if let Some(what) = plan.infinite() {
        return Err(refuse(format!(
            "{what} is or holds an infinite number, which can't be stored"
        )));
    }
    sealed_files::save_plan(&setup.world, &place, plan.to_bytes())
        .await
        .map_err(refuse)?;
    if !report.json && plan.has_changes() && !plan.errored && !in_automation() {
        output::text(&human::rule(report.style));
        output::line(&format!("\nSaved the plan to: {path}"));
        output::line(&format!(
            "\nTo perform exactly these actions, run the following command to apply:\n    trueup apply {path:?}"
        ));
    }
    Ok(())
}
