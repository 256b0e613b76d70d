//! Fuzzing on the stable compiler: fixtures, mutated in a way that a seed repeats, read in every way.

mod mutate;
mod seeds;

use std::{
    panic,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use mutate::Mutator;

/// A text that takes longer than this to read is reported: reading is linear.
const SLOW: Duration = Duration::from_secs(2);

/// The stack that reading must be content with: what a thread gets unless it asks.
const STACK: usize = 2 * 1024 * 1024;

/// What is fuzzed.
#[derive(Clone, Copy)]
pub struct Target {
    name: &'static str,
    /// How the names of its fixtures end.
    seeds: &'static [&'static str],
    read: fn(&[u8]),
}

/// Every target.
const TARGETS: [Target; 4] = [
    Target {
        name: "parser",
        seeds: &[".tf", ".tfvars"],
        read: trueup_parser::fuzz_one,
    },
    Target {
        name: "format",
        seeds: &[".tf", ".tfvars"],
        read: trueup_parser::fuzz_format,
    },
    Target {
        name: "json",
        seeds: &[".json"],
        read: trueup_parser::fuzz_json,
    },
    Target {
        name: "evaluator",
        seeds: &[".jsonl"],
        read: trueup_evaluator::fuzz_one,
    },
];

/// The names of all targets, for usage and errors.
pub fn targets() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.name).collect()
}

/// Mutates fixtures for so many seconds and reads each result.
///
/// `XTASK_FUZZ_SEED` starts at that seed, to see a reported failure again.
///
/// # Errors
/// An unknown target, no fixtures, or the seed and the text of the first failure.
pub fn run(root: &Path, target: &str, seconds: &str) -> Result<String, String> {
    let Some(target) = TARGETS.into_iter().find(|known| known.name == target) else {
        let known = targets().join(", ");
        return Err(format!("unknown target {target:?}; targets: {known}"));
    };
    let seconds: u64 = seconds
        .parse()
        .map_err(|_| format!("{seconds:?} is not a number of seconds"))?;
    let seeds = seeds::load(root, target.seeds)?;
    let first: u64 = std::env::var("XTASK_FUZZ_SEED")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(1);
    let until = Instant::now() + Duration::from_secs(seconds);
    thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || read_until(until, target, &seeds, first))
        .map_err(|error| format!("no thread: {error}"))?
        .join()
        .map_err(|_| "the thread that reads ended".to_string())?
}

fn read_until(
    until: Instant,
    target: Target,
    seeds: &[Vec<u8>],
    first: u64,
) -> Result<String, String> {
    let name = target.name;
    let mut seed = first;
    loop {
        let bytes = Mutator::new(seed).mutate(seeds);
        let started = Instant::now();
        let quiet = panic::take_hook();
        panic::set_hook(Box::new(|_| {}));
        let read = panic::catch_unwind(|| (target.read)(&bytes));
        panic::set_hook(quiet);
        let took = started.elapsed();
        let complaint = match read {
            Err(payload) => Some(format!("panicked: {}", said(payload.as_ref()))),
            Ok(()) if took > SLOW => Some(format!("took {} ms", took.as_millis())),
            Ok(()) => None,
        };
        if let Some(complaint) = complaint {
            let text = String::from_utf8_lossy(&bytes);
            return Err(format!(
                "fuzz {name}: seed {seed} {complaint}\n\
                 again with: XTASK_FUZZ_SEED={seed} cargo xtask fuzz {name} 0\n{text:?}"
            ));
        }
        seed += 1;
        if Instant::now() >= until {
            break;
        }
    }
    let count = seed - first;
    let from = seeds.len();
    Ok(format!(
        "fuzz {name}: {count} texts from {from} fixtures, seeds from {first}, no failure"
    ))
}

fn said(payload: &(dyn std::any::Any + Send)) -> &str {
    payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("without a text")
}
