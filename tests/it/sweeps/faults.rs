//! One call of an apply goes wrong: it is throttled, fails inside AWS, its answer is lost, or it is denied. The apply
//! succeeds by trying again, or ends with an error that says so; then nothing is lost, the lock is released or the
//! error says how, and the next apply ends as an undisturbed one.

use trueup_testkit::Finished;

use super::aws::Aws;
use super::parts::{self, Subject};
use super::scenario::{Keeping, Scenario};
use super::sweep::{Facts, Point, Sweep, same};

/// How the call goes wrong: see `TRUEUP_TEST_FAULT_AT`.
pub const FAULTS: [&str; 5] = ["throttle", "error", "drop", "lost", "deny"];

#[test]
fn an_apply_outlives_a_fault() {
    assert_eq!(
        sweep(Scenario::tables_and_items(Keeping::Both), Some(15)),
        0
    );
}

#[test]
#[ignore = "minutes: every fault at every call; cargo xtask long fault-sweep"]
fn fault_sweep_tables_and_items() {
    assert_eq!(Subject::Tables.swept(sweep), 0);
}

#[test]
#[ignore = "minutes: every fault at every call; cargo xtask long fault-sweep"]
fn fault_sweep_every_type() {
    assert_eq!(Subject::Types.swept(sweep), 0);
}

#[test]
#[ignore = "minutes: every fault at every call; cargo xtask long fault-sweep"]
fn fault_sweep_networks_buckets_and_streams() {
    assert_eq!(Subject::Networks.swept(sweep), 0);
}

/// Answers how many complaints there were.
fn sweep(scenario: Scenario, sample: Option<usize>) -> usize {
    let ways = parts::ways(&FAULTS);
    let sweep = Sweep {
        kind: "fault",
        told: format!(": {}", ways.join(", ")),
        scenario,
        ways,
        sample,
    };
    let counts = sweep.run("outlived by trying again", |point| {
        let faulty = point.disturbed("TRUEUP_TEST_FAULT_AT");
        (faulty.code == 0, outlived_or_told(point, &faulty))
    });
    counts.complaints
}

/// An apply that succeeded left what an undisturbed one leaves, one that failed said so; the next one ends well.
fn outlived_or_told(point: &Point<'_>, faulty: &Finished) -> Result<(), String> {
    let told = |text: String| format!("{text}\nafter:\n{}", faulty.report());
    match faulty.code {
        0 => {
            let left = explained(point.world(), faulty);
            same(point.wanted(), &left).map_err(told)?;
        }
        _ => cleanly(faulty, &Aws::of(&point.project))?,
    }
    point.is_finished_by_the_next().map_err(told)
}

/// A world without the entries of the journal of which the run warned that it may not remove them.
fn explained(mut world: Facts, faulty: &Finished) -> Facts {
    let said = format!("{}{}", faulty.stdout, faulty.stderr);
    let run = said
        .split_once("Warning: The journal could not be cleared")
        .and_then(|(_, rest)| rest.split_once("Entries of the run "))
        .and_then(|(_, rest)| rest.split_whitespace().next());
    if let Some(run) = run {
        world.retain(|what, _| !(what.starts_with("left ") && what.contains(run)));
    }
    world
}

/// A failure is one when it is said, and when the lock is gone or the way to remove it is told.
fn cleanly(faulty: &Finished, aws: &Aws) -> Result<(), String> {
    if faulty.code != 1 || !faulty.stderr.contains("Error: ") {
        return Err(format!("no clean failure\n{}", faulty.report()));
    }
    let left = aws.locks();
    let explained = ["force-unlock", "taken over"]
        .iter()
        .any(|words| faulty.stderr.contains(words));
    if !left.is_empty() && !explained {
        return Err(format!(
            "a lock is left and nothing said of it: {left:?}\n{}",
            faulty.report()
        ));
    }
    Ok(())
}
