//! The lease: what stands in a lock item beside `Info`, so that a dead run's lock can be told from
//! a live one's. Terraform and OpenTofu neither write nor read it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use trueup_aws::{AttributeValue, Item};

use crate::{LockInfo, ProcessMark};

/// Attribute with the lease as JSON text.
pub(super) const LEASE: &str = "TrueupLease";
/// Attribute with the heartbeat, a number that only grows.
pub(super) const BEAT: &str = "TrueupBeat";

/// Who holds the lease, and for how long without a heartbeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lease {
    /// Seconds without a heartbeat after which the lease has lapsed.
    pub(super) seconds: u64,
    /// The holder's process.
    pub(super) process: ProcessMark,
}

/// A lock item as it was found.
#[derive(Clone, Debug)]
pub(super) struct FoundLock {
    /// The text of `Info`, as it stands there; conditions compare it byte for byte.
    pub(super) text: String,
    /// What it says; `None` where it is not a lock info.
    pub(super) info: Option<LockInfo>,
    /// The lease and the beat, if it is a lock of ours.
    pub(super) lease: Option<(Lease, u64)>,
}

impl FoundLock {
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
