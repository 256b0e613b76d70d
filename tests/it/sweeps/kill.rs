//! Killed at an API call, before or after the call takes effect, and run again: cloud and state end as those of an
//! undisturbed run, with no orphan, no lock left, and no step by hand.

use super::parts::{self, Subject};
use super::scenario::{Keeping, Scenario};
use super::sweep::Sweep;

/// When the program dies: see `TRUEUP_TEST_KILL_AT`.
pub const SIDES: [&str; 2] = ["before", "after"];

#[test]
fn a_killed_apply_is_finished_by_the_next_with_local_state() {
    assert_eq!(sampled(Scenario::tables_and_items(Keeping::Local)), 0);
}

#[test]
fn a_killed_apply_is_finished_by_the_next_with_state_in_s3() {
    assert_eq!(sampled(Scenario::tables_and_items(Keeping::Table)), 0);
}

#[test]
fn a_killed_apply_is_finished_by_the_next_with_both_locks() {
    assert_eq!(sampled(Scenario::tables_and_items(Keeping::Both)), 0);
}

#[test]
fn a_killed_apply_of_networks_is_finished_by_the_next() {
    assert_eq!(sampled(Scenario::networks()), 0);
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_tables_and_items() {
    assert_eq!(Subject::Tables.swept(sweep), 0);
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_every_type() {
    assert_eq!(Subject::Types.swept(sweep), 0);
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_networks_buckets_and_streams() {
    assert_eq!(Subject::Networks.swept(sweep), 0);
}

fn sampled(scenario: Scenario) -> usize {
    sweep(scenario, Some(12))
}

/// Answers how many complaints there were.
pub fn sweep(scenario: Scenario, sample: Option<usize>) -> usize {
    let sweep = Sweep {
        kind: "kill",
        told: String::new(),
        scenario,
        ways: parts::ways(&SIDES),
        sample,
    };
    let counts = sweep.run("deaths", |point| {
        let killed = point.disturbed("TRUEUP_TEST_KILL_AT");
        (killed.code == 137, point.is_finished_by_the_next())
    });
    // Applies run concurrently, and renew their locks by the clock: the last calls of one may not be there in another.
    let deaths = counts.happened;
    assert!(
        deaths * 10 >= counts.points * 9,
        "only {deaths} runs were killed"
    );
    counts.complaints
}
