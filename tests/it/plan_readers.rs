//! What programs that read Terraform's plans look for in ours: conftest and other readers of OPA, Infracost, Checkov.

use serde_json::Value;
use trueup_testkit::Project;

use crate::bed::{json, trueup};

const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region = "eu-west-1"
}

variable "capacity" {
  default = 5
}

resource "aws_dynamodb_table" "orders" {
  name           = "orders"
  hash_key       = "id"
  read_capacity  = var.capacity
  write_capacity = 5

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  tags = {
    team = "sales"
  }
}

module "events" {
  source = "./events"
  name   = "events"
}
"#;

const MODULE: &str = r#"
variable "name" {}

resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
"#;

fn plan(project: &Project, name: &str) -> Result<Value, String> {
    let out = format!("-out={name}");
    let capacity = format!("capacity={}", if name == "second" { 7 } else { 5 });
    let planned = trueup(project).run(&["-local", "plan", &out, "-var", &capacity]);
    planned.with_code(0)?;
    let shown = trueup(project).run(&["-local", "show", "-json", name]);
    json(&shown.with_code(0)?)
}

/// The value at a pointer that must lead somewhere.
fn at<'a>(document: &'a Value, pointer: &str) -> &'a Value {
    let found = document.pointer(pointer);
    found.unwrap_or_else(|| panic!("nothing at {pointer} in\n{document:#}"))
}

#[test]
fn readers_of_plans_find_what_they_look_for() -> Result<(), String> {
    let project = Project::new();
    project.write("main.tf", CONFIGURATION);
    project.write("events/main.tf", MODULE);
    trueup(&project).run(&["-local", "init"]).with_code(0)?;
    let first = plan(&project, "first")?;

    // Rules for OPA walk the changes.
    let changes = at(&first, "/resource_changes").as_array();
    let orders = changes
        .into_iter()
        .flatten()
        .find(|change| change["address"] == "aws_dynamodb_table.orders")
        .ok_or("no change of the table")?;
    assert_eq!(orders["type"], "aws_dynamodb_table");
    assert_eq!(orders["change"]["actions"][0], "create");
    assert_eq!(orders["change"]["before"], Value::Null);
    assert_eq!(orders["change"]["after"]["tags"]["team"], "sales");
    let recovery = at(orders, "/change/after/point_in_time_recovery/0/enabled");
    assert_eq!(recovery, true);

    // Prices need regions, values as planned and what they come from.
    let provider = at(&first, "/configuration/provider_config/aws");
    assert_eq!(provider["full_name"], "registry.terraform.io/hashicorp/aws");
    assert_eq!(provider["version_constraint"], "~> 5.0");
    assert_eq!(
        at(provider, "/expressions/region/constant_value"),
        "eu-west-1"
    );
    let planned = at(&first, "/planned_values/root_module/resources/0");
    assert_eq!(planned["address"], "aws_dynamodb_table.orders");
    assert_eq!(at(planned, "/values/read_capacity"), 5);
    let configured = at(&first, "/configuration/root_module/resources/0");
    assert_eq!(configured["provider_config_key"], "aws");
    assert_eq!(
        at(configured, "/expressions/read_capacity/references/0"),
        "var.capacity"
    );
    assert_eq!(at(configured, "/expressions/name/constant_value"), "orders");

    // Scanners go down into modules, on both sides.
    let module = at(&first, "/planned_values/root_module/child_modules/0");
    assert_eq!(module["address"], "module.events");
    assert_eq!(
        at(module, "/resources/0/values/billing_mode"),
        "PAY_PER_REQUEST"
    );
    let call = at(&first, "/configuration/root_module/module_calls/events");
    assert_eq!(call["source"], "./events");
    assert_eq!(
        at(call, "/module/resources/0/address"),
        "aws_dynamodb_table.this"
    );
    assert_eq!(first["format_version"], "1.2");
    assert!(first["terraform_version"].is_string());

    // Differences in price are between what was and what will be.
    let applied = trueup(&project).run(&["-local", "apply", "first"]);
    applied.with_code(0)?;
    let second = plan(&project, "second")?;
    let before = at(
        &second,
        "/prior_state/values/root_module/resources/0/values",
    );
    assert_eq!(before["read_capacity"], 5);
    let after = at(&second, "/planned_values/root_module/resources/0/values");
    assert_eq!(after["read_capacity"], 7);
    Ok(())
}
