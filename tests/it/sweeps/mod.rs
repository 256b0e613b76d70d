//! Sweeps: the program is killed, or a call of it fails, at every API call of an apply in turn; several fight for
//! one state. A sample runs with all tests, the whole with `cargo xtask long NAME`.

mod aws;
mod faults;
mod fights;
mod kill;
mod kinds;
mod networks;
mod permitted;
mod scenario;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use trueup_testkit::difference;

/// The first few differing entries of two worlds; empty where they are the same.
fn differing(wanted: &BTreeMap<String, String>, got: &BTreeMap<String, String>) -> String {
    let keys: BTreeSet<&String> = wanted.keys().chain(got.keys()).collect();
    let nothing = "(nothing)".to_owned();
    keys.into_iter()
        .filter(|key| wanted.get(*key) != got.get(*key))
        .take(3)
        .map(|key| {
            let side =
                |world: &BTreeMap<String, String>| world.get(key).unwrap_or(&nothing).clone();
            format!("{key}\n{}", difference(&side(wanted), &side(got)))
        })
        .collect()
}

/// Says what was counted.
#[expect(
    clippy::print_stdout,
    reason = "the counts are what a sweep is run for"
)]
fn say(counted: &str) {
    println!("{counted}");
}

/// Runs `check` over the points on as many threads as there are processors; answers the complaints.
fn over<P: Sync>(points: &[P], check: impl Fn(&P) -> Result<(), String> + Sync) -> Vec<String> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let complaints = std::sync::Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(point) =
                    points.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
                {
                    if let Err(complaint) = check(point) {
                        complaints
                            .lock()
                            .expect("no thread panics with it")
                            .push(complaint);
                    }
                }
            });
        }
    });
    complaints.into_inner().expect("all threads have ended")
}

/// So many of the points, spread over all; all of them where no number is given.
fn spread<P: Clone>(all: &[P], sample: Option<usize>) -> Vec<P> {
    match sample {
        None => all.to_vec(),
        Some(count) => (0..count)
            .filter_map(|n| all.get(n * (all.len() - 1) / (count - 1)).cloned())
            .collect(),
    }
}
