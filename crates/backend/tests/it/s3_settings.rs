//! What a `backend "s3"` block may say: each case with all that is found wrong with it, word for word.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use trueup_backend::{BlockHash, Environment, SettingPlace, check_settings, schema};
use trueup_testkit::check_golden;
use trueup_value::Value;

/// A block: the usual settings, with some set and some dropped, in an environment.
#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    set: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    drop: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/s3_settings")
}

/// A block's value, with every argument of the schema.
fn block(settings: &serde_json::Map<String, serde_json::Value>) -> Result<Value, String> {
    let text = serde_json::Value::Object(settings.clone()).to_string();
    let value = trueup_value::json::decode(&text).map_err(|error| error.to_string())?;
    let schema = schema("s3").expect("there is a backend s3");
    schema.coerce(value).map_err(|error| error.to_string())
}

#[test]
fn problems_are_said_in_the_words_that_users_know() {
    let text = std::fs::read_to_string(folder().join("cases.json")).expect("the cases");
    let cases: BTreeMap<String, Case> = serde_json::from_str(&text).expect("cases");
    let mut told = String::new();
    for (name, case) in cases {
        let mut settings = serde_json::Map::new();
        settings.insert("bucket".into(), "states".into());
        settings.insert("key".into(), "app/terraform.tfstate".into());
        settings.insert("region".into(), "us-east-1".into());
        settings.extend(case.set);
        settings.retain(|name, _| !case.drop.contains(name));
        let _ = writeln!(told, "{name}");
        let value = match block(&settings) {
            Ok(value) => value,
            Err(problem) => {
                let _ = writeln!(told, "  type: {problem}");
                continue;
            }
        };
        let problems = check_settings("s3", &value, &Environment::new(case.env));
        for problem in problems.expect("the block has its types") {
            let kind = if problem.is_error { "error" } else { "warning" };
            let place = match problem.at {
                SettingPlace::Setting(name) => name,
                SettingPlace::Block => "block",
                SettingPlace::Nowhere => "-",
            };
            let detail = problem.detail.trim_end().replace('\n', "\n    ");
            let _ = writeln!(
                told,
                "  {kind} at {place}: {}\n    {detail}",
                problem.summary
            );
        }
    }
    check_golden(&folder().join("problems.txt"), &told);
}

/// Arguments of OpenTofu alone change neither Terraform's hash nor its record while they are unset.
#[test]
fn the_hash_of_a_block_is_terraforms() {
    let settings = serde_json::json!({
        "access_key": "test", "bucket": "tfbkt", "dynamodb_table": "tflock",
        "endpoints": { "dynamodb": "http://127.0.0.1:5056", "s3": "http://127.0.0.1:5056" },
        "key": "app/terraform.tfstate", "region": "us-east-1", "secret_key": "test",
        "skip_credentials_validation": true, "skip_metadata_api_check": true,
        "skip_region_validation": true, "skip_requesting_account_id": true,
        "use_path_style": true,
    });
    let serde_json::Value::Object(settings) = settings else {
        unreachable!("an object was written")
    };
    let value = block(&settings).expect("a block");
    assert_eq!(u32::from(BlockHash::new("s3", &value)), 87_834_936);
}
