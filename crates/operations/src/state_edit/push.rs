//! Whether a pushed state may take the place of the stored one.

use trueup_state::State;

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
