//! `apply`, `destroy` and `refresh`: a plan is made or read, approved, and carried out.

use std::sync::Arc;

use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_executor::Applied;
use trueup_operations::{Run, workspaces};
use trueup_plan::{Counts, Mode, Plan};

use super::plan::show;
use super::{Place, apply_saved, planning};
use crate::args;
use crate::exit::{Ended, Exit, Told};
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
pub async fn run(at: Place, mut flags: args::Apply, what: What) -> Ended {
    let report = Report::new(&flags.look).shown(&flags.display, at.dir())?;
    report.open_stream();
    match what {
        What::Apply => {}
        What::Destroy => flags.planning.destroy = true,
        What::Refresh => {
            flags.planning.refresh_only = true;
            flags.auto_approve = true;
        }
    }
    if report.json && !flags.auto_approve && flags.plan.is_none() {
        return Err(report.refuse(Diagnostic::error(
            "Plan file or auto-approve required",
            "Terraform cannot ask for interactive approval when -json is set. You can either apply a saved plan file, or enable the -auto-approve option.",
        )));
    }
    let setup = setup::begin(&at, &report)?;
    if let Some(path) = flags.plan.as_ref().filter(|_| what == What::Destroy) {
        return Err(report.refuse(Diagnostic::error(
            "Destroy can't be called with a plan file",
            format!("If this plan was created using plan -destroy, apply it using:\n  trueup apply {path:?}"),
        )));
    }
    let ended = match flags.plan.clone() {
        Some(path) => apply_saved::run(&setup, &flags, &path, &report).await,
        None => fresh(&setup, &flags, what, &report).await,
    };
    requests::leave(&setup.counts);
    ended
}

/// Plans, asks, applies.
async fn fresh(setup: &Setup, flags: &args::Apply, what: What, report: &Report) -> Ended {
    let mode = planning::mode(&flags.planning);
    let options = planning::options(&setup.world, &flags.planning, mode, report)?;
    let mut diagnostics = Diagnostics::default();
    let read = planning::read(
        &setup.world,
        &flags.planning.variables,
        mode != Mode::Destroy,
        report,
        &mut diagnostics,
    )?;
    let sources = read.0.sources.clone();
    let observer = Arc::new(Shown::new(report.clone()).concise(flags.display.concise));
    let operation = match mode {
        Mode::RefreshOnly => Operation::Refresh,
        Mode::Normal | Mode::Destroy => Operation::Apply,
    };
    let files = flags.files();
    let begun = planning::begin(
        setup,
        read,
        planning::run_options(setup, operation, &flags.planning),
        observer.clone(),
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
    if flags.auto_approve {
        // Nobody decides on them: what checks say is told once, when the plan is carried out.
        diagnostics.retain(|found| found.is_error() || !found.is_of_check());
    }
    let silent = what == What::Refresh;
    if !silent || diagnostics.has_errors() {
        show(setup, &plan, &diagnostics, &flags.display, report);
    }
    let asks = plan.has_changes() && !flags.auto_approve;
    if asks || diagnostics.has_errors() {
        // Whoever is asked wants to know before; otherwise warnings come with those of the apply.
        let told = std::mem::take(&mut diagnostics);
        let approved = match report.pass(&told, &sources) {
            Ok(()) => ask(mode, &plan, report),
            Err(told) => Err(told),
        };
        if approved.is_err() {
            planning::end(run, report).await;
            return Err(Told);
        }
    }
    let last_words = match what {
        What::Refresh => LastWords::None,
        What::Apply | What::Destroy => LastWords::Planned,
    };
    carry_out(run, &plan, diagnostics, last_words, &observer, report).await
}

/// Asks whether to go on.
///
/// # Errors
/// Somebody said no, or nobody said anything, which is told.
fn ask(mode: Mode, plan: &Plan, report: &Report) -> Result<(), Told> {
    let workspace = plan
        .backend
        .as_ref()
        .map(|backend| backend.workspace.as_str())
        .filter(|workspace| *workspace != workspaces::DEFAULT);
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
    let without = "Use -auto-approve to apply without being asked, or apply a saved plan.";
    if prompt::approved(&question, explanation, without, report)? {
        return Ok(());
    }
    output::line(match mode {
        Mode::Destroy => "Destroy cancelled.",
        Mode::Normal | Mode::RefreshOnly => "Apply cancelled.",
    });
    Err(Told)
}

/// What is said at the end of a run that succeeded, beside the outputs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LastWords {
    /// Nothing: a refresh.
    None,
    /// What was done of a plan made in the same run.
    Planned,
    /// What was done of a saved plan.
    Saved,
}

/// Carries out a plan that was approved, and ends the run. `told_late` are the warnings of the plan that were not
/// told yet.
pub(super) async fn carry_out(
    mut run: Run<'_>,
    plan: &Plan,
    told_late: Diagnostics,
    last_words: LastWords,
    observer: &Shown,
    report: &Report,
) -> Ended {
    let sources = run.project().sources.clone();
    let total = plan
        .changes
        .iter()
        .filter(|change| change.has_effect())
        .count();
    observer.expect(total);
    let nothing = !plan.has_changes();
    let (applied, state, found) = if nothing {
        // What the refresh found is kept all the same; a state that is as stored is not written.
        let diagnostics = run.save(&plan.prior_state).await;
        (Applied::default(), run.state().clone(), diagnostics)
    } else {
        run.apply(plan).await
    };
    observer.end();
    // What there is to say comes before the last words, as Terraform has it.
    let mut diagnostics = told_late;
    diagnostics.extend(found);
    report.diagnostics(&diagnostics, &sources);
    let mut failed = diagnostics.has_errors();
    if !failed {
        if report.has_stream() {
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
            report.event(&json::stream::change_summary(counts, operation, &now()));
            if plan.mode != Mode::Destroy {
                report.event(&json::stream::outputs(&state, &now()));
            }
        }
        if !report.json {
            if last_words != LastWords::None {
                let saved = last_words == LastWords::Saved;
                output::text(&summary(&applied, plan.mode, saved, report));
            }
            if plan.mode != Mode::Destroy || last_words == LastWords::Saved {
                output::text(&human::outputs_block(&state, report.style));
            }
        }
    }
    failed |= planning::end(run, report).await;
    Ok(Exit::unless(failed))
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
