//! Running a program in a clean environment, with a limit on its time.

use std::{
    collections::BTreeMap,
    env,
    ffi::OsString,
    fs::File,
    io::{Read, Seek, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{Project, Redaction};

/// A program that takes longer than this is killed, and the test fails.
const LIMIT: Duration = Duration::from_secs(300);

/// Variables that a clean environment keeps: where programs are, and what the system itself needs.
const KEPT: &[&str] = &["PATH", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT"];

/// A program and the environment it is run in: nothing of ours but `PATH`, an empty home, no colour.
#[derive(Clone, Debug)]
pub struct Program {
    path: PathBuf,
    folder: PathBuf,
    variables: BTreeMap<OsString, OsString>,
    limit: Duration,
}

impl Program {
    /// The program at `path`, run in the project's folder with the project's home.
    pub fn new(path: impl Into<PathBuf>, project: &Project) -> Self {
        let mut variables: BTreeMap<OsString, OsString> = KEPT
            .iter()
            .filter_map(|name| env::var_os(name).map(|value| (OsString::from(name), value)))
            .collect();
        variables.insert("HOME".into(), project.home().into_os_string());
        variables.insert("NO_COLOR".into(), "1".into());
        variables.insert("TZ".into(), "UTC".into());
        Self {
            path: path.into(),
            folder: project.path(),
            variables,
            limit: LIMIT,
        }
    }

    /// Sets a variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// Runs in another folder.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = folder.into();
        self
    }

    /// Another limit on its time.
    #[must_use]
    pub fn within(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// The command with its environment, for tests that need the process itself.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end, without input.
    ///
    /// # Panics
    /// Where it cannot be started, or takes too long (it is killed then).
    pub fn run(&self, arguments: &[&str]) -> Finished {
        self.finish(self.command(arguments), arguments, "")
    }

    /// Runs it to its end with `input` on its standard input.
    ///
    /// # Panics
    /// As [`Program::run`].
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Finished {
        self.finish(self.command(arguments), arguments, input)
    }

    /// Runs a prepared command of this program to its end.
    ///
    /// # Panics
    /// As [`Program::run`].
    pub fn finish(&self, mut command: Command, arguments: &[&str], input: &str) -> Finished {
        let said = format!("{} {}", self.path.display(), arguments.join(" "));
        let mut output = tempfile::tempfile().expect("a temporary file can be made");
        let mut errors = tempfile::tempfile().expect("a temporary file can be made");
        command.stdout(copy(&output)).stderr(copy(&errors));
        if !input.is_empty() {
            command.stdin(Stdio::piped());
        }
        let started = Instant::now();
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{said}: {error}"));
        if let Some(mut pipe) = child.stdin.take() {
            // A program that does not read all of its input is in its right.
            let _ = pipe.write_all(input.as_bytes());
        }
        let code = wait(&mut child, self.limit);
        let finished = Finished {
            command: said,
            code: code.unwrap_or(-1),
            stdout: all_of(&mut output),
            stderr: all_of(&mut errors),
            took: started.elapsed(),
        };
        assert!(
            code.is_some(),
            "took over {} s and was killed\n{}",
            self.limit.as_secs(),
            finished.report()
        );
        finished
    }
}

/// The exit code (128 and the number of the signal that ended it), or none where the limit came first.
fn wait(child: &mut Child, limit: Duration) -> Option<i32> {
    let until = Instant::now() + limit;
    let mut pause = Duration::from_millis(2);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            use std::os::unix::process::ExitStatusExt;
            return Some(
                status
                    .code()
                    .unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
            );
        }
        if Instant::now() >= until {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

fn copy(file: &File) -> Stdio {
    Stdio::from(file.try_clone().expect("a file handle can be copied"))
}

fn all_of(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().expect("a temporary file can be read again");
    file.read_to_end(&mut bytes)
        .expect("a temporary file can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A program that has ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The program and its arguments, for reports.
    pub command: String,
    /// Its exit code; 128 and the signal's number where a signal ended it.
    pub code: i32,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
    /// From start to end by the wall clock.
    pub took: Duration,
}

impl Finished {
    /// Itself, where it ended with this code.
    ///
    /// # Panics
    /// Where it ended with another.
    pub fn expect_code(self, code: i32) -> Self {
        assert!(self.code == code, "wanted exit {code}\n{}", self.report());
        self
    }

    /// Itself, where it ended with this code.
    ///
    /// # Errors
    /// The whole of what it said, where it ended with another.
    pub fn with_code(self, code: i32) -> Result<Self, String> {
        if self.code == code {
            Ok(self)
        } else {
            Err(format!("wanted exit {code}\n{}", self.report()))
        }
    }

    /// What it said, for a failure's text: the ends of long streams.
    pub fn report(&self) -> String {
        format!(
            "$ {}\nexit {} after {} ms\n--- stdout\n{}\n--- stderr\n{}",
            self.command,
            self.code,
            self.took.as_millis(),
            ends_of(&self.stdout),
            ends_of(&self.stderr)
        )
    }

    /// Standard error, redacted.
    pub fn redacted_stderr(&self, redaction: &Redaction) -> String {
        redaction.apply(&self.stderr)
    }
}

/// Characters that a report shows of a stream's beginning, and of its end.
const SHOWN: usize = 3000;

/// A long text without its middle: a plan of ten thousand items hides what went wrong.
fn ends_of(text: &str) -> String {
    let count = text.chars().count();
    if count <= 2 * SHOWN {
        return text.to_string();
    }
    let beginning: String = text.chars().take(SHOWN).collect();
    let end: String = text.chars().skip(count - SHOWN).collect();
    let left_out = count - 2 * SHOWN;
    format!("{beginning}\n[… {left_out} characters …]\n{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_the_code_and_a_clean_environment() {
        let project = Project::new();
        let script = "echo $HOME; echo wrong >&2; env | grep -c '^CARGO'; cat; exit 3";
        let finished = Program::new("/bin/sh", &project).run_with_input(&["-c", script], "in");
        assert_eq!(finished.code, 3);
        assert_eq!(
            finished.stdout,
            format!("{}\n0\nin", project.home().display())
        );
        assert_eq!(finished.stderr, "wrong\n");
    }

    #[test]
    fn a_signal_is_a_code_above_128() {
        let project = Project::new();
        let finished = Program::new("/bin/sh", &project).run(&["-c", "kill -9 $$"]);
        assert_eq!(finished.code, 137);
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let project = Project::new();
        let program = Program::new("/bin/sh", &project).within(Duration::from_millis(50));
        let run = std::panic::catch_unwind(|| program.run(&["-c", "exec sleep 60"]));
        assert!(run.is_err());
    }
}
