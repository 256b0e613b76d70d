//! One call of an apply goes wrong: it is throttled, fails inside AWS, its answer is lost, or it is denied. The apply
//! succeeds by trying again, or ends with an error that says so; then nothing is lost, the lock is released or the
//! error says how, and the next apply ends as an undisturbed one.

use trueup_testkit::Finished;

use super::aws::Aws;
use super::kill::{every_type, others, points_of};
use super::scenario::{APPLY, Keeping, Scenario, tables_and_items};
use super::{differing, over, say, spread};
use crate::bed::trueup;

/// How the call goes wrong: see `TRUEUP_TEST_FAULT_AT`.
const FAULTS: [&str; 5] = ["throttle", "error", "drop", "lost", "deny"];

#[test]
fn an_apply_outlives_a_fault() {
    let (before, after) = tables_and_items();
    let scenario = Scenario::new(Keeping::Both, &before, &after);
    sweep("tables and items, state in S3", &scenario, Some(15));
}

#[test]
#[ignore = "minutes: every fault at every call; cargo xtask long fault-sweep"]
fn fault_sweep_tables_and_items() {
    for keeping in [Keeping::Local, Keeping::Table, Keeping::File, Keeping::Both] {
        let (before, after) = tables_and_items();
        let scenario = Scenario::new(keeping, &before, &after);
        sweep(
            &format!("tables and items, state {keeping:?}"),
            &scenario,
            None,
        );
    }
}

#[test]
#[ignore = "minutes: every fault at every call; cargo xtask long fault-sweep"]
fn fault_sweep_every_type() {
    sweep("every type beside tables and items", &every_type(), None);
}

#[test]
#[ignore = "minutes: every fault at every call; cargo xtask long fault-sweep"]
fn fault_sweep_networks_buckets_and_streams() {
    sweep("networks, buckets and streams", &others(), None);
}

fn sweep(name: &str, scenario: &Scenario, sample: Option<usize>) {
    let began = std::time::Instant::now();
    let (undisturbed, calls) = points_of(scenario);
    let wanted = scenario.world(&undisturbed, &trueup(&undisturbed));
    let all: Vec<(usize, &str)> = (1..=calls.len())
        .flat_map(|number| FAULTS.map(|fault| (number, fault)))
        .collect();
    let points = spread(&all, sample);
    let outlived = std::sync::atomic::AtomicUsize::new(0);
    let complaints = over(&points, |(number, fault)| {
        let (disturbed, program) = scenario.start();
        let at = format!("{number}:{fault}");
        let complaint = |text: String| {
            let call = calls.get(number - 1).map_or("?", String::as_str);
            format!(
                "== {fault} at call {number} of {}, like {call}\n{text}",
                calls.len()
            )
        };
        let faulty = program
            .clone()
            .variable("TRUEUP_TEST_FAULT_AT", &at)
            .run(&APPLY);
        if faulty.code == 0 {
            outlived.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        } else {
            cleanly(&faulty, &Aws::of(&disturbed)).map_err(complaint)?;
        }
        // What a fault left is looked at before the next apply, where there was none to tell. A denied removal of
        // the journal leaves entries of a run that is over: the next one clears them, which is looked at below.
        if faulty.code == 0 && *fault != "deny" {
            let got = differing(&wanted, &scenario.world(&disturbed, &program));
            if !got.is_empty() {
                return Err(complaint(format!("{got}\n{}", faulty.stderr)));
            }
        }
        program
            .run(&APPLY)
            .with_code(0)
            .map_err(|text| complaint(format!("after:\n{}\n{text}", faulty.stderr)))?;
        match differing(&wanted, &scenario.world(&disturbed, &program)) {
            same if same.is_empty() => Ok(()),
            other => Err(complaint(format!("{other}\nafter:\n{}", faulty.stderr))),
        }
    });
    say(&format!(
        "fault sweep: {name}: {} calls, {} of {} points, {} outlived by trying again, {} complaints, {} s",
        calls.len(),
        points.len(),
        all.len(),
        outlived.into_inner(),
        complaints.len(),
        began.elapsed().as_secs()
    ));
    assert!(
        complaints.is_empty(),
        "{} of {} points\n{}",
        complaints.len(),
        points.len(),
        complaints.join("\n")
    );
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
