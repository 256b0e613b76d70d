//! One test file: its runs in order, on one state for each module that they run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_backend::{DEFAULT_WORKSPACE, MemoryBackend, Operation};
use trueup_config::test_files::{TestFile, TestRun};
use trueup_config::{Config, LocalFolders, OnDisk, is_local_source, joined, load_at};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_value::Value;

use super::globals::InFile;
use super::{RunReport, Status, SuiteRequest};
use crate::storage::Storage;
use crate::{Locking, Project, Run, RunOptions, World};

/// The modules that runs name instead of the one under test, by source.
pub(super) struct Modules {
    pub(super) project: Project,
    others: BTreeMap<Arc<str>, (Arc<Config>, Diagnostics)>,
}

impl Modules {
    /// Reads them all, so that every diagnostic finds its text.
    pub(super) fn load(
        world: &World,
        project: &mut Project,
        files: &BTreeMap<&Arc<str>, &TestFile>,
    ) -> Result<Self, Diagnostics> {
        let mut sources = Arc::unwrap_or_clone(project.sources.clone());
        let mut others = BTreeMap::new();
        let mut diagnostics = Diagnostics::default();
        let runs = files.values().flat_map(|file| &file.runs);
        for module in runs.filter_map(|run| run.module.as_ref()) {
            if others.contains_key(&module.source) {
                continue;
            }
            if !is_local_source(&module.source) {
                diagnostics.push(
                    Diagnostic::error(
                        "Module source not supported in tests",
                        format!("This version of trueup runs local modules in tests, whose source begins with ./ or ../, and {:?} is none.", module.source),
                    )
                    .at(module.source_span),
                );
                continue;
            }
            let disk = OnDisk::new(&world.dir);
            let (config, found) = load_at(
                &disk,
                &joined(".", &module.source),
                &LocalFolders,
                &mut sources,
            );
            others.insert(module.source.clone(), (Arc::new(config), found));
        }
        project.sources = Arc::new(sources);
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
        Ok(Self {
            project: project.clone(),
            others,
        })
    }

    /// The configuration that a run is about, and what was wrong with it.
    pub(super) fn of_run(&self, run: &TestRun) -> (Arc<Config>, Diagnostics) {
        let other = run
            .module
            .as_ref()
            .and_then(|module| self.others.get(&module.source));
        match other {
            Some((config, found)) => (config.clone(), found.clone()),
            None => (self.project.config.clone(), Diagnostics::default()),
        }
    }
}

/// A state of a file, and how it came to be: what its cleanup needs.
pub(super) struct Kept {
    pub(super) backend: Arc<MemoryBackend>,
    /// The last run that changed it.
    pub(super) last: Option<LastRun>,
}

/// How a state was last changed.
pub(super) struct LastRun {
    /// Which run of the file.
    pub(super) index: usize,
    /// What it ran.
    pub(super) project: Project,
    /// With which values.
    pub(super) variables: BTreeMap<Arc<str>, Value>,
    /// With which stand-ins.
    pub(super) world: World,
}

/// A file that is being run.
pub(super) struct FileRun<'a> {
    pub(super) request: &'a SuiteRequest<'a>,
    pub(super) world: World,
    pub(super) file: &'a TestFile,
    pub(super) globals: InFile,
    pub(super) modules: &'a Modules,
    /// States by key.
    pub(super) states: BTreeMap<Arc<str>, Kept>,
    /// The outputs of runs; `None` for those that are still to come.
    pub(super) outputs: BTreeMap<Arc<str>, Option<Value>>,
    /// Runs that only planned.
    pub(super) planned: BTreeSet<Arc<str>>,
    pub(super) sources: Arc<Sources>,
}

impl<'a> FileRun<'a> {
    pub(super) fn new(
        request: &'a SuiteRequest<'a>,
        world: World,
        file: &'a TestFile,
        globals: InFile,
        modules: &'a Modules,
    ) -> Self {
        Self {
            request,
            world,
            file,
            globals,
            modules,
            states: BTreeMap::new(),
            outputs: file
                .runs
                .iter()
                .map(|run| (run.name.clone(), None))
                .collect(),
            planned: BTreeSet::new(),
            sources: modules.project.sources.clone(),
        }
    }

    /// Carries out the runs, until one errs; the rest is skipped then.
    pub(super) async fn runs(&mut self) -> Vec<RunReport> {
        let mut reports: Vec<RunReport> = Vec::new();
        let mut status = Status::Pending;
        for (index, run) in self.file.runs.iter().enumerate() {
            let stopped = self.request.cancel.is_cancelled();
            let report = if stopped || status == Status::Error {
                self.skipped(run)
            } else {
                self.request.observer.run_begins(&self.file.name, &run.name);
                self.carried_out(index, run).await
            };
            status = status.and(report.status);
            self.request.observer.run_ended(&self.file.name, &report);
            reports.push(report);
        }
        reports
    }

    fn skipped(&self, run: &TestRun) -> RunReport {
        RunReport {
            name: run.name.clone(),
            status: Status::Skip,
            diagnostics: Diagnostics::default(),
            sources: self.sources.clone(),
            made: None,
            assertions: run.assertions.len(),
            took: std::time::Duration::ZERO,
        }
    }

    /// The key of the state that a run works on.
    pub(super) fn state_key(run: &TestRun) -> Arc<str> {
        match (&run.state_key, &run.module) {
            (Some(key), _) => format!("key {key}").into(),
            (None, Some(module)) => module.source.clone(),
            (None, None) => "".into(),
        }
    }

    /// A run on a state that is kept in memory.
    pub(super) async fn begin<'w>(
        world: &'w World,
        backend: &Arc<MemoryBackend>,
        project: Project,
        variables: BTreeMap<Arc<str>, Value>,
        parallelism: usize,
        cancel: CancellationToken,
    ) -> Result<Run<'w>, Diagnostics> {
        let storage = Storage {
            backend: backend.clone(),
            workspace: DEFAULT_WORKSPACE.to_owned(),
            kind: "memory".to_owned(),
            config: Value::dynamic_null(),
            sealing: Default::default(),
        };
        let options = RunOptions {
            operation: Operation::Apply,
            locking: Locking {
                lock: true,
                timeout: std::time::Duration::ZERO,
                cancel,
            },
            parallelism,
        };
        let silent = Arc::new(trueup_plan::Silent);
        let begun = Run::begin(world, project, variables, storage, options, silent).await;
        begun.map(|(run, _)| run)
    }
}
