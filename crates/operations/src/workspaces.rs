//! Workspaces: which there are, which is selected, making and deleting them.

use std::sync::Arc;

use trueup_backend::{DEFAULT_WORKSPACE, Operation};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_plan::Observer;
use trueup_state::State;

use crate::storage::{Storage, refused};
use crate::{ByHand, Locking, World};

/// Whether a workspace may be called so: what equals its own escaped form in a URL.
pub fn is_name(name: &str) -> bool {
    trueup_backend::is_workspace_name(name)
}

/// The workspaces that exist: `default` first, the others sorted.
///
/// # Errors
/// What the backend fails with.
pub async fn list(storage: &Storage) -> Result<Vec<String>, Diagnostics> {
    storage.backend.workspaces().await.map_err(refused)
}

/// Makes a workspace without anything in it. `from` is then copied into it, under a lineage of its own.
///
/// # Errors
/// What the backend fails with.
pub async fn create(
    world: &World,
    storage: &Storage,
    name: &str,
    locking: &Locking,
    observer: Arc<dyn Observer>,
) -> Result<(), Diagnostics> {
    let place = at(storage, name);
    let local = storage.kind == "local";
    let locking = Locking {
        // The lock of a file makes its folder, which is all that there is of an empty workspace.
        lock: local || locking.lock,
        ..locking.clone()
    };
    let mut by_hand = ByHand::open(world, &place, Operation::Init, locking, observer).await?;
    let made = match by_hand.state() {
        None if !local => by_hand.save(&State::new("")).await,
        _ => Ok(()),
    };
    let ended = ended(by_hand).await;
    made.and(ended)
}

/// Copies what a state holds into a workspace, whose lineage stays its own.
///
/// # Errors
/// What the backend fails with.
pub async fn fill(
    world: &World,
    storage: &Storage,
    name: &str,
    from: &State,
    locking: Locking,
    observer: Arc<dyn Observer>,
) -> Result<(), Diagnostics> {
    let place = at(storage, name);
    let mut by_hand =
        ByHand::open(world, &place, Operation::WorkspaceNew, locking, observer).await?;
    let mut state = from.clone();
    state.lineage = by_hand
        .state()
        .map(|stored| stored.lineage.clone())
        .unwrap_or_default();
    let saved = by_hand.save(&state).await;
    let ended = ended(by_hand).await;
    saved.and(ended)
}

/// Releases the lock; what there is to say is told where that fails.
async fn ended(by_hand: ByHand) -> Result<(), Diagnostics> {
    let found = by_hand.close().await;
    match found.has_errors() {
        true => Err(found),
        false => Ok(()),
    }
}

/// What a workspace held that is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deleted {
    /// Nothing.
    Empty,
    /// Objects, which nobody manages any more.
    WithObjects,
}

/// Deletes a workspace. One that holds objects is deleted only by `force`.
///
/// # Errors
/// Objects that would be forgotten, and what the backend fails with.
pub async fn delete(
    world: &World,
    storage: &Storage,
    name: &str,
    force: bool,
    locking: Locking,
    observer: Arc<dyn Observer>,
) -> Result<Deleted, Diagnostics> {
    let place = at(storage, name);
    // Others name this lock so too.
    let operation = Operation::StateReplaceProvider;
    let by_hand = ByHand::open(world, &place, operation, locking, observer).await?;
    let held = by_hand.state().map(objects).unwrap_or_default();
    // The lock lies beside what is deleted, so it is released first.
    ended(by_hand).await?;
    if !held.is_empty() && !force {
        let list: String = held.iter().map(|text| format!("\n  - {text}")).collect();
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::error(
            "Workspace is not empty",
            format!("Workspace {name:?} is currently tracking the following resource instances:{list}\n\nDeleting this workspace would cause trueup to lose track of any associated remote objects, which would then require you to delete them manually outside of trueup. You should destroy these objects with trueup before deleting the workspace.\n\nIf you want to delete this workspace anyway, and have trueup forget about these managed objects, use the -force option to disable this safety check."),
        ));
        return Err(diagnostics);
    }
    storage
        .backend
        .delete_workspace(name)
        .await
        .map_err(refused)?;
    Ok(if held.is_empty() {
        Deleted::Empty
    } else {
        Deleted::WithObjects
    })
}

/// The managed objects of a state, as text.
fn objects(state: &State) -> Vec<String> {
    let mut addrs: Vec<_> = state
        .instances()
        .map(|(addr, _)| addr)
        .filter(|addr| addr.resource.resource.mode == trueup_addrs::Mode::Managed)
        .collect();
    crate::state_edit::in_list_order(&mut addrs);
    let mut found = Vec::new();
    for addr in &addrs {
        let Some(instance) = state.instance(addr) else {
            continue;
        };
        if instance.current.is_some() {
            found.push(addr.to_string());
        }
        let deposed = instance.deposed.keys();
        found.extend(deposed.map(|key| format!("{addr} (deposed object {key})")));
    }
    found
}

/// Selects a workspace for the runs to come in this folder.
///
/// # Errors
/// The record can't be written.
pub fn select(world: &World, name: &str) -> Result<(), Diagnostic> {
    let path = world.records().join("environment");
    let written =
        std::fs::create_dir_all(world.records()).and_then(|()| std::fs::write(&path, name));
    written.map_err(|error| {
        Diagnostic::error(
            "Failed to select the workspace",
            format!("{}: {error}.", path.display()),
        )
    })
}

/// The workspace that the environment selects, unless it is no name.
///
/// # Errors
/// The environment selects something that is no name.
pub fn overridden(world: &World) -> Result<Option<&str>, Diagnostic> {
    match world.workspace.as_deref() {
        Some(name) if !is_name(name) => Err(Diagnostic::error(
            "Invalid workspace name set using TF_WORKSPACE",
            "",
        )),
        other => Ok(other),
    }
}

/// The name of the workspace that always exists.
pub const DEFAULT: &str = DEFAULT_WORKSPACE;

fn at(storage: &Storage, workspace: &str) -> Storage {
    Storage {
        backend: storage.backend.clone(),
        workspace: workspace.to_owned(),
        kind: storage.kind.clone(),
        config: storage.config.clone(),
        sealing: storage.sealing.clone(),
    }
}
