//! Interplay with real programs that may not be there: each test says whether it ran.

use std::{env, io::Write, path::PathBuf};

/// Runs `test` with the program of that name on `PATH`, and says so; where there is none, says that the test
/// was skipped. The line (`interplay NAME: run`) goes past the test runner's capture: `.ci/run` counts on it.
pub fn beside(program: &str, name: &str, test: impl FnOnce(PathBuf)) {
    let found = env::var_os("PATH").and_then(|path| {
        env::split_paths(&path)
            .map(|folder| folder.join(program))
            .find(|path| path.is_file())
    });
    let how = match found {
        Some(path) => {
            test(path);
            "run".to_string()
        }
        None => format!("skipped, {program} is not on PATH"),
    };
    // Printing macros are captured, the stream itself is not. A closed stream is no reason to fail.
    let _ = writeln!(std::io::stdout().lock(), "interplay {name}: {how}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_the_path_is_handed_over() {
        let mut handed = None;
        beside("sh", "the shell itself", |path| handed = Some(path));
        assert!(handed.is_some_and(|path| path.ends_with("sh")));
    }
}
