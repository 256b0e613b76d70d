//! Exactly the permissions that Terraform's documentation asks for its S3 backend, and those for the tables that are
//! managed: an apply, its change and its destruction pass, with all kinds of locks.

use serde_json::json;
use trueup_testkit::{Program, Project};

use super::aws::Aws;
use super::scenario::{BUCKET, Keeping, LOCK_TABLE, STATE_KEY};
use crate::bed::{APPLY, PLAN, serve_as, trueup};
use crate::tables::{PROVIDER, many_items};

/// The policy: what Terraform's page on the backend lists for this kind of lock, and the managed tables.
fn policy(keeping: Keeping) -> String {
    let bucket = format!("arn:aws:s3:::{BUCKET}");
    let state = format!("{bucket}/{STATE_KEY}");
    let table = |name: &str| format!("arn:aws:dynamodb:us-east-1:123456789012:table/{name}");
    let allow = |actions: &[&str], resources: &[String]| json!({ "Effect": "Allow", "Action": actions, "Resource": resources });
    let mut statements = vec![
        allow(&["s3:ListBucket"], &[bucket]),
        allow(
            &["s3:GetObject", "s3:PutObject"],
            std::slice::from_ref(&state),
        ),
        allow(&["dynamodb:*"], &[table("orders"), table("events-*")]),
    ];
    if keeping != Keeping::Table {
        let actions = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"];
        statements.push(allow(&actions, &[format!("{state}.tflock")]));
    }
    if keeping != Keeping::File {
        let actions = [
            "dynamodb:DescribeTable",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:DeleteItem",
        ];
        statements.push(allow(&actions, &[table(LOCK_TABLE)]));
    }
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

#[test]
fn the_documented_permissions_suffice() {
    for keeping in [Keeping::Table, Keeping::File, Keeping::Both] {
        let cloud = Project::new();
        std::fs::create_dir_all(cloud.path().join(".trueup/local/aws")).expect("a fresh folder");
        let aws = Aws::of(&cloud);
        aws.ensure_bucket(BUCKET);
        aws.ensure_lock_table(LOCK_TABLE);
        drop(aws);
        cloud.write("policy.json", &policy(keeping));
        let server =
            trueup(&cloud).variable("TRUEUP_TEST_PERMISSIONS", cloud.path().join("policy.json"));
        let served = serve_as(&cloud, &server);

        let project = Project::with(&many_items(120));
        project.write("backend.tf", &keeping.backend());
        let program = trueup(&project)
            .variable("AWS_ENDPOINT_URL", format!("http://{}", served.address))
            .variable("AWS_ACCESS_KEY_ID", "test")
            .variable("AWS_SECRET_ACCESS_KEY", "test")
            .variable("AWS_REGION", "us-east-1");
        all_passes(&program, &project, keeping);
        // The policy is enforced: what it does not allow is refused.
        project.write(
            "main.tf",
            &format!(
                "{PROVIDER}data \"aws_dynamodb_table\" \"others\" {{\n  name = \"others\"\n}}\n"
            ),
        );
        let refused = program.run(&["plan", "-input=false"]).expect_code(1);
        assert!(
            refused
                .stderr
                .contains("is not authorized to perform: dynamodb:DescribeTable"),
            "{}",
            refused.stderr
        );
        drop(served);
        let left = Aws::of(&cloud).items("us-east-1", LOCK_TABLE);
        let wanted = usize::from(keeping != Keeping::File);
        assert_eq!(
            left.len(),
            wanted,
            "{keeping:?}: left in the lock table: {left:?}"
        );
    }
}

fn all_passes(program: &Program, project: &Project, keeping: Keeping) {
    program.run(&["init", "-input=false"]).expect_code(0);
    for count in [120, 130] {
        project.write("main.tf", &many_items(count));
        let applied = program.run(&APPLY).expect_code(0);
        // Only where there is no other place than this machine, there is something to tell.
        let warned = applied.stdout.contains("journal") || applied.stderr.contains("journal");
        assert_eq!(warned, keeping == Keeping::File, "{}", applied.report());
        program.run(&PLAN).expect_code(0);
    }
    program
        .run(&["destroy", "-auto-approve", "-input=false"])
        .expect_code(0);
}
