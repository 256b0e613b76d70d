//! The configuration section of plan documents.

use std::path::Path;

use trueup_config::InMemory;
use trueup_diagnostics::Sources;
use trueup_plan::json::plan_document;
use trueup_testkit::check_golden;

use crate::documents::None;
use crate::sample;

const TEXT: &str = r#"
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  alias  = "east"
  region = var.region

  default_tags {
    tags = { team = "orders" }
  }
}

variable "region" {
  description = "Where."
  default     = "us-east-1"
}

variable "secret" {
  sensitive = true
}

resource "aws_dynamodb_table" "orders" {
  provider     = aws.east
  for_each     = toset(["a", "b"])
  name         = "orders-${each.key}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = data.aws_region.here.attributes["x"][0].name

  attribute {
    name = "pk"
    type = "S"
  }

  depends_on = [data.aws_region.here]
}

data "aws_region" "here" {
  count = 2
  list  = [1, -2.5, "a", null, { k = true }]
}

output "arn" {
  description = "The table."
  value       = aws_dynamodb_table.orders["a"].arn
  sensitive   = true
}
"#;

#[test]
fn expressions_are_constants_or_references() {
    let mut sources = Sources::new();
    let files = InMemory([("main.tf".to_owned(), TEXT.as_bytes().into())].into());
    let (config, diagnostics) = trueup_config::load(&files, &mut sources);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let document = plan_document(&sample::plan(), Some(&config), &None);
    let section = document.get("configuration").expect("there is a section");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/configuration.json");
    check_golden(&golden, &format!("{}\n", section.to_pretty()));
}

#[test]
fn what_changes_refer_to_is_relevant() {
    let text = r#"
locals {
  key = data.aws_region.here[0].name
}
resource "aws_dynamodb_table" "orders" {
  name     = local.key
  hash_key = aws_dynamodb_table.events.hash_key
  attribute {
    name = aws_dynamodb_table.events.attribute["x"].name
  }
}
resource "aws_dynamodb_table" "events" {
  hash_key = aws_kms_key.k.arn
  range_key = aws_kms_key.k.id
}
output "arn" {
  value = aws_dynamodb_table.orders
}
"#;
    let mut sources = Sources::new();
    let files = InMemory([("main.tf".to_owned(), text.as_bytes().into())].into());
    let (config, _) = trueup_config::load(&files, &mut sources);
    let found: Vec<String> = trueup_plan::relevant_attributes(&sample::plan(), &config, &[])
        .iter()
        .map(|one| format!("{}{}", one.resource, one.path))
        .collect();
    let want = [
        "aws_dynamodb_table.events.attribute[\"x\"].name",
        "aws_dynamodb_table.events.hash_key",
        "aws_dynamodb_table.orders",
        "aws_kms_key.k.arn",
        "data.aws_region.here[0].name",
    ];
    assert_eq!(found, want);
}
