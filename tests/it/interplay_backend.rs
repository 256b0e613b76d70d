//! One state, one lock table and one folder for the real `terraform` and for us: lock objects, both locks at
//! once, workspaces, locks taken away, states moved in and out. Without a `terraform` on the path these tests
//! say that they were skipped.

use std::{fs, time::Duration};

use serde_json::json;
use trueup_testkit::{Program, Project};

use crate::bed::{Running, Served, read_until, start, store, trueup};
use crate::interplay_terraform::{
    BOTH, LOCK_TABLE, backend_in, held_by, project_beside, project_in, take_turns, terraform,
    things, with_terraform,
};

const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];
const NO_CHANGES: [&str; 3] = ["plan", "-detailed-exitcode", "-input=false"];

/// A project in a store of its own, ours and theirs.
fn both(name: &str, more: &str, test: impl FnOnce(&Program, &Program, &Project, &Served)) {
    with_terraform(name, |path| {
        let home = Project::new();
        let served = store(&home);
        let project = project_beside(&served);
        project.write("backend.tf", &backend_in(&served, more));
        test(
            &trueup(&project),
            &terraform(path, &project),
            &project,
            &served,
        );
    });
}

#[test]
fn lock_objects_hold_both() {
    both(
        "lock objects hold both",
        "use_lockfile = true",
        |ours, theirs, project, served| {
            theirs.run(&["init", "-input=false"]).expect_code(0);
            held_by(theirs, ours);
            project.write("main.tf", &things(BOTH));
            held_by(ours, theirs);
            let (code, _) = served.s3("GET", "/orders-states/orders/terraform.tfstate.tflock", b"");
            assert_eq!(code, 404, "the lock was released");
        },
    );
}

#[test]
fn both_locks_at_once_hold_both() {
    let more = format!("use_lockfile = true\n    {LOCK_TABLE}");
    both(
        "both locks at once hold both",
        &more,
        |ours, theirs, project, _| {
            theirs.run(&["init", "-input=false"]).expect_code(0);
            held_by(theirs, ours);
            project.write("main.tf", &things(BOTH));
            held_by(ours, theirs);
        },
    );
}

#[test]
fn an_encrypted_state_is_shared() {
    both(
        "an encrypted state is shared",
        "encrypt = true",
        |ours, theirs, project, _| {
            take_turns(ours, theirs, project);
        },
    );
}

#[test]
fn workspaces_are_shared() {
    both(
        "workspaces are shared",
        LOCK_TABLE,
        |ours, theirs, _, served| {
            theirs.run(&["init", "-input=false"]).expect_code(0);
            theirs.run(&["workspace", "new", "blue"]).expect_code(0);
            assert_eq!(
                ours.run(&["workspace", "show"]).expect_code(0).stdout,
                "blue\n"
            );
            ours.run(&APPLY).expect_code(0);
            theirs.run(&NO_CHANGES).expect_code(0);

            ours.run(&["workspace", "new", "green"]).expect_code(0);
            let list =
                |program: &Program| program.run(&["workspace", "list"]).expect_code(0).stdout;
            assert_eq!(list(theirs).trim(), "default\n  blue\n* green");
            assert_eq!(list(ours).trim(), list(theirs).trim());
            theirs.run(&APPLY).expect_code(0);
            ours.run(&NO_CHANGES).expect_code(0);

            // Who holds objects is not deleted, whoever asks.
            ours.run(&["workspace", "select", "default"]).expect_code(0);
            for program in [ours, theirs] {
                let refused = program
                    .run(&["workspace", "delete", "green"])
                    .expect_code(1);
                assert!(
                    refused.stderr.contains("Workspace is not empty"),
                    "{}",
                    refused.report()
                );
            }
            theirs.run(&["workspace", "select", "green"]).expect_code(0);
            ours.run(&["destroy", "-auto-approve", "-input=false"])
                .expect_code(0);
            theirs
                .run(&["workspace", "select", "default"])
                .expect_code(0);
            theirs.run(&["workspace", "delete", "green"]).expect_code(0);
            ours.run(&["workspace", "delete", "-force", "blue"])
                .expect_code(0);
            assert_eq!(list(theirs).trim(), "* default");
            // Neither digest nor lock of a deleted workspace stays.
            let left = served.items("state-locks");
            assert_eq!(left, Vec::<String>::new());
        },
    );
}

/// Starts an apply that holds the lock while it asks, and answers the lock's id, as the other one tells it.
fn lock_of(holder: &Program, other: &Program) -> (Running, String) {
    let mut holding = start(holder.command(&["apply", "-no-color"]));
    read_until(&mut holding, "Enter a value", Duration::from_secs(60));
    let refused = other
        .run(&["apply", "-auto-approve", "-input=false", "-no-color"])
        .expect_code(1);
    let id = refused.stderr.lines().find_map(|line| {
        let line = line.trim_start_matches(['│', ' ']);
        line.strip_prefix("ID:").map(|id| id.trim().to_owned())
    });
    (holding, id.expect("the holder's id is told"))
}

fn each_takes_the_others_lock(ours: &Program, theirs: &Program, project: &Project) {
    theirs.run(&["init", "-input=false"]).expect_code(0);
    for (holder, other) in [(theirs, ours), (ours, theirs)] {
        let (mut holding, id) = lock_of(holder, other);
        let wrong = [
            "force-unlock",
            "-force",
            "11111111-2222-3333-4444-555555555555",
        ];
        let refused = other.run(&wrong).expect_code(1);
        assert!(refused.stderr.contains(&id), "{}", refused.report());
        // Who is gone cannot release it.
        let _ = holding.0.kill();
        let _ = holding.0.wait();
        let taken = other.run(&["force-unlock", "-force", &id]).expect_code(0);
        assert!(
            taken.stdout.contains("successfully unlocked!"),
            "{}",
            taken.report()
        );
        other.run(&APPLY).expect_code(0);
        project.write("main.tf", &things(BOTH));
    }
}

#[test]
fn each_takes_the_others_lock_away() {
    both(
        "each takes the other's lock away",
        LOCK_TABLE,
        |ours, theirs, project, _| {
            each_takes_the_others_lock(ours, theirs, project);
        },
    );
}

#[test]
fn each_takes_the_others_lock_object_away() {
    both(
        "each takes the other's lock object away",
        "use_lockfile = true",
        |ours, theirs, project, _| {
            each_takes_the_others_lock(ours, theirs, project);
        },
    );
}

#[test]
fn states_move_in_and_out() {
    with_terraform("states move in and out", |path| {
        let home = Project::new();
        let served = store(&home);
        let project = project_beside(&served);
        let (ours, theirs) = (trueup(&project), terraform(path, &project));
        let block = backend_in(&served, LOCK_TABLE);
        theirs.run(&APPLY).expect_code(0);

        // We take it to S3, and the other one goes on in this folder without a further init.
        project.write("backend.tf", &block);
        for program in [&ours, &theirs] {
            let refused = program.run(&["plan", "-input=false"]).expect_code(1);
            assert!(
                refused
                    .stderr
                    .contains("Initial configuration of the requested backend \"s3\""),
                "{}",
                refused.report()
            );
        }
        ours.run(&["init", "-force-copy"]).expect_code(0);
        theirs.run(&NO_CHANGES).expect_code(0);

        // The other one takes it to another key, and we go on.
        project.write(
            "backend.tf",
            &block.replace("orders/terraform.tfstate", "moved.tfstate"),
        );
        for program in [&ours, &theirs] {
            let refused = program.run(&["plan", "-input=false"]).expect_code(1);
            assert!(
                refused
                    .stderr
                    .contains("Backend configuration block has changed"),
                "{}",
                refused.report()
            );
            let refused = program.run(&["init", "-input=false"]).expect_code(1);
            assert!(
                refused.stderr.contains("Backend configuration changed"),
                "{}",
                refused.report()
            );
        }
        theirs.run(&["init", "-force-copy"]).expect_code(0);
        ours.run(&NO_CHANGES).expect_code(0);

        // We bring it back into the folder.
        fs::remove_file(project.path().join("backend.tf")).expect("a file");
        for program in [&ours, &theirs] {
            let refused = program.run(&["plan", "-input=false"]).expect_code(1);
            assert!(
                refused
                    .stderr
                    .contains("Unsetting the previously set backend \"s3\""),
                "{}",
                refused.report()
            );
        }
        ours.run(&["init", "-force-copy"]).expect_code(0);
        theirs.run(&NO_CHANGES).expect_code(0);

        // And the other one out again, with a workspace of ours.
        ours.run(&["workspace", "new", "blue"]).expect_code(0);
        ours.run(&APPLY).expect_code(0);
        project.write(
            "backend.tf",
            &block.replace("orders/terraform.tfstate", "again.tfstate"),
        );
        theirs.run(&["init", "-force-copy"]).expect_code(0);
        ours.run(&NO_CHANGES).expect_code(0);
        assert_eq!(
            ours.run(&["workspace", "show"]).expect_code(0).stdout,
            "blue\n"
        );
        let left = served.items("state-locks");
        assert!(
            left.iter().all(|item| item.contains("-md5")),
            "no lock is left: {left:?}"
        );
    });
}

#[test]
fn settings_given_to_init_are_known_to_both() {
    with_terraform("settings given to init are known to both", |path| {
        let home = Project::new();
        let served = store(&home);
        let project = project_in(&served);
        let (ours, theirs) = (trueup(&project), terraform(path, &project));
        let block = backend_in(&served, "");
        let partial = block.replace("    key            = \"orders/terraform.tfstate\"\n", "");
        assert_ne!(partial, block);
        project.write("backend.tf", &partial);
        project.write("lock.hcl", &format!("{LOCK_TABLE}\n"));
        let init = [
            "init",
            "-input=false",
            "-backend-config=key=given.tfstate",
            "-backend-config=lock.hcl",
        ];
        for (first, second) in [(&ours, &theirs), (&theirs, &ours)] {
            let refused = first.run(&["init", "-input=false"]).expect_code(1);
            assert!(
                refused
                    .stderr
                    .contains("The attribute \"key\" is required by the backend"),
                "{}",
                refused.report()
            );
            first.run(&init).expect_code(0);
            second.run(&APPLY).expect_code(0);
            first.run(&NO_CHANGES).expect_code(0);
            // A plain init keeps what was given.
            second.run(&["init", "-input=false"]).expect_code(0);
            first.run(&NO_CHANGES).expect_code(0);
            fs::remove_dir_all(project.path().join(".terraform")).expect("a folder");
        }
        let (code, _) = served.s3("GET", "/orders-states/given.tfstate", b"");
        assert_eq!(code, 200);
    });
}

#[test]
fn a_digest_that_does_not_fit_stops_both() {
    both(
        "a digest that does not fit stops both",
        LOCK_TABLE,
        |ours, theirs, _, served| {
            theirs.run(&["init", "-input=false"]).expect_code(0);
            ours.run(&APPLY).expect_code(0);
            let digest = served.items("state-locks");
            assert_eq!(digest.len(), 1, "{digest:?}");
            let wrong = json!({
                "TableName": "state-locks",
                "Item": {
                    "LockID": { "S": "orders-states/orders/terraform.tfstate-md5" },
                    "Digest": { "S": "00000000000000000000000000000000" },
                },
            });
            served.dynamodb("us-east-1", "PutItem", &wrong);
            for program in [ours, theirs] {
                let refused = program.run(&["plan", "-input=false"]).expect_code(1);
                assert!(
                    refused
                        .stderr
                        .contains("state data in S3 does not have the expected content"),
                    "{}",
                    refused.report()
                );
            }
            let right = json!({ "TableName": "state-locks", "Item": serde_json::from_str::<serde_json::Value>(&digest[0]).expect("JSON") });
            served.dynamodb("us-east-1", "PutItem", &right);
            for program in [ours, theirs] {
                program.run(&NO_CHANGES).expect_code(0);
            }
        },
    );
}
