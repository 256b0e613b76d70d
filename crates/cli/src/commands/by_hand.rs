//! What the commands over a state have in common: the folder, the backend, the state under lock.

use std::path::PathBuf;
use std::sync::Arc;

use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::storage::{self, Files, Storage};
use trueup_operations::{ByHand, Locking, Project};
use trueup_state::State;

use super::Place;
use crate::args::{Lock, Look, StateFiles};
use crate::observer::Shown;
use crate::output;
use crate::report::Report;
use crate::setup::{self, Setup};

/// What a command says where there is no state to work on.
pub const NO_STATE: &str = "No state file was found!\n\nState management commands require a state file. Run this command\nin a directory where trueup has been run or use the -state flag\nto point the command to a specific state location.";

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
pub fn begin(at: &Place, no_color: bool) -> Result<(Setup, Report), u8> {
    let report = Report::new(&Look {
        no_color,
        json: false,
        compact_warnings: false,
    });
    let setup = setup::begin(at.chdir.as_deref(), at.local, &report)?;
    Ok((setup, report))
}

/// Opens the backend of the folder, with other state files where the flags name some. The error is the exit code.
pub async fn open(at: &Place, no_color: bool, files: &StateFiles) -> Result<Opened, u8> {
    let (setup, report) = begin(at, no_color)?;
    match storage_of(&setup, files).await {
        Ok(storage) => Ok(Opened {
            setup,
            storage,
            report,
        }),
        Err((diagnostics, sources)) => {
            report.diagnostics(&diagnostics, &sources);
            Err(1)
        }
    }
}

/// As [`open`], for a change by hand: a copy of the former state is left, which names the time.
pub async fn open_to_change(at: &Place, no_color: bool, files: &StateFiles) -> Result<Opened, u8> {
    let opened = open(at, no_color, files).await?;
    let files = opened.stamped(files);
    let Opened {
        setup,
        storage,
        report,
    } = opened;
    match storage::with_files(&setup.world, storage, &files) {
        Ok(storage) => Ok(Opened {
            setup,
            storage,
            report,
        }),
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &Sources::default());
            Err(1)
        }
    }
}

/// Opens the backend of the folder.
pub async fn storage_of(
    setup: &Setup,
    files: &StateFiles,
) -> Result<Storage, (Diagnostics, Arc<Sources>)> {
    if let Err(diagnostic) = trueup_operations::workspaces::overridden(&setup.world) {
        let diagnostics = std::iter::once(diagnostic).collect();
        return Err((diagnostics, Arc::default()));
    }
    let (project, diagnostics) = Project::read_root(&setup.world);
    if diagnostics.has_errors() {
        return Err((diagnostics, project.sources));
    }
    storage::open_with(&setup.world, &project.config, &chosen(files))
        .await
        .map_err(|diagnostics| (diagnostics, project.sources.clone()))
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
    pub async fn lock(&self, operation: Operation, lock: &Lock) -> Result<ByHand, u8> {
        let opened = ByHand::open(
            &self.setup.world,
            &self.storage,
            operation,
            locking(&self.setup, lock),
            Arc::new(Shown::new(self.report.clone())),
        );
        opened.await.map_err(|diagnostics| {
            self.report.diagnostics(&diagnostics, &Sources::default());
            1
        })
    }

    /// Reads the state without a lock; `None` where there is none.
    pub async fn read(&self) -> Result<Option<State>, u8> {
        let read = self.storage.backend.read(&self.storage.workspace).await;
        match read {
            Ok(snapshot) => Ok(snapshot.state),
            Err(error) => {
                self.report.diagnostic(storage::as_diagnostic(error));
                Err(1)
            }
        }
    }

    /// Changes the state under its lock: `change` gets what is stored, and answers what is to be saved, if anything,
    /// and the exit code. What it has to say it says itself; `then` speaks once that is saved.
    pub async fn change(
        &self,
        operation: Operation,
        lock: &Lock,
        change: impl FnOnce(Option<&State>) -> Result<Option<State>, u8>,
        then: impl FnOnce(),
    ) -> u8 {
        let mut by_hand = match self.lock(operation, lock).await {
            Ok(by_hand) => by_hand,
            Err(code) => return code,
        };
        let code = match change(by_hand.state()) {
            Err(code) => code,
            Ok(None) => 0,
            Ok(Some(next)) => match by_hand.save(&next).await {
                Ok(()) => {
                    then();
                    0
                }
                Err(diagnostics) => {
                    self.report.diagnostics(&diagnostics, &Sources::default());
                    1
                }
            },
        };
        let ended = by_hand.close().await;
        self.report.diagnostics(&ended, &Sources::default());
        code.max(u8::from(ended.has_errors()))
    }

    /// Says what is wrong; the exit code.
    pub fn refuse(&self, diagnostic: Diagnostic) -> u8 {
        self.report.diagnostic(diagnostic);
        1
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

/// Says that there is no state; the exit code.
pub fn no_state() -> u8 {
    output::error_line(NO_STATE);
    1
}
