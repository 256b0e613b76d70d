//! `test`: the runs of the test files, each file on a world of its own where that is embedded.

use std::path::{Component, Path};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use trueup_aws::{RequestCounts, Transport};
use trueup_config::test_files::TestFiles;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_emulator::Emulator;
use trueup_operations::testing::{
    Left, Made, Phase, RunReport, Status, SuiteReport, SuiteRequest, TestObserver, read_tests,
    run_suite,
};
use trueup_operations::{Project, World};

use super::Place;
use crate::args::{Look, Test};
use crate::embedded::InProcess;
use crate::environment::in_automation;
use crate::exit::{Ended, Exit, Told};
use crate::report::{Report, now};
use crate::setup::{self, Schemas};
use crate::views::human::{self, PlanLook};
use crate::views::json::test::{self as stream, About};
use crate::views::{json, junit};
use crate::{output, requests, signals, world};

/// Runs the command.
pub async fn run(at: Place, flags: Test) -> Ended {
    let report = Report::new(&Look {
        no_color: flags.no_color,
        json: flags.json,
        compact_warnings: flags.compact_warnings,
    });
    report.open_stream();
    let counts = RequestCounts::new();
    let ended = tested(&at, &flags, &report, &counts).await;
    requests::leave(&counts);
    ended
}

async fn tested(at: &Place, flags: &Test, report: &Report, counts: &RequestCounts) -> Ended {
    let refused =
        |summary: &str, detail: &str| Err(report.refuse(Diagnostic::error(summary, detail)));
    if !is_inside(&flags.test_directory) {
        return refused(
            "Invalid testing directory",
            "The testing directory must be a relative path pointing to a directory local to the configuration directory.",
        );
    }
    if flags.cloud_run.is_some() {
        return refused(
            "Tests run here",
            "The -cloud-run option names a service that runs tests elsewhere, which trueup does not use.",
        );
    }
    let dir = at
        .folder()
        .map_err(|diagnostic| report.refuse(*diagnostic))?;
    let cancel = signals::listen();
    let make = || make_world(at, counts);
    let world = make().map_err(|diagnostic| report.refuse(*diagnostic))?;
    let (project, tests) = read(&world, &flags.test_directory, report)?;
    let observer = Shown {
        report: report.clone(),
        world: Arc::new(world),
        reported: Mutex::default(),
    };
    let request = SuiteRequest {
        project: project.clone(),
        tests: &tests,
        filter: flags.filter.clone(),
        test_dir: tidy(&flags.test_directory),
        verbose: flags.verbose,
        parallelism: flags.parallelism.max(1),
        worlds: &make,
        cancel,
        observer: &observer,
    };
    let suite = run_suite(request)
        .await
        .map_err(|found| report.refuse_all(&found, &project.sources))?;
    if let Some(path) = flags.junit_xml.as_ref().filter(|path| !path.is_empty()) {
        let text = junit::report(&suite, &observer.took());
        if let Err(error) = std::fs::write(dir.join(path), text) {
            report.diagnostic(Diagnostic::warning(
                "Failed to generate JUnit XML test result",
                format!("{path} could not be written: {error}."),
            ));
        }
    }
    Ok(Exit::unless(suite.status > Status::Pass))
}

/// The configuration and its test files.
fn read(world: &World, test_dir: &str, report: &Report) -> Result<(Project, TestFiles), Told> {
    let (mut project, mut diagnostics) = Project::read(world, false);
    let (tests, found) = read_tests(world, &mut project, test_dir);
    diagnostics.extend(found);
    report.pass(&diagnostics, &project.sources)?;
    Ok((project, tests))
}

/// The world of one test file: with the embedded AWS an empty one that is forgotten with it.
fn make_world(at: &Place, counts: &RequestCounts) -> Result<World, Box<Diagnostic>> {
    let dispatch = match at.local {
        false => None,
        true => {
            let emulator = Emulator::in_memory(setup::emulator_config()).map_err(|error| {
                Box::new(Diagnostic::error(
                    "The embedded AWS could not be opened",
                    format!("{error}."),
                ))
            })?;
            Some(InProcess::dispatch(emulator))
        }
    };
    let transport = Transport {
        dispatch,
        counts: counts.clone(),
        ..Transport::default()
    };
    Ok(world::build(at, transport))
}

/// Whether a folder lies below the one of the configuration.
fn is_inside(dir: &str) -> bool {
    let mut depth = 0_usize;
    for part in Path::new(dir).components() {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir if depth > 0 => depth -= 1,
            _ => return false,
        }
    }
    true
}

/// A path as the names of test files have it.
fn tidy(path: &str) -> String {
    let parts = path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".");
    parts.collect::<Vec<_>>().join("/")
}

/// Shows a suite while it runs.
struct Shown {
    report: Report,
    world: Arc<World>,
    /// When runs ended, for the report that is left in a file.
    reported: Mutex<Vec<String>>,
}

impl Shown {
    fn took(&self) -> Vec<String> {
        self.reported
            .lock()
            .map(|times| times.clone())
            .unwrap_or_default()
    }

    fn line(&self, human: &str, json: impl FnOnce() -> String) {
        match self.report.json {
            true => output::line(&json()),
            false => output::line(human),
        }
    }

    fn diagnostics(&self, found: &Diagnostics, sources: &Arc<Sources>, about: About<'_>) {
        if !self.report.json {
            self.report.diagnostics(found, sources);
            return;
        }
        for one in found.iter() {
            output::line(&stream::diagnostic(one, sources, about, &now()));
        }
    }

    fn made(&self, made: &Made, about: About<'_>) {
        let schemas = Schemas(self.world.clone());
        let style = self.report.style;
        match (made, self.report.json) {
            (Made::Plan(plan), true) => {
                let document = json::test_made::plan(plan, &schemas);
                output::line(&stream::plan(document, about, &now()));
            }
            (Made::State(state), true) => {
                let document = json::test_made::state(state, &schemas);
                output::line(&stream::state(document, about, &now()));
            }
            (Made::Plan(plan), false) => {
                let look = PlanLook {
                    style,
                    in_automation: in_automation(),
                    ..PlanLook::default()
                };
                output::text(&human::plan_body(plan, &schemas, look));
                output::line("");
            }
            (Made::State(state), false) => {
                output::line("");
                output::text(&human::state(state, &schemas, style));
                output::line("");
            }
        }
    }
}

impl TestObserver for Shown {
    fn begin(&self, files: &[(Arc<str>, Vec<Arc<str>>)]) {
        if self.report.json {
            output::line(&stream::begin(files, &now()));
        }
    }

    fn file_begins(&self, file: &str) {
        let human = human::test::file_progress(file, "in progress", self.report.style);
        self.line(&human, || stream::file(file, "starting", None, &now()));
    }

    fn run_begins(&self, file: &str, run: &str) {
        if self.report.json {
            let none = Duration::ZERO;
            output::line(&stream::run(file, run, "starting", none, None, &now()));
        }
    }

    fn run_goes_on(&self, file: &str, run: &str, phase: Phase, elapsed: Duration) {
        if self.report.json {
            let progress = match phase {
                Phase::Running => "running",
                Phase::Teardown => "teardown",
            };
            output::line(&stream::run(file, run, progress, elapsed, None, &now()));
        }
    }

    fn run_ended(&self, file: &str, report: &RunReport) {
        let (name, status) = (&report.name, report.status);
        if let Ok(mut times) = self.reported.lock() {
            let began = jiff::Timestamp::now() - report.took;
            times.push(began.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        }
        let human = human::test::run_ended(name, status, self.report.style);
        self.line(&human, || {
            let none = Duration::ZERO;
            stream::run(file, name, "complete", none, Some(status), &now())
        });
        let about = About {
            file: Some(file),
            run: Some(name),
        };
        if let Some(made) = &report.made {
            self.made(made, about);
        }
        self.diagnostics(&report.diagnostics, &report.sources, about);
        if !self.report.json && report.diagnostics.iter().any(|one| !one.is_error()) {
            output::line("");
        }
    }

    fn tearing_down(&self, file: &str) {
        let human = human::test::file_progress(file, "tearing down", self.report.style);
        self.line(&human, || stream::file(file, "teardown", None, &now()));
    }

    fn run_tearing_down(&self, file: &str, run: &str) {
        if self.report.json {
            let none = Duration::ZERO;
            output::line(&stream::run(file, run, "teardown", none, None, &now()));
        }
    }

    fn taken_down(
        &self,
        file: &str,
        run: &str,
        diagnostics: &Diagnostics,
        sources: &Arc<Sources>,
        left: &Left,
    ) {
        let about = About {
            file: Some(file),
            run: Some(run),
        };
        if self.report.json {
            if let Some(line) = stream::left(about, left, &now()) {
                output::line(&line);
            }
            self.diagnostics(diagnostics, sources, about);
            return;
        }
        if diagnostics.has_errors() {
            output::error(&human::test::cleanup_failed(file, run));
        }
        self.diagnostics(diagnostics, sources, about);
        output::error(&human::test::left(file, run, left));
    }

    fn file_ended(
        &self,
        file: &str,
        status: Status,
        diagnostics: &Diagnostics,
        sources: &Arc<Sources>,
    ) {
        let human = human::test::file_ended(file, status, self.report.style);
        self.line(&human, || {
            stream::file(file, "complete", Some(status), &now())
        });
        let about = About {
            file: Some(file),
            run: None,
        };
        self.diagnostics(diagnostics, sources, about);
    }

    fn end(&self, report: &SuiteReport) {
        let human = human::test::conclusion(report, self.report.style);
        self.line(&format!("\n{human}"), || stream::summary(report, &now()));
    }
}
