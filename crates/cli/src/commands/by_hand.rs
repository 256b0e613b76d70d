//! What the commands over a state have in common: the folder, the backend, the state under lock.

use std::path::PathBuf;
use std::sync::Arc;

use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::storage::{self, Files, Storage};
use trueup_operations::{ByHand, Locking, Project, World};
use trueup_state::State;

use super::Place;
use crate::args::{Lock, StateFiles};
use crate::exit::{Ended, Exit, Told};
use crate::observer::Shown;
use crate::output;
use crate::report::Report;
use crate::setup::{self, Setup};

/// What a command says where there is no state to work on.
const NO_STATE: &str = "No state file was found!\n\nState management commands require a state file. Run this command\nin a directory where trueup has been run or use the -state flag\nto point the command to a specific state location.";

/// A folder and its backend.
pub struct Opened {
    /// The folder.
    pub setup: Setup,
    /// The backend.
    pub storage: Storage,
    /// How the command reports.
    pub report: Report,
}

/// Begins a command that reports in plain words.
pub fn begin(at: &Place, no_color: bool) -> Result<(Setup, Report), Told> {
    let report = Report::plain(no_color);
    let setup = setup::begin(at, &report)?;
    Ok((setup, report))
}

/// Opens the backend of the folder, with other state files where the flags name some.
pub async fn open(at: &Place, no_color: bool, files: &StateFiles) -> Result<Opened, Told> {
    let (setup, report) = begin(at, no_color)?;
    open_in(setup, files, report).await
}

/// As [`open`], where the folder is set up already.
pub async fn open_in(setup: Setup, files: &StateFiles, report: Report) -> Result<Opened, Told> {
    let storage = storage_of(&setup.world, files)
        .await
        .map_err(|(diagnostics, sources)| report.refuse_all(&diagnostics, &sources))?;
    Ok(Opened {
        setup,
        storage,
        report,
    })
}

/// As [`open`], for a change by hand: a state file that is named is changed itself, whatever the backend, and a copy
/// of a file's former state is left, which names the time.
pub async fn open_to_change(
    at: &Place,
    no_color: bool,
    files: &StateFiles,
) -> Result<Opened, Told> {
    let (setup, report) = begin(at, no_color)?;
    let opened = match &files.state {
        None => open_in(setup, files, report).await?,
        Some(_) => {
            let storage = file_of(&setup.world, files)
                .await
                .map_err(|(diagnostics, sources)| report.refuse_all(&diagnostics, &sources))?;
            Opened {
                setup,
                storage,
                report,
            }
        }
    };
    let files = opened.stamped(files);
    let storage = storage::with_files(&opened.setup.world, opened.storage, &files)
        .map_err(|diagnostics| opened.report.refuse_all(&diagnostics, &Sources::default()))?;
    Ok(Opened { storage, ..opened })
}

async fn storage_of(
    world: &World,
    files: &StateFiles,
) -> Result<Storage, (Diagnostics, Arc<Sources>)> {
    let project = root(world)?;
    storage::open_with(world, &project.config, &chosen(files))
        .await
        .map_err(|diagnostics| (diagnostics, project.sources.clone()))
}

/// Opens the state file that flags name, instead of the folder's backend.
async fn file_of(
    world: &World,
    files: &StateFiles,
) -> Result<Storage, (Diagnostics, Arc<Sources>)> {
    let project = root(world)?;
    storage::open_file(world, &project.config, &chosen(files))
        .await
        .map_err(|diagnostics| (diagnostics, project.sources.clone()))
}

fn root(world: &World) -> Result<Project, (Diagnostics, Arc<Sources>)> {
    let (project, diagnostics) = Project::read_root(world);
    match diagnostics.has_errors() {
        true => Err((diagnostics, project.sources)),
        false => Ok(project),
    }
}

/// The state files that flags choose.
pub fn chosen(files: &StateFiles) -> Files {
    let path = |given: &Option<String>| given.as_deref().map(PathBuf::from);
    Files {
        state: path(&files.state),
        state_out: path(&files.state_out),
        backup: path(&files.backup),
        stamp: None,
    }
}

/// How a command locks.
pub fn locking(setup: &Setup, lock: &Lock) -> Locking {
    Locking {
        lock: lock.lock,
        timeout: lock.lock_timeout,
        cancel: setup.cancel.clone(),
    }
}

impl Opened {
    /// Locks and reads the state.
    pub async fn lock(&self, operation: Operation, lock: &Lock) -> Result<ByHand, Told> {
        let opened = ByHand::open(
            &self.setup.world,
            &self.storage,
            operation,
            locking(&self.setup, lock),
            Arc::new(Shown::new(self.report.clone())),
        );
        opened.await.map_err(|found| self.refuse_all(&found))
    }

    /// Reads the state without a lock; `None` where there is none.
    pub async fn read(&self) -> Result<Option<State>, Told> {
        let read = self.storage.backend.read(&self.storage.workspace).await;
        read.map(|snapshot| snapshot.state)
            .map_err(|error| self.refuse(storage::as_diagnostic(error)))
    }

    /// Changes the state under its lock: `change` gets what is stored, and answers what is to be saved, if anything.
    /// What it has to say it says itself.
    pub async fn change(
        &self,
        operation: Operation,
        lock: &Lock,
        change: impl FnOnce(Option<&State>) -> Result<Option<State>, Told>,
    ) -> Ended {
        let mut by_hand = self.lock(operation, lock).await?;
        let changed = match change(by_hand.state()) {
            Ok(Some(next)) => by_hand
                .save(&next)
                .await
                .map_err(|found| self.refuse_all(&found)),
            Ok(None) => Ok(()),
            Err(told) => Err(told),
        };
        self.close(by_hand).await?;
        changed.map(|()| Exit::Done)
    }

    /// Releases the lock of the state.
    pub async fn close(&self, by_hand: ByHand) -> Result<(), Told> {
        let found = by_hand.close().await;
        self.report.pass(&found, &Sources::default())
    }

    /// Says what is wrong.
    pub fn refuse(&self, diagnostic: Diagnostic) -> Told {
        self.report.refuse(diagnostic)
    }

    /// Says all that is wrong, none of which points into a text.
    pub fn refuse_all(&self, diagnostics: &Diagnostics) -> Told {
        self.report.refuse_all(diagnostics, &Sources::default())
    }

    /// The flags' state files, with the copy that every change by hand leaves: the state's name and the time.
    fn stamped(&self, files: &StateFiles) -> Files {
        let mut chosen = chosen(files);
        if files.backup.as_deref().is_none_or(|backup| backup == "-") {
            let now = (self.setup.world.surroundings.now)();
            let since = now.duration_since(std::time::UNIX_EPOCH);
            chosen.backup = None;
            chosen.stamp = Some(since.map_or(0, |since| since.as_secs()));
        }
        chosen
    }
}

/// Says that there is no state.
pub fn no_state() -> Told {
    output::error_line(NO_STATE);
    Told
}
