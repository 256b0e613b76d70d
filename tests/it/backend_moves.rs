//! A backend that is added, changed and taken away: who says no loses nothing, who says yes finds every
//! workspace in the new place.

use std::fs;

use trueup_testkit::{Program, Project};

use crate::bed::{APPLY, PLAN, serve, trueup};
use crate::interplay_states::{LOCK_TABLE, ORDERS, backend_in, project_beside, things};

fn local_state(project: &Project) -> Vec<u8> {
    fs::read(project.path().join("terraform.tfstate")).expect("a state file")
}

/// Says something to `init`, which must end so.
fn init(program: &Program, more: &[&str], input: &str, code: i32, wanted: &str) {
    let arguments: Vec<&str> = ["init"].iter().chain(more).copied().collect();
    let told = program.run_with_input(&arguments, input).expect_code(code);
    let all = format!("{}{}", told.stdout, told.stderr);
    assert!(all.contains(wanted), "{wanted:?}\n{}", told.report());
}

#[test]
fn no_leaves_every_state_where_it_is() {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    let program = trueup(&project);
    program.run(&APPLY).expect_code(0);
    let before = local_state(&project);
    project.write("backend.tf", &backend_in(&served, LOCK_TABLE));

    let disabled = "Can't ask approval for state migration when interactive input is disabled.";
    init(&program, &["-input=false"], "", 1, disabled);
    init(&program, &[], "", 1, "Error asking for confirmation: EOF");
    assert_eq!(local_state(&project), before);
    assert!(
        !project.path().join(".terraform/terraform.tfstate").exists(),
        "nothing is recorded before it is decided"
    );
    init(
        &program,
        &[],
        "no\n",
        0,
        "The state was not copied: it stays where it is",
    );
    assert_eq!(local_state(&project), before);
    assert!(!project.path().join("terraform.tfstate.backup").exists());
    let (code, _) = served.s3("GET", "/orders-states/orders/terraform.tfstate", b"");
    assert_eq!(code, 404);

    // It is offered again to who wants it after all; then a backup is what stays.
    init(
        &program,
        &["-reconfigure"],
        "yes\n",
        0,
        "Successfully configured the backend \"s3\"!",
    );
    assert_eq!(local_state(&project), b"");
    let backup = fs::read(project.path().join("terraform.tfstate.backup"));
    assert_eq!(backup.expect("a backup"), before);
    program.run(&PLAN).expect_code(0);
    assert!(
        served
            .items("state-locks")
            .iter()
            .all(|item| item.contains("-md5"))
    );
}

#[test]
fn two_states_that_meet_are_shown_before_one_replaces_the_other() {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    let program = trueup(&project);
    project.write("backend.tf", &backend_in(&served, LOCK_TABLE));
    program.run(&["init"]).expect_code(0);
    program.run(&APPLY).expect_code(0);
    let other = Project::with(&things(ORDERS));
    let program = trueup(&other);
    program.run(&APPLY).expect_code(0);
    let before = local_state(&other);
    other.write("backend.tf", &backend_in(&served, LOCK_TABLE));

    let told = program.run_with_input(&["init"], "no\n").expect_code(0);
    for wanted in [
        "An existing non-empty state already exists in",
        "1-local.tfstate",
        "2-s3.tfstate",
    ] {
        assert!(told.stdout.contains(wanted), "{}", told.report());
    }
    let left = fs::read_dir(other.path().join(".terraform")).expect("a folder");
    let left: Vec<_> = left.flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left, ["terraform.tfstate"], "the copies are gone");
    assert_eq!(local_state(&other), before);
    // The state in S3 is still the first project's.
    trueup(&project).run(&PLAN).expect_code(0);

    init(
        &program,
        &["-reconfigure"],
        "yes\n",
        0,
        "Successfully configured",
    );
    program.run(&PLAN).expect_code(0);
}

#[test]
fn workspaces_move_out_and_back() {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    let program = trueup(&project);
    for workspace in ["default", "blue", "green"] {
        if workspace != "default" {
            program.run(&["workspace", "new", workspace]).expect_code(0);
        }
        program.run(&APPLY).expect_code(0);
    }
    project.write("backend.tf", &backend_in(&served, LOCK_TABLE));
    let disabled = "Error asking for state migration action: input is disabled";
    init(&program, &["-input=false"], "", 1, disabled);
    init(&program, &[], "no\n", 1, "Migration aborted by user.");
    program.run(&["plan", "-input=false"]).expect_code(1);
    init(
        &program,
        &[],
        "yes\n",
        0,
        "THIS WILL OVERWRITE any conflicting",
    );
    for workspace in ["default", "blue", "green"] {
        program
            .run(&["workspace", "select", workspace])
            .expect_code(0);
        program.run(&PLAN).expect_code(0);
    }

    // Another lock is another backend.
    project.write("backend.tf", &backend_in(&served, "use_lockfile = true"));
    program.run(&["plan", "-input=false"]).expect_code(1);
    init(
        &program,
        &["-input=false"],
        "",
        1,
        "Backend configuration changed",
    );
    init(
        &program,
        &["-migrate-state", "-force-copy"],
        "",
        0,
        "Successfully configured",
    );
    program.run(&PLAN).expect_code(0);

    fs::remove_file(project.path().join("backend.tf")).expect("a file");
    init(&program, &[], "", 1, "Backend configuration changed");
    init(
        &program,
        &["-migrate-state"],
        "no\n",
        1,
        "Migration aborted by user.",
    );
    init(
        &program,
        &["-migrate-state"],
        "yes\n",
        0,
        "Successfully unset the backend \"s3\".",
    );
    for workspace in ["green", "blue", "default"] {
        program
            .run(&["workspace", "select", workspace])
            .expect_code(0);
        program.run(&PLAN).expect_code(0);
    }
}

#[test]
fn what_a_backend_needs_is_asked_for() {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    let program = trueup(&project);
    let block = backend_in(&served, "");
    project.write(
        "backend.tf",
        &block
            .replace("    key            = \"orders/terraform.tfstate\"\n", "")
            .replace("    bucket         = \"orders-states\"\n", ""),
    );
    init(
        &program,
        &["-input=false"],
        "",
        1,
        "The attribute \"bucket\" is required by the backend.",
    );
    init(
        &program,
        &[],
        "",
        1,
        "Error asking for input to configure backend \"s3\": bucket: EOF",
    );
    init(
        &program,
        &[],
        "orders-states\nasked.tfstate\n",
        0,
        "The path to the state file inside the bucket",
    );
    program.run(&APPLY).expect_code(0);
    let (code, _) = served.s3("GET", "/orders-states/asked.tfstate", b"");
    assert_eq!(code, 200);
}

#[test]
fn a_backend_that_cannot_be_reached_is_not_recorded() {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    let program = trueup(&project);
    let right = backend_in(&served, LOCK_TABLE);
    project.write("backend.tf", &right.replace("orders-states", "orders-none"));
    let said = "S3 bucket \"orders-none\" does not exist.";
    init(&program, &["-input=false"], "", 1, said);
    project.write("backend.tf", &right.replace("us-east-1", "eu-west-1"));
    let said = "PermanentRedirect";
    init(&program, &["-input=false"], "", 1, said);
    assert!(!project.path().join(".terraform/terraform.tfstate").exists());

    // What was wrong is mended, and this is the first init: nothing has changed that could be migrated.
    project.write("backend.tf", &right);
    let said = "Successfully configured the backend";
    init(&program, &["-input=false"], "", 0, said);
}

#[test]
fn an_answer_that_is_neither_yes_nor_no_is_asked_for_once_more() {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    let program = trueup(&project);
    program.run(&APPLY).expect_code(0);
    project.write("backend.tf", &backend_in(&served, LOCK_TABLE));
    init(
        &program,
        &[],
        "y\n",
        1,
        "Error asking for confirmation: EOF",
    );
    init(&program, &[], "y\nYes\n", 0, "Successfully configured");
    assert_eq!(local_state(&project), b"");
    program.run(&PLAN).expect_code(0);
    project.write(
        "backend.tf",
        &backend_in(&served, LOCK_TABLE).replace("/terraform", "/other"),
    );
    init(&program, &["-migrate-state"], "\nj\n", 0, "was not copied");
}

#[test]
fn settings_come_from_files_of_both_syntaxes() {
    let home = Project::new();
    let served = serve(&home);
    let project = project_beside(&served);
    let program = trueup(&project);
    let whole = backend_in(&served, LOCK_TABLE);
    let key = "    key            = \"orders/terraform.tfstate\"\n";
    assert!(whole.contains(key));
    project.write("backend.tf", &whole.replace(key, ""));
    project.write("key.json", r#"{"key": "orders/${json}.tfstate"}"#);
    project.write("key.hcl", "key = \"events/terraform.tfstate\"\n");
    let recorded = || {
        project
            .read(".terraform/terraform.tfstate")
            .expect("a record")
    };

    init(&program, &["-input=false"], "", 1, "Missing Required Value");
    let said = "Successfully configured";
    init(
        &program,
        &["-input=false", "-backend-config=key.json"],
        "",
        0,
        said,
    );
    assert!(
        recorded().contains("orders/${json}.tfstate"),
        "{}",
        recorded()
    );

    // What was given before does not hold beside what is given now: that is a change, whatever it lacks.
    for given in ["-backend-config=encrypt=true", "-backend-config="] {
        let said = "Backend configuration changed";
        init(&program, &["-input=false", given], "", 1, said);
    }
    let given = ["-input=false", "-reconfigure", "-backend-config=key.hcl"];
    init(&program, &given, "", 0, said);
    assert!(recorded().contains("events/terraform.tfstate"));
}
