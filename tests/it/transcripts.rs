//! Transcripts, a folder a case under `tests/transcripts/`: a configuration and, in `transcript.txt`, commands one
//! after another with what each of them answers.
//!
//! A line that begins with `$ ` is a command, `NAME=value` words before it its environment, and what follows
//! ` << ` on it the lines (`|` between them) on its standard input. `% ` is a command that succeeds and whose
//! answer is not written down. `= FILE` shows serial and lineage of a state, `? ` the files of the project.
//! `UPDATE_GOLDENS=1` writes the answers anew.

use std::fs;

use serde_json::Value;
use trueup_testkit::{Case, Project, Redaction, cases, compare_golden};

use crate::bed::{root, trueup};

#[test]
fn commands_answer_as_their_transcripts_say() {
    cases(&root().join("tests/transcripts"), check);
}

fn check(case: &Case) -> Result<(), String> {
    let golden = case.folder.join("transcript.txt");
    let wanted = fs::read_to_string(&golden).map_err(|error| format!("transcript.txt: {error}"))?;
    let project = Project::new();
    project.lay_over(&case.folder, &["transcript.txt"]);
    let mut got = String::new();
    for line in wanted.lines() {
        let answer = match line.get(..2) {
            Some("$ ") => run(&project, line)?,
            Some("% ") => {
                run_quietly(&project, line)?;
                String::new()
            }
            Some("= ") => state(&project, line),
            Some("? ") => files(&project),
            _ => continue,
        };
        got.push_str(&format!("{line}\n{answer}"));
    }
    if !got.lines().any(|line| line.starts_with("$ ")) {
        return Err("transcript.txt: no command".to_owned());
    }
    compare_golden(&golden, &got)
}

/// A line's environment, arguments and input.
type Typed = (Vec<(String, String)>, Vec<String>, String);

/// What a line of a transcript says to run.
fn typed(line: &str) -> Result<Typed, String> {
    let text = line.get(2..).unwrap_or_default();
    let (command, input) = match text.split_once(" << ") {
        Some((command, input)) => (command, input.replace('|', "\n") + "\n"),
        None => (text, String::new()),
    };
    let mut words: Vec<String> = Vec::new();
    let mut quoted = false;
    let mut open = false;
    for letter in command.chars() {
        match letter {
            '\'' => {
                quoted = !quoted;
                if !open {
                    words.push(String::new());
                }
                open = true;
            }
            ' ' if !quoted => open = false,
            letter => {
                if !open {
                    words.push(String::new());
                }
                open = true;
                if let Some(word) = words.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    if quoted {
        return Err(format!("an open quote: {line}"));
    }
    let is_variable = |word: &&String| {
        word.split_once('=')
            .is_some_and(|(name, _)| name.starts_with(['T', 'N']) && !name.contains('-'))
    };
    let count = words.iter().take_while(is_variable).count();
    let arguments = words.split_off(count);
    let environment = words
        .iter()
        .filter_map(|word| word.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    Ok((environment, arguments, input))
}

fn run(project: &Project, line: &str) -> Result<String, String> {
    let (environment, arguments, input) = typed(line)?;
    let mut program = trueup(project);
    for (name, value) in environment {
        program = program.variable(&name, value);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let finished = program.run_with_input(&arguments, &input);
    let mut answer = finished.stdout.clone();
    if !answer.is_empty() && !answer.ends_with('\n') {
        answer.push_str("<no line end>\n");
    }
    if finished.code != 0 {
        answer.push_str(&format!("[exit {}]\n", finished.code));
    }
    if !finished.stderr.is_empty() {
        answer.push_str(&format!("[stderr]\n{}", finished.stderr));
    }
    let redacted = Redaction::new()
        .text(project.path().display().to_string(), "<folder>")
        .text(platform(), "<platform>")
        .apply(&answer);
    Ok(redacted)
}

/// How `version` names the system that the tests run on.
fn platform() -> String {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}_{machine}", std::env::consts::OS)
}

fn run_quietly(project: &Project, line: &str) -> Result<(), String> {
    let (_, arguments, input) = typed(line)?;
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let finished = trueup(project).run_with_input(&arguments, &input);
    finished.with_code(0).map(drop)
}

/// Serial and lineage of a state, the latter as written where a case chose it.
fn state(project: &Project, line: &str) -> String {
    let name = line.get(2..).unwrap_or_default();
    let text = project.read(name).unwrap_or_default();
    let Ok(state) = serde_json::from_str::<Value>(&text) else {
        return "no state\n".to_owned();
    };
    let shown = format!("serial {}, lineage {}\n", state["serial"], state["lineage"]);
    Redaction::new().apply(&shown)
}

/// The names of the project's files, states and their copies above all; times in them are `<unix>`.
fn files(project: &Project) -> String {
    let mut found = Vec::new();
    list(&project.path(), "", &mut found);
    found.sort();
    // Two copies of one second are one.
    found.dedup();
    found.iter().map(|name| format!("{name}\n")).collect()
}

fn list(folder: &std::path::Path, within: &str, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{within}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.push(format!("{name}/"));
            list(&entry.path(), &format!("{name}/"), found);
        } else {
            let parts: Vec<&str> = name
                .split('.')
                .map(|part| {
                    let is_time = part.len() >= 10 && part.bytes().all(|b| b.is_ascii_digit());
                    if is_time { "<unix>" } else { part }
                })
                .collect();
            found.push(parts.join("."));
        }
    }
}
