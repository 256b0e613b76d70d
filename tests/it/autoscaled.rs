//! Capacity that AWS moves by itself, within the band that a configuration declares, is nobody's drift.

use serde_json::{Value, json};
use trueup_testkit::Project;

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, Served, serve, trueup};

const TABLE: &str = r#"
provider "aws" {
  region = "us-east-1"
}

variable "team" {
  type    = string
  default = "red"
}

resource "aws_dynamodb_table" "orders" {
  name           = "orders"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5
  hash_key       = "pk"
  tags           = { team = var.team }

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "status"
    type = "S"
  }

  global_secondary_index {
    name            = "by_status"
    hash_key        = "status"
    projection_type = "ALL"
    read_capacity   = 2
    write_capacity  = 2
  }
}
"#;

const BANDS: &str = r#"
resource "aws_appautoscaling_target" "reads" {
  for_each = {
    "table/orders"                 = "dynamodb:table:ReadCapacityUnits"
    "table/orders/index/by_status" = "dynamodb:index:ReadCapacityUnits"
  }

  min_capacity       = 2
  max_capacity       = 50
  resource_id        = each.key
  scalable_dimension = each.value
  service_namespace  = "dynamodb"

  depends_on = [aws_dynamodb_table.orders]
}
"#;

const IGNORED: &str = r#"
  lifecycle {
    ignore_changes = [read_capacity, global_secondary_index["by_status"].read_capacity]
  }
}
"#;

/// Moves capacity as autoscaling does.
fn moved_to(served: &Served, read: i64, index_read: i64) {
    let index = json!({"Update": {
        "IndexName": "by_status",
        "ProvisionedThroughput": {"ReadCapacityUnits": index_read, "WriteCapacityUnits": 2},
    }});
    let request = json!({
        "TableName": "orders",
        "ProvisionedThroughput": {"ReadCapacityUnits": read, "WriteCapacityUnits": 5},
        "GlobalSecondaryIndexUpdates": [index],
    });
    served.dynamodb("us-east-1", "UpdateTable", &request);
}

/// The read units of the table and of its index.
fn reads(served: &Served) -> [i64; 2] {
    let described = served.dynamodb(
        "us-east-1",
        "DescribeTable",
        &json!({"TableName": "orders"}),
    );
    [
        "/Table/ProvisionedThroughput/ReadCapacityUnits",
        "/Table/GlobalSecondaryIndexes/0/ProvisionedThroughput/ReadCapacityUnits",
    ]
    .map(|place| {
        described
            .pointer(place)
            .and_then(Value::as_i64)
            .unwrap_or(0)
    })
}

#[test]
fn capacity_within_its_band_is_left_alone() {
    let main = format!("{TABLE}{BANDS}");
    let project = Project::with(&main);
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    program.run(&LOCAL_PLAN).expect_code(0);
    moved_to(&served, 23, 11);
    program.run(&LOCAL_PLAN).expect_code(0);
    program.run(&["-local", "drift"]).expect_code(0);
    // A change of something else, by a saved plan, leaves them where they are.
    program
        .run(&[
            "-local",
            "plan",
            "-input=false",
            "-var=team=blue",
            "-out=the.plan",
        ])
        .expect_code(0);
    program.run(&["-local", "apply", "the.plan"]).expect_code(0);
    assert_eq!(reads(&served), [23, 11]);
    program
        .run(&[
            "-local",
            "plan",
            "-detailed-exitcode",
            "-input=false",
            "-var=team=blue",
        ])
        .expect_code(0);
    // Outside of it they are drift, and put right.
    moved_to(&served, 51, 11);
    program.run(&["-local", "drift"]).expect_code(2);
    program
        .run(&[
            "-local",
            "apply",
            "-auto-approve",
            "-input=false",
            "-var=team=blue",
        ])
        .expect_code(0);
    assert_eq!(reads(&served), [5, 11]);
    program
        .run(&["-local", "destroy", "-auto-approve", "-input=false"])
        .expect_code(0);
}

#[test]
fn a_capacity_of_one_index_is_ignored_by_the_indexs_name() {
    let ignoring = format!("{}{IGNORED}", TABLE.trim_end().trim_end_matches('}'));
    let project = Project::with(&ignoring);
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    moved_to(&served, 23, 11);
    program.run(&LOCAL_PLAN).expect_code(0);
    // What is not named is looked after as before.
    let request = json!({
        "TableName": "orders",
        "GlobalSecondaryIndexUpdates": [{"Update": {
            "IndexName": "by_status",
            "ProvisionedThroughput": {"ReadCapacityUnits": 11, "WriteCapacityUnits": 9},
        }}],
    });
    served.dynamodb("us-east-1", "UpdateTable", &request);
    program.run(&LOCAL_PLAN).expect_code(2);
    program.run(&LOCAL_APPLY).expect_code(0);
    assert_eq!(reads(&served), [23, 11]);
    program.run(&LOCAL_PLAN).expect_code(0);
}
