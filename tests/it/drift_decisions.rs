//! What is decided about drift: let be by a rule, written into the configuration, or undone.

use serde_json::{Value, json};
use trueup_testkit::{Program, Project};

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, Served, serve, trueup};

const ARN: &str = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";

const MAIN: &str = r#"# The shop's orders.
provider "aws" {
  region = "us-east-1"
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders" # never change this
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = {
    Team  = "orders" # who answers the phone
    Owner = "ops"
  }
}

resource "aws_dynamodb_table_item" "first" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key

  item = <<ITEM
{
  "id": {"S": "order-1"},
  "total": {"N": "5"}
}
ITEM
}
"#;

fn applied(main: &str) -> (Project, Served, Program) {
    let project = Project::with(main);
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    (project, served, program)
}

fn tag(served: &Served, key: &str, value: &str) {
    let body = json!({ "ResourceArn": ARN, "Tags": [{ "Key": key, "Value": value }] });
    served.dynamodb("us-east-1", "TagResource", &body);
}

fn put(served: &Served, item: Value) {
    let body = json!({ "TableName": "orders", "Item": item });
    served.dynamodb("us-east-1", "PutItem", &body);
}

#[test]
fn a_rule_lets_drift_be_until_its_day_is_over() {
    let (project, served, program) = applied(MAIN);
    tag(&served, "Owner", "somebody");
    program.run(&["-local", "drift"]).expect_code(2);
    program
        .run(&["drift", "ignore", "aws_dynamodb_table.orders.tags.Owner"])
        .expect_code(1);
    program
        .run(&[
            "drift",
            "ignore",
            "aws_dynamodb_table.orders.tags.Owner",
            "-reason=the billing team tags by hand",
            "-until=2999-12-31",
        ])
        .expect_code(0);
    let told = program.run(&["-local", "drift"]).expect_code(0);
    assert!(
        told.stdout.contains("1 difference is ignored"),
        "{}",
        told.report()
    );

    tag(&served, "Team", "others");
    let told = program.run(&["-local", "drift"]).expect_code(2);
    assert!(
        told.stdout.contains("tags[\"Team\"]") && !told.stdout.contains("tags[\"Owner\"]"),
        "{}",
        told.report()
    );

    let rules = project.read("drift.hcl").expect("the rule was written");
    project.write("drift.hcl", &rules.replace("2999", "2020"));
    let told = program.run(&["-local", "drift"]).expect_code(2);
    assert!(
        told.stdout.contains("tags[\"Owner\"]") && told.stderr.contains("Ignore rule has expired"),
        "{}",
        told.report()
    );
    project.write("drift.hcl", &rules.replace("reason", "raison"));
    let told = program.run(&["-local", "drift"]).expect_code(1);
    assert!(
        told.stderr.contains("on drift.hcl line 3"),
        "{}",
        told.report()
    );
}

#[test]
fn what_is_accepted_is_written_and_everything_else_stays() {
    let (project, served, program) = applied(MAIN);
    tag(&served, "Owner", "some${body}");
    tag(&served, "Foreign key", "x");
    served.dynamodb(
        "us-east-1",
        "UpdateTable",
        &json!({ "TableName": "orders", "DeletionProtectionEnabled": true }),
    );
    served.dynamodb(
        "us-east-1",
        "UpdateTimeToLive",
        &json!({
            "TableName": "orders",
            "TimeToLiveSpecification": { "Enabled": true, "AttributeName": "expires" },
        }),
    );
    put(
        &served,
        json!({ "id": { "S": "order-1" }, "total": { "N": "7" }, "note": { "S": "new" } }),
    );
    let dry = program
        .run(&["-local", "drift", "accept", "-dry-run"])
        .expect_code(0);
    assert_eq!(
        project.read("main.tf").as_deref(),
        Some(MAIN),
        "{}",
        dry.report()
    );
    program.run(&["-local", "drift", "accept"]).expect_code(0);
    let wanted = MAIN
        .replace(
            "    Owner = \"ops\"\n",
            "    Owner = \"some$${body}\"\n    \"Foreign key\" = \"x\"\n",
        )
        .replace(
            "\"Foreign key\" = \"x\"\n  }\n",
            "\"Foreign key\" = \"x\"\n  }\n  deletion_protection_enabled = true\n\n  ttl {\n    attribute_name = \"expires\"\n    enabled        = true\n  }\n",
        )
        .replace(
            "  \"total\": {\"N\": \"5\"}\n",
            "  \"total\": {\"N\": \"7\"},\n  \"note\": {\"S\":\"new\"}\n",
        );
    assert_eq!(project.read("main.tf"), Some(wanted));
    program.run(&LOCAL_PLAN).expect_code(0);
    program.run(&LOCAL_APPLY).expect_code(0);
    program.run(&["-local", "drift"]).expect_code(0);
}

#[test]
fn what_is_no_plain_value_is_said_with_where_it_comes_from() {
    let main = r#"
provider "aws" {
  region = "us-east-1"
}

variable "team" {
  default = "orders"
}

variable "owner" {}

locals {
  cost = "42"
}

resource "aws_dynamodb_table" "orders" {
  for_each     = { orders = "pager", events = "pager" }
  name         = each.key
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  tags = {
    Team  = var.team
    Owner = var.owner
    Cost  = local.cost
    Pager = each.value
    Plain = "x"
    Made  = upper("made")
  }
}
"#;
    let project = Project::with(main);
    project.write("terraform.tfvars", "owner = \"ops\"\n");
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    for key in ["Team", "Owner", "Cost", "Plain", "Made"] {
        tag(&served, key, "other");
    }
    let events = ARN.replace("orders", "events");
    let both = ["Team", "Owner", "Cost", "Pager", "Made"];
    let tags: Vec<Value> = both
        .iter()
        .map(|key| json!({ "Key": key, "Value": "other" }))
        .collect();
    served.dynamodb(
        "us-east-1",
        "TagResource",
        &json!({ "ResourceArn": events, "Tags": tags }),
    );
    let told = program.run(&["-local", "drift", "accept"]).expect_code(1);
    let said = told.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for reason in [
        "var.team has its default at main.tf:7,13-21",
        "var.owner is set at terraform.tfvars:1,9-14",
        "local.cost is written at main.tf:13,10-14",
        "each.value is of for_each at main.tf:17,18-56, the element [\"events\"]",
        "its block stands for 2 objects and 1 of them differ so",
        "`upper(\"made\")`: it is worked out",
    ] {
        assert!(said.contains(reason), "{reason}\n{}", told.report());
    }
    assert_eq!(project.read("main.tf").as_deref(), Some(main));
}

#[test]
fn only_the_reviewed_drift_is_undone() {
    let (project, served, program) = applied(MAIN);
    let before = served.items("orders");
    tag(&served, "Owner", "somebody");
    put(
        &served,
        json!({ "id": { "S": "order-1" }, "total": { "N": "7" } }),
    );
    program
        .run(&["-local", "drift", "-out=json=reviewed.json"])
        .expect_code(2);
    let told: Value = serde_json::from_str(&project.read("reviewed.json").expect("a report"))
        .expect("the report is JSON");
    let fingerprint = told["directories"][0]["fingerprint"]
        .as_str()
        .expect("a fingerprint");

    put(
        &served,
        json!({ "id": { "S": "order-1" }, "total": { "N": "8" } }),
    );
    let refused = program
        .run(&["-local", "drift", "revert", "-reviewed=reviewed.json"])
        .expect_code(1);
    assert!(
        refused
            .stderr
            .contains("Drift changed since it was reviewed"),
        "{}",
        refused.report()
    );
    let by_print = format!("-fingerprint={fingerprint}");
    program
        .run(&["-local", "drift", "revert", &by_print])
        .expect_code(1);

    // One object of the review alone, while the other is not as it was.
    program
        .run(&[
            "-local",
            "drift",
            "revert",
            "-reviewed=reviewed.json",
            "aws_dynamodb_table.orders",
        ])
        .expect_code(0);
    program
        .run(&["-local", "drift", "-out=json=reviewed.json"])
        .expect_code(2);

    // What the configuration asks for beside is left alone.
    let more = format!("{MAIN}\nresource \"terraform_data\" \"other\" {{\n}}\n");
    project.write("main.tf", &more);
    let told = program
        .run(&["-local", "drift", "revert", "-reviewed=reviewed.json"])
        .expect_code(0);
    assert_eq!(served.items("orders"), before);
    // Everything is read once, and no option is blamed for what was left alone.
    let read = "aws_dynamodb_table.orders: Refreshing state...";
    assert_eq!(told.stdout.matches(read).count(), 1, "{}", told.report());
    assert!(!told.stderr.contains("-target"), "{}", told.report());
    program.run(&["-local", "drift"]).expect_code(0);
    program.run(&LOCAL_PLAN).expect_code(2);

    // A change of the configuration on the same object is more than undoing.
    project.write("main.tf", &MAIN.replace("\"N\": \"5\"", "\"N\": \"6\""));
    put(
        &served,
        json!({ "id": { "S": "order-1" }, "total": { "N": "9" } }),
    );
    let refused = program
        .run(&["-local", "drift", "revert", "-auto-approve"])
        .expect_code(1);
    assert!(
        refused.stderr.contains("Reverting would do more than that"),
        "{}",
        refused.report()
    );
}
