//! What objects depend on, as the state keeps it: the nearest only, in order all the same, also beside the real `terraform`.

use serde_json::Value;
use trueup_testkit::{Finished, Program, Project};

use crate::bed::{APPLY, PLAN, trueup};
use crate::interplay_states::{peer, with_peer};

const DESTROY: [&str; 4] = ["destroy", "-auto-approve", "-input=false", "-no-color"];

/// Blocks `n0`, `n1`…, each needing the one before it.
fn chain(length: usize) -> String {
    let mut text = String::from("resource \"terraform_data\" \"n0\" {\n  input = \"first\"\n}\n");
    for n in 1..length {
        let below = n - 1;
        text.push_str(&format!(
            "resource \"terraform_data\" \"n{n}\" {{\n  input = terraform_data.n{below}.output\n}}\n"
        ));
    }
    text
}

/// Blocks that all need one that all of a chain stands below of.
fn fan(width: usize) -> String {
    let mut text = chain(3);
    for n in 0..width {
        text.push_str(&format!(
            "resource \"terraform_data\" \"leaf{n}\" {{\n  input = terraform_data.n2.output\n}}\n"
        ));
    }
    text
}

fn state(project: &Project) -> Value {
    serde_json::from_str(&project.read("terraform.tfstate").unwrap_or_default()).expect("a state")
}

/// The names that an object's list holds.
fn needs(state: &Value, name: &str) -> Vec<String> {
    let resources = state["resources"].as_array().expect("resources");
    let found = resources.iter().find(|one| one["name"] == name);
    let object = &found.unwrap_or_else(|| panic!("no {name}"))["instances"][0];
    let list = object["dependencies"].as_array();
    list.into_iter()
        .flatten()
        .filter_map(|need| need.as_str()?.strip_prefix("terraform_data."))
        .map(str::to_string)
        .collect()
}

/// How many names all lists hold together.
fn names(state: &Value) -> usize {
    let resources = state["resources"].as_array().expect("resources");
    resources
        .iter()
        .filter_map(|one| one["instances"][0]["dependencies"].as_array())
        .map(Vec::len)
        .sum()
}

/// The output of a destruction says that `first` was gone before it began with `then`.
fn gone_before(destroyed: &Finished, first: &str, then: &str) {
    let said = &destroyed.stdout;
    let at = |text: String| {
        said.find(&text)
            .unwrap_or_else(|| panic!("no {text}\n{said}"))
    };
    let gone = at(format!("terraform_data.{first}: Destruction complete"));
    let begun = at(format!("terraform_data.{then}: Destroying..."));
    assert!(gone < begun, "{then} went before {first}\n{said}");
}

fn all_in_order(destroyed: &Finished, length: usize) {
    for n in 1..length {
        gone_before(destroyed, &format!("n{n}"), &format!("n{}", n - 1));
    }
}

#[test]
fn a_state_grows_with_what_is_named_not_with_what_is_reached() {
    for length in [20, 40] {
        let project = Project::with(&chain(length));
        let ours = trueup(&project);
        ours.run(&APPLY).expect_code(0);
        assert_eq!(names(&state(&project)), length - 1);
        let destroyed = ours.run(&DESTROY).expect_code(0);
        all_in_order(&destroyed, length);
    }
    let project = Project::with(&fan(40));
    trueup(&project).run(&APPLY).expect_code(0);
    assert_eq!(names(&state(&project)), 2 + 40);
}

#[test]
fn data_sources_and_blocks_without_instances_are_passed_through() {
    let project = Project::with(
        r#"
resource "terraform_data" "base" {}
resource "terraform_data" "none" {
  count = 0
  input = terraform_data.base.id
}
module "inner" {
  source = "./inner"
  given  = terraform_data.none
}
resource "terraform_data" "top" {
  depends_on = [module.inner]
}
"#,
    );
    project.write(
        "inner/main.tf",
        "variable \"given\" {}\nlocals {\n  passed = length(var.given)\n}\nresource \"terraform_data\" \"own\" {\n  input = local.passed\n}\n",
    );
    let ours = trueup(&project);
    ours.run(&["init", "-input=false"]).expect_code(0);
    ours.run(&APPLY).expect_code(0);
    let state = state(&project);
    assert_eq!(needs(&state, "own"), ["base", "none"]);
    // All of a module, its variables too, goes before what depends on it.
    assert_eq!(needs(&state, "top"), ["base", "none"]);
    let text = project.read("terraform.tfstate").unwrap_or_default();
    assert!(
        text.contains("\"module.inner.terraform_data.own\""),
        "{text}"
    );
}

#[test]
fn what_stays_is_destroyed_before_what_lay_below_the_gone() {
    let project = Project::with(&chain(4));
    let ours = trueup(&project);
    ours.run(&APPLY).expect_code(0);
    ours.run(&["state", "rm", "terraform_data.n2"])
        .expect_code(0);
    assert_eq!(needs(&state(&project), "n3"), ["n1", "n2"]);
    ours.run(&["state", "mv", "terraform_data.n1", "terraform_data.first"])
        .expect_code(0);
    assert_eq!(needs(&state(&project), "n3"), ["first", "n2"]);
    assert_eq!(needs(&state(&project), "first"), ["n0"]);
    project.write("main.tf", "");
    let destroyed = ours
        .run(&["apply", "-auto-approve", "-no-color"])
        .expect_code(0);
    gone_before(&destroyed, "n3", "first");
    gone_before(&destroyed, "first", "n0");
}

#[test]
fn what_a_narrowed_apply_takes_away_hands_on_what_it_needed() {
    let project = Project::with(&chain(3));
    let ours = trueup(&project);
    ours.run(&APPLY).expect_code(0);
    // n2 no longer names n1, but this apply is not about it.
    let without = chain(1) + "resource \"terraform_data\" \"n2\" {\n  input = \"first\"\n}\n";
    project.write("main.tf", &without);
    ours.run(&["apply", "-auto-approve", "-target=terraform_data.n1"])
        .expect_code(0);
    assert_eq!(needs(&state(&project), "n2"), ["n0", "n1"]);
    let destroyed = ours.run(&DESTROY).expect_code(0);
    gone_before(&destroyed, "n2", "n0");
}

/// Runs of a program that change nothing leave the file as it is.
fn leaves_alone(program: &Program, project: &Project) {
    let before = project.read("terraform.tfstate");
    program.run(&PLAN).expect_code(0);
    program.run(&APPLY).expect_code(0);
    program.run(&["refresh", "-input=false"]).expect_code(0);
    assert_eq!(project.read("terraform.tfstate"), before);
}

#[test]
fn lists_of_terraform_are_left_alone_and_followed() {
    with_peer(
        "terraform",
        "lists of terraform are left alone and followed",
        |path| {
            let project = Project::with(&chain(5));
            let (ours, theirs) = (trueup(&project), peer(path, &project));
            theirs.run(&["init", "-input=false"]).expect_code(0);
            theirs.run(&APPLY).expect_code(0);
            assert_eq!(names(&state(&project)), 4 + 3 + 2 + 1);
            leaves_alone(&ours, &project);
            // A new block above them is written with its nearest; the others keep theirs.
            project.write("main.tf", &chain(6));
            ours.run(&APPLY).expect_code(0);
            let mixed = state(&project);
            assert_eq!(needs(&mixed, "n5"), ["n4"]);
            assert_eq!(needs(&mixed, "n4"), ["n0", "n1", "n2", "n3"]);
            let destroyed = ours.run(&DESTROY).expect_code(0);
            all_in_order(&destroyed, 6);
        },
    );
}

#[test]
fn terraform_reads_our_lists_and_destroys_in_order() {
    with_peer(
        "terraform",
        "terraform reads our lists and destroys in order",
        |path| {
            let project = Project::with(&chain(6));
            let (ours, theirs) = (trueup(&project), peer(path, &project));
            ours.run(&APPLY).expect_code(0);
            assert_eq!(names(&state(&project)), 5);
            theirs.run(&["init", "-input=false"]).expect_code(0);
            theirs.run(&PLAN).expect_code(0);
            // Blocks that are gone are known by the state alone.
            project.write("main.tf", "");
            let gone = theirs
                .run(&["apply", "-auto-approve", "-input=false", "-no-color"])
                .expect_code(0);
            all_in_order(&gone, 6);
        },
    );
}
