//! Changing calls, ours beside the recorded ones: read off what the AWS runner's `--json` says, case by case.
//!
//! The runner lists differences only, by lane (what one table, item or bucket was sent in order). A lane
//! that one side lacks, or that is longer on one side, stands there whole. With the corpus folder given,
//! the recorded calls are counted too, and what the differences add or take away makes ours of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

/// The calls of one case.
#[derive(Clone, Copy, Default)]
struct Calls {
    ours: i64,
    recorded: i64,
}

/// Prints each case's count; an error where one of ours is larger.
///
/// # Errors
/// The table with the cases named of which we make more calls, or why a file could not be read.
pub fn run(differences: &str, corpus: Option<&str>) -> Result<String, String> {
    let differences = read(Path::new(differences))?;
    let mut cases: BTreeMap<String, Calls> = BTreeMap::new();
    let members = |name: &str| differences.get(name).cloned().unwrap_or_default();
    for (case, facets) in members("cases").as_object().into_iter().flatten() {
        let calls = cases.entry(case.clone()).or_default();
        let found = facets.get("calls").and_then(Value::as_array);
        for one in found.into_iter().flatten() {
            if let (Some(want), Some(got)) = (count(one.get("want")), count(one.get("got"))) {
                calls.recorded += want;
                calls.ours += got;
            }
        }
    }
    if let Some(corpus) = corpus {
        for (case, calls) in &mut cases {
            let all = recorded(&Path::new(corpus).join(case).join("expected"))?;
            calls.ours += all - calls.recorded;
            calls.recorded = all;
        }
    }
    let width = cases.keys().map(String::len).max().unwrap_or(0).max(4);
    let mut table = format!("{:width$}  ours  recorded\n", "case");
    let mut larger = Vec::new();
    for (case, calls) in &cases {
        if corpus.is_some() || calls.ours != calls.recorded {
            let _ = writeln!(
                table,
                "{case:width$}  {:4}  {:8}",
                calls.ours, calls.recorded
            );
        }
        if calls.ours > calls.recorded {
            larger.push(case.as_str());
        }
    }
    if larger.is_empty() {
        Ok(format!(
            "{table}ours is never larger ({} cases)",
            cases.len()
        ))
    } else {
        Err(format!("{table}ours is larger: {}", larger.join(", ")))
    }
}

/// How many calls a side of a difference holds: none where it is absent; `None` where the difference is
/// within one call.
fn count(side: Option<&Value>) -> Option<i64> {
    match side? {
        Value::String(text) if text == "<absent>" => Some(0),
        Value::Array(calls) if calls.iter().all(|call| call.get("operation").is_some()) => {
            i64::try_from(calls.len()).ok()
        }
        _ => None,
    }
}

fn recorded(expected: &Path) -> Result<i64, String> {
    let steps =
        std::fs::read_dir(expected).map_err(|error| format!("{}: {error}", expected.display()))?;
    let mut all = 0;
    for step in steps {
        let step = step.map_err(|error| format!("{}: {error}", expected.display()))?;
        let calls = step.path().join("calls.json");
        if calls.exists() {
            all += count(Some(&read(&calls)?)).unwrap_or(0);
        }
    }
    Ok(all)
}

fn read(path: &Path) -> Result<Value, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::run;

    #[test]
    fn what_the_differences_add_and_take_away_is_counted() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| folder.path().join(name).display().to_string();
        let differences = r#"{"cases": {"items/many": {"calls": [
            {"at": "step 1/a", "want": "<absent>", "got": [{"operation": "TransactWriteItems"}]},
            {"at": "step 1/b", "want": [{"operation": "PutItem"}, {"operation": "PutItem"}], "got": "<absent>"},
            {"at": "step 1/c/0/params/X", "want": "<absent>", "got": "y"}]},
            "items/same": {}}}"#;
        fs::write(at("diffs.json"), differences).expect("written");
        for case in ["items/many", "items/same"] {
            let step = folder.path().join("corpus").join(case).join("expected/1");
            fs::create_dir_all(&step).expect("a folder");
            let calls = r#"[{"operation": "CreateTable"}, {"operation": "PutItem"}, {"operation": "PutItem"}]"#;
            fs::write(step.join("calls.json"), calls).expect("written");
        }
        let said = run(&at("diffs.json"), Some(&at("corpus"))).expect("never larger");
        assert!(said.contains("items/many     2         3"), "{said}");
        assert!(said.contains("items/same     3         3"), "{said}");
        let worse = differences.replace(
            "\"want\": [{\"operation\": \"PutItem\"}, {\"operation\": \"PutItem\"}]",
            "\"want\": []",
        );
        fs::write(at("diffs.json"), worse).expect("written");
        let said = run(&at("diffs.json"), None).expect_err("one is larger");
        assert!(said.ends_with("ours is larger: items/many"), "{said}");
    }
}
