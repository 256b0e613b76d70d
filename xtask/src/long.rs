//! The suites that are too slow for every change, one after the other.

use std::{path::Path, process::Command};

use crate::{differential, fuzz};

/// Seconds of mutation a target gets.
const FUZZ_SECONDS: &str = "60";

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
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["test", "--release", "--workspace", "--", "--ignored"])
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo test: {error}"))?;
    if !status.success() {
        failed.push("tests marked as long");
    }
    if failed.is_empty() {
        Ok("long: all suites passed".to_string())
    } else {
        Err(format!("long: failed: {}", failed.join(", ")))
    }
}
