//! `apply`, `destroy` and `refresh`: a plan is made or read, approved, and carried out.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_backend::Operation;
use trueup_diagnostics::Diagnostic;
use trueup_executor::Applied;
use trueup_operations::storage::{self, Wanted};
use trueup_operations::{Project, Run, Stale, inputs};
use trueup_plan::{Counts, Mode, Plan};
use trueup_value::Value;

use super::plan::show;
use super::{Place, by_hand, planning};
use crate::args;
use crate::observer::Shown;
use crate::report::{Report, now};
use crate::setup::{self, Setup};
use crate::views::{Paint, human, json};
use crate::{output, prompt, requests};

/// Which of the commands it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Make what the configuration asks for.
    Apply,
    /// Take away everything.
    Destroy,
    /// Bring the state up to date.
    Refresh,
}

/// Runs the command.
pub async fn run(at: Place, mut flags: args::Apply, what: What) -> u8 {
    let report = Report::new(&flags.look);
    if report.json {
        output::line(&json::stream::version(
            env!("CARGO_PKG_VERSION"),
            "1.11.4",
            &now(),
        ));
    }
    match what {
        What::Apply => {}
        What::Destroy => flags.planning.destroy = true,
        What::Refresh => {
            flags.planning.refresh_only = true;
            flags.auto_approve = true;
        }
    }
    if report.json && !flags.auto_approve && flags.plan.is_none() {
        report.diagnostic(Diagnostic::error(
            "Plan file or auto-approve required",
            "Terraform cannot ask for interactive approval when -json is set. You can either apply a saved plan file, or enable the -auto-approve option.",
        ));
        return 1;
    }
    let setup = match setup::begin(at.chdir.as_deref(), at.local) {
        Ok(setup) => setup,
        Err(diagnostic) => {
            report.diagnostic(*diagnostic);
            return 1;
        }
    };
    if let Some(path) = flags.plan.as_ref().filter(|_| what == What::Destroy) {
        report.diagnostic(Diagnostic::error(
            "Destroy can't be called with a plan file",
            format!("If this plan was created using plan -destroy, apply it using:\n  trueup apply {path:?}"),
        ));
        return 1;
    }
    let code = match flags.plan.clone() {
        Some(path) => saved(&setup, &flags, &path, &report).await,
        None => fresh(&setup, &flags, what, &report).await,
    };
    requests::leave(&setup.counts);
    code
}

/// The state files that the flags choose.
fn files(flags: &args::Apply) -> args::StateFiles {
    args::StateFiles {
        state: flags.planning.state.clone(),
        state_out: flags.state_out.clone(),
        backup: flags.backup.clone(),
    }
}

/// Plans, asks, applies.
async fn fresh(setup: &Setup, flags: &args::Apply, what: What, report: &Report) -> u8 {
    let mode = super::plan::mode(&flags.planning);
    let Some(options) = planning::options(&setup.world, &flags.planning, mode, report) else {
        return 1;
    };
    let Some((project, values)) = planning::read(
        &setup.world,
        &flags.planning.variables,
        mode != Mode::Destroy,
        report,
    ) else {
        return 1;
    };
    let sources = project.sources.clone();
    let observer = Arc::new(Shown::new(report.clone()));
    let operation = match mode {
        Mode::RefreshOnly => Operation::Refresh,
        Mode::Normal | Mode::Destroy => Operation::Apply,
    };
    let begun = planning::begin(
        setup,
        project,
        values,
        planning::run_options(
            setup,
            operation,
            &flags.planning.lock,
            flags.planning.parallelism,
        ),
        observer.clone(),
        files(flags),
        report,
    );
    let Some(mut run) = begun.await else { return 1 };
    let (plan, mut diagnostics) = run.plan(options).await;
    if flags.auto_approve {
        // Nobody decides on them: what checks say is told once, when the plan is carried out.
        diagnostics.retain(|found| found.is_error() || !found.is_of_check());
    }
    let silent = mode == Mode::RefreshOnly && flags.auto_approve;
    if !silent || diagnostics.has_errors() {
        show(setup, &plan, &diagnostics, report);
    }
    report.diagnostics(&diagnostics, &sources);
    if diagnostics.has_errors() {
        planning::end(run, report).await;
        return 1;
    }
    if plan.has_changes() && !flags.auto_approve {
        match ask(mode, &plan) {
            Some(true) => {}
            Some(false) => {
                output::line(match mode {
                    Mode::Destroy => "Destroy cancelled.",
                    _ => "Apply cancelled.",
                });
                planning::end(run, report).await;
                return 1;
            }
            None => {
                report.diagnostic(
                    Diagnostic::error("Error asking for approval", "Nobody answered.").hint(
                        "Use -auto-approve to apply without being asked, or apply a saved plan.",
                    ),
                );
                planning::end(run, report).await;
                return 1;
            }
        }
    }
    let last_words = if what == What::Refresh {
        LastWords::None
    } else {
        LastWords::Planned
    };
    carry_out(run, &plan, last_words, &observer, report).await
}

/// Carries out a saved plan.
async fn saved(setup: &Setup, flags: &args::Apply, path: &str, report: &Report) -> u8 {
    let refuse = |diagnostic: Diagnostic| {
        report.diagnostic(diagnostic);
        1
    };
    let bytes = match std::fs::read(setup.world.dir.join(path)) {
        Ok(bytes) => bytes,
        Err(error) => {
            return refuse(Diagnostic::error(
                format!("Failed to load {path:?} as a plan file"),
                format!("The plan file {path} could not be read: {error}."),
            ));
        }
    };
    let plan = match Plan::from_bytes(&bytes) {
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
    };
    let mut opened = match storage::open_settled(&setup.world, wanted).await {
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
    let observer = Arc::new(Shown::new(report.clone()));
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
    carry_out(run, &plan, LastWords::Saved, &observer, report).await
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

fn ask(mode: Mode, plan: &Plan) -> Option<bool> {
    let workspace = plan
        .backend
        .as_ref()
        .map(|backend| backend.workspace.as_str())
        .filter(|workspace| *workspace != "default");
    let within = workspace
        .map(|name| format!(" in workspace {name:?}"))
        .unwrap_or_default();
    let (question, explanation) = match mode {
        Mode::Normal => (
            format!("Do you want to perform these actions{within}?"),
            "  trueup will perform the actions described above.\n  Only 'yes' will be accepted to approve.",
        ),
        Mode::Destroy => (
            format!("Do you really want to destroy all resources{within}?"),
            "  trueup will destroy all your managed infrastructure, as shown above.\n  There is no undo. Only 'yes' will be accepted to confirm.",
        ),
        Mode::RefreshOnly => (
            "Would you like to update the state to reflect these detected changes?".to_string(),
            "  trueup will write these changes to the state without modifying any real infrastructure.\n  There is no undo. Only 'yes' will be accepted to confirm.",
        ),
    };
    prompt::approve(&question, explanation)
}

/// What is said at the end of a run that succeeded, beside the outputs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastWords {
    /// Nothing: a refresh.
    None,
    /// What was done of a plan made in the same run.
    Planned,
    /// What was done of a saved plan.
    Saved,
}

async fn carry_out(
    mut run: Run<'_>,
    plan: &Plan,
    last_words: LastWords,
    observer: &Shown,
    report: &Report,
) -> u8 {
    let sources = run.project().sources.clone();
    let total = plan
        .changes
        .iter()
        .filter(|change| change.has_effect())
        .count();
    observer.expect(total);
    let nothing = !plan.has_changes();
    let (applied, state, diagnostics) = if nothing {
        // What the refresh found is kept all the same; a state that is as stored is not written.
        let diagnostics = run.save(&plan.prior_state).await;
        (Applied::default(), run.state().clone(), diagnostics)
    } else {
        run.apply(plan).await
    };
    observer.end();
    // What there is to say comes before the last words, as Terraform has it.
    report.diagnostics(&diagnostics, &sources);
    let failed = diagnostics.has_errors();
    if !failed {
        if report.json {
            let counts = Counts {
                add: applied.added,
                change: applied.changed,
                destroy: applied.destroyed,
                import: applied.imported,
                ..Counts::default()
            };
            let operation = match plan.mode {
                Mode::Destroy => json::stream::Operation::Destroy,
                _ => json::stream::Operation::Apply,
            };
            output::line(&json::stream::change_summary(counts, operation, &now()));
            if plan.mode != Mode::Destroy {
                output::line(&json::stream::outputs(&state, &now()));
            }
        } else {
            if last_words != LastWords::None {
                let saved = last_words == LastWords::Saved;
                output::text(&summary(&applied, plan.mode, saved, report));
            }
            output::text(&human::outputs_block(&state, report.style));
        }
    }
    let ended = planning::end(run, report).await;
    u8::from(failed || ended)
}

/// The last words of a run that succeeded.
fn summary(applied: &Applied, mode: Mode, saved: bool, report: &Report) -> String {
    let Applied {
        added,
        changed,
        destroyed,
        imported,
    } = applied;
    let imports = match imported {
        0 => String::new(),
        some => format!("{some} imported, "),
    };
    let text = match mode {
        Mode::Destroy if !saved => format!("Destroy complete! Resources: {destroyed} destroyed."),
        Mode::Normal | Mode::RefreshOnly | Mode::Destroy => {
            format!(
                "Apply complete! Resources: {imports}{added} added, {changed} changed, {destroyed} destroyed."
            )
        }
    };
    format!("\n{}\n", report.style.paint(Paint::BoldGreen, text))
}
