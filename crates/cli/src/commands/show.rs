//! `show`: the state, or a saved plan.

use std::sync::Arc;

use trueup_diagnostics::Diagnostic;
use trueup_operations::{Project, drawing, storage};
use trueup_plan::Plan;
use trueup_state::State;

use super::{Place, by_hand};
use crate::report::Report;
use crate::sealed_files;
use crate::setup::{self, Schemas, Setup};
use crate::views::human::{self, PlanLook};
use crate::views::report::page;
use crate::{args, output};

/// Runs the command.
pub async fn run(at: Place, flags: args::Show) -> u8 {
    // What is shown is one document, not a stream.
    let report = Report::new(&args::Look {
        json: false,
        ..flags.look.clone()
    });
    let file = match flags.file.as_slice() {
        [] => None,
        [file] => Some(file),
        _ => {
            report.diagnostic(Diagnostic::error(
                "Too many command line arguments",
                "Expected at most one positional argument.",
            ));
            return 1;
        }
    };
    let setup = match setup::begin(at.chdir.as_deref(), at.local, &report) {
        Ok(setup) => setup,
        Err(code) => return code,
    };
    let shown = match file {
        Some(path) => of_file(&setup, path).await,
        None => match current(&setup, &report).await {
            Ok(state) => {
                Ok(state.map_or(Subject::Nothing, |state| Subject::State(Box::new(state))))
            }
            Err(code) => return code,
        },
    };
    let subject = match shown {
        Ok(subject) => subject,
        Err(diagnostic) => {
            report.diagnostic(*diagnostic);
            return 1;
        }
    };
    let schemas = Schemas(Arc::new(setup.world.clone()));
    if flags.report.is_some() {
        return match &subject {
            Subject::Plan(plan) => {
                let (project, _) = Project::of_snapshot(plan.config.files.clone());
                let graph = drawing::resources(&project.config, &plan.prior_state).ok();
                output::text(&page(plan, graph.as_ref(), &schemas));
                0
            }
            Subject::State(_) | Subject::Nothing => {
                report.diagnostic(Diagnostic::error(
                    "No plan to report on",
                    "The -report option makes a page of a saved plan. Save one with plan -out=FILE, and give FILE to this command.",
                ));
                1
            }
        };
    }
    let text = match (&subject, flags.look.json) {
        (Subject::Plan(plan), true) => {
            let (project, _) = Project::of_snapshot(plan.config.files.clone());
            // A block that was written for the plan is not the user's configuration yet.
            let mut config = (*project.config).clone();
            for addr in plan.generated.keys() {
                config.root.module.resources.remove(&addr.resource.resource);
            }
            trueup_plan::json::plan_document(plan, Some(&config), &schemas).to_line() + "\n"
        }
        (Subject::Plan(plan), false) => {
            let look = PlanLook {
                style: report.style,
                in_automation: true,
                fold: flags.fold,
                show_sensitive: flags.show_sensitive,
            };
            let body = human::plan_body(plan, &schemas, look);
            body + &human::taken_away::text(plan, report.style)
        }
        (Subject::State(state), true) => {
            trueup_plan::json::state_document(state, &schemas).to_line() + "\n"
        }
        (Subject::State(state), false) => human::state(state, &schemas, report.style),
        (Subject::Nothing, true) => {
            trueup_plan::json::state_document(&State::new(""), &schemas).to_line() + "\n"
        }
        (Subject::Nothing, false) => "No state.\n".to_owned(),
    };
    output::text(&text);
    0
}

enum Subject {
    Plan(Box<Plan>),
    State(Box<State>),
    /// There is no state.
    Nothing,
}

async fn of_file(setup: &Setup, path: &str) -> Result<Subject, Box<Diagnostic>> {
    let failed = |text: String| {
        Box::new(Diagnostic::error(
            "Failed to read the given file as a state or plan file",
            text,
        ))
    };
    let bytes = sealed_files::read(&setup.world, &setup.world.dir.join(path))
        .await
        .map_err(|error| failed(format!("{path}: {error}.")))?;
    if bytes.starts_with(b"PK") {
        let plan = Plan::from_bytes(&bytes).map_err(|error| failed(format!("{path}: {error}.")))?;
        return Ok(Subject::Plan(Box::new(plan)));
    }
    let state = State::read(&bytes).map_err(|error| failed(format!("{path}: {error}.")))?;
    Ok(Subject::State(Box::new(state)))
}

/// The state of the working folder, read without a lock. The error is the exit code.
async fn current(setup: &Setup, report: &Report) -> Result<Option<State>, u8> {
    let storage = match by_hand::storage_of(setup, &args::StateFiles::default()).await {
        Ok(storage) => storage,
        Err((diagnostics, sources)) => {
            report.diagnostics(&diagnostics, &sources);
            return Err(1);
        }
    };
    match storage.backend.read(&storage.workspace).await {
        Ok(snapshot) => Ok(snapshot.state),
        Err(error) => {
            report.diagnostic(storage::as_diagnostic(error));
            Err(1)
        }
    }
}
