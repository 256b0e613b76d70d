//! Killed at an API call, before or after the call takes effect, and run again: cloud and state end as those of an
//! undisturbed run, with no orphan, no lock left, and no step by hand.

use super::parts::{self, Subject};
use super::scenario::{Keeping, Scenario};
use super::sweep::Sweep;

/// When the program dies: see `TRUEUP_TEST_KILL_AT`.
pub const SIDES: [&str; 2] = ["before", "after"];

#[test]
fn a_killed_apply_is_finished_by_the_next_with_local_state() {
    assert_eq!(tables_and_items(Keeping::Local, Some(12)), 0);
}

#[test]
fn a_killed_apply_is_finished_by_the_next_with_state_in_s3() {
    assert_eq!(tables_and_items(Keeping::Table, Some(12)), 0);
}

#[test]
fn a_killed_apply_is_finished_by_the_next_with_both_locks() {
    assert_eq!(tables_and_items(Keeping::Both, Some(12)), 0);
}

#[test]
fn a_killed_apply_of_networks_is_finished_by_the_next() {
    let name = "networks, buckets and streams".to_owned();
    assert_eq!(sweep(name, Scenario::networks(), Some(12)), 0);
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_tables_and_items() {
    if Subject::Tables.is_chosen() {
        let each = parts::keepings().into_iter();
        let complaints: usize = each.map(|keeping| tables_and_items(keeping, None)).sum();
        assert_eq!(complaints, 0);
    }
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_every_type() {
    if Subject::Types.is_chosen() {
        let name = "every type beside tables and items".to_owned();
        assert_eq!(sweep(name, Scenario::every_type(), None), 0);
    }
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_networks_buckets_and_streams() {
    if Subject::Networks.is_chosen() {
        let name = "networks, buckets and streams".to_owned();
        assert_eq!(sweep(name, Scenario::networks(), None), 0);
    }
}

/// Answers how many complaints there were.
fn tables_and_items(keeping: Keeping, sample: Option<usize>) -> usize {
    let name = format!("tables and items, state {keeping:?}");
    sweep(name, Scenario::tables_and_items(keeping), sample)
}

pub fn sweep(name: String, scenario: Scenario, sample: Option<usize>) -> usize {
    let sweep = Sweep {
        kind: "kill",
        name,
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
