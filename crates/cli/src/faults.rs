//! Test control of the embedded AWS: around one of its requests the process can be made to die, or that request
//! can be made to fail, so that recovery is tested with real deaths and failures at every call. Only runs on the
//! embedded AWS read it, and only where one of these variables is set:
//!
//! - `TRUEUP_TEST_KILL_AT=N:before` or `N:after`: ends as SIGKILL does, before or after the N-th request's effect.
//! - `TRUEUP_TEST_FAULT_AT=N:KIND`: the N-th request is answered once by `throttle`, `error` (a 500 after the
//!   effect), `drop` (no answer after the effect), `lost` (no answer, no effect) or `deny`.
//! - `TRUEUP_TEST_CALLS=FILE`: a line for each request, service and operation, in the order they were sent.

use std::io::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use trueup_emulator::{Emulator, Fault};

/// What the variables say.
#[derive(Default)]
pub struct Faults {
    kill_at: Option<(u64, bool)>,
    fault_at: Option<(u64, Fault)>,
    calls: Option<Mutex<std::fs::File>>,
    seen: AtomicU64,
}

impl Faults {
    /// Reads the variables; what is not one of the forms is as if not set.
    pub fn from_environment() -> Self {
        let numbered = |name: &str| {
            let text = std::env::var(name).ok()?;
            let (number, word) = text.split_once(':')?;
            Some((number.parse::<u64>().ok()?, word.to_owned()))
        };
        let calls = std::env::var_os("TRUEUP_TEST_CALLS").and_then(|path| {
            let mut options = std::fs::OpenOptions::new();
            options.append(true).create(true).open(path).ok()
        });
        Self {
            kill_at: numbered("TRUEUP_TEST_KILL_AT")
                .map(|(number, side)| (number, side == "after")),
            fault_at: numbered("TRUEUP_TEST_FAULT_AT")
                .and_then(|(number, kind)| Some((number, fault(&kind)?))),
            calls: calls.map(Mutex::new),
            seen: AtomicU64::new(0),
        }
    }

    /// Counts a request; dies where it is the one to die before. Answers its number and how it is to fail.
    pub fn before(&self, request: &http::Request<bytes::Bytes>) -> (u64, Option<Fault>) {
        let number = self.seen.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(Ok(mut calls)) = self.calls.as_ref().map(Mutex::lock) {
            let (service, operation) = Emulator::asked_for(request);
            // A list that can't be written shows by its absence.
            let _ = writeln!(calls, "{} {operation}", service.name());
        }
        if self.kill_at == Some((number, false)) {
            die();
        }
        let fault = self.fault_at.as_ref().filter(|(at, _)| *at == number);
        (number, fault.map(|(_, fault)| fault.clone()))
    }

    /// Dies where the request was the one to die after.
    pub fn after(&self, number: u64) {
        if self.kill_at == Some((number, true)) {
            die();
        }
    }
}

fn fault(kind: &str) -> Option<Fault> {
    match kind {
        "throttle" => Some(Fault::Throttle),
        "error" => Some(Fault::FailAfter),
        "drop" => Some(Fault::DropAnswer),
        "lost" => Some(Fault::DropRequest),
        "deny" => Some(Fault::Deny),
        _ => None,
    }
}

/// Ends the process as SIGKILL does: nothing is run, nothing is flushed.
fn die() {
    #[cfg(unix)]
    #[expect(unsafe_code, reason = "the standard library raises no signals")]
    // SAFETY: raise takes a plain number and touches no memory of ours.
    unsafe {
        libc::raise(libc::SIGKILL);
    }
    std::process::abort();
}
