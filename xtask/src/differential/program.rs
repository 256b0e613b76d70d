//! What one program makes of expressions: each is the value of an output, planned and shown as JSON.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;

/// What became of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Type, value and what of it is unknown, as one JSON text.
    Value(String),
    /// The summary of the first error.
    Error(String),
}

/// The program of that name on PATH.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// The answers to a batch, in its order. An expression with an error is taken out and the rest planned again.
///
/// # Errors
/// Where the program cannot be run or says nothing that can be read.
pub fn answers(program: &Path, context: &Path, batch: &[String]) -> Result<Vec<Answer>, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    copy(context, folder.path()).map_err(|error| format!("{}: {error}", context.display()))?;
    let file = |number: usize| folder.path().join(format!("e{number}.tf"));
    for (number, text) in batch.iter().enumerate() {
        let output =
            format!("output \"e{number}\" {{\n  sensitive = true\n  value     = {text}\n}}\n");
        fs::write(file(number), output).map_err(|error| error.to_string())?;
    }
    let mut found: BTreeMap<usize, Answer> = BTreeMap::new();
    loop {
        // Where a file cannot be parsed, init says so too, and its word is not needed.
        run(
            program,
            folder.path(),
            &["init", "-input=false", "-no-color"],
        )?;
        let planned = run(
            program,
            folder.path(),
            &["plan", "-json", "-input=false", "-out=the.plan"],
        )?;
        if planned.status.success() {
            break;
        }
        let errors = errors(&String::from_utf8_lossy(&planned.stdout));
        if errors.is_empty() {
            let text = String::from_utf8_lossy(&planned.stdout).into_owned();
            return Err(format!(
                "{}: a failure without a place\n{text}",
                program.display()
            ));
        }
        for (number, summary) in errors {
            found.entry(number).or_insert(Answer::Error(summary));
            fs::remove_file(file(number)).map_err(|error| error.to_string())?;
        }
    }
    let shown = run(program, folder.path(), &["show", "-json", "the.plan"])?;
    let shown: Value =
        serde_json::from_slice(&shown.stdout).map_err(|error| format!("show: {error}"))?;
    for number in 0..batch.len() {
        let part = |place: String| shown.pointer(&place).cloned().unwrap_or_default();
        let answer = [
            part(format!("/planned_values/outputs/e{number}/type")),
            part(format!("/output_changes/e{number}/after")),
            part(format!("/output_changes/e{number}/after_unknown")),
        ];
        let text = answer.map(|part| part.to_string()).join(" ");
        found.entry(number).or_insert(Answer::Value(text));
    }
    Ok(found.into_values().collect())
}

/// The first error of each expression's file.
fn errors(stream: &str) -> BTreeMap<usize, String> {
    let mut errors = BTreeMap::new();
    for line in stream.lines() {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let text = |place: &str| {
            event
                .pointer(place)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        if text("/diagnostic/severity") != "error" {
            continue;
        }
        let name = text("/diagnostic/range/filename")
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let number = name
            .strip_prefix('e')
            .and_then(|name| name.strip_suffix(".tf"));
        if let Some(number) = number.and_then(|number| number.parse().ok()) {
            errors
                .entry(number)
                .or_insert_with(|| text("/diagnostic/summary").to_string());
        }
    }
    errors
}

fn run(program: &Path, folder: &Path, arguments: &[&str]) -> Result<Output, String> {
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_of_each_file_is_read_from_the_stream() {
        let stream = r#"
{"@level":"info","type":"version"}
{"diagnostic":{"severity":"warning","summary":"w","range":{"filename":"e1.tf"}}}
{"diagnostic":{"severity":"error","summary":"first","range":{"filename":"e1.tf"}}}
{"diagnostic":{"severity":"error","summary":"second","range":{"filename":"e1.tf"}}}
{"diagnostic":{"severity":"error","summary":"elsewhere","range":{"filename":"main.tf"}}}
"#;
        assert_eq!(errors(stream), BTreeMap::from([(1, "first".to_string())]));
    }
}
