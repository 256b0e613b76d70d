//! The bucket and the lock table of a state are made by the tool itself; then the state moves into them.

use serde_json::{Value, json};
use trueup_testkit::{Program, Project};

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, json as told, outputs, root, trueup};

fn backend(bucket: &str, table: &str) -> String {
    format!(
        r#"
terraform {{
  backend "s3" {{
    bucket         = "{bucket}"
    key            = "states/terraform.tfstate"
    region         = "us-east-1"
    encrypt        = true
    dynamodb_table = "{table}"
  }}
}}
"#
    )
}

fn nothing_to_do(program: &Program) {
    program.run(&LOCAL_PLAN).expect_code(0);
}

fn list(program: &Program) -> String {
    let listed = program.run(&["-local", "state", "list"]);
    listed.expect_code(0).stdout
}

/// Makes everything, moves the state in, changes something, brings the state before the change back,
/// moves the state out again, and destroys everything.
fn all_the_way(fixture: &str, bucket: &str, table: &str) {
    let folder = root().join("fixtures").join(fixture);
    let project = Project::copy_of(&folder, &["edits", "expect.json", ".trueup", ".terraform"]);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    nothing_to_do(&program);
    let made = list(&program);

    project.write("backend.tf", &backend(bucket, table));
    let moved = [
        "-local",
        "init",
        "-migrate-state",
        "-force-copy",
        "-input=false",
    ];
    program.run(&moved).expect_code(0);
    assert_eq!(list(&program), made);
    nothing_to_do(&program);
    let first = serial(&program);

    project.write("added.tf", "output \"added\" {\n  value = 1\n}\n");
    program.run(&LOCAL_APPLY).expect_code(0);
    assert_eq!(outputs(&program).expect("outputs")["added"], json!(1));
    let second = serial(&program);
    assert!(second > first, "{second} after {first}");

    // One command brings the state back that was before.
    project.remove("added.tf");
    let restore = [
        "-local",
        "state",
        "restore",
        "-auto-approve",
        &first.to_string(),
    ];
    program.run(&restore).expect_code(0);
    assert!(!outputs(&program).expect("outputs").contains_key("added"));
    assert!(serial(&program) > second);
    nothing_to_do(&program);

    // The bucket can't go with the state in it.
    project.remove("backend.tf");
    program.run(&moved).expect_code(0);
    assert_eq!(list(&program), made);
    program
        .run(&["-local", "destroy", "-auto-approve", "-input=false"])
        .expect_code(0);
    assert_eq!(list(&program), "");
}

fn serial(program: &Program) -> u64 {
    let pulled = program.run(&["-local", "state", "pull"]).expect_code(0);
    let state: Value = told(&pulled).expect("JSON");
    state["serial"].as_u64().expect("a serial")
}

#[test]
fn a_state_moves_into_what_it_tells_of_and_out_again() {
    all_the_way("bootstrap", "orders-states", "orders-locks");
}

#[test]
fn so_it_does_where_the_settings_are_blocks_of_the_bucket() {
    all_the_way(
        "bootstrap-inline",
        "orders-states-inline",
        "orders-locks-inline",
    );
}
