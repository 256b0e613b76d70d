//! Objects that OpenTofu marks as never to be destroyed (`lifecycle` with `destroy = false`, `skip_destroy` in the
//! state), once their block is gone: they leave the state and stay in the world, whoever applies.

use trueup_testkit::{Program, Project};

use crate::bed::{APPLY, actions, json, trueup};
use crate::interplay_states::{peer, with_peer};

/// Written by OpenTofu 1.12.6 (`crates/backend/tests/opentofu/README.md`).
const RECORDED: &str = include_str!("../../crates/backend/tests/opentofu/extras.tfstate");
const DESTROYED: &str =
    "removed {\n  from = terraform_data.orders\n  lifecycle {\n    destroy = true\n  }\n}\n";

/// What a plan with these options does to the one object.
fn planned(program: &Program, options: &[&str]) -> String {
    let arguments = [&["plan", "-input=false", "-out=p"], options].concat();
    program.run(&arguments).expect_code(0);
    let plan = json(&program.run(&["show", "-json", "p"]).expect_code(0)).expect("a plan");
    actions(&plan)
        .remove("terraform_data.orders")
        .unwrap_or_default()
}

fn left(program: &Program) -> String {
    program.run(&["state", "list"]).expect_code(0).stdout
}

#[test]
fn a_kept_object_without_block_is_let_go_of() {
    for options in [[].as_slice(), &["-destroy"]] {
        let project = Project::with("");
        project.write("terraform.tfstate", RECORDED);
        let ours = trueup(&project);
        assert_eq!(planned(&ours, options), "forget", "{options:?}");
        ours.run(&["apply", "-input=false", "p"]).expect_code(0);
        assert_eq!(left(&ours), "");
    }
    // A block that asks for the destruction is the later word.
    let project = Project::with(DESTROYED);
    project.write("terraform.tfstate", RECORDED);
    assert_eq!(planned(&trueup(&project), &[]), "delete");
    // Without the mark it is destroyed as ever.
    let project = Project::with("");
    let plain = RECORDED.replacen(",\n          \"skip_destroy\": true", "", 1);
    assert_ne!(plain, RECORDED);
    project.write("terraform.tfstate", &plain);
    assert_eq!(planned(&trueup(&project), &[]), "delete");
}

/// We plan what OpenTofu plans for what it marked.
#[test]
fn tofu_lets_go_of_the_same_objects() {
    with_peer("tofu", "tofu lets go of the same objects", |path| {
        let kept = "resource \"terraform_data\" \"orders\" {\n  lifecycle {\n    destroy = false\n  }\n}\n";
        for (gone, wanted) in [("# nothing\n", "forget"), (DESTROYED, "delete")] {
            let project = Project::with(kept);
            let theirs = peer(path.clone(), &project);
            theirs.run(&["init", "-input=false"]).expect_code(0);
            theirs.run(&APPLY).expect_code(0);
            project.write("main.tf", gone);
            assert_eq!(planned(&theirs, &[]), wanted);
            let ours = trueup(&project);
            assert_eq!(planned(&ours, &[]), wanted);
            ours.run(&["apply", "-input=false", "p"]).expect_code(0);
            assert_eq!(left(&theirs), "");
        }
    });
}
