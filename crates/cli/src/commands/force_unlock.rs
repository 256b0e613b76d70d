//! `force-unlock`: the lock of a run that can't release it any more.

use trueup_diagnostics::Diagnostic;

use super::{Place, by_hand};
use crate::exit::{Ended, Exit, Told};
use crate::{args, output, prompt};

/// Runs the command.
pub async fn run(at: Place, flags: args::ForceUnlock) -> Ended {
    let opened = by_hand::open(&at, flags.no_color, &args::StateFiles::default()).await?;
    if !flags.force {
        let answer = prompt::approve(
            "Do you really want to force-unlock?",
            "  trueup will remove the lock on the remote state.\n  This will allow local trueup commands to modify this state, even though it\n  may still be in use. Only 'yes' will be accepted to confirm.",
        );
        if answer != Some(true) {
            output::line("force-unlock cancelled.");
            return Err(Told);
        }
    }
    let storage = &opened.storage;
    let released = storage
        .backend
        .force_unlock(&storage.workspace, &flags.id)
        .await;
    match released {
        Ok(_) => {
            output::line(
                "The state has been successfully unlocked!\n\nThe state has been unlocked, and commands should now be able to\nobtain a new lock on the remote state.",
            );
            Ok(Exit::Done)
        }
        Err(error) => Err(opened.refuse(Diagnostic::error(
            "Failed to unlock state",
            error.to_string(),
        ))),
    }
}
