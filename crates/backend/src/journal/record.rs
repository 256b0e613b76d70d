//! The records of the journal and their JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is to be done to a remote object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentKind {
    /// Made.
    Create,
    /// Changed in place.
    Update,
    /// Deleted.
    Delete,
}

/// One remote object that a run is about to change. Values never stand here, only digests of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntentRecord {
    /// The instance's address.
    pub address: String,
    /// The provider configuration's address.
    pub provider: String,
    /// What is to be done.
    pub kind: IntentKind,
    /// What names the object in the world, such as table name and key; empty if only the world
    /// will name it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identity: BTreeMap<String, String>,
    /// The idempotency token of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When it was written, in milliseconds since 1970.
    pub at_ms: u64,
    /// Digest of the planned value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned_digest: Option<String>,
    /// Digest of the value before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prior_digest: Option<String>,
    /// The key of the deposed object that is meant, if it is not the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deposed: Option<String>,
    /// The key under which the current object is set aside, where what is made replaces it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sets_aside: Option<String>,
    /// The id of the object that goes: the one that is deleted, or set aside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes: Option<String>,
}

/// How an intent came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Done,
    /// Refused: the world did not change.
    Failed,
    /// The answer was lost: it may be done or not.
    Unknown,
    /// Never sent.
    NotTried,
}

/// How an intent came out, with the digest of what is there now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeRecord {
    /// How it came out.
    pub outcome: Outcome,
    /// Digest of the value that the call left behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The id of what a creation made, where only the service names it. It is written as soon as it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<String>,
}

/// A batch that a run has left in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenBatch {
    /// The run.
    pub run: String,
    /// The batch's number within the run, from 0.
    pub number: u64,
    /// Who ran it.
    pub who: String,
    /// What it was about to do.
    pub intents: Vec<IntentRecord>,
    /// How each intent came out, if the run got as far as saying so.
    pub outcomes: Option<Vec<OutcomeRecord>>,
}

/// The text of a batch.
#[derive(Serialize, Deserialize)]
pub(super) struct BatchText {
    #[serde(default)]
    pub(super) who: String,
    pub(super) intents: Vec<IntentRecord>,
}

/// The text of a batch's outcomes.
#[derive(Serialize, Deserialize)]
pub(super) struct OutcomeText {
    pub(super) outcomes: Vec<OutcomeRecord>,
}

impl BatchText {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

impl OutcomeText {
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
