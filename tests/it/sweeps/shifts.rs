//! Lists that shift by `count`, so that addresses hand keys of items on to each other: one apply is enough, also
//! where a request can't hold them all, and wherever it is killed.

use super::kill::sweep;
use super::parts::Subject;
use super::scenario::{APPLY, Keeping, PROVIDER, Scenario};

/// More than two requests hold.
const MANY: u32 = 250;

/// What an item says: the same wherever it stands in the list, or its place.
const BY_KEY: &str = "\"same\"";
const BY_PLACE: &str = "tostring(count.index)";

/// A table with an item for each of a list of keys.
fn listed(keys: &str, says: &str) -> String {
    format!(
        r#"{PROVIDER}
locals {{
  keys = {keys}
}}

resource "aws_dynamodb_table" "orders" {{
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
  attribute {{
    name = "id"
    type = "S"
  }}
}}

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

fn shift(before: &str, after: &str, says: &str) -> Scenario {
    Scenario::new(Keeping::Local, &listed(before, says), &listed(after, says))
}

/// Each way in which a list shifts, with what its items say.
fn shifts(many: u32) -> Vec<(&'static str, Scenario)> {
    let all = keys(0, many);
    let without_first = keys(1, many);
    let one_before = format!("concat([\"new\"], {all})");
    let turned = format!("concat({without_first}, {})", keys(0, 1));
    let backwards = format!("reverse({all})");
    vec![
        ("the first goes", shift(&all, &without_first, BY_KEY)),
        (
            "the first goes, places are said",
            shift(&all, &without_first, BY_PLACE),
        ),
        (
            "one comes before the first",
            shift(&all, &one_before, BY_KEY),
        ),
        (
            "one comes before the first, places are said",
            shift(&all, &one_before, BY_PLACE),
        ),
        ("the first becomes the last", shift(&all, &turned, BY_KEY)),
        (
            "the first becomes the last, places are said",
            shift(&all, &turned, BY_PLACE),
        ),
        (
            "turned round, places are said",
            shift(&all, &backwards, BY_PLACE),
        ),
    ]
}

/// The calls of an apply, after which a plan has nothing to do.
fn calls_of(name: &str, scenario: &Scenario, apply: &[&str]) -> Vec<String> {
    let (project, program) = scenario.start();
    let calls = project.home().join("calls");
    let applied = program
        .clone()
        .variable("TRUEUP_TEST_CALLS", &calls)
        .run(apply)
        .with_code(0);
    let plan = ["-local", "plan", "-input=false", "-detailed-exitcode"];
    let planned = applied.and_then(|_| program.run(&plan).with_code(0));
    if let Err(report) = planned {
        panic!("{name}: {report}");
    }
    let calls = std::fs::read_to_string(&calls).expect("the calls were asked for");
    calls.lines().map(str::to_owned).collect()
}

#[test]
fn one_apply_is_enough_for_a_list_that_shifts() {
    for many in [30, MANY] {
        for (name, scenario) in shifts(many) {
            let calls = calls_of(name, &scenario, &APPLY);
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
    for (name, scenario) in shifts(MANY) {
        let apply = [APPLY.as_slice(), &["-parallelism=1"]].concat();
        calls_of(name, &scenario, &apply);
    }
}

#[test]
fn a_killed_shift_is_finished_by_the_next_apply() {
    let all = keys(0, 120);
    let scenario = shift(&all, &keys(1, 120), BY_PLACE);
    assert_eq!(sweep("a list that shifts".to_owned(), scenario, Some(6)), 0);
}

#[test]
#[ignore = "minutes: every point; cargo xtask long kill-sweep"]
fn kill_sweep_shifts() {
    if Subject::Shifts.is_chosen() {
        let each = shifts(MANY).into_iter();
        let complaints: usize = each
            .map(|(name, scenario)| sweep(name.to_owned(), scenario, None))
            .sum();
        assert_eq!(complaints, 0);
    }
}
