//! How patient the backend is.

use std::time::Duration;

/// How patient the backend is. Tests are less so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct S3Timing {
    /// How long a lock is ours without a heartbeat; waiters must see it unchanged for so long.
    pub lease: Duration,
    /// How often the heartbeat is moved.
    pub beat: Duration,
    /// How long object and digest may contradict each other before that is an error.
    pub mismatch: Duration,
    /// The pause between two looks at such a contradiction.
    pub mismatch_pause: Duration,
}

impl S3Timing {
    /// The usual patience with leases of this length, or of the usual one.
    pub(super) fn with_lease(lease: Option<Duration>) -> Self {
        let usual = Self::default();
        match lease {
            None => usual,
            Some(lease) => Self {
                lease,
                beat: lease / 4,
                ..usual
            },
        }
    }
}

impl Default for S3Timing {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(60),
            beat: Duration::from_secs(15),
            mismatch: Duration::from_secs(10),
            mismatch_pause: Duration::from_secs(2),
        }
    }
}
