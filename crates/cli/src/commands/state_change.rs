//! `state mv`, `state rm`, `state push` and `state replace-provider`: changing the state by hand.

use std::io::Read;

use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Sources};
use trueup_operations::state_edit;
use trueup_state::{ReadError, State};

use super::by_hand::{self, no_state};
use super::{Place, used_wrongly};
use crate::{args, output, prompt};

/// `state mv`.
pub async fn mv(at: Place, flags: args::StateMv) -> u8 {
    let [source, destination] = flags.addresses.as_slice() else {
        return used_wrongly("state mv", "Exactly two arguments expected.");
    };
    let args::ByHand {
        no_color,
        lock,
        files,
        ..
    } = &flags.by_hand;
    // What goes elsewhere is taken out of one state and put into another.
    let (out, files) = (
        files.state_out.clone(),
        args::StateFiles {
            state_out: None,
            ..files.clone()
        },
    );
    let opened = match by_hand::open_to_change(&at, *no_color, &files).await {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let mut from = match opened.lock(Operation::StateMv, lock).await {
        Ok(from) => from,
        Err(code) => return code,
    };
    let other = match &out {
        None => None,
        Some(path) => {
            let files = args::StateFiles {
                state: Some(path.clone()),
                state_out: None,
                backup: flags.backup_out.clone().filter(|backup| backup != "-"),
            };
            let locked = match by_hand::open_to_change(&at, *no_color, &files).await {
                Ok(opened) => opened.lock(Operation::StateMv, lock).await,
                Err(code) => Err(code),
            };
            match locked {
                Ok(locked) => Some(locked),
                Err(code) => {
                    from.close().await;
                    return code;
                }
            }
        }
    };
    let mut other = other;
    let code = 'moving: {
        let Some(stored) = from.state() else {
            break 'moving no_state();
        };
        let mut state = stored.clone();
        let mut second = other
            .as_ref()
            .map(|other| other.state().cloned().unwrap_or_else(|| State::new("")));
        let moved = state_edit::target(source).and_then(|source| {
            let destination = state_edit::target(destination)?;
            state_edit::move_objects(&mut state, second.as_mut(), &source, &destination)
        });
        let moved = match moved {
            Ok(moved) => moved,
            Err(diagnostic) => break 'moving opened.refuse(diagnostic),
        };
        let verb = if flags.dry_run { "Would move" } else { "Move" };
        for one in &moved {
            output::line(&format!("{verb} {:?} to {:?}", one.from, one.to));
        }
        if flags.dry_run {
            break 'moving 0;
        }
        // The place that gains comes first: an object in both states is better than one in none.
        let mut saved = match (&mut other, &second) {
            (Some(other), Some(second)) => other.save(second).await,
            _ => Ok(()),
        };
        if saved.is_ok() {
            saved = from.save(&state).await;
        }
        if let Err(diagnostics) = saved {
            opened.report.diagnostics(&diagnostics, &Sources::default());
            break 'moving 1;
        }
        output::line(&format!("Successfully moved {} object(s).", moved.len()));
        0
    };
    let mut ended = from.close().await;
    if let Some(other) = other {
        ended.extend(other.close().await);
    }
    opened.report.diagnostics(&ended, &Sources::default());
    code.max(u8::from(ended.has_errors()))
}

/// `state rm`.
pub async fn rm(at: Place, flags: args::StateRm) -> u8 {
    if flags.addresses.is_empty() {
        return used_wrongly("state rm", "At least one address is required.");
    }
    let args::ByHand {
        no_color,
        lock,
        files,
        ..
    } = &flags.by_hand;
    let opened = match by_hand::open_to_change(&at, *no_color, files).await {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let mut count = 0;
    let removing = |stored: Option<&State>| {
        let Some(stored) = stored else {
            return Err(no_state());
        };
        let targets = flags
            .addresses
            .iter()
            .map(|text| state_edit::target(text))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|diagnostic| opened.refuse(diagnostic))?;
        let mut state = stored.clone();
        let removed = state_edit::remove(&mut state, &targets, flags.dry_run)
            .map_err(|diagnostic| opened.refuse(diagnostic))?;
        let verb = if flags.dry_run {
            "Would remove"
        } else {
            "Removed"
        };
        for addr in &removed {
            output::line(&format!("{verb} {addr}"));
        }
        count = removed.len();
        Ok((!flags.dry_run).then_some(state))
    };
    let operation = Operation::StateRm;
    let code = opened.change(operation, lock, removing, || {}).await;
    if code == 0 && !flags.dry_run {
        output::line(&format!(
            "Successfully removed {count} resource instance(s)."
        ));
    }
    code
}

/// `state push`.
pub async fn push(at: Place, flags: args::StatePush) -> u8 {
    let [path] = flags.path.as_slice() else {
        return used_wrongly("state push", "Exactly one argument expected.");
    };
    let opened = match by_hand::open(&at, flags.no_color, &args::StateFiles::default()).await {
        Ok(opened) => opened,
        Err(code) => return code,
    };
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
            return 1;
        }
        Err(error) => {
            output::error_line(&format!("open {path}: {error}"));
            return 1;
        }
    };
    let pushed = match State::read(&bytes) {
        Ok(state) => state,
        Err(error) => {
            let why = match error {
                ReadError::Empty => "no state".to_owned(),
                other => other.to_string(),
            };
            output::error_line(&format!("Error reading source state {path:?}: {why}"));
            return 1;
        }
    };
    let mut by_hand = match opened.lock(Operation::StatePush, &flags.lock).await {
        Ok(by_hand) => by_hand,
        Err(code) => return code,
    };
    let refused = match flags.force {
        true => None,
        false => state_edit::refused(&pushed, by_hand.state()),
    };
    let code = match refused {
        Some(why) => {
            output::error_line(&format!("Failed to write state: {why}"));
            1
        }
        None => match by_hand.replace(&pushed).await {
            Ok(()) => 0,
            Err(diagnostics) => {
                opened.report.diagnostics(&diagnostics, &Sources::default());
                1
            }
        },
    };
    let ended = by_hand.close().await;
    opened.report.diagnostics(&ended, &Sources::default());
    code.max(u8::from(ended.has_errors()))
}

/// `state replace-provider`.
pub async fn replace_provider(at: Place, flags: args::StateReplaceProvider) -> u8 {
    let [from, to] = flags.providers.as_slice() else {
        return used_wrongly("state replace-provider", "Exactly two arguments expected.");
    };
    let args::ByHand {
        no_color,
        lock,
        files,
        ..
    } = &flags.by_hand;
    let opened = match by_hand::open_to_change(&at, *no_color, files).await {
        Ok(opened) => opened,
        Err(code) => return code,
    };
    let sources = state_edit::provider_source("from", from)
        .and_then(|from| Ok((from, state_edit::provider_source("to", to)?)));
    let (from, to) = match sources {
        Ok(sources) => sources,
        Err(diagnostic) => return opened.refuse(diagnostic),
    };
    let mut count = 0;
    let replacing = |stored: Option<&State>| {
        let Some(stored) = stored else {
            return Err(no_state());
        };
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
        if !flags.auto_approve {
            let answer = prompt::approve(
                "Do you want to make these changes?",
                "Only 'yes' will be accepted to continue.",
            );
            match answer {
                Some(true) => {}
                Some(false) => {
                    output::line("Cancelled replacing providers.");
                    return Ok(None);
                }
                None => {
                    return Err(opened.refuse(
                        Diagnostic::error("Error asking for approval", "Nobody answered.")
                            .hint("Use -auto-approve to replace the provider without being asked."),
                    ));
                }
            }
        }
        let mut state = stored.clone();
        state_edit::set_provider(&mut state, &found, &to);
        count = found.len();
        Ok(Some(state))
    };
    let operation = Operation::StateReplaceProvider;
    let code = opened.change(operation, lock, replacing, || {}).await;
    if code == 0 && count > 0 {
        output::line(&format!(
            "\nSuccessfully replaced provider for {count} resources."
        ));
    }
    code
}
