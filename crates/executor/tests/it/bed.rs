//! One case: a state in memory, a world in which things go wrong, and the runs over them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use trueup_backend::{
    Backend, BoxFuture, Error, Held, JournalStore, LockInfo, LockOptions, LockWait, MemoryBackend,
    Operation, Revision, Session, Snapshot, Surroundings, Written,
};
use trueup_config::{OnDisk, load};
use trueup_diagnostics::Sources;
use trueup_evaluator::Environment;
use trueup_executor::{Recovery, Request};
use trueup_functions::NoFiles;
use trueup_plan::{Event, Observer};
use trueup_provider::{Provider, Registry};

use crate::lab::{Lab, Shared};
use crate::outcome::Outcome;
use crate::{planned, prior};

/// What the options of a case say beside the world.
struct Options {
    parallelism: usize,
    fail_writes: u32,
    without_journal: bool,
    journal_room: Option<u32>,
    recover: bool,
    asked_to_stop: bool,
}

/// Runs a case, answers what came of it.
pub(crate) async fn run(folder: &Path) -> Result<String, String> {
    let text = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let mut sources = Sources::new();
    let (config, found) = load(&OnDisk::new(folder), &mut sources);
    if found.has_errors() {
        return Err(format!("{found:?}"));
    }
    let (config, sources) = (Arc::new(config), Arc::new(sources));
    let state = prior::state(&text("prior.txt"))?;
    let plan = planned::plan(&text("plan.txt"), &state)?;
    let world = Shared::default();
    for (_, object) in state.instances() {
        for object in object.current.iter().chain(object.deposed.values()) {
            let value = object.decode(&crate::lab::schema().implied_type());
            let value = value.map_err(|error| error.to_string())?;
            if let Some(name) = crate::lab::text(&value, "name") {
                world
                    .lock()
                    .objects
                    .insert(name, value.without_marks_inside());
            }
        }
    }
    let options = options(&text("options.txt"), &world)?;
    let memory = MemoryBackend::new();
    if !state.is_empty() {
        memory.put("default", state.write());
    }
    memory.fail_writes("default", options.fail_writes);
    if let Some(room) = options.journal_room {
        memory.fill_journal_after("default", room);
    }
    let backend: Arc<dyn Backend> = match options.without_journal {
        true => Arc::new(WithoutJournal(memory.clone())),
        false => Arc::new(memory.clone()),
    };
    let surroundings = Surroundings::for_tests("first");
    let mut session = open(backend.clone(), &surroundings).await?;
    let lab: Arc<dyn Provider> = Arc::new(Lab::new(world.clone()));
    let registry = Registry::new([lab]);
    let told = Told::default();
    let cancel = CancellationToken::new();
    if options.asked_to_stop {
        cancel.cancel();
    }
    let (applied, _, diagnostics) = trueup_executor::apply(Request {
        plan: &plan,
        config: config.clone(),
        sources: sources.clone(),
        environment: environment(),
        providers: &registry,
        session: &mut session,
        surroundings: &surroundings,
        parallelism: options.parallelism,
        cancel,
        observer: &told,
    })
    .await;
    session.close().await.map_err(|error| error.to_string())?;
    let mut outcome = Outcome::new(&sources);
    outcome.section("calls", &std::mem::take(&mut world.lock().log));
    outcome.section("told", &told.lines());
    outcome.counts(applied);
    outcome.state(&memory)?;
    outcome.diagnostics(&diagnostics);

    let later = Surroundings::for_tests("later");
    let mut session = open(Arc::new(memory.clone()), &later).await?;
    let open = session.journal().open_intents().await;
    outcome.journal(&open.map_err(|error| error.to_string())?);
    if options.recover {
        let (adopted, diagnostics) = trueup_executor::recover(Recovery {
            config,
            sources: sources.clone(),
            environment: environment(),
            variables: BTreeMap::new(),
            providers: &registry,
            session: &mut session,
            parallelism: 10,
            cancel: CancellationToken::new(),
        })
        .await;
        outcome.recovered(adopted);
        outcome.state(&memory)?;
        outcome.diagnostics(&diagnostics);
        session.close().await.map_err(|error| error.to_string())?;
        let session = self::open(Arc::new(memory.clone()), &later).await?;
        let open = session.journal().open_intents().await;
        outcome.journal(&open.map_err(|error| error.to_string())?);
        session.close().await.map_err(|error| error.to_string())?;
    } else {
        session.close().await.map_err(|error| error.to_string())?;
    }
    Ok(outcome.text)
}

async fn open(backend: Arc<dyn Backend>, surroundings: &Surroundings) -> Result<Session, String> {
    let operation = Operation::Apply;
    Session::open(
        backend,
        "default",
        operation,
        LockOptions::default(),
        surroundings,
    )
    .await
    .map_err(|error| error.to_string())
}

fn options(text: &str, world: &Shared) -> Result<Options, String> {
    let mut options = Options {
        parallelism: 10,
        fail_writes: 0,
        without_journal: false,
        journal_room: None,
        recover: false,
        asked_to_stop: false,
    };
    let mut world = world.lock();
    for line in text.lines() {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let number = || rest.parse().map_err(|_| format!("{line}: a number"));
        match name {
            "parallelism" => options.parallelism = number()?,
            "fail-writes" => options.fail_writes = rest.parse().map_err(|_| line.to_owned())?,
            "journal-room" => {
                options.journal_room = Some(rest.parse().map_err(|_| line.to_owned())?);
            }
            "without-journal" => options.without_journal = true,
            "asked-to-stop" => options.asked_to_stop = true,
            "recover" => options.recover = true,
            "batch" => world.batch = number()?,
            _ => {
                let names = match name {
                    "refused" => &mut world.refused,
                    "halfway" => &mut world.halfway,
                    "lost" => &mut world.lost,
                    "bent" => &mut world.bent,
                    "stopping" => &mut world.stopping,
                    "fickle" => &mut world.fickle,
                    _ => return Err(format!("options.txt: {line}: no such option")),
                };
                names.insert(rest.to_owned());
            }
        }
    }
    Ok(options)
}

fn environment() -> Environment {
    Environment {
        workspace: "default".into(),
        cwd: "/project".into(),
        base_dir: "/project".into(),
        home: None,
        files: Arc::new(NoFiles),
        plan_timestamp: "2026-01-02T03:04:05Z".into(),
        source: None,
        provider_functions: Default::default(),
    }
}

/// Writes down what a run tells.
#[derive(Default)]
struct Told(Mutex<Vec<String>>);

impl Told {
    fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Observer for Told {
    fn observe(&self, event: Event) {
        let (what, subject) = match event {
            Event::Started(subject) => ("started", subject),
            Event::Done(subject, _) => ("done", subject),
            Event::Failed(subject, _) => ("failed", subject),
            _ => return,
        };
        let identity = subject.identity.map(|identity| identity.value);
        let line = format!(
            "{what} {:?} {} {}",
            subject.action,
            subject.addr,
            identity.unwrap_or_default()
        );
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line.trim_end().to_owned());
    }
}

/// A backend with no place for a journal.
struct WithoutJournal(MemoryBackend);

impl Backend for WithoutJournal {
    fn kind(&self) -> &'static str {
        self.0.kind()
    }

    fn location(&self, workspace: &str) -> String {
        self.0.location(workspace)
    }

    fn read<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Snapshot, Error>> {
        self.0.read(workspace)
    }

    fn write<'a>(
        &'a self,
        workspace: &'a str,
        text: Vec<u8>,
        expected: &'a Revision,
    ) -> BoxFuture<'a, Result<Written, Error>> {
        self.0.write(workspace, text, expected)
    }

    fn lock<'a>(
        &'a self,
        workspace: &'a str,
        info: &'a LockInfo,
        wait: &'a LockWait,
    ) -> BoxFuture<'a, Result<Box<dyn Held>, Error>> {
        self.0.lock(workspace, info, wait)
    }

    fn holder<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Option<LockInfo>, Error>> {
        self.0.holder(workspace)
    }

    fn force_unlock<'a>(
        &'a self,
        workspace: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<LockInfo, Error>> {
        self.0.force_unlock(workspace, id)
    }

    fn workspaces(&self) -> BoxFuture<'_, Result<Vec<String>, Error>> {
        self.0.workspaces()
    }

    fn delete_workspace<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.0.delete_workspace(workspace)
    }

    fn journal_stores(&self, _workspace: &str) -> Vec<Arc<dyn JournalStore>> {
        Vec::new()
    }
}
