//! A state that is looked at or changed by hand: locked, read, saved, released.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use trueup_backend::{LockOptions, Operation, Session, Waiting};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_plan::{Event, Observer};
use trueup_state::State;

use crate::World;
use crate::storage::{Storage, as_diagnostic, refused};

/// How a state is locked.
#[derive(Clone)]
pub struct Locking {
    /// Whether at all.
    pub lock: bool,
    /// How long to wait for another holder.
    pub timeout: Duration,
    /// Gives up the wait.
    pub cancel: CancellationToken,
}

impl Locking {
    /// The options of a session, which tells `observer` whom it waits for.
    pub(crate) fn options(self, observer: Arc<dyn Observer>) -> LockOptions {
        LockOptions {
            lock: self.lock,
            timeout: self.timeout,
            cancel: self.cancel,
            on_wait: Some(Arc::new(move |waiting: &Waiting| {
                let holder = &waiting.holder;
                observer.observe(Event::Notice(format!(
                    "Waiting for the state lock: {} holds it for {} since {} ({}s so far)...",
                    holder.who,
                    holder.operation,
                    holder.created_text(),
                    waiting.elapsed.as_secs()
                )));
            })),
        }
    }
}

/// A state under a command's hand. End it with [`ByHand::close`] on every path.
pub struct ByHand {
    session: Session,
}

impl ByHand {
    /// Locks and reads the state.
    ///
    /// # Errors
    /// A lock that another holds, and a state that can't be read.
    pub async fn open(
        world: &World,
        storage: &Storage,
        operation: Operation,
        locking: Locking,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, Diagnostics> {
        let session = storage.lock(world, operation, locking, observer).await?;
        Ok(Self { session })
    }

    /// The state as it is stored; `None` where none is.
    pub fn state(&self) -> Option<&State> {
        self.session.exists().then(|| self.session.state())
    }

    /// Saves a state, with the next serial of the stored one.
    ///
    /// # Errors
    /// What the backend fails with.
    pub async fn save(&mut self, state: &State) -> Result<(), Diagnostics> {
        self.session
            .checkpoint(state)
            .await
            .map(drop)
            .map_err(refused)
    }

    /// Puts a state of another origin in the place of the stored one.
    ///
    /// # Errors
    /// What the backend fails with.
    pub async fn replace(&mut self, state: &State) -> Result<(), Diagnostics> {
        self.session
            .overwrite(state)
            .await
            .map(drop)
            .map_err(refused)
    }

    /// Puts a state of former times in the place of the stored one; answers its new serial, which is above its own, the
    /// stored one and `least`.
    ///
    /// # Errors
    /// What the backend fails with.
    pub async fn restore(&mut self, state: &State, least: u64) -> Result<u64, Diagnostics> {
        self.session.restore(state, least).await.map_err(refused)
    }

    /// Releases the lock; answers what there is to say at the end.
    pub async fn close(mut self) -> Diagnostics {
        let mut diagnostics: Diagnostics = self
            .session
            .take_notices()
            .into_iter()
            .map(Diagnostic::from)
            .collect();
        if let Err(error) = self.session.close().await {
            diagnostics.push(as_diagnostic(error));
        }
        diagnostics
    }
}
