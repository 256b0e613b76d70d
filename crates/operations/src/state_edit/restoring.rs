//! Going back to a former state: which version is meant, and what that changes.

use std::collections::BTreeSet;

use trueup_addrs::AbsInstance;
use trueup_backend::{History, Kept, Version};
use trueup_diagnostics::Diagnostic;
use trueup_state::State;

/// The version that a person means by a serial or by a version's id.
///
/// # Errors
/// None is called so, or several states have that serial, each of a history of its own.
pub fn meant<'a>(history: &'a History, said: &str) -> Result<&'a Version, Diagnostic> {
    if let Some(version) = history.versions.iter().find(|one| one.id == said) {
        return match &version.content {
            Kept::State { .. } => Ok(version),
            Kept::Nothing => Err(unusable(said, "it holds no state")),
            Kept::Unreadable(why) => Err(unusable(said, why)),
        };
    }
    let serial: Option<u64> = said.parse().ok();
    let found: Vec<&Version> = history
        .versions
        .iter()
        .filter(|one| serial.is_some() && one.serial() == serial)
        .collect();
    let lineages: BTreeSet<&str> = found.iter().filter_map(|one| lineage(one)).collect();
    match (found.as_slice(), lineages.len()) {
        ([], _) => Err(Diagnostic::error(
            "No such state",
            format!(
                "None of the states that are kept has the serial or the version id {said:?}. \"trueup state history\" lists them."
            ),
        )),
        // One serial several times is one state saved again, the newest first.
        ([newest, ..], 1) => Ok(newest),
        (several, _) => {
            let list: String = several
                .iter()
                .map(|one| format!("\n  {}  (lineage {})", one.id, lineage(one).unwrap_or("")))
                .collect();
            Err(Diagnostic::error(
                "Several states have this serial",
                format!(
                    "States of several histories have the serial {said}. Name the one that is meant by its version:\n{list}"
                ),
            ))
        }
    }
}

fn lineage(version: &Version) -> Option<&str> {
    match &version.content {
        Kept::State { lineage, .. } => Some(lineage),
        Kept::Nothing | Kept::Unreadable(_) => None,
    }
}

fn unusable(said: &str, why: &str) -> Diagnostic {
    Diagnostic::error(
        "The version can't be restored",
        format!("The version {said:?} can't be used: {why}."),
    )
}

/// The highest serial of a lineage that is known of.
pub fn highest(history: &History, of: &str) -> u64 {
    history
        .versions
        .iter()
        .filter(|one| lineage(one) == Some(of))
        .filter_map(Version::serial)
        .max()
        .unwrap_or(0)
}

/// Why a state may not take the place of the stored one; `None` if it may.
pub fn of_another_history(former: &State, stored: Option<&State>) -> Option<Diagnostic> {
    let stored = stored.filter(|stored| !stored.lineage.is_empty())?;
    (stored.lineage != former.lineage).then(|| {
        Diagnostic::error(
            "The state is of another history",
            format!(
                "The version to be restored has the lineage {:?}, the stored state {:?}: they were not made from one another, and Terraform takes them for states of different configurations.",
                former.lineage, stored.lineage
            ),
        )
        .hint("Use -force to restore it all the same.")
    })
}

/// What going back changes in what is believed to exist.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Instances that the stored state has and the former one has not: they are forgotten.
    pub forgotten: Vec<AbsInstance>,
    /// Instances that only the former state has: they are believed in again.
    pub known_again: Vec<AbsInstance>,
    /// Instances whose record changes.
    pub changed: Vec<AbsInstance>,
    /// Whether outputs change.
    pub outputs: bool,
}

/// What changes when `former` takes the place of `stored`.
pub fn difference(stored: Option<&State>, former: &State) -> Difference {
    let nothing = State::new("");
    let stored = stored.unwrap_or(&nothing);
    let mut difference = Difference {
        outputs: stored.outputs != former.outputs,
        ..Difference::default()
    };
    for (addr, instance) in stored.instances() {
        match former.instance(&addr) {
            None => difference.forgotten.push(addr),
            Some(then) if then != instance => difference.changed.push(addr),
            Some(_) => {}
        }
    }
    difference.known_again = former
        .instances()
        .filter(|(addr, _)| stored.instance(addr).is_none())
        .map(|(addr, _)| addr)
        .collect();
    difference
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(id: &str, serial: u64, lineage: &str) -> Version {
        Version {
            id: id.to_owned(),
            content: Kept::State {
                serial,
                lineage: lineage.to_owned(),
                terraform_version: String::new(),
            },
            written: None,
            size: 1,
            who: None,
            current: false,
        }
    }

    fn history(versions: Vec<Version>) -> History {
        History {
            versions,
            ..History::default()
        }
    }

    #[test]
    fn a_serial_means_its_newest_version() {
        let history = history(vec![
            version("c", 2, "l"),
            version("b", 1, "l"),
            version("a", 1, "l"),
        ]);
        assert_eq!(meant(&history, "1").map(|one| &*one.id), Ok("b"));
        assert_eq!(meant(&history, "a").map(|one| &*one.id), Ok("a"));
        assert!(meant(&history, "3").is_err());
        assert!(meant(&history, "-").is_err());
        assert_eq!(highest(&history, "l"), 2);
        assert_eq!(highest(&history, "other"), 0);
    }

    #[test]
    fn a_serial_of_two_histories_must_be_named_by_its_version() {
        let history = history(vec![version("b", 1, "l"), version("a", 1, "m")]);
        let error = meant(&history, "1").expect_err("it is ambiguous");
        assert!(error.detail.contains("\n  a  (lineage m)"), "{error:?}");
    }

    #[test]
    fn what_holds_nothing_is_not_restored() {
        let mut gone = version("m", 1, "l");
        gone.content = Kept::Nothing;
        assert!(meant(&history(vec![gone]), "m").is_err());
    }
}
