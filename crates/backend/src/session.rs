//! One run's use of one state: lock, read, checkpoints, unlock.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use trueup_state::State;

use crate::{
    Backend, Error, Held, Journal, LockInfo, LockWait, Notice, OnWait, Operation, Revision,
    Surroundings,
};

/// How often the state is written while a run goes on.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(20);

/// Whether and how patiently a session locks.
#[derive(Clone)]
pub struct LockOptions {
    /// Lock at all (`-lock`).
    pub lock: bool,
    /// How long to wait for another holder (`-lock-timeout`).
    pub timeout: Duration,
    /// Gives up the wait.
    pub cancel: CancellationToken,
    /// Told of the holder while waiting.
    pub on_wait: Option<OnWait>,
}

impl Default for LockOptions {
    fn default() -> Self {
        Self {
            lock: true,
            timeout: Duration::ZERO,
            cancel: CancellationToken::new(),
            on_wait: None,
        }
    }
}

/// The only way to change a state: opened once in a run, closed at its end on every path.
pub struct Session {
    backend: Arc<dyn Backend>,
    workspace: String,
    held: Option<Box<dyn Held>>,
    stored: Option<State>,
    empty: State,
    revision: Revision,
    /// Whether the stored text has another form than it would be written in.
    outdated: bool,
    /// A state that could not be written, as it would stand there.
    unsaved: Option<State>,
    journal: Arc<Journal>,
    notices: Vec<Notice>,
    uuid: Arc<dyn Fn() -> String + Send + Sync>,
    interval_start: Option<Instant>,
}

impl Session {
    /// Locks the state of a workspace, unless told not to, and reads it. If reading fails the lock
    /// is released again.
    ///
    /// # Errors
    /// [`Error::Locked`] if somebody else holds the state; whatever reading fails with.
    pub async fn open(
        backend: Arc<dyn Backend>,
        workspace: &str,
        operation: Operation,
        options: LockOptions,
        surroundings: &Surroundings,
    ) -> Result<Self, Error> {
        let held = if options.lock {
            let info = LockInfo::new(operation, backend.location(workspace), surroundings);
            let wait = LockWait {
                timeout: options.timeout,
                cancel: options.cancel,
                on_wait: options.on_wait,
            };
            let taken = backend.lock(workspace, &info, &wait).await;
            Some(taken.map_err(Error::acquiring)?)
        } else {
            None
        };
        let snapshot = match backend.read(workspace).await {
            Ok(snapshot) => snapshot,
            Err(error) => {
                let Some(held) = held else {
                    return Err(error);
                };
                return Err(match held.release().await {
                    Ok(()) => error,
                    Err(second) => Error::AndNotReleased {
                        first: Box::new(error),
                        second: Box::new(second),
                    },
                });
            }
        };
        let journal = Arc::new(Journal::new(
            backend.journal_stores(workspace),
            (surroundings.uuid)(),
            surroundings,
        ));
        let mut notices = held.as_ref().map(|held| held.notices()).unwrap_or_default();
        notices.extend(snapshot.notices);
        Ok(Self {
            workspace: workspace.to_owned(),
            held,
            stored: snapshot.state,
            empty: State::new(""),
            revision: snapshot.revision,
            outdated: snapshot.outdated,
            unsaved: None,
            journal,
            notices,
            uuid: surroundings.uuid.clone(),
            interval_start: None,
            backend,
        })
    }

    /// The state as it is stored; an empty one without lineage where there is none yet.
    pub fn state(&self) -> &State {
        self.stored.as_ref().unwrap_or(&self.empty)
    }

    /// Whether a state is stored at all.
    pub fn exists(&self) -> bool {
        self.stored.is_some()
    }

    /// The workspace.
    pub fn workspace(&self) -> &str {
        &self.workspace
    }

    /// The backend.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }

    /// The journal of this run, and of runs that did not end.
    pub fn journal(&self) -> &Arc<Journal> {
        &self.journal
    }

    /// Whether this session holds the lock.
    pub fn is_locked(&self) -> bool {
        self.held.is_some()
    }

    /// Takes what a person should know and was not told yet.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        let mut notices = std::mem::take(&mut self.notices);
        notices.extend(self.journal.take_notices());
        notices
    }

    /// Writes the state if its content differs from what is stored; the serial is then one more
    /// than the stored one, whatever `state` says. The lineage is the stored one; a first write
    /// keeps that of `state` or, where it has none, makes one. Answers the serial now stored.
    ///
    /// # Errors
    /// [`Error::LockLost`] before anything is written if the lock is known to be lost;
    /// [`Error::Conflict`] if somebody else wrote. The stored state is whole in any case.
    pub async fn checkpoint(&mut self, state: &State) -> Result<u64, Error> {
        self.store(state, false).await
    }

    /// As [`Session::checkpoint`], but lineage and serial are those of `state`, serial plus one:
    /// for `state push` and migration. A local file keeps the serial as it is, unless it replaces
    /// other contents.
    ///
    /// # Errors
    /// As [`Session::checkpoint`].
    pub async fn overwrite(&mut self, state: &State) -> Result<u64, Error> {
        self.store(state, true).await
    }

    /// Writes the state as it is, lineage and serial included: for a state that moves to another place.
    ///
    /// # Errors
    /// As [`Session::checkpoint`].
    pub async fn take_over(&mut self, state: &State) -> Result<(), Error> {
        if let Some(held) = &self.held {
            held.confirm().await?;
        }
        let written = self
            .backend
            .write(&self.workspace, state.write(), &self.revision)
            .await?;
        self.revision = written.revision;
        self.notices.extend(written.notices);
        self.stored = Some(state.clone());
        Ok(())
    }

    /// Writes a state of former times as the newest one: lineage as it has it, serial above its own, above the
    /// stored one and above `least`. Answers the serial now stored.
    ///
    /// # Errors
    /// As [`Session::checkpoint`].
    pub async fn restore(&mut self, state: &State, least: u64) -> Result<u64, Error> {
        let mut next = state.clone();
        let above = self.state().serial.max(state.serial).max(least);
        next.serial = above.saturating_add(1);
        trueup_state::DEFAULT_TERRAFORM_VERSION.clone_into(&mut next.terraform_version);
        self.take_over(&next).await?;
        Ok(next.serial)
    }

    async fn store(&mut self, state: &State, imported: bool) -> Result<u64, Error> {
        self.interval_start = None;
        let next = self.next(state, imported);
        if let Some(held) = &self.held
            && let Err(error) = held.confirm().await
        {
            self.unsaved = next;
            return Err(error);
        }
        let Some(next) = next else {
            return Ok(self.state().serial);
        };
        let writing = self
            .backend
            .write(&self.workspace, next.write(), &self.revision);
        let written = match writing.await {
            Ok(written) => written,
            Err(error) => {
                if !matches!(error, Error::DigestNotWritten(_)) {
                    self.unsaved = Some(next);
                }
                return Err(error);
            }
        };
        self.revision = written.revision;
        self.outdated = false;
        self.unsaved = None;
        for notice in written.notices {
            if !self.notices.contains(&notice) {
                self.notices.push(notice);
            }
        }
        let serial = next.serial;
        self.stored = Some(next);
        Ok(serial)
    }

    /// A state as it would be stored; `None` where what is stored says the same already.
    fn next(&self, state: &State, imported: bool) -> Option<State> {
        if let Some(stored) = &self.stored
            && !self.outdated
            && stored.same_content(state)
            && (!imported || (stored.lineage == state.lineage && stored.serial == state.serial))
        {
            return None;
        }
        let mut next = state.clone();
        match &self.stored {
            // A file takes the serial over: only what replaces other contents counts as one more write.
            Some(stored) if imported && self.backend.kind() == "local" => {
                let replaces = !stored.same_content(state);
                next.serial = state.serial.saturating_add(u64::from(replaces));
            }
            None if imported && self.backend.kind() == "local" => {}
            _ if imported => next.serial = state.serial.saturating_add(1),
            Some(stored) => {
                next.serial = stored.serial.saturating_add(1);
                next.lineage.clone_from(&stored.lineage);
            }
            None => next.serial = 1,
        }
        // Each write says whose form it has.
        trueup_state::DEFAULT_TERRAFORM_VERSION.clone_into(&mut next.terraform_version);
        if next.lineage.is_empty() && !imported {
            next.lineage = (self.uuid)();
        }
        Some(next)
    }

    /// The state that could not be written last, as it would stand there; none where it was, or nothing was to be
    /// written.
    pub fn take_unsaved(&mut self) -> Option<State> {
        self.unsaved.take()
    }

    /// Whether 20 seconds have passed since the last checkpoint; before the first one, since this
    /// was first asked. Ask after each change, and call [`Session::checkpoint`] when it is so.
    pub fn due(&mut self, now: Instant) -> bool {
        let start = *self.interval_start.get_or_insert(now);
        now.saturating_duration_since(start) >= CHECKPOINT_INTERVAL
    }

    /// Releases the lock.
    ///
    /// # Errors
    /// [`Error::NotReleased`], [`Error::LockLost`].
    pub async fn close(mut self) -> Result<(), Error> {
        match self.held.take() {
            Some(held) => held.release().await,
            None => Ok(()),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.held.is_some() {
            tracing::warn!(workspace = %self.workspace, "session dropped without releasing its lock");
        }
    }
}
