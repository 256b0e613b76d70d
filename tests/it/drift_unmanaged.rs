//! Tables that no state knows: counted, and written down so that the plan of what was written is empty.

use serde_json::{Value, json};
use trueup_testkit::Project;

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, actions, json as said, serve, trueup};

const MAIN: &str = r#"
provider "aws" {
  region = "us-east-1"
}

resource "aws_dynamodb_table" "orders" {
  count        = 3
  name         = "orders-${count.index}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
"#;

#[test]
fn foreign_tables_are_counted_and_written_down() {
    let project = Project::with(MAIN);
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    served.dynamodb(
        "us-east-1",
        "CreateTable",
        &json!({
            "TableName": "events.old",
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": { "ReadCapacityUnits": 2, "WriteCapacityUnits": 3 },
            "KeySchema": [
                { "AttributeName": "id", "KeyType": "HASH" },
                { "AttributeName": "at", "KeyType": "RANGE" },
            ],
            "AttributeDefinitions": [
                { "AttributeName": "id", "AttributeType": "S" },
                { "AttributeName": "at", "AttributeType": "N" },
                { "AttributeName": "status", "AttributeType": "S" },
            ],
            "GlobalSecondaryIndexes": [{
                "IndexName": "by_status",
                "KeySchema": [{ "AttributeName": "status", "KeyType": "HASH" }],
                "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"] },
                "ProvisionedThroughput": { "ReadCapacityUnits": 1, "WriteCapacityUnits": 1 },
            }],
            "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
            "Tags": [{ "Key": "Team", "Value": "events" }],
            "DeletionProtectionEnabled": true,
        }),
    );
    served.dynamodb(
        "us-east-1",
        "UpdateTimeToLive",
        &json!({
            "TableName": "events.old",
            "TimeToLiveSpecification": { "Enabled": true, "AttributeName": "expires" },
        }),
    );
    served.dynamodb(
        "us-east-1",
        "CreateTable",
        &json!({
            "TableName": "orders",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "B" }],
        }),
    );
    let told = program
        .run(&["-local", "drift", "-unmanaged", "-json"])
        .expect_code(0);
    let told: Value = said(&told).expect("the report is JSON");
    let unmanaged = &told["unmanaged"];
    assert_eq!(unmanaged["coverage_percent"], 60, "{unmanaged}");
    let ids: Vec<&str> = unmanaged["objects"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["id"].as_str())
        .collect();
    assert_eq!(ids, ["events.old", "orders"]);

    program
        .run(&[
            "-local",
            "drift",
            "-unmanaged",
            "-generate-config-out=taken_in.tf",
        ])
        .expect_code(0);
    program.run(&["-local", "plan", "-out=p"]).expect_code(0);
    let plan = said(&program.run(&["-local", "show", "-json", "p"])).expect("a plan");
    assert!(actions(&plan).is_empty(), "{:?}", actions(&plan));
    let told = program.run(&["-local", "apply", "p"]).expect_code(0);
    assert!(
        told.stdout
            .contains("2 imported, 0 added, 0 changed, 0 destroyed"),
        "{}",
        told.report()
    );
    program.run(&LOCAL_PLAN).expect_code(0);
    let told = program
        .run(&["-local", "drift", "-unmanaged"])
        .expect_code(0);
    assert!(
        told.stdout.contains("Coverage: 100 %, 5 of 5 tables"),
        "{}",
        told.report()
    );
}
