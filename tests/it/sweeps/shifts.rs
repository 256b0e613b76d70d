//! Lists that shift by `count`, so that addresses hand keys of items on to each other: one apply is enough, also
//! where a request can't hold them all, and wherever it is killed.

use super::kill::sweep;
use super::parts::Subject;
use super::scenario::{Keeping, Scenario};
use crate::bed::{LOCAL_APPLY, LOCAL_PLAN};
use crate::tables::{PROVIDER, table};

/// More than two requests hold.
const MANY: u32 = 250;

/// What an item says: the same wherever it stands in the list, or its place.
const BY_KEY: &str = "\"same\"";
const BY_PLACE: &str = "tostring(count.index)";

/// A table with an item for each of a list of keys.
fn listed(keys: &str, says: &str) -> String {
    let orders = table("orders", "orders", "id", "");
    format!(
        r#"{PROVIDER}
locals {{
  keys = {keys}
}}
{orders}
resource "aws_dynamodb_table_item" "order" {{
  count      = length(local.keys)
  table_name = aws_dynamodb_table.orders.name
  hash_key   = "id"
  item       = jsonencode({{ id = {{ S = local.keys[count.index] }}, place = {{ S = {says} }} }})
}}
"#
    )
}

/// The keys `k<from>` to `k<to - 1>`.
fn keys(from: u32, to: u32) -> String {
    format!("[for n in range({from}, {to}) : format(\"k%04d\", n)]")
}

fn shift(name: &str, before: &str, after: &str, says: &str) -> Scenario {
    Scenario::new(
        &format!("a list that shifts: {name}"),
        Keeping::Local,
        &listed(before, says),
        &listed(after, says),
    )
}

/// Each way in which a list of more keys than two requests hold shifts.
pub fn all() -> impl Iterator<Item = Scenario> {
    shifts(MANY)
}

/// Each way in which a list of so many keys shifts.
fn shifts(many: u32) -> impl Iterator<Item = Scenario> {
    let all = keys(0, many);
    let without_first = keys(1, many);
    let one_before = format!("concat([\"new\"], {all})");
    let turned = format!("concat({without_first}, {})", keys(0, 1));
    let backwards = format!("reverse({all})");
    let ways = [
        ("the first goes", without_first.clone(), BY_KEY),
        ("the first goes, places are said", without_first, BY_PLACE),
        ("one comes before the first", one_before.clone(), BY_KEY),
        (
            "one comes before the first, places are said",
            one_before,
            BY_PLACE,
        ),
        ("the first becomes the last", turned.clone(), BY_KEY),
        (
            "the first becomes the last, places are said",
            turned,
            BY_PLACE,
        ),
        ("turned round, places are said", backwards, BY_PLACE),
    ];
    ways.into_iter()
        .map(move |(name, after, says)| shift(name, &all, &after, says))
}

/// The calls of an apply, after which a plan has nothing to do.
fn calls_of(scenario: &Scenario, apply: &[&str]) -> Vec<String> {
    let (project, program) = scenario.start();
    let calls = project.home().join("calls");
    let applied = program
        .clone()
        .variable("TRUEUP_TEST_CALLS", &calls)
        .run(apply)
        .with_code(0);
    let planned = applied.and_then(|_| program.run(&LOCAL_PLAN).with_code(0));
    if let Err(report) = planned {
        panic!("{}: {report}", scenario.name);
    }
    let calls = std::fs::read_to_string(&calls).expect("the calls were asked for");
    calls.lines().map(str::to_owned).collect()
}

#[test]
fn one_apply_is_enough_for_a_list_that_shifts() {
    for many in [30, MANY] {
        for scenario in shifts(many) {
            let name = &scenario.name;
            let calls = calls_of(&scenario, &LOCAL_APPLY);
            let changing = |name: &str| calls.iter().filter(|call| call.contains(name)).count();
            // Never one by one.
            let single = changing("PutItem") + changing("DeleteItem") + changing("UpdateItem");
            assert!(single <= 1, "{many}, {name}: {calls:?}");
            assert!(
                changing("TransactWriteItems") <= 4,
                "{many}, {name}: {calls:?}"
            );
        }
    }
}

#[test]
fn one_call_at_a_time_is_enough_for_a_list_that_shifts() {
    for scenario in all() {
        let apply = [LOCAL_APPLY.as_slice(), &["-parallelism=1"]].concat();
        calls_of(&scenario, &apply);
    }
}

#[test]
fn a_killed_shift_is_finished_by_the_next_apply() {
    let all = keys(0, 120);
    let scenario = shift("the first goes", &all, &keys(1, 120), BY_PLACE);
    assert_eq!(sweep(scenario, Some(6)), 0);
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_shifts() {
    assert_eq!(Subject::Shifts.swept(sweep), 0);
}
