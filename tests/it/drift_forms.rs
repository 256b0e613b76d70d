//! What the drift commands print, word for word: each command, and the check in each of its forms.
//!
//! `tests/drift_forms/` has the goldens; `UPDATE_GOLDENS=1` writes them.

use serde_json::json;
use trueup_testkit::{Finished, Project, compare_golden, redact};

use crate::bed::{LOCAL_APPLY, root, serve, trueup};
use crate::schemas::{junit_complaints, sarif_complaints};
use crate::tables::{PROVIDER, orders};

const SECRET: &str = r#"
variable "secret" {
  default   = "hidden-1"
  sensitive = true
}
"#;

const ITEMS: &str = r#"
resource "aws_dynamodb_table_item" "first" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key
  item       = jsonencode({ id = { S = "order-1" }, total = { N = "5" } })
}

resource "aws_dynamodb_table_item" "second" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = aws_dynamodb_table.orders.hash_key
  item       = jsonencode({ id = { S = "order-2" } })
}
"#;

fn main_tf() -> String {
    let table = orders("    Team  = \"orders\"\n    Token = var.secret");
    format!("{PROVIDER}{SECRET}{table}{ITEMS}")
}

/// What a command printed, with what is another one every time replaced.
fn printed(finished: &Finished) -> String {
    let mut text = format!("{}--- stderr\n{}", finished.stdout, finished.stderr);
    if let Some(at) = text.find("timestamp=\"") {
        let from = at + "timestamp=\"".len();
        text.replace_range(from..from + 19, "TIME");
    }
    redact(&text)
}

#[test]
fn every_command_says_what_is_recorded() {
    let project = Project::with(&main_tf());
    let served = serve(&project);
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    let folder = root().join("tests/drift_forms");
    let mut wrong = Vec::new();
    let mut play = |name: &str, arguments: &[&str], code: i32| {
        let finished = program.run(arguments).expect_code(code);
        let text = printed(&finished);
        assert!(
            !text.contains("hidden-"),
            "{name}: a secret is shown\n{text}"
        );
        let path = folder.join(format!("{name}.txt"));
        wrong.extend(compare_golden(&path, &text).err());
        finished
    };
    const FORMS: [&str; 6] = ["text", "json", "sarif", "junit", "markdown", "github"];
    for form in FORMS {
        let format = format!("-format={form}");
        play(&format!("none.{form}"), &["-local", "drift", &format], 0);
    }
    let arn = "arn:aws:dynamodb:us-east-1:123456789012:table/orders";
    let tags =
        json!([{ "Key": "Team", "Value": "others" }, { "Key": "Token", "Value": "hidden-2" }]);
    served.dynamodb(
        "us-east-1",
        "TagResource",
        &json!({ "ResourceArn": arn, "Tags": tags }),
    );
    served.dynamodb(
        "us-east-1",
        "PutItem",
        &json!({ "TableName": "orders", "Item": { "id": { "S": "order-1" }, "total": { "N": "6" } } }),
    );
    served.dynamodb(
        "us-east-1",
        "DeleteItem",
        &json!({ "TableName": "orders", "Key": { "id": { "S": "order-2" } } }),
    );
    served.dynamodb(
        "us-east-1",
        "CreateTable",
        &json!({
            "TableName": "foreign",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        }),
    );
    for form in FORMS {
        let format = format!("-format={form}");
        let name = format!("found.{form}");
        let finished = play(&name, &["-local", "drift", "-unmanaged", &format], 2);
        if form == "sarif" {
            assert_eq!(sarif_complaints(&finished.stdout), [""; 0]);
        }
        if form == "junit" {
            assert_eq!(junit_complaints(&finished.stdout), [""; 0]);
        }
    }
    play("unknown_format", &["-local", "drift", "-format=sariff"], 1);
    play(
        "accept_dry_run",
        &["-local", "drift", "accept", "-dry-run"],
        1,
    );
    play(
        "ignore",
        &[
            "drift",
            "ignore",
            "aws_dynamodb_table.orders.tags.Token",
            "-reason=rotated",
        ],
        0,
    );
    play(
        "ignore_without_reason",
        &["drift", "ignore", "aws_dynamodb_table.orders"],
        1,
    );
    play(
        "accept",
        &["-local", "drift", "accept", "aws_dynamodb_table.orders"],
        0,
    );
    play(
        "revert",
        &[
            "-local",
            "drift",
            "revert",
            "-auto-approve",
            "aws_dynamodb_table_item.first",
        ],
        0,
    );
    play("no_folder", &["-local", "drift", "nowhere", "."], 1);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_check_reads_once_and_takes_no_lock() {
    let project = Project::with(&main_tf());
    let program = trueup(&project);
    program.run(&LOCAL_APPLY).expect_code(0);
    let state = |name: &str| project.bytes(&format!(".trueup/local/{name}"));
    let before = state("terraform.tfstate");
    let counts = project.path().join("counts.json");
    program
        .clone()
        .variable("TRUEUP_REQUESTS", &counts)
        .run(&[
            "-local",
            "drift",
            "-out=sarif=a",
            "-out=junit=b",
            "-out=markdown=c",
            "-out=json=d",
        ])
        .expect_code(0);
    let told = project
        .read("counts.json")
        .expect("the run leaves its counts");
    let told: serde_json::Value = serde_json::from_str(&told).expect("counts are JSON");
    for (operation, count) in [
        ("DescribeTable", 1),
        ("DescribeContinuousBackups", 1),
        ("DescribeTimeToLive", 1),
        ("ListTagsOfResource", 1),
        ("BatchGetItem", 1),
    ] {
        assert_eq!(told["dynamodb"][operation], count, "{told}");
    }
    assert_eq!(
        told["dynamodb"].as_object().map(serde_json::Map::len),
        Some(5),
        "{told}"
    );
    assert_eq!(state("terraform.tfstate"), before);

    // Somebody holds the lock: a check does not mind.
    let held = project
        .path()
        .join(".trueup/local/.terraform.tfstate.lock.info");
    std::fs::write(&held, "{\"ID\":\"1\",\"Who\":\"somebody\"}").expect("the lock can be held");
    program.run(&["-local", "drift"]).expect_code(0);
    assert!(held.exists());
}
