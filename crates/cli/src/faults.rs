//! Test control of the embedded AWS: the process can be made to die around one of its requests, so that
//! recovery is tested with real deaths. Only `-local` runs read it, and only where `TRUEUP_TEST_KILL_AT` is set.

use std::sync::atomic::{AtomicU64, Ordering};

/// When to die: at the n-th writing request, before or after it takes effect.
#[derive(Default)]
pub struct Faults {
    at: Option<(u64, bool)>,
    seen: AtomicU64,
}

impl Faults {
    /// Reads `TRUEUP_TEST_KILL_AT=N:before` or `N:after`.
    pub fn from_environment() -> Self {
        let at = std::env::var("TRUEUP_TEST_KILL_AT").ok().and_then(|text| {
            let (number, side) = text.split_once(':')?;
            Some((number.parse().ok()?, side == "after"))
        });
        Self {
            at,
            seen: AtomicU64::new(0),
        }
    }

    /// Counts a request that writes; dies where it is the one to die before.
    pub fn before(&self, request: &http::Request<bytes::Bytes>) -> u64 {
        if self.at.is_none() || !writes(request) {
            return 0;
        }
        let number = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
        if self.at == Some((number, false)) {
            die();
        }
        number
    }

    /// Dies where the request was the one to die after.
    pub fn after(&self, number: u64) {
        if number > 0 && self.at == Some((number, true)) {
            die();
        }
    }
}

/// Whether a request changes something.
fn writes(request: &http::Request<bytes::Bytes>) -> bool {
    let target = request
        .headers()
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .and_then(|target| target.rsplit('.').next());
    match target {
        Some(operation) => !["Describe", "List", "Get", "BatchGet", "Query", "Scan"]
            .iter()
            .any(|reading| operation.starts_with(reading)),
        None => matches!(*request.method(), http::Method::PUT | http::Method::DELETE),
    }
}

/// Ends the process as SIGKILL does: nothing is run, nothing is flushed.
fn die() {
    #[cfg(unix)]
    #[allow(unsafe_code)]
    // SAFETY: raise takes a plain number and touches no memory of ours.
    unsafe {
        libc::raise(libc::SIGKILL);
    }
    std::process::abort();
}
