//! What a backend needs to know of the process it runs in: who, where, what time, fresh ids.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use trueup_aws::Environment;

/// Made by the command line and handed down; nothing below it asks the system.
#[derive(Clone)]
pub struct Surroundings {
    /// `user@host`, as lock infos show it.
    pub who: String,
    /// The version that lock infos show, such as `0.1.0`.
    pub version: String,
    /// This process, so that another one on this machine can tell whether it still runs.
    pub process: ProcessMark,
    /// The variables that stand in for settings of a backend.
    pub environment: Environment,
    /// The time of day.
    pub now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    /// A fresh random id in the form `8-4-4-4-12`.
    pub uuid: Arc<dyn Fn() -> String + Send + Sync>,
    /// How long a lease lasts without a heartbeat, where it is not the usual minute.
    pub lease: Option<Duration>,
}

impl Surroundings {
    /// Fixed surroundings for tests: times count up by one second from 2026-01-01, ids by one.
    pub fn for_tests(name: &str) -> Self {
        use std::sync::atomic::{AtomicU64, Ordering};
        let ticks = AtomicU64::new(0);
        let ids = AtomicU64::new(0);
        let seed = name.bytes().fold(0_u32, |hash, byte| {
            hash.wrapping_mul(31).wrapping_add(u32::from(byte))
        });
        Self {
            who: format!("{name}@host"),
            version: "1.11.4".to_owned(),
            process: ProcessMark::default(),
            environment: Environment::default(),
            now: Arc::new(move || {
                let seconds = ticks.fetch_add(1, Ordering::Relaxed);
                SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600 + seconds)
            }),
            uuid: Arc::new(move || {
                let n = ids.fetch_add(1, Ordering::Relaxed);
                format!("{seed:08x}-0000-0000-0000-{n:012x}")
            }),
            lease: None,
        }
    }
}

/// Names a process so that another on the same machine can tell whether it still runs. The empty
/// mark (the default) is on no machine: nobody will ever say that it has gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessMark {
    /// One boot of one machine and one space of process ids in it; empty if not known.
    pub machine: String,
    /// Process id.
    pub pid: u32,
    /// When it was started, in the system's ticks since boot: process ids are used again.
    pub started: u64,
}

impl ProcessMark {
    /// The mark of the calling process. Empty where the system has no `/proc`.
    pub fn of_this_process() -> Self {
        let pid = std::process::id();
        match (machine(), start_time(pid)) {
            (Some(machine), Some(started)) => Self {
                machine,
                pid,
                started,
            },
            _ => Self::default(),
        }
    }

    /// Whether the marked process ran on the machine of `here` and has ended.
    pub fn has_gone(&self, here: &Self) -> bool {
        !self.machine.is_empty()
            && self.machine == here.machine
            && start_time(self.pid) != Some(self.started)
    }
}

/// The boot and the process id namespace: containers share the first and not the second.
fn machine() -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = std::fs::read_link("/proc/self/ns/pid").ok()?;
    Some(format!("{}/{}", boot.trim(), space.display()))
}

/// Field 22 of `/proc/PID/stat`; the second field is in parentheses and may hold anything.
/// A process that has ended but is not yet waited for has gone too.
fn start_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace();
    let status = fields.next()?;
    if matches!(status, "Z" | "X" | "x") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_not_gone() {
        let here = ProcessMark::of_this_process();
        assert!(!here.has_gone(&here));
        if !here.machine.is_empty() {
            let reused = ProcessMark {
                started: here.started + 1,
                ..here.clone()
            };
            assert!(reused.has_gone(&here));
        }
        assert!(!ProcessMark::default().has_gone(&here));
    }
}
