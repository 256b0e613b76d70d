//! Test runs: the `run` blocks of test files carried out in order, on states that are kept in memory and
//! taken down at the end of each file.

mod assertions;
mod cleanup;
mod expected;
mod file;
mod globals;
mod prepare;
mod run;
mod suite;
mod values;

use std::sync::Arc;

use trueup_backend::DEFAULT_WORKSPACE;
use trueup_config::OnDisk;
use trueup_config::test_files::{TestFiles, load_tests};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_plan::Plan;
use trueup_state::State;

use crate::{Project, World};

pub use suite::run_suite;

/// How something ended. Of several the greatest counts.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// Not begun.
    #[default]
    Pending,
    /// Left out, because something before it went wrong.
    Skip,
    /// All that it expects holds.
    Pass,
    /// An assertion does not hold.
    Fail,
    /// It could not be carried out.
    Error,
}

impl Status {
    /// Of two, the one that counts.
    pub fn and(self, other: Self) -> Self {
        self.max(other)
    }
}

/// Reads the test files of a project. Their texts are added to its sources.
pub fn read_tests(
    world: &World,
    project: &mut Project,
    test_dir: &str,
) -> (TestFiles, Diagnostics) {
    let mut sources = Arc::unwrap_or_clone(std::mem::take(&mut project.sources));
    let disk = OnDisk::new(&world.dir);
    let (tests, mut diagnostics) = load_tests(&disk, test_dir, &mut sources);
    project.sources = Arc::new(sources);
    diagnostics.extend(prepare::check_stand_ins(&tests));
    (tests, diagnostics)
}

/// Checks the test files of a project as far as that goes without running them, and the modules that their
/// runs name.
pub fn validate(world: &World, project: &mut Project, test_dir: &str) -> Diagnostics {
    let (tests, mut diagnostics) = read_tests(world, project, test_dir);
    if diagnostics.has_errors() {
        return diagnostics;
    }
    let files: std::collections::BTreeMap<_, _> = tests.iter().collect();
    let modules = match file::Modules::load(world, project, &files) {
        Ok(modules) => modules,
        Err(found) => {
            diagnostics.extend(found);
            return diagnostics;
        }
    };
    let environment = world.environment(DEFAULT_WORKSPACE, &world.source.now(), false);
    let mut checked = std::collections::BTreeSet::new();
    for file in tests.values() {
        diagnostics.extend(prepare::without_target(&project.config, &file.overrides));
        for run in &file.runs {
            expected::Expected::read(run, &mut diagnostics);
            let (config, found) = modules.of_run(run);
            diagnostics.extend(prepare::without_target(&config, &run.overrides));
            let Some(module) = &run.module else { continue };
            if !checked.insert(module.source.clone()) {
                continue;
            }
            let broken = found.has_errors();
            diagnostics.extend(found);
            if !broken {
                diagnostics.extend(trueup_planner::validate::configuration(
                    &config,
                    &project.sources,
                    &environment,
                    &world.providers,
                ));
            }
        }
    }
    diagnostics
}

/// What a suite is run with.
pub struct SuiteRequest<'a> {
    /// The configuration under test, with the texts of its test files.
    pub project: Project,
    /// The test files.
    pub tests: &'a TestFiles,
    /// Only the test files of these names, where there are any.
    pub filter: Vec<String>,
    /// The folder of test files, whose variables files hold for them alone.
    pub test_dir: String,
    /// Whether plans and states are to be shown.
    pub verbose: bool,
    /// How many calls may be under way at once.
    pub parallelism: usize,
    /// Makes the world of a test file: with an embedded AWS each file gets a fresh one.
    pub worlds: &'a (dyn Fn() -> Result<World, Box<Diagnostic>> + Send + Sync),
    /// Set when the run is asked to stop: the runs that are left are skipped, and what there is is taken down.
    pub cancel: tokio_util::sync::CancellationToken,
    /// Told of what happens.
    pub observer: &'a dyn TestObserver,
}

/// What a run made, for those who want to see it.
#[derive(Clone, Debug)]
pub enum Made {
    /// A run that only plans: its plan.
    Plan(Box<Plan>),
    /// A run that applies: the state after it.
    State(Box<State>),
}

/// How one run ended.
#[derive(Clone, Debug)]
pub struct RunReport {
    /// Its name.
    pub name: Arc<str>,
    /// How it ended.
    pub status: Status,
    /// What is to be said of it.
    pub diagnostics: Diagnostics,
    /// The texts that the diagnostics point into.
    pub sources: Arc<Sources>,
    /// What it made, where that was asked for.
    pub made: Option<Made>,
    /// How many assertions it has.
    pub assertions: usize,
    /// How long it took.
    pub took: std::time::Duration,
}

/// How one file ended.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// Its path.
    pub name: Arc<str>,
    /// How it ended, cleanup included.
    pub status: Status,
    /// Its runs.
    pub runs: Vec<RunReport>,
}

/// How a suite ended.
#[derive(Clone, Debug, Default)]
pub struct SuiteReport {
    /// How it ended.
    pub status: Status,
    /// Its files, in the order in which they were run.
    pub files: Vec<FileReport>,
}

impl SuiteReport {
    /// How many runs ended this way.
    pub fn count(&self, status: Status) -> usize {
        let runs = self.files.iter().flat_map(|file| &file.runs);
        runs.filter(|run| run.status == status).count()
    }
}

/// What is left of a file's objects after its cleanup.
#[derive(Clone, Debug, Default)]
pub struct Left {
    /// The addresses of objects that are still there, with the key of deposed ones.
    pub objects: Vec<(String, Option<String>)>,
}

/// What a run is at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// It is carried out.
    Running,
    /// What was made under it is taken down.
    Teardown,
}

/// Whoever wants to know how a suite goes on.
pub trait TestObserver: Send + Sync {
    /// The suite begins: the names of its files and of their runs.
    fn begin(&self, files: &[(Arc<str>, Vec<Arc<str>>)]);
    /// A file begins.
    fn file_begins(&self, file: &str);
    /// A run begins.
    fn run_begins(&self, file: &str, run: &str);
    /// A run has been going on for so long.
    fn run_goes_on(&self, file: &str, run: &str, phase: Phase, elapsed: std::time::Duration);
    /// A run ended.
    fn run_ended(&self, file: &str, report: &RunReport);
    /// What a file made is taken down.
    fn tearing_down(&self, file: &str);
    /// What was made under a run is taken down.
    fn run_tearing_down(&self, file: &str, run: &str);
    /// What was made under a run is taken down, as far as that went.
    fn taken_down(
        &self,
        file: &str,
        run: &str,
        diagnostics: &Diagnostics,
        sources: &Arc<Sources>,
        left: &Left,
    );
    /// A file ended, and what is to be said of it as a whole.
    fn file_ended(
        &self,
        file: &str,
        status: Status,
        diagnostics: &Diagnostics,
        sources: &Arc<Sources>,
    );
    /// The suite ended.
    fn end(&self, report: &SuiteReport);
}
