//! A folder with a configuration, and the world around it: the lab and the builtin provider, no AWS.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use trueup_backend::{Connect, Operation, Surroundings};
use trueup_diagnostics::Diagnostics;
use trueup_functions::Source;
use trueup_operations::{Locking, PlanOptions, Project, Run, RunOptions, World, storage};
use trueup_plan::{Mode, Silent};
use trueup_provider::{Provider, Registry};
use trueup_provider_builtin::BuiltinProvider;
use trueup_testkit::Project as Folder;

use crate::lab::{Lab, Shared};

/// One folder and its world.
pub(crate) struct Bed {
    pub(crate) folder: Folder,
    pub(crate) lab: Shared,
    pub(crate) world: World,
}

struct Fixed;

impl Source for Fixed {
    fn now(&self) -> String {
        "2026-01-02T03:04:05Z".into()
    }

    fn chance(&self) -> [u8; 16] {
        [7; 16]
    }
}

impl Bed {
    pub(crate) fn new(main: &str) -> Self {
        let folder = Folder::with(main);
        let lab = Shared::default();
        let connect: Connect = Arc::new(|_| panic!("no backend of these tests reaches AWS"));
        let surroundings = Surroundings::for_tests("someone");
        let providers: [Arc<dyn Provider>; 2] = [
            Arc::new(BuiltinProvider::new(surroundings.uuid.clone())),
            Arc::new(Lab::new(lab.clone())),
        ];
        let world = World {
            dir: folder.path(),
            started_in: folder.path().display().to_string(),
            data_dir: folder.path().join(".terraform"),
            local: None,
            variables: BTreeMap::new(),
            assignments: Vec::new(),
            workspace: None,
            home: None,
            surroundings,
            source: Arc::new(Fixed),
            encryption: None,
            sealing: Default::default(),
            elsewhere: Default::default(),
            connect,
            providers: Registry::new(providers),
        };
        Self { folder, lab, world }
    }

    pub(crate) fn project(&self) -> Project {
        let (project, diagnostics) = Project::read(&self.world, true);
        assert!(!diagnostics.has_errors(), "{diagnostics:?}");
        project
    }

    /// Begins a run.
    pub(crate) async fn begin(&self) -> Result<Run<'_>, Diagnostics> {
        let project = self.project();
        let storage = storage::open(&self.world, &project.config).await?;
        let options = RunOptions {
            operation: Operation::Apply,
            locking: Locking {
                lock: true,
                timeout: Duration::ZERO,
                cancel: CancellationToken::new(),
            },
            parallelism: 10,
        };
        let values = BTreeMap::new();
        let observer = Arc::new(Silent);
        let begun = Run::begin(&self.world, project, values, storage, options, observer).await;
        begun.map(|(run, _)| run)
    }

    /// Plans and applies; answers the counts and what was said.
    pub(crate) async fn apply(&self, mode: Mode) -> (trueup_executor::Applied, Diagnostics) {
        let mut run = self.begin().await.expect("nobody holds the state");
        let (plan, mut said) = run.plan(options(mode)).await;
        let (applied, _, more) = run.apply(&plan).await;
        said.extend(more);
        said.extend(run.end().await);
        (applied, said)
    }
}

/// A plan of everything.
pub(crate) fn options(mode: Mode) -> PlanOptions {
    PlanOptions {
        mode,
        ..PlanOptions::normal()
    }
}

/// Runs a future to its end.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(future)
}

/// The summaries of what was said.
pub(crate) fn summaries(diagnostics: &Diagnostics) -> Vec<&str> {
    diagnostics.iter().map(|one| &*one.summary).collect()
}
