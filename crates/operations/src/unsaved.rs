//! A state that could not be written is kept in the working folder, so that it can be pushed later.

use trueup_backend::{Sealing, write_private};
use trueup_diagnostics::Diagnostic;
use trueup_state::State;

use crate::World;

/// The file's name, which is Terraform's.
const FILE: &str = "errored.tfstate";

/// Keeps a state that its backend did not take, under the serial that it would have there. It is as readable as
/// states are here: encrypted where they are, and for its owner only.
///
/// With `-local` nothing is written: the state lies in the working folder as it is, and the journal knows the rest.
pub(crate) async fn keep(world: &World, sealing: &Sealing, state: &State) -> Option<Diagnostic> {
    if world.local.is_some() {
        return None;
    }
    let path = world.dir.join(FILE);
    let kept = match sealing.seal(state.write()).await {
        Ok(text) => write_private(&path, &text).map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    Some(match kept {
        Ok(()) => Diagnostic::error(
            "Failed to persist state to backend",
            format!(
                "The error shown above has prevented trueup from writing the updated state to the configured backend. To allow for recovery, the state has been written to the file {FILE:?} in the current working directory.\n\nThe next run in this place takes up from the journal what was done, and then {FILE:?} is needed no more. To write it without a run, use the following command:\n    trueup state push {FILE}"
            ),
        ),
        Err(problem) => Diagnostic::error(
            "Failed to create local state file",
            format!(
                "The state could not be kept in {} either: {problem}.",
                path.display()
            ),
        ),
    })
}
