//! Planted secrets are looked for in everything that runs leave behind: what they say, logs at their finest, plans as
//! they are shown, records, the journal of a run that was killed. Only states, saved plans, and what is asked for in
//! JSON or raw may hold them; these are for their owner's eyes.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use trueup_testkit::{Finished, Program, Project};

use crate::bed::trueup;

/// What is planted.
pub const SECRET: &str = "planted-0f8e2c";
/// What takes its place.
pub const NEXT: &str = "replanted-77ab31";
const CREDENTIAL: &str = "planted-credential-5d1e";

/// A configuration with a secret in an item, a trigger, a check and an output.
pub const MAIN: &str = r#"
variable "secret" {
  type      = string
  sensitive = true
}
provider "aws" {
  region     = "us-east-1"
  access_key = "AKIAIOSFODNN7EXAMPLE"
  secret_key = "planted-credential-5d1e"
}
resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  hash_key     = "pk"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "pk"
    type = "S"
  }
}
resource "aws_dynamodb_table_item" "one" {
  table_name = aws_dynamodb_table.orders.name
  hash_key   = "pk"
  item       = jsonencode({ pk = { S = "one" }, v = { S = var.secret } })
}
resource "terraform_data" "trigger" {
  triggers_replace = [var.secret]
}
check "secret" {
  assert {
    condition     = var.secret == "nothing"
    error_message = "It is not what it should be."
  }
}
output "secret" {
  value     = var.secret
  sensitive = true
}
"#;

const S3: &str = r#"
terraform {
  backend "s3" {
    bucket         = "states"
    key            = "orders/terraform.tfstate"
    region         = "us-east-1"
    dynamodb_table = "locks"
  }
}
"#;

/// Complains where a text holds what was planted.
pub fn clean(what: &str, text: &str) -> Result<(), String> {
    for planted in [SECRET, NEXT, CREDENTIAL] {
        if let Some(at) = text.find(planted) {
            let from = text[..at].rfind('\n').map_or(0, |at| at + 1);
            let line: String = text[from..]
                .lines()
                .next()
                .unwrap_or_default()
                .chars()
                .take(300)
                .collect();
            return Err(format!("{what} holds {planted}:\n{line}"));
        }
    }
    Ok(())
}

/// Complains where a command says it.
pub fn said(finished: &Finished, line: &[&str]) -> Result<(), String> {
    clean(&format!("stdout of {line:?}"), &finished.stdout)?;
    clean(&format!("stderr of {line:?}"), &finished.stderr)
}

/// All files below a folder.
pub fn files(folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => files(&path, found),
            false => {
                found.insert(path.clone(), std::fs::read(&path).unwrap_or_default());
            }
        }
    }
}

/// Looks through the files that runs left: who holds secrets by right is private, nobody else holds any.
pub fn left_behind(project: &Project) -> Result<(), String> {
    let mut found = BTreeMap::new();
    files(&project.path(), &mut found);
    for (path, bytes) in found {
        let name = path
            .strip_prefix(project.path())
            .unwrap_or(&path)
            .display()
            .to_string();
        // The configuration is the user's own, and the embedded AWS is the cloud.
        if name == "main.tf" || name.contains("local/aws/") {
            continue;
        }
        let of_lock = name.ends_with(".lock.info");
        let by_right = !of_lock && (name.contains("tfstate") || name == "saved");
        if by_right || name.contains("journal") {
            let mode = std::fs::metadata(&path)
                .map_err(|e| e.to_string())?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                return Err(format!("{name} has mode {:o}", mode & 0o777));
            }
        }
        if !by_right {
            clean(&name, &String::from_utf8_lossy(&bytes))?;
        }
    }
    Ok(())
}

/// Runs a command with a value of the secret; it must end with `code` and not say it.
pub fn run(program: &Program, line: &[&str], secret: &str, code: i32) -> Result<Finished, String> {
    let program = program.clone().variable("TF_VAR_secret", secret);
    let finished = program.run(line).with_code(code)?;
    said(&finished, line)?;
    Ok(finished)
}

/// An apply of which one call goes wrong, as `variable` tells the program: neither what it says nor what it leaves
/// holds what was planted.
pub fn disturbed(
    (project, program): (&Project, &Program),
    variable: &str,
    at: &str,
) -> Result<Finished, String> {
    let program = program
        .clone()
        .variable("TF_VAR_secret", SECRET)
        .variable(variable, at);
    let line = ["-local", "apply", "-auto-approve"];
    let ended = program.run(&line);
    said(&ended, &line)
        .and_then(|()| left_behind(project))
        .map_err(|complaint| format!("{variable}={at}: {complaint}"))?;
    Ok(ended)
}

fn nothing_is_told(backend: &str) -> Result<(), String> {
    let project = Project::with(&format!("{backend}{MAIN}"));
    let program = trueup(&project).variable("TF_LOG", "trace");
    let lines: &[(&[&str], &str, i32)] = &[
        (&["-local", "init"], SECRET, 0),
        (&["-local", "validate"], SECRET, 0),
        (&["-local", "plan", "-out=saved"], SECRET, 0),
        (&["-local", "show", "saved"], SECRET, 0),
        (&["-local", "graph"], SECRET, 0),
        (&["-local", "apply", "saved"], SECRET, 0),
        (&["-local", "plan", "-detailed-exitcode"], SECRET, 0),
        (&["-local", "plan"], NEXT, 0),
        (&["-local", "plan", "-json"], NEXT, 0),
        (&["-local", "drift"], SECRET, 0),
        (&["-local", "show"], SECRET, 0),
        (&["-local", "output"], SECRET, 0),
        (&["-local", "state", "list"], SECRET, 0),
        (
            &["-local", "state", "show", "aws_dynamodb_table_item.one"],
            SECRET,
            0,
        ),
        (&["-local", "state", "history"], SECRET, 0),
        (&["-local", "apply", "-auto-approve"], NEXT, 0),
        (&["-local", "apply", "-auto-approve", "-json"], SECRET, 0),
        (
            &["-local", "state", "restore", "-auto-approve", "1"],
            SECRET,
            i32::from(backend.is_empty()),
        ),
        (&["-local", "refresh"], SECRET, 0),
        (&["-local", "plan", "-var=secret"], SECRET, 1),
    ];
    for (line, secret, code) in lines {
        run(&program, line, secret, *code)?;
    }
    // An error about an item names the item, not what it holds.
    project.write(
        "broken.tf",
        "resource \"aws_dynamodb_table_item\" \"two\" {\n  table_name = \"gone\"\n  hash_key = \"pk\"\n  item = jsonencode({ pk = { S = \"two\" }, v = { S = var.secret } })\n}\n",
    );
    run(&program, &["-local", "apply", "-auto-approve"], NEXT, 1)?;
    project.remove("broken.tf");
    left_behind(&project)
}

#[test]
fn secrets_stay_in_the_state_of_a_file() {
    nothing_is_told("").unwrap_or_else(|complaint| panic!("{complaint}"));
}

#[test]
fn secrets_stay_in_the_state_in_s3() {
    nothing_is_told(S3).unwrap_or_else(|complaint| panic!("{complaint}"));
}

#[test]
fn the_journal_of_a_killed_run_holds_no_secret() {
    let mut journals = 0;
    for at in ["1:after", "2:before", "2:after", "3:after"] {
        let project = Project::with(MAIN);
        let program = trueup(&project).variable("TF_LOG", "trace");
        disturbed((&project, &program), "TRUEUP_TEST_KILL_AT", at)
            .unwrap_or_else(|complaint| panic!("{complaint}"));
        let mut found = BTreeMap::new();
        files(&project.path(), &mut found);
        journals += found
            .keys()
            .filter(|path| path.to_string_lossy().contains("/journal/"))
            .count();
    }
    assert!(journals > 0, "no run left a journal to look into");
}
