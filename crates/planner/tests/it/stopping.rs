//! A run that is asked to stop while it plans.

use std::path::Path;

use crate::case::Case;

#[test]
fn a_cancelled_plan_is_incomplete_and_says_so() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/a_new_object_is_created");
    let case = Case::read(&folder).expect("a case");
    case.cancel.cancel();
    let made = case.plan();
    assert!(made.plan.errored && !made.plan.applyable);
    let said: Vec<_> = made
        .diagnostics
        .errors()
        .map(|error| &*error.summary)
        .collect();
    assert_eq!(said, ["Execution halted"]);
    assert!(made.calls.is_empty(), "{:?}", made.calls);
}
