//! `drift`: whether anything was changed outside. 0 no, 2 yes, 1 error.

use std::sync::Arc;

use trueup_backend::Operation;
use trueup_diagnostics::Diagnostics;
use trueup_operations::{PlanOptions, drift};
use trueup_plan::Mode;

use super::{Place, planning};
use crate::observer::Shown;
use crate::report::{Report, now};
use crate::setup::{self, Setup};
use crate::views::{human, json};
use crate::{args, output, requests};

/// Runs the command.
pub async fn run(at: Place, flags: args::Drift) -> u8 {
    let report = Report::new(&flags.look);
    report.open_stream();
    let setup = match setup::begin(at.chdir.as_deref(), at.local, &report) {
        Ok(setup) => setup,
        Err(code) => return code,
    };
    let code = check(&setup, &flags, &report).await;
    requests::leave(&setup.counts);
    code
}

async fn check(setup: &Setup, flags: &args::Drift, report: &Report) -> u8 {
    let mut diagnostics = Diagnostics::default();
    let targets = planning::targets(&flags.target, &mut diagnostics);
    if report.failed(&diagnostics, &Arc::default()) {
        return 1;
    }
    let mut warnings = Diagnostics::default();
    let read = planning::read(&setup.world, &flags.variables, true, report, &mut warnings);
    let Some((project, values)) = read else {
        return 1;
    };
    report.diagnostics(&warnings, &project.sources);
    let sources = project.sources.clone();
    let observer = Arc::new(Shown::new(report.clone()));
    let begun = planning::begin(
        setup,
        project,
        values,
        planning::run_options(setup, Operation::Plan, &flags.lock, flags.parallelism),
        observer,
        args::StateFiles::default(),
        report,
    );
    let Some(mut run) = begun.await else { return 1 };
    let options = PlanOptions {
        mode: Mode::RefreshOnly,
        targets,
        ..PlanOptions::normal()
    };
    let (plan, diagnostics) = run.plan(options).await;
    report.diagnostics(&diagnostics, &sources);
    let mut failed = diagnostics.has_errors();
    let found = drift::report(&plan);
    if !failed {
        if report.json {
            for line in json::stream::plan(&plan, &now()) {
                output::line(&line);
            }
        } else {
            output::text(&human::drift::render(&found, report.style));
        }
    }
    failed |= planning::end(run, report).await;
    match (failed, found.objects.is_empty()) {
        (true, _) => 1,
        (false, true) => 0,
        (false, false) => 2,
    }
}
