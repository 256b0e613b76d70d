//! One fixture against one emulator: apply, a plan without changes, each edit, destroy.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use super::emulator::Emulator;
use super::lacks;

/// What is said over each provider block: emulators know nobody, and some have no STS to ask.
const SETTINGS: &str = "
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  s3_use_path_style           = true
}
";

/// The override file of a folder: a block for the provider, and for each alias that its files name.
fn overrides(folder: &Path) -> std::io::Result<String> {
    let mut text = format!("provider \"aws\" {{{SETTINGS}");
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "tf") {
            continue;
        }
        for line in fs::read_to_string(&path)?.lines() {
            let alias = line.trim().strip_prefix("alias").map(str::trim_start);
            if let Some(alias) = alias.and_then(|rest| rest.strip_prefix('=')) {
                text.push_str(&format!(
                    "provider \"aws\" {{\n  alias = {}{SETTINGS}",
                    alias.trim()
                ));
            }
        }
    }
    Ok(text)
}

/// The lock table that a state in S3 wants, made beforehand.
const LOCK_TABLE: &str = r#"
provider "aws" {
  region = "us-east-1"
}

resource "aws_dynamodb_table" "locks" {
  name         = "state-locks"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "LockID"

  attribute {
    name = "LockID"
    type = "S"
  }
}
"#;

/// Steps that were not played, each with the reason.
pub type Skipped = Vec<(String, &'static str)>;

/// Plays a fixture.
///
/// # Errors
/// The first step that is not as `expect.json` says.
pub fn fixture(
    binary: &Path,
    folder: &Path,
    bed: &str,
    name: &str,
    emulator: &Emulator,
) -> Result<Skipped, String> {
    let say = |error: std::io::Error| error.to_string();
    let text = fs::read_to_string(folder.join("expect.json")).map_err(say)?;
    let expect: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let project = tempfile::tempdir().map_err(say)?;
    trueup_testkit::copy_tree(
        folder,
        project.path(),
        &["edits", "expect.json", ".trueup", ".terraform"],
    )
    .map_err(say)?;
    let over = overrides(project.path()).map_err(say)?;
    fs::write(project.path().join("bed_override.tf"), &over).map_err(say)?;
    let program = Program {
        binary,
        folder: project.path(),
        url: &emulator.url,
    };
    let locks = tempfile::tempdir().map_err(say)?;
    let in_s3 = project.path().join("backend.tf").is_file();
    let lock_table = Program {
        folder: locks.path(),
        ..program
    };
    if in_s3 {
        emulator.make_bucket("orders-states")?;
        fs::write(locks.path().join("main.tf"), LOCK_TABLE).map_err(say)?;
        let over = overrides(locks.path()).map_err(say)?;
        fs::write(locks.path().join("bed_override.tf"), over).map_err(say)?;
        lock_table.expect(0, &["apply", "-auto-approve", "-input=false"])?;
    }
    let played = steps(&program, folder, &expect, bed, name);
    if played.is_err() {
        // The next fixture may use the same names; whether this succeeds changes nothing about the failure.
        let _ = program.run(&["destroy", "-auto-approve", "-input=false"]);
    }
    if in_s3 {
        let destroyed = lock_table.expect(0, &["destroy", "-auto-approve", "-input=false"]);
        played.and_then(|skipped| destroyed.map(|_| skipped))
    } else {
        played
    }
}

/// All steps of a fixture, in order.
fn steps(
    program: &Program,
    folder: &Path,
    expect: &Value,
    bed: &str,
    name: &str,
) -> Result<Skipped, String> {
    program.expect(0, &["init", "-input=false"])?;
    let mut skipped = Skipped::new();
    let first = expect.get("apply").ok_or("expect.json gives no apply")?;
    take(program, "apply", first, expect.get("outputs"))?;
    for told in expect
        .get("steps")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if told.get("destroy") == Some(&Value::Bool(true)) {
            program
                .expect(exit_of(told), &["destroy", "-auto-approve", "-input=false"])
                .map_err(|said| format!("destroy before its time: {said}"))?;
            continue;
        }
        let edit = told.get("edit").and_then(Value::as_str).unwrap_or_default();
        if let Some(why) = lacks::step(bed, name, edit) {
            skipped.push((edit.to_string(), why));
            continue;
        }
        trueup_testkit::edit(folder, program.folder, told)?;
        take(program, edit, told, told.get("outputs"))?;
    }
    program
        .expect(0, &["destroy", "-auto-approve", "-input=false"])
        .map_err(|said| format!("destroy: {said}"))?;
    let left = program.expect(0, &["state", "list"])?;
    if !left.is_empty() {
        return Err(format!("destroy left {left}"));
    }
    Ok(skipped)
}

/// Plans, judges the plan, applies it; a plan after that has nothing to do.
fn take(
    program: &Program,
    step: &str,
    told: &Value,
    outputs: Option<&Value>,
) -> Result<(), String> {
    let say = |said| format!("{step}: {said}");
    let exit = exit_of(told);
    program
        .expect(exit, &["plan", "-input=false", "-out=the.plan"])
        .map_err(say)?;
    if exit != 0 {
        return Ok(());
    }
    let shown = program
        .expect(0, &["show", "-json", "the.plan"])
        .map_err(say)?;
    let shown: Value = serde_json::from_str(&shown).map_err(|error| say(error.to_string()))?;
    judge(told, &actions(&shown)).map_err(say)?;
    program
        .expect(0, &["apply", "-input=false", "the.plan"])
        .map_err(say)?;
    program
        .expect(0, &["plan", "-input=false", "-detailed-exitcode"])
        .map_err(|said| format!("{step}: a plan after it is not without changes: {said}"))?;
    let Some(wanted) = outputs.and_then(Value::as_object) else {
        return Ok(());
    };
    let got = program.expect(0, &["output", "-json"]).map_err(say)?;
    let got: Value = serde_json::from_str(&got).map_err(|error| say(error.to_string()))?;
    for (name, wanted) in wanted {
        let got = got.get(name).and_then(|output| output.get("value"));
        let got = got.map(|value| without_place(&value.to_string()));
        let wanted = Some(without_place(&wanted.to_string()));
        if got != wanted {
            return Err(say(format!(
                "output {name}: wanted {wanted:?}, got {got:?}"
            )));
        }
    }
    Ok(())
}

fn exit_of(told: &Value) -> i32 {
    let exit = told.get("exit").and_then(Value::as_i64).unwrap_or(0);
    i32::try_from(exit).unwrap_or(-1)
}

/// A text whose ARNs name neither region nor account: emulators have their own.
fn without_place(text: &str) -> String {
    const SIGN: &str = "arn:aws:dynamodb:";
    let mut parts = text.split(SIGN);
    let mut plain = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let mut fields = part.splitn(3, ':');
        let (_region, _account) = (fields.next(), fields.next());
        plain.push_str(SIGN);
        plain.push_str(fields.next().unwrap_or_default());
    }
    plain
}

/// Action by address.
fn actions(plan: &Value) -> BTreeMap<String, String> {
    let changes = plan.get("resource_changes").and_then(Value::as_array);
    let of = |change: &Value| {
        let address = change.get("address")?.as_str()?.to_string();
        let list = change.pointer("/change/actions")?.as_array()?;
        let words: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
        let action = if words.len() > 1 {
            "replace"
        } else {
            words.first().copied().unwrap_or_default()
        };
        (action != "no-op").then(|| (address, action.to_string()))
    };
    changes.into_iter().flatten().filter_map(of).collect()
}

fn judge(told: &Value, got: &BTreeMap<String, String>) -> Result<(), String> {
    if let Some(counts) = told.get("counts").and_then(Value::as_object) {
        for (action, wanted) in counts {
            let count = got.values().filter(|got| *got == action).count();
            if wanted.as_u64() != u64::try_from(count).ok() {
                return Err(format!("wanted {wanted} to {action}, got {count}"));
            }
        }
        return Ok(());
    }
    let wanted = told.get("actions").and_then(Value::as_object);
    let wanted: BTreeMap<String, String> = wanted
        .into_iter()
        .flatten()
        .filter_map(|(address, action)| Some((address.clone(), action.as_str()?.to_string())))
        .collect();
    if wanted == *got {
        Ok(())
    } else {
        Err(format!("actions: wanted {wanted:?}, got {got:?}"))
    }
}

/// The binary in a folder, with an emulator for AWS.
#[derive(Clone, Copy)]
struct Program<'a> {
    binary: &'a Path,
    folder: &'a Path,
    url: &'a str,
}

impl Program<'_> {
    /// Runs a command and gives its output.
    fn expect(&self, exit: i32, arguments: &[&str]) -> Result<String, String> {
        let ran = self.run(arguments)?;
        if ran.status.code() == Some(exit) {
            return Ok(String::from_utf8_lossy(&ran.stdout).into_owned());
        }
        Err(format!(
            "{} ended with {}, not {exit}\n{}{}",
            arguments.join(" "),
            ran.status,
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        ))
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, String> {
        let mut command = Command::new(self.binary);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if ["AWS_", "TF_", "TRUEUP_"]
                .iter()
                .any(|start| name.starts_with(start))
            {
                command.env_remove(&name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.folder)
            .env("AWS_ENDPOINT_URL", self.url)
            // Letters and digits only: DynamoDB Local takes nothing else.
            .env("AWS_ACCESS_KEY_ID", "testkey")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        command.output().map_err(|error| error.to_string())
    }
}
