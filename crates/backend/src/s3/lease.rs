//! The lease: what stands in a lock item beside `Info`, and in the metadata of a lock object, so that
//! a dead run's lock can be told from a live one's. Terraform and OpenTofu neither write nor read it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use trueup_aws::s3::Object;
use trueup_aws::{AttributeValue, Item};

use crate::{LockInfo, ProcessMark};

/// Attribute with the lease as JSON text.
pub(super) const LEASE: &str = "TrueupLease";
/// Attribute with the heartbeat, a number that only grows.
pub(super) const BEAT: &str = "TrueupBeat";
/// The same two as user metadata of a lock object.
const LEASE_METADATA: &str = "trueup-lease";
const BEAT_METADATA: &str = "trueup-beat";

/// What the metadata of a lock object says of its lease.
pub(super) fn as_metadata(lease: &str, beat: u64) -> BTreeMap<String, String> {
    BTreeMap::from([
        (LEASE_METADATA.to_owned(), lease.to_owned()),
        (BEAT_METADATA.to_owned(), beat.to_string()),
    ])
}

/// Who holds the lease, and for how long without a heartbeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    /// Seconds without a heartbeat after which the lease has lapsed.
    pub(super) seconds: u64,
    /// The holder's process.
    pub(super) process: ProcessMark,
}

/// A lock as it was found.
#[derive(Clone, Debug)]
pub(super) struct FoundLock {
    /// The text of the lock info, as it stands there; conditions compare it byte for byte.
    pub(super) text: String,
    /// The attribute `Info` itself, which need not be a text in a damaged item; the entity tag of an object.
    pub(super) mark: Mark,
    /// What it says; `None` where it is not a lock info.
    pub(super) info: Option<LockInfo>,
    /// The lease and the beat, if it is a lock of ours.
    pub(super) lease: Option<(Lease, u64)>,
}

/// What a condition names to mean the lock that was found, and no other.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mark {
    /// The attribute `Info` of an item, where it has one.
    Info(Option<AttributeValue>),
    /// The entity tag of an object.
    Tag(Option<String>),
}

impl FoundLock {
    pub(super) fn from_object(object: &Object) -> Self {
        let metadata = &object.head.metadata;
        let text = String::from_utf8_lossy(&object.body).into_owned();
        let lease = metadata
            .get(LEASE_METADATA)
            .and_then(|text| serde_json::from_str(text).ok());
        let beat = metadata
            .get(BEAT_METADATA)
            .and_then(|beat| beat.parse().ok());
        Self {
            info: LockInfo::parse(&text),
            lease: lease.zip(beat),
            mark: Mark::Tag(object.head.etag.clone()),
            text,
        }
    }

    pub(super) fn from_item(item: &Item) -> Self {
        let string = |name: &str| match item.get(name) {
            Some(AttributeValue::S(text)) => Some(text.as_str()),
            _ => None,
        };
        let text = string("Info").unwrap_or_default().to_owned();
        let beat = match item.get(BEAT) {
            Some(AttributeValue::N(number)) => number.parse().ok(),
            _ => None,
        };
        let lease = string(LEASE).and_then(|text| serde_json::from_str(text).ok());
        Self {
            info: LockInfo::parse(&text),
            lease: lease.zip(beat),
            mark: Mark::Info(item.get("Info").cloned()),
            text,
        }
    }
}

/// Watches one lock while waiting for it, by our own clock.
#[derive(Default)]
pub(super) struct Watch {
    seen: Option<(String, u64, Instant)>,
}

impl Watch {
    /// Whether the holder's lease has lapsed: its process is gone from this machine, or we have
    /// seen the same beat for the whole length of the lease.
    pub(super) fn has_lapsed(
        &mut self,
        found: &FoundLock,
        here: &ProcessMark,
        now: Instant,
    ) -> bool {
        let Some((lease, beat)) = &found.lease else {
            self.seen = None;
            return false;
        };
        if lease.process.has_gone(here) {
            return true;
        }
        match &self.seen {
            Some((text, seen, since)) if *text == found.text && seen == beat => {
                now.saturating_duration_since(*since) >= Duration::from_secs(lease.seconds)
            }
            _ => {
                self.seen = Some((found.text.clone(), *beat, now));
                false
            }
        }
    }
}
