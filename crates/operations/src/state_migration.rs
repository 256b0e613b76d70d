//! States on their way from one backend to another: asked for, locked in both places, copied.

use std::path::PathBuf;
use std::sync::Arc;

use trueup_backend::{Backend, DEFAULT_WORKSPACE, Operation, Session, write_private};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_state::State;

use crate::backend_change::{Changing, one};
use crate::storage::refused;

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
            )
            .hint("-force-copy says yes without being asked.")));
        }
        let agreed = self.confirmed(
            "Error asking for state migration action: EOF",
            &format!("Do you want to migrate all workspaces to {new:?}?"),
            &format!("Both the existing {old:?} backend and the newly configured {new:?} backend\nsupport workspaces. When migrating between backends, trueup will copy\nall workspaces (with the same names). THIS WILL OVERWRITE any conflicting\nstates in the destination.\n\ntrueup initialization doesn't currently migrate only select workspaces.\nIf you want to migrate a select number of workspaces, you must manually\npull and push those states.\n\nIf you answer \"yes\", trueup will migrate all states. If you answer\n\"no\", trueup will abort."),
        )?;
        match agreed {
            true => Ok(()),
            false => Err(one(Diagnostic::error("Migration aborted by user.", ""))),
        }
    }

    /// Whether a person says yes. An answer that is neither yes nor no is asked for once more, and then counts as no.
    fn confirmed(
        &self,
        unanswered: &str,
        question: &str,
        explanation: &str,
    ) -> Result<bool, Diagnostics> {
        for _ in 0..2 {
            let Some(answer) = self.dialogue.ask(question, explanation) else {
                return Err(one(Diagnostic::error(unanswered, "")));
            };
            match answer.to_lowercase().as_str() {
                "yes" => return Ok(true),
                "no" => return Ok(false),
                _ => {}
            }
        }
        Ok(false)
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
        if there.is_some_and(|there| is_copy(&there, &state)) {
            return Ok(true);
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
        let copied = self.copy_held(&source, &mut target, agreed).await;
        let closed = [target.close().await, source.close().await];
        let copied = copied?;
        for one in closed {
            one.map_err(refused)?;
        }
        Ok(copied)
    }

    /// Copies between two states that are held: what they are now, not what they were when nobody held them.
    async fn copy_held(
        &self,
        source: &Session,
        target: &mut Session,
        agreed: bool,
    ) -> Result<bool, Diagnostics> {
        let state = source.state().clone();
        if state.is_empty() {
            return Ok(false);
        }
        if target.exists() && is_copy(target.state(), &state) {
            return Ok(true);
        }
        if !agreed && !self.agree(source, target)? {
            let kept = source.backend().location(source.workspace());
            self.dialogue.say(&format!(
                "\nThe state was not copied: it stays where it is, in {kept}.\n"
            ));
            return Ok(false);
        }
        let backend = target.backend().clone();
        let written = match backend.kind() {
            "local" => target.take_over(&state).await,
            _ => target.overwrite(&state).await.map(|_| ()),
        };
        written.map_err(refused)?;
        // The former place is left only once the new one is seen to have it.
        let stored = backend.read(target.workspace()).await.map_err(refused)?;
        match stored.state.is_some_and(|stored| is_copy(&stored, &state)) {
            true => Ok(true),
            false => Err(one(Diagnostic::error(
                "The copied state could not be verified",
                format!(
                    "The state was written to {}, but what is read from there is another one. The former state was left as it is.",
                    backend.location(target.workspace())
                ),
            ))),
        }
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

    fn agree(&self, source: &Session, target: &Session) -> Result<bool, Diagnostics> {
        if !self.options.input {
            return Err(one(Diagnostic::error(
                "Can't ask approval for state migration when interactive input is disabled.\n\nPlease remove the \"-input=false\" option and try again.",
                "",
            )
            .hint("-force-copy says yes without being asked.")));
        }
        let (from, to) = (source.backend().kind(), target.backend().kind());
        let found = format!(
            "Pre-existing state was found while migrating the previous {from:?} backend to the\nnewly configured {to:?} backend."
        );
        let mut shown = None;
        let explanation = if target.state().is_empty() {
            format!(
                "{found} No existing state was found in the newly\nconfigured {to:?} backend. Do you want to copy this state to the new {to:?}\nbackend? Enter \"yes\" to copy and \"no\" to start with an empty state."
            )
        } else {
            let folder =
                shown.insert(self.show_both(source.state(), target.state(), [from, to])?);
            format!(
                "{found} An existing non-empty state already exists in\nthe new backend. The two states have been saved to temporary files that will be\nremoved after responding to this query.\n\nPrevious (type {from:?}): {}\nNew      (type {to:?}): {}\n\nDo you want to overwrite the state in the new backend with the previous state?\nEnter \"yes\" to copy and \"no\" to start with the existing state in the newly\nconfigured {to:?} backend.",
                folder.join(format!("1-{from}.tfstate")).display(),
                folder.join(format!("2-{to}.tfstate")).display(),
            )
        };
        let question = "Do you want to copy existing state to the new backend?";
        let agreed = self.confirmed("Error asking for confirmation: EOF", question, &explanation);
        if let Some(folder) = shown
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            self.dialogue.say(&format!(
                "\nThe temporary files in {} could not be removed: {error}.\n",
                folder.display()
            ));
        }
        agreed
    }

    /// Writes both states where a person who is asked can compare them. Answers the folder.
    fn show_both(
        &self,
        source: &State,
        target: &State,
        kinds: [&str; 2],
    ) -> Result<PathBuf, Diagnostics> {
        let folder = self
            .world
            .records()
            .join(format!("migration-{}", (self.world.surroundings.uuid)()));
        let written = (|| {
            std::fs::create_dir_all(&folder)?;
            for (at, (state, kind)) in [source, target].into_iter().zip(kinds).enumerate() {
                let path = folder.join(format!("{}-{kind}.tfstate", at + 1));
                write_private(&path, &state.write())?;
            }
            std::io::Result::Ok(())
        })();
        written.map_err(|error| {
            one(Diagnostic::error(
                "Failed to save the two states",
                format!("{}: {error}.", folder.display()),
            ))
        })?;
        Ok(folder)
    }
}

/// Whether a stored state is the other one, whatever their serials.
fn is_copy(stored: &State, state: &State) -> bool {
    stored.lineage == state.lineage && stored.same_content(state)
}
