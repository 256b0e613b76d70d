//! Plans as data: a configuration, a state and a world in a folder, the plan as a golden beside them.

mod case;
#[path = "../../../provider/tests/lab/mod.rs"]
mod lab;
mod order;
mod prior;
mod rendering;
mod stopping;

use std::path::Path;

use trueup_testkit::compare_golden;

#[test]
fn plans_are_as_their_goldens_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    trueup_testkit::cases(&folder, |case| {
        let made = case::Case::read(&case.folder)?.plan();
        compare_golden(
            &case.folder.join("plan.txt"),
            &rendering::text(&made.plan, &made.diagnostics, &made.sources, &made.calls),
        )
    });
}
