//! The real `terraform` and the real `tofu` beside us: each uses `local serve` as its S3 backend, shares a local state
//! file, and is held by our lock as we are by its. Where one is not on the path its tests say that they were skipped.

use std::{io::Write, path::PathBuf, time::Duration};

use serde_json::Value;
use trueup_testkit::{Program, Project, beside};

use crate::bed::{APPLY, PLAN, Running, Served, read_until, start, store, trueup};

/// Runs a test where there is that program, and says that it was skipped where there is none.
pub fn with_peer(program: &str, name: &str, test: impl FnOnce(PathBuf)) {
    beside(program, &format!("{name}, with {program}"), test);
}

/// Each test beside each program that shares states with us; a test is handed the program's name.
macro_rules! beside_each {
    ($($test:ident)+) => {
        mod terraform {
            $(#[test]
            fn $test() {
                super::$test("terraform");
            })+
        }
        mod tofu {
            $(#[test]
            fn $test() {
                super::$test("tofu");
            })+
        }
    };
}
pub(crate) use beside_each;

/// The real program, run in a project.
pub fn peer(path: PathBuf, project: &Project) -> Program {
    // No look for newer versions, and no plugin but the one inside.
    Program::new(path, project)
        .variable("CHECKPOINT_DISABLE", "1")
        .variable("TF_IN_AUTOMATION", "1")
}

/// A configuration of resources that need no plugin, each with an output.
pub fn things(inputs: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, input) in inputs {
        text.push_str(&format!(
            "resource \"terraform_data\" \"{name}\" {{\n  input = {input}\n}}\n\n"
        ));
        text.push_str(&format!(
            "output \"{name}\" {{\n  value = terraform_data.{name}.output\n}}\n\n"
        ));
    }
    text
}

/// One resource.
pub const ORDERS: &[(&str, &str)] = &[(
    "orders",
    r#"{ status = "open", count = 3, tags = ["a", "b"] }"#,
)];
/// Two resources, the first with another value.
pub const BOTH: &[(&str, &str)] = &[
    (
        "orders",
        r#"{ status = "paid", count = 3, tags = ["a", "b"] }"#,
    ),
    ("events", r#""é <&> \" ${1 + 1}""#),
];

/// Each writes what the other reads: no changes seen, outputs the same, serial and lineage carried on.
pub fn take_turns(ours: &Program, theirs: &Program, project: &Project) {
    theirs.run(&["init", "-input=false"]).expect_code(0);
    theirs.run(&APPLY).expect_code(0);
    ours.run(&PLAN).expect_code(0);
    assert_eq!(outputs(ours), outputs(theirs));

    project.write("main.tf", &things(BOTH));
    ours.run(&PLAN).expect_code(2);
    ours.run(&APPLY).expect_code(0);
    theirs.run(&PLAN).expect_code(0);
    assert_eq!(outputs(ours), outputs(theirs));

    project.write("main.tf", &things(&BOTH[1..]));
    theirs.run(&APPLY).expect_code(0);
    ours.run(&PLAN).expect_code(0);
    ours.run(&["destroy", "-auto-approve", "-input=false"])
        .expect_code(0);
    assert_eq!(theirs.run(&["state", "list"]).expect_code(0).stdout, "");
}

/// The outputs as data.
pub fn outputs(program: &Program) -> Value {
    let printed = program.run(&["output", "-json"]).expect_code(0).stdout;
    serde_json::from_str(&printed).expect("outputs are JSON")
}

/// One asks whether to apply and so holds the lock; the other is refused and says who holds it.
pub fn held_by(holder: &Program, other: &Program) {
    let mut holding: Running = start(holder.command(&["apply", "-no-color"]));
    read_until(&mut holding, "Enter a value", Duration::from_secs(60));
    let refused = other.run(&APPLY).expect_code(1);
    let said = &refused.stderr;
    for wanted in [
        "Error acquiring the state lock",
        "Who:",
        "OperationTypeApply",
    ] {
        assert!(said.contains(wanted), "does not say {wanted:?}\n{said}");
    }
    let input = holding.0.stdin.as_mut().expect("started with pipes");
    input.write_all(b"yes\n").expect("the holder reads");
    let ended = holding.0.wait().expect("a child of ours");
    assert!(ended.success(), "the holder ended with {ended}");
    other.run(&PLAN).expect_code(0);
}

fn each_is_held_by_the_other(ours: &Program, theirs: &Program, project: &Project) {
    theirs.run(&["init", "-input=false"]).expect_code(0);
    held_by(theirs, ours);
    project.write("main.tf", &things(BOTH));
    held_by(ours, theirs);
}

beside_each! {
    a_local_state_file_is_shared
    a_local_state_file_is_locked_for_the_other
    local_serve_is_an_s3_backend_for_both
    a_state_in_s3_is_locked_for_the_other
}

fn a_local_state_file_is_shared(program: &str) {
    with_peer(program, "a local state file is shared", |path| {
        let project = Project::with(&things(ORDERS));
        take_turns(&trueup(&project), &peer(path, &project), &project);
    });
}

fn a_local_state_file_is_locked_for_the_other(program: &str) {
    with_peer(
        program,
        "a local state file is locked for the other",
        |path| {
            let project = Project::with(&things(ORDERS));
            each_is_held_by_the_other(&trueup(&project), &peer(path, &project), &project);
        },
    );
}

/// A project whose state lies in the S3 of `served`, with a lock table there.
pub fn project_in(served: &Served) -> Project {
    let project = project_beside(served);
    project.write("backend.tf", &backend_in(served, LOCK_TABLE));
    project
}

/// The argument for locks in the table of [`project_beside`].
pub const LOCK_TABLE: &str = "dynamodb_table = \"state-locks\"";

/// A project for which there are a bucket and a lock table in `served`, without a backend block.
pub fn project_beside(served: &Served) -> Project {
    let (code, body) = served.s3("PUT", "/orders-states", b"");
    assert_eq!(code, 200, "{}", String::from_utf8_lossy(&body));
    let table = serde_json::json!({
        "TableName": "state-locks",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "LockID", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "LockID", "KeyType": "HASH" }],
    });
    served.dynamodb("us-east-1", "CreateTable", &table);
    Project::with(&things(ORDERS))
}

/// A backend block for that bucket, with more arguments.
pub fn backend_in(served: &Served, more: &str) -> String {
    let address = &served.address;
    format!(
        r#"terraform {{
  backend "s3" {{
    bucket         = "orders-states"
    key            = "orders/terraform.tfstate"
    region         = "us-east-1"
    access_key     = "test"
    secret_key     = "test"
    use_path_style = true
    {more}

    endpoints = {{
      s3       = "http://{address}"
      dynamodb = "http://{address}"
      sts      = "http://{address}"
      iam      = "http://{address}"
    }}
  }}
}}
"#
    )
}

fn local_serve_is_an_s3_backend_for_both(program: &str) {
    with_peer(program, "local serve is an S3 backend for both", |path| {
        let home = Project::new();
        let served = store(&home);
        let project = project_in(&served);
        take_turns(&trueup(&project), &peer(path, &project), &project);
    });
}

fn a_state_in_s3_is_locked_for_the_other(program: &str) {
    with_peer(program, "a state in S3 is locked for the other", |path| {
        let home = Project::new();
        let served = store(&home);
        let project = project_in(&served);
        each_is_held_by_the_other(&trueup(&project), &peer(path, &project), &project);
    });
}
