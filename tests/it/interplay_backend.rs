//! One state, one lock table and one folder for the real `terraform` or `tofu` and for us: lock objects, both locks at
//! once, waiting, workspaces, locks taken away, states moved in and out. Where one is not on the path its tests say
//! that they were skipped.

use std::{fs, io::Write, time::Duration};

use serde_json::json;
use trueup_testkit::{Program, Project};

use crate::bed::{APPLY, PLAN, Running, Served, read_until, start, store, trueup};
use crate::interplay_states::{
    BOTH, LOCK_TABLE, backend_in, beside_each, held_by, peer, project_beside, project_in,
    take_turns, things, with_peer,
};

/// A project in a store of its own, ours and theirs.
fn both(
    program: &str,
    name: &str,
    more: &str,
    test: impl FnOnce(&Program, &Program, &Project, &Served),
) {
    with_peer(program, name, |path| {
        let home = Project::new();
        let served = store(&home);
        let project = project_beside(&served);
        project.write("backend.tf", &backend_in(&served, more));
        test(&trueup(&project), &peer(path, &project), &project, &served);
    });
}

beside_each! {
    lock_objects_hold_both
    both_locks_at_once_hold_both
    an_encrypted_state_is_shared
    workspaces_are_shared
    each_takes_the_others_lock_away
    each_takes_the_others_lock_object_away
    states_move_in_and_out
    settings_given_to_init_are_known_to_both
    a_digest_that_does_not_fit_stops_both
    each_waits_for_the_other
    each_changes_the_others_state
    a_held_lock_is_told_when_the_wait_ends
}

fn lock_objects_hold_both(program: &str) {
    both(
        program,
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

fn both_locks_at_once_hold_both(program: &str) {
    let more = format!("use_lockfile = true\n    {LOCK_TABLE}");
    both(
        program,
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

fn an_encrypted_state_is_shared(program: &str) {
    both(
        program,
        "an encrypted state is shared",
        "encrypt = true",
        |ours, theirs, project, _| {
            take_turns(ours, theirs, project);
        },
    );
}

fn workspaces_are_shared(program: &str) {
    both(
        program,
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
            theirs.run(&PLAN).expect_code(0);

            ours.run(&["workspace", "new", "green"]).expect_code(0);
            let list =
                |program: &Program| program.run(&["workspace", "list"]).expect_code(0).stdout;
            assert_eq!(list(theirs).trim(), "default\n  blue\n* green");
            assert_eq!(list(ours).trim(), list(theirs).trim());
            theirs.run(&APPLY).expect_code(0);
            ours.run(&PLAN).expect_code(0);

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

fn each_takes_the_others_lock_away(program: &str) {
    both(
        program,
        "each takes the other's lock away",
        LOCK_TABLE,
        |ours, theirs, project, _| {
            each_takes_the_others_lock(ours, theirs, project);
        },
    );
}

fn each_takes_the_others_lock_object_away(program: &str) {
    both(
        program,
        "each takes the other's lock object away",
        "use_lockfile = true",
        |ours, theirs, project, _| {
            each_takes_the_others_lock(ours, theirs, project);
        },
    );
}

fn states_move_in_and_out(program: &str) {
    with_peer(program, "states move in and out", |path| {
        let home = Project::new();
        let served = store(&home);
        let project = project_beside(&served);
        let (ours, theirs) = (trueup(&project), peer(path, &project));
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
        theirs.run(&PLAN).expect_code(0);

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
        ours.run(&PLAN).expect_code(0);

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
        theirs.run(&PLAN).expect_code(0);

        // And the other one out again, with a workspace of ours.
        ours.run(&["workspace", "new", "blue"]).expect_code(0);
        ours.run(&APPLY).expect_code(0);
        project.write(
            "backend.tf",
            &block.replace("orders/terraform.tfstate", "again.tfstate"),
        );
        theirs.run(&["init", "-force-copy"]).expect_code(0);
        ours.run(&PLAN).expect_code(0);
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

fn settings_given_to_init_are_known_to_both(program: &str) {
    with_peer(
        program,
        "settings given to init are known to both",
        |path| {
            let home = Project::new();
            let served = store(&home);
            let project = project_in(&served);
            let (ours, theirs) = (trueup(&project), peer(path, &project));
            let block = backend_in(&served, "");
            let partial = block.replace("    key            = \"orders/terraform.tfstate\"\n", "");
            assert_ne!(partial, block);
            if program == "tofu" {
                // By its first line we know whose folder this is, and count its block as OpenTofu does.
                let line = "# This file is maintained automatically by \"tofu init\".\n";
                project.write(".terraform.lock.hcl", line);
            }
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
                let wanted = match program == "tofu" && std::ptr::eq(first, &theirs) {
                    true => "The \"key\" attribute value must not be empty",
                    false => "The attribute \"key\" is required by the backend",
                };
                assert!(refused.stderr.contains(wanted), "{}", refused.report());
                first.run(&init).expect_code(0);
                second.run(&APPLY).expect_code(0);
                first.run(&PLAN).expect_code(0);
                // A plain init keeps what was given.
                second.run(&["init", "-input=false"]).expect_code(0);
                first.run(&PLAN).expect_code(0);
                fs::remove_dir_all(project.path().join(".terraform")).expect("a folder");
            }
            let (code, _) = served.s3("GET", "/orders-states/given.tfstate", b"");
            assert_eq!(code, 200);
        },
    );
}

fn a_digest_that_does_not_fit_stops_both(program: &str) {
    both(
        program,
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
                program.run(&PLAN).expect_code(0);
            }
        },
    );
}

/// With both locks: who waits gets its turn when the other is done, and then sees what the other did.
fn each_waits_for_the_other(program: &str) {
    let more = format!("use_lockfile = true\n    {LOCK_TABLE}");
    both(
        program,
        "each waits for the other",
        &more,
        |ours, theirs, project, served| {
            theirs.run(&["init", "-input=false"]).expect_code(0);
            for (holder, other) in [(theirs, ours), (ours, theirs)] {
                let mut holding = start(holder.command(&["apply", "-no-color"]));
                read_until(&mut holding, "Enter a value", Duration::from_secs(60));
                let mut waiting = start(other.command(&[
                    "plan",
                    "-detailed-exitcode",
                    "-input=false",
                    "-no-color",
                    "-lock-timeout=60s",
                ]));
                read_until(&mut waiting, "state lock", Duration::from_secs(60));
                let input = holding.0.stdin.as_mut().expect("started with pipes");
                input.write_all(b"yes\n").expect("the holder reads");
                assert!(holding.0.wait().expect("a child of ours").success());
                let ended = waiting.0.wait().expect("a child of ours");
                assert_eq!(ended.code(), Some(0), "no changes are left to see");
                project.write("main.tf", &things(BOTH));
            }
            let left = served.items("state-locks");
            assert!(
                left.iter().all(|item| item.contains("-md5")),
                "no lock is left: {left:?}"
            );
        },
    );
}

/// A wait that ends before the holder does tells of the holder, and leaves its lock alone.
fn a_held_lock_is_told_when_the_wait_ends(program: &str) {
    both(
        program,
        "a held lock is told when the wait ends",
        LOCK_TABLE,
        |ours, theirs, _, served| {
            theirs.run(&["init", "-input=false"]).expect_code(0);
            for (holder, other) in [(theirs, ours), (ours, theirs)] {
                let mut holding = start(holder.command(&["apply", "-no-color"]));
                read_until(&mut holding, "Enter a value", Duration::from_secs(60));
                let before = served.items("state-locks").len();
                let refused = other
                    .run(&["plan", "-input=false", "-lock-timeout=2s"])
                    .expect_code(1);
                assert!(
                    refused.stderr.contains("Error acquiring the state lock")
                        && refused.stderr.contains("OperationTypeApply"),
                    "{}",
                    refused.report()
                );
                assert_eq!(served.items("state-locks").len(), before);
                let input = holding.0.stdin.as_mut().expect("started with pipes");
                input.write_all(b"no\n").expect("the holder reads");
                let _ = holding.0.wait();
            }
        },
    );
}

/// What one moves, removes, taints and pushes, the other goes on with.
fn each_changes_the_others_state(program: &str) {
    both(
        program,
        "each changes the other's state",
        LOCK_TABLE,
        |ours, theirs, project, _| {
            theirs.run(&["init", "-input=false"]).expect_code(0);
            project.write("main.tf", &things(BOTH));
            for (first, second) in [(ours, theirs), (theirs, ours)] {
                first.run(&APPLY).expect_code(0);
                let list =
                    |program: &Program| program.run(&["state", "list"]).expect_code(0).stdout;
                assert_eq!(
                    list(second),
                    "terraform_data.events\nterraform_data.orders\n"
                );
                let moved = [
                    "state",
                    "mv",
                    "terraform_data.orders",
                    "terraform_data.kept",
                ];
                second.run(&moved).expect_code(0);
                let shown = first
                    .run(&["state", "show", "-no-color", "terraform_data.kept"])
                    .expect_code(0);
                assert!(shown.stdout.contains("\"paid\""), "{}", shown.report());
                let shown = second
                    .run(&["state", "show", "-no-color", "terraform_data.kept"])
                    .expect_code(0);
                assert!(shown.stdout.contains("\"paid\""), "{}", shown.report());
                let back = [
                    "state",
                    "mv",
                    "terraform_data.kept",
                    "terraform_data.orders",
                ];
                first.run(&back).expect_code(0);
                second.run(&PLAN).expect_code(0);

                second
                    .run(&["taint", "terraform_data.orders"])
                    .expect_code(0);
                let planned = first
                    .run(&["plan", "-no-color", "-input=false"])
                    .expect_code(0);
                assert!(
                    planned.stdout.contains("terraform_data.orders is tainted"),
                    "{}",
                    planned.report()
                );
                first
                    .run(&["untaint", "terraform_data.orders"])
                    .expect_code(0);
                second.run(&PLAN).expect_code(0);

                // A state that one pulls, the other takes back.
                let pulled = first.run(&["state", "pull"]).expect_code(0).stdout;
                project.write("kept.tfstate", &pulled);
                first
                    .run(&["state", "rm", "terraform_data.events"])
                    .expect_code(0);
                assert_eq!(list(second), "terraform_data.orders\n");
                second
                    .run(&["state", "push", "-force", "kept.tfstate"])
                    .expect_code(0);
                first.run(&PLAN).expect_code(0);
            }
        },
    );
}
