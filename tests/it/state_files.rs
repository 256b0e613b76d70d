//! State files that flags name, where states are kept in S3: the file is meant, never the state in S3.

use serde_json::Value;
use trueup_testkit::{Program, Project};

use crate::bed::{APPLY, Served, serve, trueup};
use crate::interplay_states::{BOTH, LOCK_TABLE, backend_in, project_beside, things};

fn applied() -> (Project, Served, Project) {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    project.write("main.tf", &things(BOTH));
    project.write("backend.tf", &backend_in(&served, LOCK_TABLE));
    let program = trueup(&project);
    program.run(&["init", "-input=false"]).expect_code(0);
    program.run(&APPLY).expect_code(0);
    (home, served, project)
}

fn in_s3(served: &Served) -> Vec<u8> {
    served
        .s3("GET", "/orders-states/orders/terraform.tfstate", b"")
        .1
}

fn listed(program: &Program) -> String {
    program.run(&["state", "list"]).expect_code(0).stdout
}

#[test]
fn a_change_of_a_named_file_leaves_the_state_in_s3_alone() {
    let (_home, served, project) = applied();
    let program = trueup(&project);
    let before = in_s3(&served);
    let none = [
        &[
            "state",
            "rm",
            "-state=none.tfstate",
            "terraform_data.orders",
        ][..],
        &[
            "state",
            "mv",
            "-state=none.tfstate",
            "terraform_data.orders",
            "terraform_data.other",
        ],
        &[
            "state",
            "replace-provider",
            "-auto-approve",
            "-state=none.tfstate",
            "terraform.io/builtin/terraform",
            "acme/terraform",
        ],
    ];
    for arguments in none {
        let told = program.run(arguments).expect_code(1);
        let missing = told.stderr.contains("No state file was found!");
        assert!(missing, "{}", told.report());
    }
    project.write("copy.tfstate", &String::from_utf8_lossy(&before));
    program
        .run(&[
            "state",
            "rm",
            "-state=copy.tfstate",
            "terraform_data.orders",
        ])
        .expect_code(0);
    let copy = project.read("copy.tfstate").expect("the file");
    assert!(!copy.contains("\"name\": \"orders\"") && copy.contains("\"name\": \"events\""));
    assert_eq!(in_s3(&served), before);
}

#[test]
fn an_object_moves_from_s3_into_a_file() {
    let (_home, served, project) = applied();
    let program = trueup(&project);
    let before = in_s3(&served);
    let moving = [
        "state",
        "mv",
        "-state-out=other.tfstate",
        "terraform_data.orders",
        "terraform_data.moved",
    ];
    let told = program
        .run(&[&moving[..2], &["-backup-out=b.tfstate"], &moving[2..]].concat())
        .expect_code(1);
    let said = "Invalid command line options: -backup-out";
    assert!(told.stderr.contains(said), "{}", told.report());
    assert_eq!(in_s3(&served), before);

    program.run(&moving).expect_code(0);
    assert_eq!(listed(&program), "terraform_data.events\n");
    let other = project.read("other.tfstate").expect("the file");
    let other: Value = serde_json::from_str(&other).expect("JSON");
    assert_eq!(
        other.pointer("/resources/0/name").and_then(Value::as_str),
        Some("moved")
    );
    let locks = served.items("state-locks");
    assert!(locks.iter().all(|item| item.contains("-md5")), "{locks:?}");
}

#[test]
fn a_dry_run_that_would_remove_nothing_is_no_error() {
    let (_home, _served, project) = applied();
    let program = trueup(&project);
    let told = program
        .run(&["state", "rm", "-dry-run", "terraform_data.none"])
        .expect_code(0);
    assert_eq!(told.stdout, "Would have removed nothing.\n");
    program
        .run(&["state", "rm", "terraform_data.none"])
        .expect_code(1);
}
