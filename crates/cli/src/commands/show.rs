//! `show`: the state, or a saved plan.

use std::sync::Arc;

use trueup_diagnostics::Diagnostic;
use trueup_operations::{Project, drawing};
use trueup_plan::Plan;
use trueup_state::State;

use super::{Place, by_hand};
use crate::exit::{Ended, Exit};
use crate::report::Report;
use crate::sealed_files;
use crate::setup::{self, Schemas, Setup};
use crate::views::Style;
use crate::views::human::{self, PlanLook};
use crate::views::report::page;
use crate::{args, output};

/// Runs the command.
pub async fn run(at: Place, flags: args::Show) -> Ended {
    // What is shown is one document, not a stream.
    let report = Report::new(&args::Look {
        json: false,
        ..flags.look.clone()
    });
    let file = match flags.file.as_slice() {
        [] => None,
        [file] => Some(file),
        _ => {
            return Err(report.refuse(Diagnostic::error(
                "Too many command line arguments",
                "Expected at most one positional argument.",
            )));
        }
    };
    let setup = setup::begin(&at, &report)?;
    let schemas = Schemas(Arc::new(setup.world.clone()));
    let subject = match file {
        Some(path) => of_file(&setup, path)
            .await
            .map_err(|diagnostic| report.refuse(*diagnostic))?,
        None => {
            let files = args::StateFiles::default();
            let opened = by_hand::open_in(setup, &files, report.clone()).await?;
            let state = opened.read().await?;
            state.map_or(Subject::Nothing, |state| Subject::State(Box::new(state)))
        }
    };
    if flags.report.is_some() {
        let Subject::Plan(plan) = &subject else {
            return Err(report.refuse(Diagnostic::error(
                "No plan to report on",
                "The -report option makes a page of a saved plan. Save one with plan -out=FILE, and give FILE to this command.",
            )));
        };
        let (project, _) = Project::of_snapshot(plan.config.files.clone());
        let graph = drawing::resources(&project.config, &plan.prior_state).ok();
        output::text(&page(plan, graph.as_ref(), &schemas));
        return Ok(Exit::Done);
    }
    output::text(&text(&subject, &flags, &schemas, report.style));
    Ok(Exit::Done)
}

/// What is shown, in the form that the flags ask for.
fn text(subject: &Subject, flags: &args::Show, schemas: &Schemas, style: Style) -> String {
    let of_state = |state: &State| trueup_plan::json::state_document(state, schemas).to_line();
    match (subject, flags.look.json) {
        (Subject::Plan(plan), true) => {
            let (project, _) = Project::of_snapshot(plan.config.files.clone());
            // A block that was written for the plan is not the user's configuration yet.
            let mut config = (*project.config).clone();
            for addr in plan.generated.keys() {
                config.root.module.resources.remove(&addr.resource.resource);
            }
            trueup_plan::json::plan_document(plan, Some(&config), schemas).to_line() + "\n"
        }
        (Subject::Plan(plan), false) => {
            let look = PlanLook {
                style,
                in_automation: true,
                fold: flags.fold,
                show_sensitive: flags.show_sensitive,
            };
            human::plan_body(plan, schemas, look) + &human::taken_away::text(plan, style)
        }
        (Subject::State(state), true) => of_state(state) + "\n",
        (Subject::State(state), false) => human::state(state, schemas, style),
        (Subject::Nothing, true) => of_state(&State::new("")) + "\n",
        (Subject::Nothing, false) => "No state.\n".to_owned(),
    }
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
