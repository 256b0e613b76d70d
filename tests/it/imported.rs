//! Objects taken in with blocks that were written for them: the plan that follows is empty, for every type that can be
//! made without another account, and for whole tables with their items.

use serde_json::Value;
use trueup_testkit::{Program, Project};

use crate::bed::{actions, json as said, serve, trueup};

const APPLY: &[&str] = &["-local", "apply", "-auto-approve", "-input=false"];

const PROVIDER: &str = "provider \"aws\" {\n  region = \"us-east-1\"\n}\n";

/// Tables, and one of each type that stands beside a table.
const MADE: &str = r#"
resource "aws_dynamodb_table" "orders" {
  name           = "orders"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5
  hash_key       = "id"
  range_key      = "at"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "at"
    type = "N"
  }

  global_secondary_index {
    name            = "by_day"
    hash_key        = "at"
    projection_type = "KEYS_ONLY"
    read_capacity   = 2
    write_capacity  = 2
  }

  ttl {
    enabled        = true
    attribute_name = "expires"
  }

  point_in_time_recovery {
    enabled = true
  }

  tags = { Team = "orders" }
}

resource "aws_dynamodb_table_item" "first" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = "id"
  range_key  = "at"
  item       = jsonencode({ id = { S = "order|1" }, at = { N = "1" }, tags = { SS = ["b", "a"] } })
}

resource "aws_dynamodb_tag" "cost" {
  resource_arn = aws_dynamodb_table.orders.arn
  key          = "Team"
  value        = "orders"
}

resource "aws_dynamodb_contributor_insights" "orders" {
  table_name = aws_dynamodb_table.orders.name
}

resource "aws_dynamodb_resource_policy" "orders" {
  resource_arn = aws_dynamodb_table.orders.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "dynamodb:GetItem"
      Resource  = aws_dynamodb_table.orders.arn
    }]
  })
}

resource "aws_appautoscaling_target" "reads" {
  min_capacity       = 1
  max_capacity       = 50
  resource_id        = "table/${aws_dynamodb_table.orders.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  service_namespace  = "dynamodb"
}

resource "aws_appautoscaling_policy" "reads" {
  name               = "reads"
  policy_type        = "TargetTrackingScaling"
  resource_id        = aws_appautoscaling_target.reads.resource_id
  scalable_dimension = aws_appautoscaling_target.reads.scalable_dimension
  service_namespace  = aws_appautoscaling_target.reads.service_namespace

  target_tracking_scaling_policy_configuration {
    predefined_metric_specification {
      predefined_metric_type = "DynamoDBReadCapacityUtilization"
    }
    target_value = 70
  }
}

resource "aws_kms_key" "orders" {
  description = "orders"
}

resource "aws_kms_alias" "orders" {
  name          = "alias/orders"
  target_key_id = aws_kms_key.orders.key_id
}
"#;

/// The id by which an object of the state is imported.
fn import_id(resource: &Value) -> String {
    let text = |name: &str| {
        resource["values"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    match resource["type"].as_str().unwrap_or_default() {
        "aws_appautoscaling_target" => format!(
            "{}/{}/{}",
            text("service_namespace"),
            text("resource_id"),
            text("scalable_dimension")
        ),
        "aws_appautoscaling_policy" => format!(
            "{}/{}/{}/{}",
            text("service_namespace"),
            text("resource_id"),
            text("scalable_dimension"),
            text("name")
        ),
        _ => text("id"),
    }
}

/// Plans with blocks written to `written.tf`, and answers what the plan does beside taking in.
fn planned(program: &Program, flags: &[&str]) -> Value {
    let mut arguments = vec![
        "-local",
        "plan",
        "-generate-config-out=written.tf",
        "-out=p",
    ];
    arguments.extend(flags);
    program.run(&arguments).expect_code(0);
    said(&program.run(&["-local", "show", "-json", "p"])).expect("a plan")
}

#[test]
fn what_is_written_for_each_type_leaves_everything_as_it_is() {
    let project = Project::with(&format!("{PROVIDER}{MADE}"));
    let program = trueup(&project);
    program.run(APPLY).expect_code(0);
    let state = said(&program.run(&["-local", "show", "-json"])).expect("a state");
    let resources = state["values"]["root_module"]["resources"]
        .as_array()
        .cloned();
    let resources = resources.expect("resources");
    assert_eq!(resources.len(), 9);
    let mut main = PROVIDER.to_owned();
    for resource in &resources {
        let address = resource["address"].as_str().expect("an address");
        program
            .run(&["-local", "state", "rm", address])
            .expect_code(0);
        let id = import_id(resource);
        main.push_str(&format!(
            "\nimport {{\n  to = {address}\n  id = {id:?}\n}}\n"
        ));
    }
    project.write("main.tf", &main);
    let plan = planned(&program, &[]);
    assert!(actions(&plan).is_empty(), "{:?}", actions(&plan));
    let told = program.run(&["-local", "apply", "p"]).expect_code(0);
    assert!(
        told.stdout.contains("9 imported, 0 added, 0 changed"),
        "{}",
        told.report()
    );
    program
        .run(&["-local", "plan", "-detailed-exitcode", "-input=false"])
        .expect_code(0);
    program.run(&["-local", "drift"]).expect_code(0);
}

#[test]
fn a_whole_table_is_taken_in_with_its_items() {
    let project = Project::with(PROVIDER);
    let served = serve(&project);
    let program = trueup(&project);
    served.dynamodb(
        "us-east-1",
        "CreateTable",
        &serde_json::json!({
            "TableName": "events",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [
                { "AttributeName": "id", "KeyType": "HASH" },
                { "AttributeName": "at", "KeyType": "RANGE" },
            ],
            "AttributeDefinitions": [
                { "AttributeName": "id", "AttributeType": "S" },
                { "AttributeName": "at", "AttributeType": "N" },
            ],
        }),
    );
    for n in 0..30 {
        let item = serde_json::json!({
            "id": { "S": format!("a|{n}\"${{x}}") },
            "at": { "N": n.to_string() },
            "deep": { "M": { "l": { "L": [{ "BOOL": true }, { "NULL": true }, { "B": "YQ==" }] } } },
            "set": { "NS": ["3", "1.5"] },
        });
        let body = serde_json::json!({ "TableName": "events", "Item": item });
        served.dynamodb("us-east-1", "PutItem", &body);
    }
    let before = served.items("events");
    let import = "\nimport {\n  to = aws_dynamodb_table.events\n  id = \"events\"\n}\n";
    project.write("main.tf", &format!("{PROVIDER}{import}"));
    let plan = planned(&program, &["-with-items"]);
    assert!(actions(&plan).is_empty(), "{:?}", actions(&plan));
    let told = program.run(&["-local", "apply", "p"]).expect_code(0);
    assert!(
        told.stdout.contains("31 imported, 0 added, 0 changed"),
        "{}",
        told.report()
    );
    program
        .run(&["-local", "plan", "-detailed-exitcode", "-input=false"])
        .expect_code(0);
    program.run(&["fmt", "-check"]).expect_code(0);
    assert_eq!(served.items("events"), before);
    let written = project.read("written.tf").expect("the blocks are written");
    project.write("written.tf", &written.replacen("\"YQ==\"", "\"Yg==\"", 1));
    let told = program
        .run(&["-local", "plan", "-input=false"])
        .expect_code(0);
    assert!(
        told.stdout.contains("0 to add, 1 to change, 0 to destroy"),
        "{}",
        told.report()
    );
}
