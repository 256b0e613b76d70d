//! States on their way from one backend to another: asked for, locked in both places, copied.

use std::sync::Arc;

use trueup_backend::{Backend, DEFAULT_WORKSPACE, Operation, Session};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_state::State;

use crate::backend_change::{Changing, one, refused};

impl Changing<'_> {
    /// Copies what the old place holds. Answers the workspaces whose states are now in the new place.
    pub(crate) async fn migrate(
        &self,
        old: &Arc<dyn Backend>,
        new: &Arc<dyn Backend>,
    ) -> Result<Vec<String>, Diagnostics> {
        let workspaces = old.workspaces().await.map_err(refused)?;
        let mut copied = Vec::new();
        if workspaces.iter().all(|name| name == DEFAULT_WORKSPACE) {
            if self
                .copy(old, new, DEFAULT_WORKSPACE, self.options.force_copy)
                .await?
            {
                copied.push(DEFAULT_WORKSPACE.to_owned());
            }
            return Ok(copied);
        }
        if !self.options.force_copy {
            self.agree_to_all(old.kind(), new.kind())?;
        }
        for workspace in workspaces {
            if self.copy(old, new, &workspace, true).await? {
                copied.push(workspace);
            }
        }
        Ok(copied)
    }

    fn agree_to_all(&self, old: &str, new: &str) -> Result<(), Diagnostics> {
        if !self.options.input {
            return Err(one(Diagnostic::error(
                "Error asking for state migration action: input is disabled",
                "",
            )));
        }
        let answer = self.dialogue.ask(
            &format!("Do you want to migrate all workspaces to {new:?}?"),
            &format!("Both the existing {old:?} backend and the newly configured {new:?} backend\nsupport workspaces. When migrating between backends, trueup will copy\nall workspaces (with the same names). THIS WILL OVERWRITE any conflicting\nstates in the destination.\n\ntrueup initialization doesn't currently migrate only select workspaces.\nIf you want to migrate a select number of workspaces, you must manually\npull and push those states.\n\nIf you answer \"yes\", trueup will migrate all states. If you answer\n\"no\", trueup will abort."),
        );
        match answer.as_deref() {
            Some("yes") => Ok(()),
            _ => Err(one(Diagnostic::error("Migration aborted by user.", ""))),
        }
    }

    /// Copies the state of one workspace under the locks of both places. Answers whether it is now in the new
    /// place: not if a person said no, or there is none.
    async fn copy(
        &self,
        old: &Arc<dyn Backend>,
        new: &Arc<dyn Backend>,
        workspace: &str,
        agreed: bool,
    ) -> Result<bool, Diagnostics> {
        let held = |state: Option<State>| state.filter(|state| !state.is_empty());
        let Some(state) = held(old.read(workspace).await.map_err(refused)?.state) else {
            return Ok(false);
        };
        let there = held(new.read(workspace).await.map_err(refused)?.state);
        let is_there = |there: &State| there.lineage == state.lineage && there.same_content(&state);
        if there.as_ref().is_some_and(is_there) {
            return Ok(true);
        }
        if !agreed && !self.agree(old, new, workspace, there.is_some())? {
            return Ok(false);
        }
        let source = self
            .lock(old, workspace, Operation::MigrationSource)
            .await?;
        let mut target = match self
            .lock(new, workspace, Operation::MigrationDestination)
            .await
        {
            Ok(target) => target,
            Err(found) => {
                source.close().await.map_err(refused)?;
                return Err(found);
            }
        };
        // What is copied is what the lock protects, not what was read before it was taken.
        let state = source.state().clone();
        let written = match new.kind() {
            "local" => target.take_over(&state).await,
            _ => target.overwrite(&state).await.map(|_| ()),
        };
        let closed = [target.close().await, source.close().await];
        written.map_err(refused)?;
        for one in closed {
            one.map_err(refused)?;
        }
        Ok(true)
    }

    async fn lock(
        &self,
        backend: &Arc<dyn Backend>,
        workspace: &str,
        operation: Operation,
    ) -> Result<Session, Diagnostics> {
        let options = self.options.lock.clone();
        Session::open(
            backend.clone(),
            workspace,
            operation,
            options,
            &self.world.surroundings,
        )
        .await
        .map_err(refused)
    }

    fn agree(
        &self,
        old: &Arc<dyn Backend>,
        new: &Arc<dyn Backend>,
        workspace: &str,
        occupied: bool,
    ) -> Result<bool, Diagnostics> {
        if !self.options.input {
            return Err(one(Diagnostic::error(
                "Can't ask approval for state migration when interactive input is disabled.\n\nPlease remove the \"-input=false\" option and try again.",
                "",
            )));
        }
        let (from, to) = (old.kind(), new.kind());
        let found = format!(
            "Pre-existing state was found while migrating the previous {from:?} backend to the\nnewly configured {to:?} backend."
        );
        let explanation = match occupied {
            false => format!(
                "{found} No existing state was found in the newly\nconfigured {to:?} backend. Do you want to copy this state to the new {to:?}\nbackend? Enter \"yes\" to copy and \"no\" to start with an empty state."
            ),
            true => format!(
                "{found} An existing non-empty state already exists in\nthe new backend.\n\nPrevious (type {from:?}): {}\nNew      (type {to:?}): {}\n\nDo you want to overwrite the state in the new backend with the previous state?\nEnter \"yes\" to copy and \"no\" to start with the existing state in the newly\nconfigured {to:?} backend.",
                old.location(workspace),
                new.location(workspace)
            ),
        };
        let question = "Do you want to copy existing state to the new backend?";
        match self.dialogue.ask(question, &explanation).as_deref() {
            Some("yes") => Ok(true),
            Some(_) => Ok(false),
            None => Err(one(Diagnostic::error(
                "Error asking for state migration action: EOF",
                "",
            ))),
        }
    }
}
