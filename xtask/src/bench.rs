//! What table items cost: wall time, CPU time and peak memory of the binary's runs over `fixtures/items-10k`.

pub mod modules;
pub mod state;

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

/// How many items are measured.
const COUNTS: &[usize] = &[1_000, 10_000];

/// The runs, in order: each stands on what the one before left. The exit code is the one wanted.
const RUNS: &[(&str, &[&str])] = &[
    (
        "apply",
        &["-local", "apply", "-auto-approve", "-input=false"],
    ),
    (
        "no-op plan",
        &["-local", "plan", "-detailed-exitcode", "-input=false"],
    ),
    (
        "destroy",
        &["-local", "destroy", "-auto-approve", "-input=false"],
    ),
];

/// Builds the binary and measures it.
///
/// # Errors
/// Where it cannot be built or run, or a run fails.
pub fn run(root: &Path) -> Result<String, String> {
    let binary = binary(root)?;
    let mut table = String::from(
        "| items | run | wall s | CPU s | peak MiB |\n| --- | --- | --- | --- | --- |\n",
    );
    for count in COUNTS {
        let folder = project(root, *count).map_err(|error| format!("the project: {error}"))?;
        for (name, arguments) in RUNS {
            let cost = measure(&binary, folder.path(), arguments)
                .map_err(|error| format!("{name} of {count}: {error}"))?;
            table.push_str(&format!(
                "| {count} | {name} | {:.2} | {:.2} | {:.0} |\n",
                cost.wall, cost.cpu, cost.peak
            ));
        }
    }
    Ok(table.trim_end().to_string())
}

/// Builds the binary; its path.
///
/// # Errors
/// Where it cannot be built.
pub fn binary(root: &Path) -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "trueup-cli"])
        .current_dir(root)
        .status()
        .map_err(|error| format!("cargo build: {error}"))?;
    if !built.success() {
        return Err("the binary could not be built".to_string());
    }
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    Ok(own.with_file_name("trueup"))
}

/// A copy of the fixture with so many items.
fn project(root: &Path, count: usize) -> std::io::Result<tempfile::TempDir> {
    let fixture = root.join("fixtures/items-10k");
    let folder = tempfile::tempdir()?;
    fs::copy(fixture.join("main.tf"), folder.path().join("main.tf"))?;
    let all = fs::read_to_string(fixture.join("orders.csv"))?;
    let mut orders = fs::File::create(folder.path().join("orders.csv"))?;
    // One line more: the first names the columns.
    for line in all.lines().take(count + 1) {
        writeln!(orders, "{line}")?;
    }
    Ok(folder)
}

/// What one run took.
struct Cost {
    /// Seconds by the clock.
    wall: f64,
    /// Seconds of all processors, user and system.
    cpu: f64,
    /// The largest resident size, in MiB.
    peak: f64,
}

fn measure(binary: &Path, folder: &Path, arguments: &[&str]) -> Result<Cost, String> {
    let started = Instant::now();
    let child = Command::new(binary)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|error| format!("{}: {error}", binary.display()))?;
    let id = i32::try_from(child.id()).map_err(|error| error.to_string())?;
    let (status, usage) = wait(id)?;
    if status != 0 {
        return Err(format!("ended with status {status}"));
    }
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    Ok(Cost {
        wall: started.elapsed().as_secs_f64(),
        cpu: seconds(usage.ru_utime) + seconds(usage.ru_stime),
        // Linux counts in KiB.
        peak: usage.ru_maxrss as f64 / 1024.0,
    })
}

/// Waits for a child of ours; its raw status and what it used.
#[expect(
    unsafe_code,
    reason = "the standard library does not tell what a child used"
)]
fn wait(id: i32) -> Result<(i32, libc::rusage), String> {
    let mut status = 0;
    // SAFETY: rusage is plain numbers, and zeros are numbers.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: both pointers are to live variables of the types that the call fills in.
    let waited = unsafe { libc::wait4(id, &raw mut status, 0, &raw mut usage) };
    if waited == id {
        Ok((status, usage))
    } else {
        Err(std::io::Error::last_os_error().to_string())
    }
}
