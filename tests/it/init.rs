//! `init` and `get`: modules are installed, backends configured, changed and moved, as Terraform's users know it.

use std::fs;

use serde_json::Value;
use trueup_testkit::Project;

use crate::bed::{APPLY, PLAN, trueup};

const ORDERS: &str = "resource \"terraform_data\" \"orders\" {\n  input = terraform.workspace\n}\n";

fn state(project: &Project, path: &str) -> Value {
    let text = fs::read_to_string(project.path().join(path)).expect(path);
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn states_of_all_workspaces_move_along() {
    let project = Project::with(ORDERS);
    let program = trueup(&project);
    program.run(&["init"]).expect_code(0);
    program.run(&APPLY).expect_code(0);
    program.run(&["workspace", "new", "blue"]).expect_code(0);
    program.run(&APPLY).expect_code(0);
    let before = state(&project, "terraform.tfstate.d/blue/terraform.tfstate");

    project.write(
        "backend.tf",
        "terraform {\n  backend \"local\" {\n    path = \"kept/orders.tfstate\"\n    workspace_dir = \"kept/others\"\n  }\n}\n",
    );
    // Without init nothing is done in the new place, nor in the old one.
    let told = program.run(&["plan", "-input=false"]).expect_code(1);
    assert!(
        told.stderr.contains("Backend initialization required"),
        "{}",
        told.report()
    );
    program.run(&["init", "-input=false"]).expect_code(1);
    program.run(&["init", "-force-copy"]).expect_code(0);
    assert_eq!(
        state(&project, "kept/others/blue/terraform.tfstate"),
        before
    );
    assert_eq!(
        fs::read(project.path().join("terraform.tfstate")).expect("a file"),
        b""
    );
    program.run(&PLAN).expect_code(0);

    let record = state(&project, ".terraform/terraform.tfstate");
    assert_eq!(record["backend"]["config"]["path"], "kept/orders.tfstate");
    fs::remove_file(project.path().join("backend.tf")).expect("a file");
    program.run(&["plan", "-input=false"]).expect_code(1);
    program.run(&["init"]).expect_code(1);
    program
        .run(&["init", "-migrate-state", "-force-copy"])
        .expect_code(0);
    assert_eq!(
        state(&project, "terraform.tfstate.d/blue/terraform.tfstate"),
        before
    );
    program.run(&PLAN).expect_code(0);
}

#[test]
fn settings_may_be_given_later_and_by_settled_variables() {
    let project = Project::with(ORDERS);
    project.write(
        "backend.tf",
        "variable \"name\" {}\nlocals { path = \"${var.name}.tfstate\" }\nterraform {\n  backend \"local\" {\n    path = local.path\n  }\n}\n",
    );
    let program = trueup(&project);
    let told = program.run(&["init", "-input=false"]).expect_code(1);
    assert!(
        told.stderr.contains("Variables not allowed"),
        "{}",
        told.report()
    );
    program
        .run(&["init", "-input=false", "-var=name=orders"])
        .expect_code(0);
    program
        .run(&["apply", "-auto-approve", "-input=false", "-var=name=orders"])
        .expect_code(0);
    assert!(project.path().join("orders.tfstate").is_file());
    // Another value is another place.
    program
        .run(&["plan", "-input=false", "-var=name=events"])
        .expect_code(1);

    project.write("backend.tf", "terraform {\n  backend \"local\" {}\n}\n");
    project.write("later.hcl", "path = \"later.tfstate\"\n");
    program
        .run(&["init", "-reconfigure", "-backend-config=later.hcl"])
        .expect_code(0);
    program.run(&APPLY).expect_code(0);
    assert!(project.path().join("later.tfstate").is_file());
    // A plain init keeps what was given.
    program.run(&["init"]).expect_code(0);
    program.run(&PLAN).expect_code(0);
}

#[test]
fn modules_are_installed_before_they_are_used() {
    let project = Project::with(
        "variable \"where\" {\n  const   = true\n  default = \"./orders\"\n}\nmodule \"orders\" {\n  source = var.where\n}\noutput \"table\" {\n  value = module.orders.table\n}\n",
    );
    project.write(
        "orders/main.tf",
        "output \"table\" {\n  value = \"orders\"\n}\n",
    );
    project.write(
        "events/main.tf",
        "output \"table\" {\n  value = \"events\"\n}\n",
    );
    let program = trueup(&project);
    let plan = ["plan", "-input=false"];
    let told = program.run(&plan).expect_code(1);
    assert!(
        told.stderr.contains("Module not installed"),
        "{}",
        told.report()
    );
    // The embedded world needs no preparation.
    program
        .run(&["-local", "plan", "-input=false"])
        .expect_code(0);
    let told = program.run(&["get"]).expect_code(0);
    assert_eq!(told.stdout, "- orders in orders\n");
    program.run(&plan).expect_code(0);
    let told = program
        .run(&["plan", "-input=false", "-var=where=./events"])
        .expect_code(1);
    assert!(
        told.stderr.contains("Module source has changed"),
        "{}",
        told.report()
    );
    let told = program.run(&["init", "-var=where=./events"]).expect_code(0);
    assert!(
        told.stdout.contains("- orders in events\n"),
        "{}",
        told.report()
    );
    assert_eq!(
        fs::read_to_string(project.path().join(".terraform/modules/modules.json")).expect("a file"),
        "{\"Modules\":[{\"Key\":\"\",\"Source\":\"\",\"Dir\":\".\"},{\"Key\":\"orders\",\"Source\":\"./events\",\"Dir\":\"events\"}]}"
    );
    program
        .run(&[
            "plan",
            "-input=false",
            "-var=where=./events",
            "-out=made.plan",
        ])
        .expect_code(0);
    // A saved plan carries its modules with it.
    fs::remove_dir_all(project.path().join("events")).expect("a folder");
    program.run(&["apply", "made.plan"]).expect_code(0);
    let told = program.run(&["output", "-raw", "table"]);
    assert_eq!(told.stdout.trim(), "events", "{}", told.report());
}

#[test]
fn providers_that_are_not_here_are_refused_where_they_are_used() {
    let project = Project::with(
        "terraform {\n  required_providers {\n    random = { source = \"hashicorp/random\" }\n  }\n}\n",
    );
    let program = trueup(&project);
    program.run(&["init"]).expect_code(0);
    project.write(
        "used.tf",
        "resource \"random_id\" \"x\" {\n  byte_length = 2\n}\n",
    );
    let told = program.run(&["init"]).expect_code(1);
    assert!(told.stderr.contains("random"), "{}", told.report());
}
