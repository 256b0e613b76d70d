//! `workspace`: listing, showing, making, selecting and deleting workspaces.

use std::sync::Arc;

use trueup_diagnostics::Diagnostics;
use trueup_operations::storage;
use trueup_operations::workspaces::{self, Deleted};
use trueup_state::State;

use super::by_hand::{self, Opened, locking};
use super::{Place, used_wrongly, without_arguments};
use crate::args::{self, Lock, StateFiles, WorkspaceCommand};
use crate::exit::{Ended, Exit, Told};
use crate::observer::Shown;
use crate::output;

/// Runs the command.
pub async fn run(at: Place, command: WorkspaceCommand) -> Ended {
    match command {
        WorkspaceCommand::List(flags) => list(&at, flags).await,
        WorkspaceCommand::Show(flags) => show(&at, flags),
        WorkspaceCommand::New(flags) => new(&at, flags).await,
        WorkspaceCommand::Select(flags) => select(&at, flags).await,
        WorkspaceCommand::Delete(flags) => delete(&at, flags).await,
    }?;
    Ok(Exit::Done)
}

/// As [`run`], under the name that the command once had.
pub async fn run_as_env(at: Place, command: WorkspaceCommand) -> Ended {
    output::line(
        "Warning: the \"trueup env\" family of commands is deprecated.\n\n\"Workspace\" is now the preferred term for what earlier Terraform versions\ncalled \"environment\", to reduce ambiguity caused by the latter term colliding\nwith other concepts.\n\nThe \"trueup workspace\" commands should be used instead.\n",
    );
    run(at, command).await
}

async fn list(at: &Place, flags: args::WorkspaceList) -> Result<(), Told> {
    without_arguments(&flags.extra)?;
    let opened = by_hand::open(at, flags.no_color, &StateFiles::default()).await?;
    let names = names(&opened).await?;
    let selected = &opened.storage.workspace;
    let list: String = names
        .iter()
        .map(|name| {
            let mark = if name == selected { '*' } else { ' ' };
            format!("{mark} {name}\n")
        })
        .collect();
    output::line(&list);
    if opened.setup.world.workspace.is_some() {
        output::line(
            "\n\nThe active workspace is being overridden using the TF_WORKSPACE environment\nvariable.\n",
        );
    }
    Ok(())
}

fn show(at: &Place, flags: args::WorkspaceShow) -> Result<(), Told> {
    let (setup, _) = by_hand::begin(at, flags.no_color)?;
    if let Err(diagnostic) = workspaces::overridden(&setup.world) {
        return refuse(&format!(
            "Error selecting workspace: {}",
            diagnostic.summary
        ));
    }
    output::line(&storage::selected_workspace(&setup.world));
    Ok(())
}

async fn new(at: &Place, flags: args::WorkspaceNew) -> Result<(), Told> {
    let [name] = flags.name.as_slice() else {
        return Err(used_wrongly(
            "workspace new",
            "Expected a single argument: NAME.\n",
        ));
    };
    valid(name)?;
    let opened = by_hand::open(at, flags.no_color, &StateFiles::default()).await?;
    let over = opened.setup.world.workspace.as_deref();
    if over.is_some_and(|over| over != name) {
        return refuse(
            "\nThe workspace is currently overridden using the TF_WORKSPACE environment\nvariable. You cannot create a new workspace when using this setting.\n\nTo create a new workspace, either unset this environment variable or update it\nto match the workspace name you are trying to create, and then run this command\nagain.\n",
        );
    }
    if names(&opened).await?.contains(name) {
        return refuse(&format!("Workspace {name:?} already exists"));
    }
    create(&opened, name, &flags.lock).await?;
    let Some(path) = &flags.state else {
        return Ok(());
    };
    let bytes = match std::fs::read(opened.setup.world.dir.join(path)) {
        Ok(bytes) => bytes,
        Err(_) => return refuse(&format!("open {path}: no such file or directory")),
    };
    let state = match State::read(&bytes) {
        Ok(state) => state,
        Err(error) => return refuse(&error.to_string()),
    };
    let (world, locks) = (&opened.setup.world, locking(&opened.setup, &flags.lock));
    let filled = workspaces::fill(
        world,
        &opened.storage,
        name,
        &state,
        locks,
        observer(&opened),
    );
    said(&opened, filled.await)
}

async fn select(at: &Place, flags: args::WorkspaceSelect) -> Result<(), Told> {
    let [name] = flags.name.as_slice() else {
        return Err(used_wrongly(
            "workspace select",
            "Expected a single argument: NAME.\n",
        ));
    };
    let opened = by_hand::open(at, flags.no_color, &StateFiles::default()).await?;
    if opened.setup.world.workspace.is_some() {
        return refuse(
            "\nThe selected workspace is currently overridden using the TF_WORKSPACE\nenvironment variable.\n\nTo select a new workspace, either update this environment variable or unset\nit and then run this command again.\n",
        );
    }
    valid(name)?;
    if opened.storage.workspace == *name {
        return Ok(());
    }
    if names(&opened).await?.contains(name) {
        workspaces::select(&opened.setup.world, name)
            .map_err(|diagnostic| opened.refuse(diagnostic))?;
        output::line(&format!("Switched to workspace {name:?}."));
        return Ok(());
    }
    if !flags.or_create {
        return refuse(&absent(name));
    }
    let lock = Lock {
        lock: true,
        lock_timeout: std::time::Duration::ZERO,
    };
    create(&opened, name, &lock).await
}

async fn delete(at: &Place, flags: args::WorkspaceDelete) -> Result<(), Told> {
    let [name] = flags.name.as_slice() else {
        return Err(used_wrongly(
            "workspace delete",
            "Expected a single argument: NAME.\n",
        ));
    };
    let opened = by_hand::open(at, flags.no_color, &StateFiles::default()).await?;
    if !names(&opened).await?.contains(name) {
        return refuse(&absent(name));
    }
    if opened.storage.workspace == *name {
        return refuse(&format!(
            "Workspace {name:?} is your active workspace.\n\nYou cannot delete the currently active workspace. Please switch\nto another workspace and try again."
        ));
    }
    let (world, locks) = (&opened.setup.world, locking(&opened.setup, &flags.lock));
    let observer = observer(&opened);
    let deleted =
        workspaces::delete(world, &opened.storage, name, flags.force, locks, observer).await;
    let held = match deleted {
        Ok(held) => held,
        Err(diagnostics) => return said(&opened, Err(diagnostics)),
    };
    output::line(&format!("Deleted workspace {name:?}!"));
    if held == Deleted::WithObjects {
        output::line(&format!(
            "WARNING: {name:?} was non-empty.\nThe resources managed by the deleted workspace may still exist,\nbut are no longer manageable by trueup since the state has\nbeen deleted.\n"
        ));
    }
    Ok(())
}

async fn create(opened: &Opened, name: &str, lock: &Lock) -> Result<(), Told> {
    let (world, locks) = (&opened.setup.world, locking(&opened.setup, lock));
    let created = workspaces::create(world, &opened.storage, name, &locks, observer(opened));
    said(opened, created.await)?;
    workspaces::select(world, name).map_err(|diagnostic| opened.refuse(diagnostic))?;
    output::line(&format!(
        "Created and switched to workspace {name:?}!\n\nYou're now on a new, empty workspace. Workspaces isolate their state,\nso if you run \"trueup plan\" trueup will not see any existing state\nfor this configuration."
    ));
    Ok(())
}

fn observer(opened: &Opened) -> Arc<Shown> {
    Arc::new(Shown::new(opened.report.clone()))
}

fn said(opened: &Opened, done: Result<(), Diagnostics>) -> Result<(), Told> {
    done.map_err(|found| opened.refuse_all(&found))
}

async fn names(opened: &Opened) -> Result<Vec<String>, Told> {
    workspaces::list(&opened.storage)
        .await
        .map_err(|found| opened.refuse_all(&found))
}

fn valid(name: &str) -> Result<(), Told> {
    if workspaces::is_name(name) {
        return Ok(());
    }
    refuse(&format!(
        "\nThe workspace name {name:?} is not allowed. The name must contain only URL safe\ncharacters, and no path separators.\n"
    ))
}

fn absent(name: &str) -> String {
    format!(
        "Workspace {name:?} doesn't exist.\n\nYou can create this workspace with the \"new\" subcommand\nor include the \"-or-create\" flag with the \"select\" subcommand."
    )
}

fn refuse(why: &str) -> Result<(), Told> {
    output::error_line(why);
    Err(Told)
}
