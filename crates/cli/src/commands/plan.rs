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
use crate::observer::Shown;
use crate::report::{Report, now};
use crate::sealed_files;
use crate::setup::{self, Schemas, Setup};
use crate::views::human::{self, PlanLook};
use crate::views::json;
use crate::{output, requests};

/// Runs the command.
pub async fn run(at: Place, flags: args::Plan) -> u8 {
    let shown = Report::new(&flags.look).shown(&flags.display, at.chdir.as_deref());
    let report = match shown {
        Ok(report) => report,
        Err(code) => return code,
    };
    report.open_stream();
    let setup = match setup::begin(at.chdir.as_deref(), at.local, &report) {
        Ok(setup) => setup,
        Err(code) => return code,
    };
    let code = make(&setup, &flags, &report).await;
    requests::leave(&setup.counts);
    code
}

async fn make(setup: &Setup, flags: &args::Plan, report: &Report) -> u8 {
    let mode = mode(&flags.planning);
    let Some(mut options) = planning::options(&setup.world, &flags.planning, mode, report) else {
        return 1;
    };
    if let Some(path) = &flags.generate_config_out {
        if setup.world.dir.join(path).exists() {
            report.diagnostic(Diagnostic::error(
                "Target generated file already exists",
                "Terraform can only write generated config into a new file. Either choose a different target location or move all existing configuration out of the target file, delete it and try again.",
            ));
            return 1;
        }
        options.generate = Some(path.clone());
        options.with_items = flags.with_items;
    }
    let mut late = Diagnostics::default();
    let read = planning::read_to_plan(
        &setup.world,
        &flags.planning.variables,
        mode != Mode::Destroy,
        report,
        &mut late,
    );
    let (project, values) = match read {
        Ok(read) => read,
        Err(Unread::Said) => return 1,
        Err(Unread::Unsuitable(project, values)) => {
            if let Some(path) = &flags.out {
                save(setup, &errored(setup, mode, &project, values), path, report).await;
            }
            return 1;
        }
    };
    let sources = project.sources.clone();
    let observer = Arc::new(Shown::new(report.clone()).concise(flags.display.concise));
    let begun = planning::begin(
        setup,
        project,
        values,
        planning::run_options(
            setup,
            Operation::Plan,
            &flags.planning.lock,
            flags.planning.parallelism,
        ),
        observer,
        args::StateFiles {
            state: flags.planning.state.clone(),
            ..Default::default()
        },
        report,
    );
    let Some(mut run) = begun.await else {
        report.diagnostics(&late, &sources);
        return 1;
    };
    let (plan, found) = run.plan(options).await;
    let mut diagnostics = late;
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
        let blocks = plan.generated.iter().map(|(addr, text)| {
            let change = plan.changes.iter().find(|change| change.addr == *addr);
            let id = change.and_then(|change| change.importing.as_deref());
            (id.unwrap_or_default(), &**text)
        });
        let text = trueup_operations::generated_file(blocks);
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
        failed |= !save(setup, &plan, path, report).await;
    } else if !failed && !report.json && plan.has_changes() && !in_automation() {
        output::text(&human::rule(report.style));
        output::line(
            "\nNote: You didn't use the -out option to save this plan, so trueup can't\nguarantee to take exactly these actions if you run \"trueup apply\" now.",
        );
    }
    failed |= planning::end(run, report).await;
    match (failed, flags.detailed_exitcode && plan.has_changes()) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    }
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

/// What kind of plan the flags ask for.
pub fn mode(flags: &args::Planning) -> Mode {
    if flags.destroy {
        Mode::Destroy
    } else if flags.refresh_only {
        Mode::RefreshOnly
    } else {
        Mode::Normal
    }
}

/// Whether a program rather than a person drives us: hints at what to type next are left out.
pub fn in_automation() -> bool {
    crate::environment::is_set("IN_AUTOMATION")
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

async fn save(setup: &Setup, plan: &Plan, path: &str, report: &Report) -> bool {
    let place = setup.world.dir.join(path);
    if let Some(what) = plan.infinite() {
        report.diagnostic(trueup_diagnostics::Diagnostic::error(
            "Failed to write plan file",
            format!(
                "The plan file {path} could not be written: {what} is or holds an infinite number, which can't be stored."
            ),
        ));
        return false;
    }
    if let Err(error) = sealed_files::save_plan(&setup.world, &place, plan.to_bytes()).await {
        report.diagnostic(trueup_diagnostics::Diagnostic::error(
            "Failed to write plan file",
            format!("The plan file {path} could not be written: {error}."),
        ));
        return false;
    }
    if !report.json && plan.has_changes() && !plan.errored && !in_automation() {
        output::text(&human::rule(report.style));
        output::line(&format!("\nSaved the plan to: {path}"));
        output::line(&format!(
            "\nTo perform exactly these actions, run the following command to apply:\n    trueup apply {path:?}"
        ));
    }
    true
}
