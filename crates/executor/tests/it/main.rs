//! Plans carried out: a configuration, a state, a plan and a world in a folder, what came of it as a golden.

mod bed;
#[path = "../../../provider/tests/lab/mod.rs"]
mod lab;
mod outcome;
mod planned;
#[path = "../../../planner/tests/it/prior.rs"]
mod prior;

use std::path::Path;

use trueup_testkit::compare_golden;

#[test]
fn plans_come_out_as_their_goldens_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    trueup_testkit::cases(&folder, |case| {
        let text = runtime.block_on(bed::run(&case.folder))?;
        compare_golden(&case.folder.join("outcome.txt"), &text)
    });
}
