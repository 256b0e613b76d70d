//! Killed in the middle of an apply, at points spread over it, before and after a request takes effect: the
//! next run ends as an undisturbed one would have, with no orphan and no step by hand.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trueup_testkit::{Program, Project, difference};

use crate::{
    bed::{json, serve, trueup},
    tables::{STATE_IN_S3, many_items},
};

const ITEMS: usize = 500;
/// Places in a run; each is tried before and after its request takes effect.
const PLACES: u64 = 10;

#[test]
fn a_killed_apply_is_finished_by_the_next_with_local_state() {
    finished_by_the_next("");
}

#[test]
fn a_killed_apply_is_finished_by_the_next_with_state_in_s3() {
    finished_by_the_next(STATE_IN_S3);
}

fn project(backend: &str) -> Project {
    let project = Project::with(&many_items(ITEMS));
    if !backend.is_empty() {
        project.write("backend.tf", backend);
    }
    project
}

fn finished_by_the_next(backend: &str) {
    let undisturbed = project(backend);
    let requests = undisturbed.path().join("requests.json");
    let apply = ["-local", "apply", "-auto-approve", "-input=false"];
    let program = trueup(&undisturbed).variable("TRUEUP_REQUESTS", &requests);
    program.run(&apply).expect_code(0);
    let writes = writing_requests(&undisturbed);
    assert!(
        writes >= PLACES,
        "only {writes} writing requests to be killed at"
    );
    let wanted = world(&undisturbed, &program);

    let mut complaints = Vec::new();
    let mut deaths = 0;
    for place in 0..PLACES {
        let number = 1 + place * (writes - 1) / (PLACES - 1);
        for side in ["before", "after"] {
            let disturbed = project(backend);
            let program = trueup(&disturbed);
            let at = format!("{number}:{side}");
            let killed = program
                .clone()
                .variable("TRUEUP_TEST_KILL_AT", &at)
                .run(&apply);
            deaths += u32::from(killed.code == 137);
            let next = program.run(&apply);
            let outcome = next.with_code(0).and_then(|_| {
                let got = world(&disturbed, &program);
                if got == wanted {
                    Ok(())
                } else {
                    Err(differing(&wanted, &got))
                }
            });
            if let Err(complaint) = outcome {
                complaints.push(format!("== killed at {at} of {writes}\n{complaint}"));
            }
        }
    }
    let count = complaints.len();
    assert!(
        count == 0,
        "{count} of {} runs\n{}",
        PLACES * 2,
        complaints.join("\n")
    );
    // Applies run concurrently, so the last request of one run may not be there in another.
    assert!(
        u64::from(deaths) >= PLACES * 2 - 2,
        "only {deaths} runs were killed"
    );
}

/// How many requests of the run changed something, by the counts that it left.
fn writing_requests(project: &Project) -> u64 {
    let counts: Value = serde_json::from_str(
        &project
            .read("requests.json")
            .expect("counts were asked for"),
    )
    .expect("counts are JSON");
    let services = counts.as_object().into_iter().flatten();
    services
        .flat_map(|(_, operations)| operations.as_object().into_iter().flatten())
        .filter(|(operation, _)| {
            [
                "Create", "Put", "Update", "Delete", "Transact", "Tag", "Batch",
            ]
            .iter()
            .any(|writing| operation.starts_with(writing))
                && *operation != "BatchGetItem"
                && *operation != "TransactGetItems"
        })
        .filter_map(|(_, count)| count.as_u64())
        .sum()
}

/// What there is after a run: the objects in state, the tables and items in the service, and that a plan has
/// nothing to do.
fn world(project: &Project, program: &Program) -> BTreeMap<String, String> {
    let mut world = BTreeMap::new();
    let plan = program.run(&["-local", "plan", "-input=false", "-detailed-exitcode"]);
    world.insert(
        "plan".to_string(),
        if plan.code == 0 {
            "no changes".to_string()
        } else {
            plan.report()
        },
    );
    let shown = program.run(&["-local", "show", "-json"]).expect_code(0);
    let state = json(&shown).unwrap_or_else(|error| panic!("{error}"));
    let held = state
        .pointer("/values/root_module/resources")
        .and_then(Value::as_array);
    for resource in held.into_iter().flatten() {
        let address = resource
            .get("address")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut values = resource.get("values").cloned().unwrap_or_default();
        if let Some(members) = values.as_object_mut() {
            // An object that was read says of what is not there that it is empty, one that was made says null.
            members.retain(|_, value| !is_nothing(value));
        }
        let tainted = resource.get("tainted").cloned().unwrap_or_default();
        world.insert(format!("state {address}"), format!("{tainted} {values:#}"));
    }
    let served = serve(project);
    for table in served.tables() {
        // What holds the state is not what was applied.
        if table != "state-locks" {
            world.insert(format!("table {table}"), served.items(&table).join("\n"));
        }
    }
    world
}

fn is_nothing(value: &Value) -> bool {
    value.is_null()
        || value.as_object().is_some_and(serde_json::Map::is_empty)
        || value.as_array().is_some_and(Vec::is_empty)
}

/// The first few differing entries.
fn differing(wanted: &BTreeMap<String, String>, got: &BTreeMap<String, String>) -> String {
    let keys: BTreeSet<&String> = wanted.keys().chain(got.keys()).collect();
    let nothing = String::new();
    keys.into_iter()
        .filter(|key| wanted.get(*key) != got.get(*key))
        .take(3)
        .map(|key| {
            let (wanted, got) = (
                wanted.get(key).unwrap_or(&nothing),
                got.get(key).unwrap_or(&nothing),
            );
            format!("{key}\n{}", difference(wanted, got))
        })
        .collect()
}
