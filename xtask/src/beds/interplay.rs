//! The real `terraform` or `tofu` and trueup on one state in an emulator that others made: the interplay tests of `tests/it`, each
//! with an emulator of its own in place of the embedded AWS.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{Asked, Tally, emulator};

/// The emulators that have an S3 and a DynamoDB.
const STORES: [&str; 2] = ["ministack", "moto"];

/// Tests that share no state in S3, or need an embedded AWS.
const WITHOUT_STORE: [&str; 2] = ["a_local_state_file", "interplay_encryption::keys_of_kms"];

/// Runs the interplay tests against the emulators that are named, or against all that have a store for states.
///
/// `arguments` are those of [`super::run`]; `--binary` is the test binary here, and `--fixture` means nothing.
///
/// # Errors
/// What failed, by emulator and test; an emulator that is not installed and was asked for; no `terraform` on `PATH`.
pub fn run(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let asked = Asked::read(arguments)?;
    if asked.fixture.is_some() {
        return Err("interplay plays no fixtures".to_string());
    }
    if let Some(other) = asked
        .beds
        .iter()
        .find(|bed| !STORES.contains(&bed.as_str()))
    {
        return Err(format!("{other} has no S3"));
    }
    let binary = match &asked.binary {
        Some(path) => path.into(),
        None => test_binary(root)?,
    };
    let tests = tests(&binary)?;
    if tests.is_empty() {
        return Err("the test binary has no interplay tests".to_string());
    }
    let mut tally = Tally::named("interplay");
    for bed in emulator::BEDS {
        if !asked.wants(bed.name) || !STORES.contains(&bed.name) {
            continue;
        }
        println!("== {}", bed.name);
        for test in &tests {
            let called = format!("{} {test}", bed.name);
            let Some(running) = asked.started(root, bed, &mut tally)? else {
                break;
            };
            match played(&binary, test, running.address()) {
                Ok(None) => {
                    println!("passed  {test}");
                    tally.passed += 1;
                }
                Ok(Some(why)) => {
                    println!("skipped {test}: {why}");
                    tally.skipped.push(format!("{called}: {why}"));
                }
                Err(why) => {
                    println!("failed  {test}: {why}");
                    tally.failed.push(called);
                }
            }
        }
    }
    tally.told()
}

/// One test; why it was skipped, where it was.
fn played(binary: &Path, test: &str, address: &str) -> Result<Option<String>, String> {
    let ended = Command::new(binary)
        .args(["--exact", test, "--nocapture"])
        .env("TRUEUP_TEST_STORE", address)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    let said = String::from_utf8_lossy(&ended.stdout);
    if !ended.status.success() {
        let complaint = String::from_utf8_lossy(&ended.stderr);
        return Err(format!("{}\n{said}{complaint}", ended.status));
    }
    let how = said
        .lines()
        .find_map(|line| line.strip_prefix("interplay ")?.split_once(": "));
    match how {
        Some((_, "run")) => Ok(None),
        Some((_, why)) => Ok(Some(why.to_string())),
        None => Err(format!("it did not say whether it ran\n{said}")),
    }
}

/// The tests of the binary that put a state shared with another program into a store.
fn tests(binary: &Path) -> Result<Vec<String>, String> {
    let listed = Command::new(binary)
        .args(["interplay_", "--list", "--format", "terse"])
        .output()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    let text = String::from_utf8_lossy(&listed.stdout);
    Ok(text
        .lines()
        .filter_map(|line| line.strip_suffix(": test"))
        .filter(|name| !WITHOUT_STORE.iter().any(|part| name.contains(part)))
        .map(str::to_string)
        .collect())
}

/// Builds the whole-binary tests; where they are.
fn test_binary(root: &Path) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["test", "--release", "--quiet", "--package", "trueup-cli"])
        .args(["--test", "it", "--no-run", "--message-format=json"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo test: {error}"))?;
    if !built.status.success() {
        return Err("the tests could not be built".to_string());
    }
    String::from_utf8_lossy(&built.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "it")
        .filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)))
        .next_back()
        .ok_or("cargo told of no test binary".to_string())
}
