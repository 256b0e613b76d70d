//! A table in several regions as a user plays it: drift in a replica, an interrupted change, an import.

use serde_json::{Value, json};
use trueup_testkit::Project;

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, json, serve, trueup};

/// The table with these replica blocks.
fn orders(replicas: &str) -> String {
    format!(
        r#"
provider "aws" {{
  region = "eu-west-1"
}}

resource "aws_dynamodb_table" "orders" {{
  name             = "orders"
  billing_mode     = "PAY_PER_REQUEST"
  hash_key         = "id"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {{
    name = "id"
    type = "S"
  }}

  {replicas}
  tags = {{ team = "shop" }}
}}
"#
    )
}

const TWO: &str = r#"
  replica {
    region_name            = "us-east-1"
    point_in_time_recovery = true
  }
  replica {
    region_name    = "us-west-2"
    propagate_tags = true
  }
"#;

fn named() -> Value {
    json!({"TableName": "orders"})
}

#[test]
fn drift_in_a_replica_is_told_and_put_right() {
    let project = Project::with(&orders(TWO));
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    program.run(&LOCAL_PLAN).expect_code(0);
    program.run(&["-local", "drift"]).expect_code(0);
    let off = json!({
        "TableName": "orders",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": false},
    });
    served.dynamodb("us-east-1", "UpdateContinuousBackups", &off);
    let gone = json!({
        "TableName": "orders",
        "ReplicaUpdates": [{"Delete": {"RegionName": "us-west-2"}}],
    });
    served.dynamodb("eu-west-1", "UpdateTable", &gone);
    program.run(&["-local", "drift"]).expect_code(2);
    program.run(&LOCAL_PLAN).expect_code(2);
    program.run(&LOCAL_APPLY).expect_code(0);
    program.run(&LOCAL_PLAN).expect_code(0);
    let backups = served.dynamodb("us-east-1", "DescribeContinuousBackups", &named());
    let recovery = &backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"];
    assert_eq!(recovery["PointInTimeRecoveryStatus"], "ENABLED");
    let arn = "arn:aws:dynamodb:us-west-2:123456789012:table/orders";
    let tags = served.dynamodb(
        "us-west-2",
        "ListTagsOfResource",
        &json!({"ResourceArn": arn}),
    );
    assert_eq!(tags["Tags"], json!([{"Key": "team", "Value": "shop"}]));
    let destroy = ["-local", "destroy", "-auto-approve", "-input=false"];
    program.run(&destroy).expect_code(0);
    for region in ["eu-west-1", "us-east-1", "us-west-2"] {
        let tables = served.dynamodb(region, "ListTables", &json!({}));
        assert_eq!(tables["TableNames"], json!([]), "{region}");
    }
}

#[test]
fn a_replica_that_cannot_be_made_is_made_when_the_way_is_free() {
    let project = Project::with(&orders(TWO));
    let served = serve(&project);
    // A table of that name stands in the way in one of the regions.
    let stranger = json!({
        "TableName": "orders",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    });
    served.dynamodb("us-west-2", "CreateTable", &stranger);
    let program = trueup(&project);
    let told = program.run(&LOCAL_APPLY).expect_code(1);
    let said = format!("{}{}", told.stdout, told.stderr);
    for words in [
        "replica us-west-2",
        "already existed as tables",
        "Run again",
    ] {
        assert!(said.contains(words), "{words:?}\n{}", told.report());
    }
    served.dynamodb("us-west-2", "DeleteTable", &named());
    let shown = program.run(&["-local", "show", "-json"]).expect_code(0);
    let shown = json(&shown).expect("JSON");
    let table = &shown["values"]["root_module"]["resources"][0];
    assert_ne!(table["tainted"], true);
    assert_eq!(table["values"]["replica"].as_array().map(Vec::len), Some(1));
    program.run(&LOCAL_APPLY).expect_code(0);
    program.run(&LOCAL_PLAN).expect_code(0);
}

#[test]
fn an_imported_table_with_replicas_leaves_nothing_to_do() {
    let project = Project::with(&orders(TWO));
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    program
        .run(&["-local", "state", "rm", "aws_dynamodb_table.orders"])
        .expect_code(0);
    let import = ["-local", "import", "aws_dynamodb_table.orders", "orders"];
    program.run(&import).expect_code(0);
    // Which tags are meant to travel is nowhere to be read: that alone is planned, and takes no call.
    program.run(&LOCAL_APPLY).expect_code(0);
    program.run(&LOCAL_PLAN).expect_code(0);
    drop(served);
}
