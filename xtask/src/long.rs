//! The suites that are too slow for every change, one after the other.

use std::{path::Path, process::Command};

use crate::{differential, fuzz};

/// Seconds of mutation a target gets.
const FUZZ_SECONDS: &str = "60";

/// The sweeps: the name, the packages whose tests are built, and which of those that are marked as long
/// it is.
const SWEEPS: [(&str, &[&str], &str); 4] = [
    ("kill-sweep", WHOLE, "kill_sweep"),
    ("fault-sweep", WHOLE, "sweeps::faults::fault_sweep"),
    ("fight", WHOLE, "sweeps::fights::fight"),
    ("convergence", &["--workspace"], "convergence::many"),
];

/// The tests of the whole binary.
const WHOLE: &[&str] = &["-p", "trueup-cli"];

/// Runs one of the sweeps, or some parts of it, with what it counted on the screen.
///
/// # Errors
/// There is none of that name, it failed, or it could not be started.
pub fn sweep(root: &Path, name: &str, parts: &[&str]) -> Result<String, String> {
    let Some((_, packages, tests)) = SWEEPS.iter().find(|(known, ..)| *known == name) else {
        let known: Vec<&str> = SWEEPS.iter().map(|(known, ..)| *known).collect();
        return Err(format!("there is no sweep {name:?}: {}", known.join(", ")));
    };
    let mut arguments = vec!["test", "--release"];
    arguments.extend(*packages);
    arguments.extend(["--test", "it", tests]);
    // One after the other: each uses all processors.
    arguments.extend(["--", "--ignored", "--nocapture", "--test-threads=1"]);
    if tests_pass(root, &arguments, parts)? {
        Ok(format!("{name}: passed"))
    } else {
        Err(format!("{name}: failed"))
    }
}

fn tests_pass(root: &Path, arguments: &[&str], parts: &[&str]) -> Result<bool, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(arguments)
        .env("TRUEUP_TEST_SWEEP", parts.join(" "))
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo test: {error}"))?;
    Ok(status.success())
}

/// Runs them all and says which failed.
///
/// # Errors
/// The names of the suites that failed, or what kept one from starting.
pub fn run(root: &Path) -> Result<String, String> {
    let mut failed = Vec::new();
    for target in fuzz::targets() {
        println!("== fuzz {target}, {FUZZ_SECONDS} s");
        match fuzz::run(root, target, FUZZ_SECONDS) {
            Ok(said) => println!("{said}"),
            Err(complaint) => {
                println!("{complaint}");
                failed.push(target);
            }
        }
    }
    println!("== expressions beside the real terraform");
    match differential::run(root) {
        Ok(said) => println!("{said}"),
        Err(complaint) => {
            println!("{complaint}");
            failed.push("expressions");
        }
    }
    println!("== tests marked as long");
    if !tests_pass(
        root,
        &["test", "--release", "--workspace", "--", "--ignored"],
        &[],
    )? {
        failed.push("tests marked as long");
    }
    if failed.is_empty() {
        Ok("long: all suites passed".to_string())
    } else {
        Err(format!("long: failed: {}", failed.join(", ")))
    }
}
