//! A pushed state: read, and whether it may take the place of the stored one.

use trueup_backend::{Sealing, is_sealed};
use trueup_state::{ReadError, State};

/// The state that a text holds: one in the clear as it is, one that a run could not write and sealed as the
/// configuration says.
///
/// # Errors
/// What is wrong with it.
pub async fn read(sealing: &Sealing, text: Vec<u8>) -> Result<State, ReadError> {
    if sealing.is_on() && is_sealed(&text) {
        return State::read(&sealing.open_other(text).await?);
    }
    State::read(&text)
}

/// Why `pushed` may not replace `stored`; `None` if it may. A state of another history, and one that is older than
/// what is stored, is refused; a state that holds nothing may be replaced by any.
pub fn refused(pushed: &State, stored: Option<&State>) -> Option<String> {
    let stored = stored.filter(|stored| !stored.is_empty())?;
    if stored.lineage.is_empty() || pushed.lineage.is_empty() {
        return None;
    }
    if stored.lineage != pushed.lineage {
        return Some(format!(
            "cannot import state with lineage {:?} over unrelated state with lineage {:?}",
            pushed.lineage, stored.lineage
        ));
    }
    if stored.serial > pushed.serial {
        return Some(format!(
            "cannot import state with serial {} over newer state with serial {}",
            pushed.serial, stored.serial
        ));
    }
    if stored.serial == pushed.serial && !stored.same_content(pushed) {
        return Some(format!(
            "cannot overwrite existing state with serial {} with a different state that has the same serial",
            stored.serial
        ));
    }
    None
}
