//! The states that are still kept, and what going back to one of them would do.

use trueup_addrs::AbsInstance;
use trueup_backend::{History, Kept, Version};
use trueup_operations::state_edit;
use trueup_state::State;

/// How many addresses of a kind are shown before a restore.
const SHOWN: usize = 20;

/// When a version was written; a dash where that is not known.
pub fn time(version: &Version) -> String {
    version
        .written
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| "-".to_owned(), |time| time.to_string())
}

/// The versions that are kept, in columns that are as wide as they must be.
pub fn table(history: &History) -> String {
    let mut rows = vec![["SERIAL", "TIME", "SIZE", "WHO", "LINEAGE", "VERSION"].map(str::to_owned)];
    for version in &history.versions {
        let (serial, lineage) = match &version.content {
            Kept::State {
                serial, lineage, ..
            } => (serial.to_string(), lineage.clone()),
            Kept::Nothing => ("-".to_owned(), "(deleted)".to_owned()),
            Kept::Unreadable(_) => ("?".to_owned(), "(unreadable)".to_owned()),
        };
        let mark = if version.current { " (current)" } else { "" };
        rows.push([
            serial,
            time(version),
            version.size.to_string(),
            version.who.clone().unwrap_or_else(|| "-".to_owned()),
            lineage,
            format!("{}{mark}", version.id),
        ]);
    }
    let widths: Vec<usize> = (0..6)
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        })
        .collect();
    rows.iter()
        .map(|row| {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            format!("{}\n", cells.join("  ").trim_end())
        })
        .collect()
}

/// What a restore would do.
pub fn restoring(
    stored: Option<&State>,
    former: &State,
    version: &Version,
    workspace: &str,
) -> String {
    let difference = state_edit::difference(stored, former);
    let now = match stored {
        Some(stored) => format!("serial {}", stored.serial),
        None => "no state".to_owned(),
    };
    let mut out = format!(
        "trueup will put the state of serial {} ({}, version {}) in the place of {now} in the workspace {workspace:?}:\n",
        former.serial,
        time(version),
        version.id
    );
    let mut list = |sign: &str, what: &str, found: &[AbsInstance]| {
        if found.is_empty() {
            return;
        }
        out.push_str(&format!("\n{what}\n"));
        for addr in found.iter().take(SHOWN) {
            out.push_str(&format!("  {sign} {addr}\n"));
        }
        if found.len() > SHOWN {
            out.push_str(&format!("    and {} more\n", found.len() - SHOWN));
        }
    };
    list(
        "-",
        "Forgotten, while what they stand for stays as it is:",
        &difference.forgotten,
    );
    list("+", "In the state again:", &difference.known_again);
    list("~", "As they were then:", &difference.changed);
    if difference.outputs {
        out.push_str("\nOutputs are as they were then.\n");
    }
    out
}
