//! Killed at an API call, before or after the call takes effect, and run again: cloud and state end as those of an
//! undisturbed run, with no orphan, no lock left, and no step by hand.

use trueup_testkit::Project;

use super::scenario::{APPLY, Keeping, Scenario, tables_and_items};
use super::{differing, over, say, spread};
use super::{kinds, networks};
use crate::bed::trueup;

#[test]
fn a_killed_apply_is_finished_by_the_next_with_local_state() {
    sweep(
        "tables and items, state in a file",
        &scenario(Keeping::Local),
        Some(12),
    );
}

#[test]
fn a_killed_apply_is_finished_by_the_next_with_state_in_s3() {
    sweep(
        "tables and items, state in S3",
        &scenario(Keeping::Table),
        Some(12),
    );
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_tables_and_items() {
    for keeping in [Keeping::Local, Keeping::Table, Keeping::Both] {
        let name = format!("tables and items, state {keeping:?}");
        sweep(&name, &scenario(keeping), None);
    }
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_every_type() {
    sweep("every type beside tables and items", &every_type(), None);
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_networks_buckets_and_streams() {
    sweep("networks, buckets and streams", &others(), None);
}

/// Networks, buckets and streams, state in a file.
pub fn others() -> Scenario {
    Scenario::new(Keeping::Local, &networks::before(), &networks::after()).entangled()
}

/// Every type beside tables and items, state in a file.
pub fn every_type() -> Scenario {
    Scenario::new(Keeping::Local, &kinds::before(), &kinds::after()).entangled()
}

fn scenario(keeping: Keeping) -> Scenario {
    let (before, after) = tables_and_items();
    Scenario::new(keeping, &before, &after)
}

/// Kills at each point, or at so many that are spread over the run, and compares what the next run leaves.
fn sweep(name: &str, scenario: &Scenario, sample: Option<usize>) {
    let began = std::time::Instant::now();
    let (undisturbed, calls) = points_of(scenario);
    let wanted = scenario.world(&undisturbed, &trueup(&undisturbed));
    let all: Vec<(usize, &str)> = (1..=calls.len())
        .flat_map(|number| [(number, "before"), (number, "after")])
        .collect();
    let points = spread(&all, sample);
    let deaths = std::sync::atomic::AtomicUsize::new(0);
    let complaints = over(&points, |(number, side)| {
        let (disturbed, program) = scenario.start();
        let at = format!("{number}:{side}");
        let killed = program
            .clone()
            .variable("TRUEUP_TEST_KILL_AT", &at)
            .run(&APPLY);
        if killed.code == 137 {
            deaths.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        }
        let complaint = |text: String| {
            let call = calls.get(number - 1).map_or("?", String::as_str);
            format!(
                "== killed {side} call {number} of {}, like {call}\n{text}",
                calls.len()
            )
        };
        program.run(&APPLY).with_code(0).map_err(complaint)?;
        let got = scenario.world(&disturbed, &program);
        match differing(&wanted, &got) {
            same if same.is_empty() => Ok(()),
            other => Err(complaint(other)),
        }
    });
    let deaths = deaths.into_inner();
    say(&format!(
        "kill sweep: {name}: {} calls, {} of {} points, {deaths} deaths, {} complaints, {} s",
        calls.len(),
        points.len(),
        all.len(),
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
    // Applies run concurrently, so the last calls of one run may not be there in another.
    assert!(deaths + 4 >= points.len(), "only {deaths} runs were killed");
}

/// An undisturbed run, after which a plan has nothing to do, and its calls in order: `dynamodb PutItem`.
pub fn points_of(scenario: &Scenario) -> (Project, Vec<String>) {
    let (undisturbed, program) = scenario.start();
    let calls = undisturbed.home().join("calls");
    program
        .clone()
        .variable("TRUEUP_TEST_CALLS", &calls)
        .run(&APPLY)
        .expect_code(0);
    let calls = std::fs::read_to_string(&calls).expect("the calls were asked for");
    let plan = ["-local", "plan", "-input=false", "-detailed-exitcode"];
    program.run(&plan).expect_code(0);
    (undisturbed, calls.lines().map(str::to_owned).collect())
}
