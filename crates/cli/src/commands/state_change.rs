//! `state mv`, `state rm`, `state push` and `state replace-provider`: changing the state by hand.

use std::io::Read;

use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::{ByHand, state_edit};
use trueup_state::{ReadError, State};

use super::by_hand::{self, Opened, no_state};
use super::{Place, used_wrongly};
use crate::exit::{Ended, Exit, Told};
use crate::{args, output, prompt};

/// `state mv`.
pub async fn mv(at: Place, flags: args::StateMv) -> Ended {
    let [source, destination] = flags.addresses.as_slice() else {
        return Err(used_wrongly("state mv", "Exactly two arguments expected."));
    };
    let args::ByHand {
        no_color,
        lock,
        files,
        ..
    } = &flags.by_hand;
    // What goes elsewhere is taken out of one state and put into another.
    let own = args::StateFiles {
        state_out: None,
        ..files.clone()
    };
    let opened = by_hand::open_to_change(&at, *no_color, &own).await?;
    copies_of_files(&opened, &flags)?;
    let mut from = opened.lock(Operation::StateMv, lock).await?;
    let other = match &files.state_out {
        None => Ok(None),
        Some(path) => {
            let files = args::StateFiles {
                state: Some(path.clone()),
                state_out: None,
                backup: flags.backup_out.clone().filter(|backup| backup != "-"),
            };
            match by_hand::open_to_change(&at, *no_color, &files).await {
                Ok(other) => other.lock(Operation::StateMv, lock).await.map(Some),
                Err(told) => Err(told),
            }
        }
    };
    let mut other = match other {
        Ok(other) => other,
        Err(told) => {
            opened.close(from).await?;
            return Err(told);
        }
    };
    let moving = Moving {
        source,
        destination,
        dry_run: flags.dry_run,
    };
    let moved = moving.carry_out(&opened, &mut from, other.as_mut()).await;
    let mut ended = from.close().await;
    if let Some(other) = other {
        ended.extend(other.close().await);
    }
    opened.report.pass(&ended, &Sources::default())?;
    moved.map(|()| Exit::Done)
}

/// A move that was asked for.
struct Moving<'a> {
    source: &'a str,
    destination: &'a str,
    dry_run: bool,
}

impl Moving<'_> {
    /// Moves within one state, or from it into the other.
    async fn carry_out(
        &self,
        opened: &Opened,
        from: &mut ByHand,
        mut other: Option<&mut ByHand>,
    ) -> Result<(), Told> {
        let mut state = from.state().ok_or_else(no_state)?.clone();
        let mut second = other
            .as_ref()
            .map(|other| other.state().cloned().unwrap_or_else(|| State::new("")));
        let moved = state_edit::target(self.source)
            .and_then(|source| {
                let destination = state_edit::target(self.destination)?;
                state_edit::move_objects(&mut state, second.as_mut(), &source, &destination)
            })
            .map_err(|diagnostic| opened.refuse(diagnostic))?;
        let verb = if self.dry_run { "Would move" } else { "Move" };
        for one in &moved {
            output::line(&format!("{verb} {:?} to {:?}", one.from, one.to));
        }
        if self.dry_run {
            return Ok(());
        }
        let refused = |found: Diagnostics| opened.refuse_all(&found);
        // The place that gains comes first: an object in both states is better than one in none.
        if let (Some(other), Some(second)) = (&mut other, &second) {
            other.save(second).await.map_err(refused)?;
        }
        from.save(&state).await.map_err(refused)?;
        output::line(&format!("Successfully moved {} object(s).", moved.len()));
        Ok(())
    }
}

/// Whether what the flags say of copies can be done: only what is kept in files leaves copies where one says.
fn copies_of_files(opened: &Opened, flags: &args::StateMv) -> Result<(), Told> {
    let files = &flags.by_hand.files;
    if opened.storage.kind == "local" || files.state.is_some() {
        return Ok(());
    }
    let given = |flag: &Option<String>| flag.as_deref().is_some_and(|path| path != "-");
    let named: Vec<&str> = [
        ("-backup", given(&files.backup)),
        ("-backup-out", given(&flags.backup_out)),
    ]
    .into_iter()
    .filter_map(|(name, given)| given.then_some(name))
    .collect();
    if named.is_empty() {
        return Ok(());
    }
    Err(opened.refuse(Diagnostic::error(
        format!("Invalid command line options: {}", named.join(", ")),
        "Command line options -backup and -backup-out are legacy options that operate on a local state file only. You must specify a local state file with the -state option or switch to the local backend.",
    )))
}

/// `state rm`.
pub async fn rm(at: Place, flags: args::StateRm) -> Ended {
    if flags.addresses.is_empty() {
        return Err(used_wrongly(
            "state rm",
            "At least one address is required.",
        ));
    }
    let args::ByHand {
        no_color,
        lock,
        files,
        ..
    } = &flags.by_hand;
    let opened = by_hand::open_to_change(&at, *no_color, files).await?;
    let mut count = 0;
    let removing = |stored: Option<&State>| {
        let mut state = stored.ok_or_else(no_state)?.clone();
        let targets = flags
            .addresses
            .iter()
            .map(|text| state_edit::target(text))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|diagnostic| opened.refuse(diagnostic))?;
        let removed = state_edit::remove(&mut state, &targets, flags.dry_run)
            .map_err(|diagnostic| opened.refuse(diagnostic))?;
        let verb = match flags.dry_run {
            true => "Would remove",
            false => "Removed",
        };
        for addr in &removed {
            output::line(&format!("{verb} {addr}"));
        }
        if removed.is_empty() {
            output::line("Would have removed nothing.");
        }
        count = removed.len();
        Ok((!flags.dry_run).then_some(state))
    };
    let operation = Operation::StateRm;
    let exit = opened.change(operation, lock, removing).await?;
    if !flags.dry_run {
        output::line(&format!(
            "Successfully removed {count} resource instance(s)."
        ));
    }
    Ok(exit)
}

/// `state push`.
pub async fn push(at: Place, flags: args::StatePush) -> Ended {
    let [path] = flags.path.as_slice() else {
        return Err(used_wrongly("state push", "Exactly one argument expected."));
    };
    let opened = by_hand::open(&at, flags.no_color, &args::StateFiles::default()).await?;
    let read = match path.as_str() {
        "-" => {
            let mut bytes = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .map(|_| bytes)
        }
        path => std::fs::read(opened.setup.world.dir.join(path)),
    };
    let bytes = match read {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            output::error_line(&format!("open {path}: no such file or directory"));
            return Err(Told);
        }
        Err(error) => {
            output::error_line(&format!("open {path}: {error}"));
            return Err(Told);
        }
    };
    let pushed = match state_edit::read(&opened.storage.sealing, bytes).await {
        Ok(state) => state,
        Err(error) => {
            let why = match error {
                ReadError::Empty => "no state".to_owned(),
                other => other.to_string(),
            };
            output::error_line(&format!("Error reading source state {path:?}: {why}"));
            return Err(Told);
        }
    };
    let mut by_hand = opened.lock(Operation::StatePush, &flags.lock).await?;
    let refused = match flags.force {
        true => None,
        false => state_edit::refused(&pushed, by_hand.state()),
    };
    let replaced = match refused {
        Some(why) => {
            output::error_line(&format!("Failed to write state: {why}"));
            Err(Told)
        }
        None => by_hand
            .replace(&pushed)
            .await
            .map_err(|found| opened.refuse_all(&found)),
    };
    opened.close(by_hand).await?;
    replaced.map(|()| Exit::Done)
}

/// `state replace-provider`.
pub async fn replace_provider(at: Place, flags: args::StateReplaceProvider) -> Ended {
    let [from, to] = flags.providers.as_slice() else {
        return Err(used_wrongly(
            "state replace-provider",
            "Exactly two arguments expected.",
        ));
    };
    let args::ByHand {
        no_color,
        lock,
        files,
        ..
    } = &flags.by_hand;
    let opened = by_hand::open_to_change(&at, *no_color, files).await?;
    let sources = state_edit::provider_source("from", from)
        .and_then(|from| Ok((from, state_edit::provider_source("to", to)?)));
    let (from, to) = sources.map_err(|diagnostic| opened.refuse(diagnostic))?;
    let mut count = 0;
    let replacing = |stored: Option<&State>| {
        let stored = stored.ok_or_else(no_state)?;
        let found = state_edit::resources_of(stored, &from);
        if found.is_empty() {
            output::line("No matching resources found.");
            return Ok(None);
        }
        let list: String = found.iter().map(|addr| format!("\n  {addr}")).collect();
        output::line(&format!(
            "trueup will perform the following actions:\n\n  ~ Updating provider:\n    - {from}\n    + {to}\n\nChanging {} resources:\n{list}",
            found.len()
        ));
        let approved = flags.auto_approve
            || prompt::approved(
                "Do you want to make these changes?",
                "Only 'yes' will be accepted to continue.",
                "Use -auto-approve to replace the provider without being asked.",
                &opened.report,
            )?;
        if !approved {
            output::line("Cancelled replacing providers.");
            return Ok(None);
        }
        let mut state = stored.clone();
        state_edit::set_provider(&mut state, &found, &to);
        count = found.len();
        Ok(Some(state))
    };
    let operation = Operation::StateReplaceProvider;
    let exit = opened.change(operation, lock, replacing).await?;
    if count > 0 {
        output::line(&format!(
            "\nSuccessfully replaced provider for {count} resources."
        ));
    }
    Ok(exit)
}
