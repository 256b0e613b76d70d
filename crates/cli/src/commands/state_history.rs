//! `state history` and `state restore`: the states that are still kept, and the way back to one of them.

use trueup_backend::{History, Operation};
use trueup_diagnostics::{Diagnostic, Sources};
use trueup_operations::storage;
use trueup_operations::{ByHand, state_edit};
use trueup_state::State;

use super::by_hand::{self, Opened};
use super::{Place, used_wrongly};
use crate::exit::{Ended, Exit, Told};
use crate::views::{human, json};
use crate::{args, output, prompt};

/// How many versions are looked through for the one to restore.
const ALL: usize = 10_000;

/// `state history`.
pub async fn history(at: Place, flags: args::StateHistory) -> Ended {
    let mut opened = by_hand::open(&at, flags.no_color, &args::StateFiles::default()).await?;
    in_workspace(&mut opened, flags.workspace.as_deref()).await?;
    let limit = match flags.limit {
        0 => ALL,
        limit => limit,
    };
    let history = look(&opened, limit).await?;
    if flags.json {
        output::line(&json::history(&opened.storage.workspace, &history));
        return Ok(Exit::Done);
    }
    let notices = history.notices.iter().cloned().map(Diagnostic::from);
    opened
        .report
        .diagnostics(&notices.collect(), &Sources::default());
    if history.versions.is_empty() {
        output::line("No state is kept.");
        return Ok(Exit::Done);
    }
    output::text(&human::history::table(&history));
    if history.more {
        output::line(&format!(
            "\nThere are more: these are the newest {}. Use -limit=N to see others, -limit=0 to see all.",
            history.versions.len()
        ));
    }
    Ok(Exit::Done)
}

/// Works in another workspace than the selected one, if one is named.
async fn in_workspace(opened: &mut Opened, named: Option<&str>) -> Result<(), Told> {
    let Some(named) = named else {
        return Ok(());
    };
    let known = opened.storage.backend.workspaces().await;
    match known {
        Ok(known) if known.iter().any(|one| one == named) => {
            named.clone_into(&mut opened.storage.workspace);
            Ok(())
        }
        // What was deleted may still be kept in the bucket's versions.
        Ok(_) if opened.storage.kind == "s3" && trueup_backend::is_workspace_name(named) => {
            named.clone_into(&mut opened.storage.workspace);
            Ok(())
        }
        Ok(_) => Err(opened.refuse(Diagnostic::error(
            format!("Workspace {named:?} doesn't exist"),
            "\"trueup workspace list\" shows the workspaces that there are.",
        ))),
        Err(error) => Err(opened.refuse(storage::as_diagnostic(error))),
    }
}

async fn look(opened: &Opened, limit: usize) -> Result<History, Told> {
    let storage = &opened.storage;
    let history = storage.backend.history(&storage.workspace, limit).await;
    history.map_err(|error| opened.refuse(storage::as_diagnostic(error)))
}

/// `state restore`.
pub async fn restore(at: Place, flags: args::StateRestore) -> Ended {
    let [said] = flags.version.as_slice() else {
        return Err(used_wrongly(
            "state restore",
            "Exactly one argument expected: a serial or a version's id.",
        ));
    };
    let files = args::StateFiles::default();
    let mut opened = by_hand::open_to_change(&at, flags.no_color, &files).await?;
    in_workspace(&mut opened, flags.workspace.as_deref()).await?;
    let mut held = opened.lock(Operation::StateRestore, &flags.lock).await?;
    let restored = restored(&opened, &mut held, said, &flags).await;
    opened.close(held).await?;
    restored.map(|()| Exit::Done)
}

/// Restores under the lock.
async fn restored(
    opened: &Opened,
    held: &mut ByHand,
    said: &str,
    flags: &args::StateRestore,
) -> Result<(), Told> {
    let storage = &opened.storage;
    let history = look(opened, ALL).await?;
    let refuse = |diagnostic| opened.refuse(diagnostic);
    let version = state_edit::meant(&history, said).map_err(refuse)?;
    let former = storage
        .backend
        .version_state(&storage.workspace, &version.id)
        .await
        .map_err(|error| opened.refuse(storage::as_diagnostic(error)))?;
    if !flags.force
        && let Some(why) = state_edit::of_another_history(&former, held.state())
    {
        return Err(opened.refuse(why));
    }
    let same = |stored: &State| stored.lineage == former.lineage && stored.same_content(&former);
    if held.state().is_some_and(same) {
        output::line(&format!(
            "The stored state, serial {}, holds what serial {} held: there is nothing to restore.",
            held.state().map_or(0, |stored| stored.serial),
            former.serial
        ));
        return Ok(());
    }
    output::text(&human::history::restoring(
        held.state(),
        &former,
        version,
        &storage.workspace,
    ));
    let approved = flags.auto_approve
        || prompt::approved(
            "Do you want to restore this state?",
            "Only the record changes, nothing that exists. Only 'yes' will be accepted to continue.",
            "Use -auto-approve to restore the state without being asked.",
            &opened.report,
        )?;
    if !approved {
        output::line("Cancelled restoring the state.");
        return Err(Told);
    }
    let least = state_edit::highest(&history, &former.lineage);
    let serial = held
        .restore(&former, least)
        .await
        .map_err(|found| opened.refuse_all(&found))?;
    output::line(&format!(
        "Successfully restored serial {} as serial {serial}.\n\nRun \"trueup plan\" to see where what exists differs from it.",
        former.serial
    ));
    Ok(())
}
