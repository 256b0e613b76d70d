//! `taint` and `untaint`: marking an object for replacement, and taking the mark off.

use trueup_addrs::{Mode, parse};
use trueup_backend::Operation;
use trueup_diagnostics::Diagnostic;
use trueup_operations::state_edit::{self, Missing};
use trueup_state::State;

use super::{Place, by_hand, used_wrongly};
use crate::exit::{Ended, Told};
use crate::{args, output};

/// Which of the two it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Mark.
    Taint,
    /// Take the mark off.
    Untaint,
}

/// Runs the command.
pub async fn run(at: Place, flags: args::Taint, what: What) -> Ended {
    let name = match what {
        What::Taint => "taint",
        What::Untaint => "untaint",
    };
    let [address] = flags.address.as_slice() else {
        let why = format!("The {name} command expects exactly one argument.");
        return Err(used_wrongly(name, &why));
    };
    let args::ByHand {
        no_color,
        lock,
        files,
        ..
    } = &flags.by_hand;
    let opened = by_hand::open(&at, *no_color, files).await?;
    let addr = parse::abs_instance(address)
        .map_err(|error| opened.refuse(Diagnostic::error("Invalid address", error.sentence())))?;
    if what == What::Taint && addr.resource.resource.mode != Mode::Managed {
        output::error_line(&format!("Resource instance {addr} cannot be tainted"));
        return Err(Told);
    }
    let mut marked = false;
    let marking = |stored: Option<&State>| {
        let mut state = stored.cloned().unwrap_or_else(|| State::new(""));
        let outcome = match what {
            What::Taint => state_edit::taint(&mut state, &addr),
            What::Untaint => state_edit::untaint(&mut state, &addr),
        };
        match outcome {
            Ok(()) => {
                marked = true;
                Ok(Some(state))
            }
            Err(Missing::Instance(_)) if flags.allow_missing => {
                opened.report.diagnostic(Diagnostic::warning(
                    "No such resource instance",
                    format!("Resource instance {addr} was not found, but this is not an error because -allow-missing was set."),
                ));
                Ok(None)
            }
            Err(Missing::Instance(diagnostic) | Missing::Object(diagnostic)) => {
                Err(opened.refuse(*diagnostic))
            }
        }
    };
    let operation = match what {
        What::Taint => Operation::Taint,
        What::Untaint => Operation::Untaint,
    };
    let exit = opened.change(operation, lock, marking).await?;
    if marked {
        let done = match what {
            What::Taint => "marked as tainted",
            What::Untaint => "successfully untainted",
        };
        output::line(&format!("Resource instance {addr} has been {done}."));
    }
    Ok(exit)
}
