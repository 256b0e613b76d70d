//! The states that are kept, and the way back to one of them: from a bucket's versions and from backup files.

use serde_json::Value;
use trueup_testkit::{Program, Project};

use crate::bed::{json, trueup};

const S3: &str = r#"
terraform {
  backend "s3" {
    bucket         = "states"
    key            = "orders/terraform.tfstate"
    region         = "us-east-1"
    dynamodb_table = "locks"
  }
}
"#;

const RESOURCES: &str = r#"
variable "n" { default = 1 }
resource "terraform_data" "a" {
  count = var.n
  input = var.n
}
"#;

fn applied(main: &str, counts: &[u32]) -> (Project, Program) {
    let project = Project::with(main);
    let program = trueup(&project);
    program.run(&["-local", "init"]).expect_code(0);
    for n in counts {
        apply(&program, *n);
    }
    (project, program)
}

fn apply(program: &Program, n: u32) {
    let n = format!("-var=n={n}");
    program
        .run(&["-local", "apply", "-auto-approve", &n])
        .expect_code(0);
}

fn versions(program: &Program, flags: &[&str]) -> Vec<Value> {
    let mut line = vec!["-local", "state", "history", "-json"];
    line.extend(flags);
    let told = json(&program.run(&line).expect_code(0)).expect("JSON");
    told["versions"].as_array().cloned().unwrap_or_default()
}

fn serials(versions: &[Value]) -> Vec<Option<u64>> {
    versions.iter().map(|one| one["serial"].as_u64()).collect()
}

fn list(program: &Program) -> String {
    program
        .run(&["-local", "state", "list"])
        .expect_code(0)
        .stdout
}

#[test]
fn a_state_in_s3_is_restored_with_a_new_serial_and_a_digest_that_fits() {
    let (_project, program) = applied(&format!("{S3}{RESOURCES}"), &[1, 2, 3]);
    let before = versions(&program, &[]);
    assert_eq!(serials(&before), [Some(3), Some(2), Some(1)]);
    assert!(before.iter().all(|one| one["who"].is_string()
        && one["time"].is_string()
        && one["lineage"] == before[0]["lineage"]));

    let asked = ["-local", "state", "restore", "2"];
    let refused = program.run_with_input(&asked, "no\n").expect_code(1);
    assert!(
        refused.stdout.contains("- terraform_data.a[2]"),
        "{}",
        refused.stdout
    );
    let unanswered = program.run(&asked).expect_code(1);
    assert!(
        unanswered.stderr.contains("-auto-approve"),
        "{}",
        unanswered.stderr
    );
    assert_eq!(
        serials(&versions(&program, &[])),
        [Some(3), Some(2), Some(1)]
    );

    let done = program.run_with_input(&asked, "yes\n").expect_code(0);
    assert!(
        done.stdout
            .contains("Successfully restored serial 2 as serial 4.")
    );
    assert_eq!(
        serials(&versions(&program, &["-limit=2"])),
        [Some(4), Some(3)]
    );
    assert_eq!(list(&program), "terraform_data.a[0]\nterraform_data.a[1]\n");
    // Plans read the state, and with it the digest.
    program
        .run(&["-local", "plan", "-detailed-exitcode", "-var=n=2"])
        .expect_code(0);

    // The same once more changes nothing; the very version can be named.
    let nothing = program
        .run(&["-local", "state", "restore", "-auto-approve", "2"])
        .expect_code(0);
    assert!(
        nothing.stdout.contains("nothing to restore"),
        "{}",
        nothing.stdout
    );
    let first = before[2]["version_id"].as_str().expect("an id");
    program
        .run(&["-local", "state", "restore", "-auto-approve", first])
        .expect_code(0);
    assert_eq!(list(&program), "terraform_data.a[0]\n");
    let unknown = program
        .run(&["-local", "state", "restore", "-auto-approve", "77"])
        .expect_code(1);
    assert!(
        unknown.stderr.contains("No such state"),
        "{}",
        unknown.stderr
    );
}

#[test]
fn a_deleted_workspace_is_brought_back_from_its_versions() {
    let (_project, program) = applied(&format!("{S3}{RESOURCES}"), &[]);
    let run = |line: &[&str]| program.run(line).expect_code(0);
    run(&["-local", "workspace", "new", "staging"]);
    apply(&program, 2);
    let kept = list(&program);
    run(&["-local", "workspace", "select", "default"]);
    run(&["-local", "workspace", "delete", "-force", "staging"]);
    let gone = versions(&program, &["-workspace=staging"]);
    assert_eq!(serials(&gone), [None, Some(2), Some(1)]);
    assert_eq!(gone[0]["deleted"], true);
    run(&[
        "-local",
        "state",
        "restore",
        "-workspace=staging",
        "-auto-approve",
        "2",
    ]);
    run(&["-local", "workspace", "select", "staging"]);
    assert_eq!(list(&program), kept);
    assert_eq!(
        serials(&versions(&program, &[])),
        [Some(3), None, Some(2), Some(1)]
    );
}

#[test]
fn a_local_state_goes_back_to_its_backup_and_keeps_what_it_replaced() {
    let (project, program) = applied(RESOURCES, &[1, 2]);
    assert_eq!(serials(&versions(&program, &[])), [Some(2), Some(1)]);
    program
        .run(&["-local", "state", "restore", "-auto-approve", "1"])
        .expect_code(0);
    assert_eq!(list(&program), "terraform_data.a[0]\n");
    let now = versions(&program, &[]);
    assert_eq!(serials(&now)[0], Some(3));
    assert!(serials(&now).contains(&Some(2)), "{now:?}");
    // What `-local` leaves behind lies in its own folder.
    let outside = std::fs::read_dir(project.path())
        .expect("a folder")
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_string_lossy().contains("backup"))
        .count();
    assert_eq!(outside, 0);
}

#[test]
fn a_state_of_another_lineage_is_restored_by_force_only() {
    let (project, program) = applied(RESOURCES, &[1]);
    let local = ".trueup/local/terraform.tfstate";
    let text = project.read(local).expect("a state");
    let lineage =
        json(&program.run(&["-local", "state", "pull"]).expect_code(0)).expect("JSON")["lineage"]
            .as_str()
            .expect("a lineage")
            .to_owned();
    project.write(
        ".trueup/local/terraform.tfstate.backup",
        &text
            .replace(&lineage, "other")
            .replace("\"serial\": 1", "\"serial\": 9"),
    );
    let refused = program
        .run(&["-local", "state", "restore", "-auto-approve", "9"])
        .expect_code(1);
    assert!(
        refused.stderr.contains("of another history"),
        "{}",
        refused.stderr
    );
    program
        .run(&["-local", "state", "restore", "-auto-approve", "-force", "9"])
        .expect_code(0);
    let now = versions(&program, &[]);
    assert_eq!(now[0]["serial"], 10);
    assert_eq!(now[0]["lineage"], "other");
}
