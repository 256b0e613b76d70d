//! Bad input, a folder a case under `tests/bad_input/`: a clear error, exit code 1, nothing lost.
//!
//! A case holds a configuration, the wanted `stderr.txt`, and perhaps
//! - `first/`: files that are applied before, so that there is something to lose;
//! - `run.json`: `run` (the arguments; `-local plan` without it), `environment`, and `setting`, what is wrong
//!   with the world: see [`Setting`].

use std::{
    collections::BTreeMap, fs, os::unix::process::CommandExt, process::Command, time::Duration,
};

use serde_json::Value;
use trueup_testkit::{Case, Program, Project, Redaction, cases, compare_golden};

use crate::bed::{BINARY, read_until, root, start, states, trueup};

#[test]
fn every_bad_input_is_a_clear_error_and_loses_nothing() {
    cases(&root().join("tests/bad_input"), check);
}

/// What is wrong with the world that a case is run in.
#[derive(Clone, Copy, PartialEq)]
enum Setting {
    /// Nothing: the configuration is wrong.
    Ordinary,
    /// Another run holds the state.
    Held,
    /// No file may grow beyond 16 KiB, as on a full disk.
    DiskFull,
    /// The project's folder may not be written to.
    ReadOnly,
}

fn check(case: &Case) -> Result<(), String> {
    let told: Value = match fs::read_to_string(case.folder.join("run.json")) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| format!("run.json: {error}"))?,
        Err(_) => Value::Null,
    };
    let setting = match told.get("setting").and_then(Value::as_str) {
        None => Setting::Ordinary,
        Some("held") => Setting::Held,
        Some("disk full") => Setting::DiskFull,
        Some("read only") => Setting::ReadOnly,
        Some(other) => return Err(format!("run.json: no such setting: {other:?}")),
    };
    let listed = told
        .get("run")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let mut arguments: Vec<&str> = listed.iter().filter_map(Value::as_str).collect();
    if arguments.is_empty() {
        arguments = vec!["-local", "plan", "-input=false"];
    }
    let is_local = arguments.contains(&"-local");

    let project = Project::new();
    let mut program = trueup(&project).within(Duration::from_secs(120));
    if case.folder.join("first").is_dir() {
        project.lay_over(&case.folder.join("first"), &[]);
        let mut apply = vec!["apply", "-auto-approve", "-input=false"];
        if is_local {
            apply.insert(0, "-local");
        }
        program
            .run(&apply)
            .with_code(0)
            .map_err(|said| format!("the first apply: {said}"))?;
    }
    project.lay_over(&case.folder, &["first", "run.json", "stderr.txt"]);
    for (name, value) in told
        .get("environment")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        program = program.variable(name, value.as_str().unwrap_or_default());
    }

    let before = states(&project.path());
    let holder = (setting == Setting::Held).then(|| {
        let mut holder = start(program.command(&["apply", "-no-color"]));
        read_until(&mut holder, "Enter a value", Duration::from_secs(60));
        holder
    });
    let mut command = program.command(&arguments);
    match setting {
        Setting::DiskFull => limit_files(&mut command),
        Setting::ReadOnly => command = without_rights(&project, &program, &arguments)?,
        Setting::Ordinary | Setting::Held => {}
    }
    let finished = program.finish(command, &arguments, "").with_code(1)?;
    drop(holder);

    lost_nothing(&before, &states(&project.path()))?;
    if finished.stderr.contains("panicked") {
        return Err(finished.report());
    }
    let redaction = Redaction::new()
        .text(project.path().display().to_string(), "<project>")
        .text(user_and_host(&finished.stderr), "<user@host>");
    compare_golden(
        &case.folder.join("stderr.txt"),
        &finished.redacted_stderr(&redaction),
    )
}

/// The states are byte for byte what they were, and none is gone.
fn lost_nothing(
    before: &BTreeMap<std::path::PathBuf, Vec<u8>>,
    after: &BTreeMap<std::path::PathBuf, Vec<u8>>,
) -> Result<(), String> {
    for (path, bytes) in before {
        if after.get(path) != Some(bytes) {
            let now = after.get(path).map(|bytes| String::from_utf8_lossy(bytes));
            let was = String::from_utf8_lossy(bytes);
            return Err(format!(
                "{} was changed\nfrom {was}\nto {now:?}",
                path.display()
            ));
        }
    }
    Ok(())
}

/// Who a lock names, which differs from machine to machine.
fn user_and_host(stderr: &str) -> String {
    let line = stderr
        .lines()
        .find_map(|line| line.split_once("Who:").map(|(_, who)| who));
    line.unwrap_or_default().trim().to_string()
}

/// The largest file that a command on a full disk can write.
const FULL_AT: u64 = 16 * 1024;

fn limit_files(command: &mut Command) {
    #[expect(unsafe_code, reason = "the limit is set between fork and exec")]
    // SAFETY: both calls are async-signal-safe and touch nothing but the child.
    unsafe {
        command.pre_exec(|| {
            let limit = libc::rlimit {
                rlim_cur: FULL_AT,
                rlim_max: FULL_AT,
            };
            // The write is to fail as on a full disk, not to end the program.
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            if libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit) == 0 {
                Ok(())
            } else {
                Err(std::io::Error::last_os_error())
            }
        });
    }
}

/// The command by a user who may read the project but not write to it. For root no folder is read-only, so
/// root becomes nobody.
fn without_rights(
    project: &Project,
    program: &Program,
    arguments: &[&str],
) -> Result<Command, String> {
    use std::os::unix::fs::PermissionsExt;
    let folder = project.path();
    let holder = folder.parent().ok_or("a project lies in a folder")?;
    let say = |error: std::io::Error| error.to_string();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).map_err(say)?;
    #[expect(unsafe_code, reason = "asks who runs the test")]
    // SAFETY: geteuid has no preconditions.
    let is_root = unsafe { libc::geteuid() } == 0;
    if !is_root {
        return Ok(program.command(arguments));
    }
    // Nobody can reach the project and a copy of the program, wherever the build lies.
    fs::set_permissions(holder, fs::Permissions::from_mode(0o711)).map_err(say)?;
    for (path, _) in states(&folder) {
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).map_err(say)?;
    }
    let copy = holder.join("trueup");
    fs::copy(BINARY, &copy).map_err(say)?;
    let mut command = Program::new(copy, project).command(arguments);
    const NOBODY: u32 = 65534;
    command.gid(NOBODY).uid(NOBODY);
    Ok(command)
}
