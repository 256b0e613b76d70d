//! A first VPC as tutorials show it: made, brought under control, repaired, and destroyed in order.

use serde_json::{Value, json};
use trueup_testkit::Project;

use crate::bed::{LOCAL_APPLY, LOCAL_PLAN, json as told, outputs, trueup};

/// A provider block as it was written years ago, and functions as they are written now.
const OLD_AND_NEW: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  version                 = "~> 3.0"
  region                  = "eu-west-1"
  profile                 = "orders"
  shared_credentials_file = "~/.aws/creds"
  skip_get_ec2_platforms  = true
}

resource "aws_vpc" "main" {
  cidr_block       = "10.0.0.0/16"
  instance_tenancy = "default"
  tags             = { Name = "orders" }
}

resource "aws_subnet" "one" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

locals {
  arn = provider::aws::arn_parse(aws_vpc.main.arn)
}

output "service" { value = local.arn.service }
output "same" {
  value = provider::aws::arn_build(local.arn.partition, local.arn.service, local.arn.region, local.arn.account_id, local.arn.resource) == aws_vpc.main.arn
}
output "role" { value = provider::aws::trim_iam_role_path("arn:aws:iam::123456789012:role/a/b/worker") }
output "agent" { value = provider::aws::user_agent("orders", "1.0", "") }
output "vpc" { value = aws_vpc.main.id }
"#;

#[test]
fn a_tutorial_of_years_ago_runs_as_printed() {
    let project = Project::with(OLD_AND_NEW);
    let program = trueup(&project);
    let said = program.run(&LOCAL_APPLY).expect_code(0);
    for warned in ["shared_credentials_file", "Version constraints inside"] {
        assert!(said.stderr.contains(warned), "{}", said.stderr);
    }
    let found = outputs(&program).expect("outputs");
    assert_eq!(found["service"], json!("ec2"));
    assert_eq!(found["same"], json!(true));
    assert_eq!(
        found["role"],
        json!("arn:aws:iam::123456789012:role/worker")
    );
    assert_eq!(found["agent"], json!("orders/1.0"));
    program.run(&LOCAL_PLAN).expect_code(0);

    // Forgotten and imported, it is the same VPC.
    let vpc = found["vpc"].as_str().expect("an id").to_owned();
    program
        .run(&["-local", "state", "rm", "aws_vpc.main"])
        .expect_code(0);
    program
        .run(&["-local", "import", "-input=false", "aws_vpc.main", &vpc])
        .expect_code(0);
    program.run(&LOCAL_PLAN).expect_code(0);
    let missing = "vpc-0123456789abcdef0";
    program
        .run(&["-local", "state", "rm", "aws_vpc.main"])
        .expect_code(0);
    let refused = program
        .run(&["-local", "import", "-input=false", "aws_vpc.main", missing])
        .expect_code(1);
    assert!(refused.stderr.contains("non-existent remote object"));
    program
        .run(&["-local", "import", "-input=false", "aws_vpc.main", &vpc])
        .expect_code(0);

    // A subnet that does not lie in the VPC is refused; what was made before stays.
    let wrong = OLD_AND_NEW.replace("10.0.1.0/24", "10.9.1.0/24");
    project.write("main.tf", &wrong);
    let refused = program.run(&LOCAL_APPLY).expect_code(1);
    assert!(
        refused.stderr.contains("InvalidSubnet.Range"),
        "{}",
        refused.stderr
    );
    let state = program.run(&["-local", "state", "list"]).expect_code(0);
    assert!(state.stdout.contains("aws_vpc.main"), "{}", state.stdout);
    project.write("main.tf", OLD_AND_NEW);
    program.run(&LOCAL_APPLY).expect_code(0);

    // Subnets go before their VPC.
    program
        .run(&["-local", "destroy", "-auto-approve", "-input=false"])
        .expect_code(0);
    let state = program.run(&["-local", "state", "list"]).expect_code(0);
    assert_eq!(state.stdout, "");
}

#[test]
fn a_function_that_fails_says_why() {
    let project = Project::with(
        r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
output "parts" { value = provider::aws::arn_parse("orders") }
output "none" { value = provider::aws::arn_guess("orders") }
"#,
    );
    let program = trueup(&project);
    let said = program.run(&["-local", "validate", "-json"]).expect_code(1);
    let said: Value = told(&said).expect("JSON");
    let details: Vec<&str> = said["diagnostics"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|diagnostic| diagnostic["detail"].as_str())
        .collect();
    let all = details.join("\n");
    assert!(all.contains("arn: invalid prefix"), "{all}");
    assert!(all.contains("\"arn_guess\" is not available"), "{all}");
}
