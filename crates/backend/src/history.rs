//! The texts of a state that are still kept: versions in S3, backup files beside a local state.

use crate::Notice;

/// What is kept of a workspace's state.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The newest first; what is stored now, if anything is, leads.
    pub versions: Vec<Version>,
    /// Whether there are more than were asked for.
    pub more: bool,
    /// What the reader of the screen should know.
    pub notices: Vec<Notice>,
}

/// One kept text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Names the version: S3's version id, or the name of a file.
    pub id: String,
    /// What it holds.
    pub content: Kept,
    /// When it was written, in seconds since 1970.
    pub written: Option<i64>,
    /// Bytes.
    pub size: u64,
    /// `user@host` of the writer, where the version says it.
    pub who: Option<String>,
    /// Whether this is what is stored now.
    pub current: bool,
}

/// What a kept text holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// A state.
    State {
        /// Counts the writes of one lineage.
        serial: u64,
        /// Names the history that the serial counts.
        lineage: String,
        /// The version of the program that wrote it; may be empty.
        terraform_version: String,
    },
    /// Nothing: the state was deleted, or emptied.
    Nothing,
    /// Something that is no state, or can't be read: why.
    Unreadable(String),
}

impl Kept {
    /// What a head says.
    pub(crate) fn of(header: trueup_state::Header) -> Self {
        match (header.serial, header.lineage) {
            (Some(serial), Some(lineage)) => Self::State {
                serial,
                lineage,
                terraform_version: header.terraform_version.unwrap_or_default(),
            },
            _ => Self::Unreadable("no state file".to_owned()),
        }
    }
}

impl Version {
    /// The serial, where the version holds a state.
    pub fn serial(&self) -> Option<u64> {
        match &self.content {
            Kept::State { serial, .. } => Some(*serial),
            Kept::Nothing | Kept::Unreadable(_) => None,
        }
    }
}

/// The history of a backend that keeps none.
pub(crate) fn none(kind: &str) -> History {
    History {
        notices: vec![Notice::new(
            "No former states are kept",
            format!("The backend {kind:?} keeps the present state only."),
        )],
        ..History::default()
    }
}
