//! One configuration reads another's outputs, from S3 and from files, also with `-local`.

use trueup_testkit::Project;

use crate::bed::{LOCAL_APPLY, trueup};

const PRODUCER: &str = r#"
terraform {
  backend "s3" {
    bucket = "states"
    key    = "orders/terraform.tfstate"
    region = "us-east-1"
  }
}
output "table" { value = "orders" }
"#;

const CONSUMER: &str = r#"
data "terraform_remote_state" "orders" {
  backend = "s3"
  config = {
    bucket = "states"
    key    = "orders/terraform.tfstate"
    region = "us-east-1"
  }
  defaults = { index = "by_status" }
}
data "terraform_remote_state" "events" {
  backend = "local"
  config  = { path = "events/terraform.tfstate" }
}
output "read" { value = [data.terraform_remote_state.orders.outputs, data.terraform_remote_state.events.outputs.table] }
"#;

#[test]
fn outputs_cross_from_one_configuration_to_another() {
    let project = Project::with(PRODUCER);
    project.write(
        "events/main.tf",
        "output \"table\" { value = \"events\" }\n",
    );
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    program
        .run(&["-local", "-chdir=events", "apply", "-auto-approve"])
        .expect_code(0);
    // The embedded AWS belongs to the folder, so the reader takes the producer's place in it.
    project.write("main.tf", CONSUMER);
    program
        .run(&["-local", "init", "-reconfigure"])
        .expect_code(0);
    program.run(&LOCAL_APPLY).expect_code(0);
    let told = program
        .run(&["-local", "output", "-json", "read"])
        .expect_code(0);
    let read: serde_json::Value = serde_json::from_str(&told.stdout).expect("JSON");
    assert_eq!(
        read,
        serde_json::json!([{"index": "by_status", "table": "orders"}, "events"])
    );
}
