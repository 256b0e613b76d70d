//! `show`: the state, or a saved plan.

use std::sync::Arc;

use trueup_diagnostics::Diagnostic;
use trueup_operations::{Project, storage};
use trueup_plan::Plan;
use trueup_state::State;

use super::Place;
use crate::report::Report;
use crate::setup::{self, Schemas, Setup};
use crate::views::human::{self, PlanLook};
use crate::{args, output};

/// Runs the command.
pub async fn run(at: Place, flags: args::Show) -> u8 {
    // What is shown is one document, not a stream.
    let report = Report::new(&args::Look {
        json: false,
        ..flags.look.clone()
    });
    let setup = match setup::begin(at.chdir.as_deref(), at.local) {
        Ok(setup) => setup,
        Err(diagnostic) => {
            report.diagnostic(*diagnostic);
            return 1;
        }
    };
    let shown = match &flags.file {
        Some(path) => of_file(&setup, path),
        None => match read_state(&setup).await {
            Ok(state) => Ok(Subject::State(Box::new(state))),
            Err(diagnostics) => {
                report.diagnostics(&diagnostics, &Default::default());
                return 1;
            }
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
    let text = match (&subject, flags.look.json) {
        (Subject::Plan(plan), true) => {
            let (project, _) = Project::of_snapshot(plan.config.files.clone());
            trueup_plan::json::plan_document(plan, Some(&project.config), &schemas).to_line() + "\n"
        }
        (Subject::Plan(plan), false) => {
            let look = PlanLook {
                style: report.style,
                in_automation: true,
            };
            human::plan_body(plan, &schemas, look)
        }
        (Subject::State(state), true) => {
            trueup_plan::json::state_document(state, &schemas).to_line() + "\n"
        }
        (Subject::State(state), false) => human::state(state, &schemas, report.style),
    };
    output::text(&text);
    0
}

enum Subject {
    Plan(Box<Plan>),
    State(Box<State>),
}

fn of_file(setup: &Setup, path: &str) -> Result<Subject, Box<Diagnostic>> {
    let failed = |text: String| {
        Box::new(Diagnostic::error(
            "Failed to read the given file as a state or plan file",
            text,
        ))
    };
    let bytes = std::fs::read(setup.world.dir.join(path))
        .map_err(|error| failed(format!("{path}: {error}.")))?;
    if bytes.starts_with(b"PK") {
        let plan = Plan::from_bytes(&bytes).map_err(|error| failed(format!("{path}: {error}.")))?;
        return Ok(Subject::Plan(Box::new(plan)));
    }
    let state = State::read(&bytes).map_err(|error| failed(format!("{path}: {error}.")))?;
    Ok(Subject::State(Box::new(state)))
}

/// Reads the state of the working folder, without a lock.
pub async fn read_state(setup: &Setup) -> Result<State, trueup_diagnostics::Diagnostics> {
    let (project, diagnostics) = Project::read(&setup.world, false);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    let storage = storage::open(&setup.world, &project.config).await?;
    let read = storage.backend.read(&storage.workspace).await;
    let snapshot = read.map_err(|error| {
        let mut diagnostics = trueup_diagnostics::Diagnostics::default();
        diagnostics.push(storage::as_diagnostic(error));
        diagnostics
    })?;
    Ok(snapshot.state.unwrap_or_else(|| State::new("")))
}
