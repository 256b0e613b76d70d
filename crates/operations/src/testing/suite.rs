//! A suite: all test files, one after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_config::test_files::TestFile;
use trueup_diagnostics::Diagnostics;

use super::file::{FileRun, Modules};
use super::globals::Globals;
use super::prepare::without_target;
use super::{FileReport, Status, SuiteReport, SuiteRequest};

/// Runs all test files, or those that the filter names, in the order of their names.
pub async fn run_suite(mut request: SuiteRequest<'_>) -> Result<SuiteReport, Diagnostics> {
    let chosen: BTreeMap<&Arc<str>, &TestFile> = request
        .tests
        .iter()
        .filter(|(name, _)| {
            request.filter.is_empty() || request.filter.iter().any(|one| **one == ***name)
        })
        .collect();
    let listed: Vec<(Arc<str>, Vec<Arc<str>>)> = chosen
        .iter()
        .map(|(name, file)| {
            let runs = file.runs.iter().map(|run| run.name.clone());
            ((*name).clone(), runs.collect())
        })
        .collect();
    let fresh = || (request.worlds)().map_err(|diagnostic| Diagnostics::from(*diagnostic));
    let first = fresh()?;
    let (globals, found) = Globals::collect(&first, &mut request.project, &request.test_dir);
    if found.has_errors() {
        return Err(found);
    }
    let modules = Modules::load(&first, &mut request.project, &chosen)?;
    request.observer.begin(&listed);
    let mut report = SuiteReport::default();
    let mut world = Some(first);
    for (name, file) in chosen {
        request.observer.file_begins(name);
        let world = match world.take() {
            Some(world) => world,
            None => fresh()?,
        };
        let globals = globals.of_file(name, &request.test_dir);
        let mut run = FileRun::new(&request, world, file, globals, &modules);
        let runs = run.runs().await;
        let status = runs
            .iter()
            .fold(Status::Pass, |status, run| status.and(run.status));
        let all_skipped = !runs.is_empty() && runs.iter().all(|run| run.status == Status::Skip);
        let status = if all_skipped { Status::Skip } else { status };
        request.observer.tearing_down(name);
        let cleaned = run.clean_up().await;
        let status = if cleaned { status } else { Status::Error };
        let found = without_target(&request.project.config, &file.overrides);
        let sources = &request.project.sources;
        request.observer.file_ended(name, status, &found, sources);
        report.status = report.status.and(status);
        report.files.push(FileReport {
            name: name.clone(),
            status,
            runs,
        });
    }
    if report.files.is_empty() {
        report.status = Status::Pass;
    }
    request.observer.end(&report);
    Ok(report)
}
