//! The commands over a state, each beside what Terraform 1.11.4 was recorded to do in the same folder: exit codes, what
//! is said, and which files hold which objects afterwards. Where the words are our own, only the rest is compared.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};
use trueup_testkit::Project;

use crate::bed::{root, trueup};

/// The modules of the folder, as `init` records them.
const MODULES: &str = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"./m","Dir":"m"},{"Key":"n","Source":"./m","Dir":"m"}]}"#;

/// A text without what may differ: the program's name, line breaks, random ids, the time in names of backups.
fn plain(text: &str) -> String {
    let text = text
        .replace("trueup", "terraform")
        .replace("Terraform", "terraform");
    let words = text.split_whitespace().map(|word| stamped(&named(word)));
    words.collect::<Vec<_>>().join(" ")
}

/// `UUID` in place of random ids.
fn named(word: &str) -> String {
    const FORM: &str = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    let is_id = |text: &str| {
        text.bytes()
            .zip(FORM.bytes())
            .all(|(byte, form)| match form {
                b'-' => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    };
    let mut out = word.to_owned();
    let mut at = 0;
    while let Some(window) = out.get(at..at + FORM.len()) {
        if is_id(window) {
            out.replace_range(at..at + FORM.len(), "UUID");
        }
        at += 1;
    }
    out
}

/// `TIME` in place of the ten digits of a time before `.backup`.
fn stamped(word: &str) -> String {
    let Some(end) = word.find(".backup") else {
        return word.to_owned();
    };
    let digits = word[..end]
        .bytes()
        .rev()
        .take_while(u8::is_ascii_digit)
        .count();
    match digits {
        10 => format!("{}TIME{}", &word[..end - 10], &word[end..]),
        _ => word.to_owned(),
    }
}

/// Warnings stand on standard error here, and on standard output in the record: both without the warnings that are in
/// both, word for word.
fn without_warnings(recorded: &str, beside: &str) -> (String, String) {
    const BEGINS: &str = "Warning: ";
    let (mut recorded, mut rest) = (recorded.to_owned(), beside.to_owned());
    for warning in beside.split(BEGINS).skip(1) {
        let warning = format!("{BEGINS}{}", warning.trim_end());
        if recorded.contains(&warning) {
            recorded = recorded.replacen(&warning, "", 1);
            rest = rest.replacen(&warning, "", 1);
        }
    }
    (plain(&recorded), plain(&rest))
}

/// The objects of every state file of a folder.
fn files(folder: &Path, below: &str, found: &mut BTreeMap<String, Value>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let shown = format!("{below}{name}");
        if shown.starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            files(&entry.path(), &format!("{shown}/"), found);
            continue;
        }
        let holds = shown.contains("tfstate") || shown.ends_with(".bak");
        if !holds || shown.ends_with(".lock.info") {
            continue;
        }
        let text = std::fs::read_to_string(entry.path()).unwrap_or_default();
        let state = serde_json::from_str::<Value>(&text);
        found.insert(
            stamped(&shown),
            state.map_or(Value::Null, |state| objects(&state)),
        );
    }
}

/// What a state holds: its serial, and its objects in the order of their texts.
fn objects(state: &Value) -> Value {
    let mut all = Vec::new();
    for resource in state["resources"].as_array().into_iter().flatten() {
        let text = |name: &str| resource[name].as_str().unwrap_or_default();
        let module = match text("module") {
            "" => String::new(),
            module => format!("{module}."),
        };
        let provider = text("provider").rsplit('/').next().unwrap_or_default();
        let provider = provider.trim_end_matches(['"', ']']);
        for instance in resource["instances"].as_array().into_iter().flatten() {
            let key = match &instance["index_key"] {
                Value::Null => String::new(),
                key => format!("[{key}]"),
            };
            let tainted = match instance["status"].as_str() {
                Some("tainted") => " tainted",
                _ => "",
            };
            all.push(format!(
                "{module}{}.{}{key}{tainted} {provider}",
                text("type"),
                text("name")
            ));
        }
    }
    all.sort();
    json!({"serial": state["serial"], "objects": all})
}

fn check(folder: &Path, case: &Value) -> Result<(), String> {
    let project = Project::copy_of(folder, &[]);
    project.write(".terraform/modules/modules.json", MODULES);
    for step in case["steps"].as_array().into_iter().flatten() {
        for (name, text) in step["put"].as_object().into_iter().flatten() {
            match text.as_str() {
                Some(text) => project.write(name, text),
                None => project.remove(name),
            };
        }
        let Some(line) = step["run"].as_array() else {
            continue;
        };
        let mut program = trueup(&project);
        let mut input = "";
        let mut words = Vec::new();
        for word in line.iter().filter_map(Value::as_str) {
            if let Some(text) = word.strip_prefix("STDIN=") {
                input = text;
            } else if let Some((name, value)) = word
                .strip_prefix("ENV:")
                .and_then(|pair| pair.split_once('='))
            {
                program = program.variable(name, value);
            } else {
                words.push(word);
            }
        }
        let finished = program.run_with_input(&words, input);
        let complain = |what: &str, wanted: &str, got: &str| {
            Err(format!(
                "{words:?}: {what}\n  wanted {wanted}\n  got    {got}\n"
            ))
        };
        if step["exit"].as_i64() != Some(i64::from(finished.code)) {
            return complain("exit", &step["exit"].to_string(), &finished.report());
        }
        let (answer, beside) = without_warnings(
            step["stdout"].as_str().unwrap_or_default(),
            &plain(&finished.stderr),
        );
        if step["stdout"].is_string() && plain(&finished.stdout) != answer {
            return complain("stdout", &answer, &plain(&finished.stdout));
        }
        if let Some(wanted) = step["stderr"].as_str()
            && beside != wanted
        {
            return complain("stderr", wanted, &beside);
        }
    }
    if let Some(wanted) = case["files"].as_object() {
        let mut found = BTreeMap::new();
        files(&project.path(), "", &mut found);
        let found = json!(found);
        if found != json!(wanted) {
            return Err(format!(
                "{}\n  wanted files {wanted:?}\n  got {found}\n",
                case["steps"]
            ));
        }
    }
    Ok(())
}

#[test]
fn commands_over_a_state_do_what_terraform_does() {
    let recorded = root().join("tests/state_commands");
    let text = std::fs::read_to_string(recorded.join("recorded.json")).expect("the record");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    assert!(cases.len() > 100, "only {} cases", cases.len());
    let complaints: Vec<String> = cases
        .iter()
        .filter_map(|case| check(&recorded.join("folder"), case).err())
        .collect();
    assert!(
        complaints.is_empty(),
        "{} of {} cases\n{}",
        complaints.len(),
        cases.len(),
        complaints.join("\n")
    );
}

#[test]
fn a_workspace_that_can_have_no_name_stops_every_command() {
    let project = Project::with("output \"orders\" {\n  value = 1\n}\n");
    let program = trueup(&project).variable("TF_WORKSPACE", "a/b");
    let commands = [
        &["plan"][..],
        &["apply"],
        &["refresh"],
        &["output"],
        &["state", "list"],
    ];
    for command in commands {
        let told = program.run(command).expect_code(1);
        let said = "Invalid workspace name set using TF_WORKSPACE";
        assert!(told.stderr.contains(said), "{}", told.report());
    }
}
