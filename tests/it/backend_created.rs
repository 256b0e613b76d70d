//! `init -create-backend`: bucket and lock table are made once, after a person agreed, and can be managed by a
//! configuration from then on.

use trueup_testkit::Project;

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, serve, trueup};
use crate::tables::STATE_IN_S3;

fn project() -> Project {
    let project = Project::with("resource \"terraform_data\" \"orders\" {\n  input = 1\n}\n");
    project.write("backend.tf", STATE_IN_S3);
    project
}

#[test]
fn the_storage_of_a_state_is_made_once_and_taken_over() {
    let project = project();
    let program = trueup(&project);
    let create = ["-local", "init", "-create-backend", "-input=false"];
    let told = program.run(&create).expect_code(1);
    for wanted in [
        "Can't ask approval for creating the backend",
        "Nothing was created",
        "-auto-approve",
    ] {
        assert!(told.stderr.contains(wanted), "{}", told.report());
    }
    let told = program.run_with_input(&["-local", "init", "-create-backend"], "no\n");
    assert!(
        told.stderr.contains("Creation of the backend cancelled"),
        "{}",
        told.report()
    );

    let told = program
        .run_with_input(&["-local", "init", "-create-backend"], "yes\n")
        .expect_code(0);
    for wanted in [
        "Created: S3 bucket \"orders-states\"",
        "Created: block on public access",
        "Created: encryption by default",
        "Created: versioning",
        "Created: DynamoDB table \"state-locks\" for locks",
    ] {
        assert!(told.stdout.contains(wanted), "{wanted}\n{}", told.report());
    }
    program.run(&LOCAL_APPLY).expect_code(0);

    // Once it is there nothing is made and nobody is asked.
    let told = program.run(&create).expect_code(0);
    assert!(
        told.stdout.contains("nothing has to be created"),
        "{}",
        told.report()
    );

    // What was told takes it over as it is.
    let at = told.stdout.find("import {").expect("blocks are told");
    let text = &told.stdout[at..];
    let end = text.rfind("\n}\n").expect("blocks end") + 3;
    project.write("storage.tf", &text[..end]);
    let told = program.run(&LOCAL_APPLY).expect_code(0);
    assert!(
        told.stdout.contains("5 imported, 0 added"),
        "{}",
        told.report()
    );
    // A bucket's force_destroy is in no cloud, so that an import settles it; all else is as it is written.
    let modified = told
        .stdout
        .lines()
        .filter(|line| line.contains(": Modifying..."));
    let modified: Vec<_> = modified.collect();
    assert!(
        modified
            .iter()
            .all(|line| line.starts_with("aws_s3_bucket.state:")),
        "{modified:?}"
    );
    program.run(&LOCAL_PLAN).expect_code(0);
}

#[test]
fn a_storage_half_made_is_completed() {
    let project = project();
    let served = serve(&project);
    let (code, _) = served.s3("PUT", "/orders-states", b"");
    assert_eq!(code, 200);
    let program = trueup(&project);
    let told = program
        .run(&[
            "-local",
            "init",
            "-create-backend",
            "-auto-approve",
            "-input=false",
        ])
        .expect_code(0);
    assert!(
        !told.stdout.contains("+ S3 bucket") && told.stdout.contains("+ versioning"),
        "{}",
        told.report()
    );
    let (code, body) = served.s3("GET", "/orders-states?versioning", b"");
    assert_eq!(code, 200);
    assert!(String::from_utf8_lossy(&body).contains("<Status>Enabled</Status>"));
    let (code, body) = served.s3("GET", "/orders-states?publicAccessBlock", b"");
    assert_eq!(code, 200);
    let body = String::from_utf8_lossy(&body);
    assert_eq!(body.matches("true").count(), 4, "{body}");
    assert_eq!(served.tables(), ["state-locks"]);
}

#[test]
fn a_table_that_cannot_hold_locks_is_told() {
    let project = project();
    let served = serve(&project);
    let table = serde_json::json!({
        "TableName": "state-locks",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
    });
    served.dynamodb("us-east-1", "CreateTable", &table);
    let told = trueup(&project)
        .run(&["-local", "init", "-create-backend", "-auto-approve"])
        .expect_code(1);
    assert!(
        told.stderr.contains("its one key must be LockID"),
        "{}",
        told.report()
    );
}
