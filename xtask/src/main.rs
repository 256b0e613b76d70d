//! Structure checks and long suites: `cargo xtask tidy | fuzz | beds | interplay | differential | bench | long | oracle-calls`.
//!
//! `tidy` reads the workspace as `cargo metadata` and the file tree describe it and fails on whatever
//! ARCHITECTURE.md rules out. `fuzz` mutates fixtures on the stable compiler. `beds` plays
//! the fixtures against other emulators. `bench` measures the binary. `long` runs the suites
//! that are too slow for every change.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command of its own: printing is its output"
)]

mod beds;
mod bench;
mod chance;
mod differential;
mod fuzz;
mod long;
mod oracle_calls;
mod tidy;

use std::{path::PathBuf, process::ExitCode};

const USAGE: &str = "\
usage: cargo xtask tidy                   structure checks
       cargo xtask fuzz TARGET SECONDS    mutate fixtures; targets: parser, format, json
       cargo xtask beds [--bed NAME]      the fixtures against emulators made by others: docs/testing.md
       cargo xtask interplay [--bed NAME] states shared with the real terraform and tofu, in emulators made by others
       cargo xtask differential           expressions by chance, beside the real terraform
       cargo xtask bench                  time, CPU and memory of 1,000 and 10,000 table items
       cargo xtask bench modules          plans of 1,000 to 100,000 resource instances in modules
       cargo xtask bench state [--binary PATH]
                                          states of 1,000 to 100,000 table items, read and written
       cargo xtask long                   fuzzing and the suites marked as long
       cargo xtask long SWEEP [PART...]   one of them: kill-sweep, fault-sweep, fight, convergence;
                                          parts: docs/testing.md
       cargo xtask oracle-calls FILE [CORPUS]
                                          changing calls, ours and recorded, from the AWS runner's --json FILE";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = workspace_root();
    let outcome = match words.as_slice() {
        ["tidy"] => tidy::run(&root),
        ["fuzz", target, seconds] => fuzz::run(&root, target, seconds),
        ["beds", rest @ ..] => beds::run(&root, rest),
        ["interplay", rest @ ..] => beds::interplay::run(&root, rest),
        ["bench"] => bench::run(&root),
        ["bench", "modules"] => bench::modules::run(&root),
        ["bench", "state"] => bench::state::run(&root, None),
        ["bench", "state", "--binary", path] => bench::state::run(&root, Some(path)),
        ["differential"] => differential::run(&root),
        ["long"] => long::run(&root),
        ["long", sweep, parts @ ..] => long::sweep(&root, sweep, parts),
        ["oracle-calls", file] => oracle_calls::run(file, None),
        ["oracle-calls", file, corpus] => oracle_calls::run(file, Some(corpus)),
        _ => Err(USAGE.to_string()),
    };
    match outcome {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace's `Cargo.toml`: the one above this crate's.
fn workspace_root() -> PathBuf {
    let own = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    own.parent().map(PathBuf::from).unwrap_or(own)
}
