//! The runner of `fixtures/`: apply, a plan without changes, each edit, destroy, with the action of every address.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::Value;
use trueup_testkit::{Case, Program, Project, cases, edit};

use crate::bed::{actions, json, outputs, root, serve, states, trueup};

#[test]
fn every_fixture_plays_as_it_says() {
    cases(&root().join("fixtures"), play);
}

/// What `expect.json` says of one step.
struct Step<'a> {
    name: String,
    told: &'a Value,
}

impl Step<'_> {
    fn exit(&self) -> i32 {
        let exit = self.told.get("exit").and_then(Value::as_i64).unwrap_or(0);
        i32::try_from(exit).unwrap_or(-1)
    }

    fn says(&self) -> Vec<&str> {
        let says = self.told.get("says").and_then(Value::as_array);
        says.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The plan's actions are those expected: by address, or counted by action.
    fn judge_actions(&self, got: &BTreeMap<String, String>) -> Result<(), String> {
        let name = &self.name;
        if let Some(counts) = self.told.get("counts") {
            let mut counted: BTreeMap<&str, u64> = BTreeMap::new();
            for action in got.values() {
                *counted.entry(action).or_default() += 1;
            }
            let wanted: BTreeMap<&str, u64> = words(counts, Value::as_u64);
            return same(name, "actions by count", &wanted, &counted);
        }
        let wanted = self
            .told
            .get("actions")
            .ok_or(format!("{name}: expect.json gives no actions"))?;
        let wanted: BTreeMap<&str, &str> = words(wanted, Value::as_str);
        let got = got
            .iter()
            .map(|(address, action)| (address.as_str(), action.as_str()))
            .collect();
        same(name, "actions", &wanted, &got)
    }

    fn judge_outputs(&self, wanted: Option<&Value>, program: &Program) -> Result<(), String> {
        let Some(wanted) = wanted.and_then(Value::as_object) else {
            return Ok(());
        };
        let got = outputs(program)?;
        for (name, wanted) in wanted {
            same(
                &self.name,
                &format!("output {name}"),
                &Some(wanted),
                &got.get(name),
            )?;
        }
        Ok(())
    }
}

fn words<'a, T>(object: &'a Value, read: impl Fn(&'a Value) -> Option<T>) -> BTreeMap<&'a str, T> {
    let members = object.as_object().into_iter().flatten();
    members
        .filter_map(|(key, value)| Some((key.as_str(), read(value)?)))
        .collect()
}

fn same<T: PartialEq + std::fmt::Debug>(
    step: &str,
    what: &str,
    wanted: &T,
    got: &T,
) -> Result<(), String> {
    if wanted == got {
        Ok(())
    } else {
        Err(format!(
            "{step}: {what}\n  wanted {wanted:?}\n  got    {got:?}"
        ))
    }
}

fn play(case: &Case) -> Result<(), String> {
    let text =
        fs::read_to_string(case.folder.join("expect.json")).map_err(|error| error.to_string())?;
    let expect: Value =
        serde_json::from_str(&text).map_err(|error| format!("expect.json: {error}"))?;
    let steps: Vec<&Value> = expect
        .get("steps")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect();
    every_edit_is_expected(&case.folder, &steps)?;

    let project = Project::copy_of(
        &case.folder,
        &["edits", "expect.json", ".trueup", ".terraform"],
    );
    let program = trueup(&project);
    // Modules are found where init has recorded them.
    if expect.get("init") == Some(&Value::Bool(true)) {
        program
            .run(&["-local", "init", "-input=false"])
            .with_code(0)
            .map_err(|said| format!("init: {said}"))?;
    }
    let first = expect.get("apply").ok_or("expect.json gives no apply")?;
    let step = Step {
        name: "apply".to_string(),
        told: first,
    };
    take(&step, &program)?;
    step.judge_outputs(expect.get("outputs"), &program)?;
    for told in steps {
        if told
            .get("destroy")
            .is_some_and(|destroy| *destroy == Value::Bool(true))
        {
            refused(
                &Step {
                    name: "destroy before its time".to_string(),
                    told,
                },
                &project,
                &program,
            )?;
        } else {
            let name = told.get("edit").and_then(Value::as_str).unwrap_or_default();
            let step = Step {
                name: name.to_string(),
                told,
            };
            edit(&case.folder, &project.path(), told)?;
            take(&step, &program)?;
            step.judge_outputs(told.get("outputs"), &program)?;
        }
    }
    leave(&expect, &project, &program)
}

/// The edits in the folder are those in `expect.json` that do not say their lines there.
fn every_edit_is_expected(folder: &Path, steps: &[&Value]) -> Result<(), String> {
    let wanted: BTreeSet<String> = steps
        .iter()
        .filter(|step| step.get("lines").is_none())
        .filter_map(|step| step.get("edit").and_then(Value::as_str).map(str::to_string))
        .collect();
    let there: BTreeSet<String> = fs::read_dir(folder.join("edits"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    same("expect.json", "edits", &wanted, &there)
}

/// Plans into a file, judges it, applies it; a plan after that has nothing to do.
fn take(step: &Step, program: &Program) -> Result<(), String> {
    let before = program.run(&["-local", "state", "list"]);
    let planned = program.run(&["-local", "plan", "-input=false", "-out=the.plan"]);
    let name = &step.name;
    if step.exit() != 0 {
        let planned = planned
            .with_code(step.exit())
            .map_err(|said| format!("{name}: {said}"))?;
        says(step, &planned.stderr)?;
        let after = program.run(&["-local", "state", "list"]);
        return same(name, "state after a refusal", &before.stdout, &after.stdout);
    }
    let say = |said| format!("{name}: {said}");
    planned.with_code(0).map_err(say)?;
    let shown = program
        .run(&["-local", "show", "-json", "the.plan"])
        .with_code(0)
        .map_err(say)?;
    step.judge_actions(&actions(&json(&shown)?))?;
    program
        .run(&["-local", "apply", "-input=false", "the.plan"])
        .with_code(0)
        .map_err(say)?;
    program
        .run(&["-local", "plan", "-input=false", "-detailed-exitcode"])
        .with_code(0)
        .map_err(|said| format!("{name}: a plan after it is not without changes: {said}"))?;
    Ok(())
}

/// A destroy that is refused, with nothing lost.
fn refused(step: &Step, project: &Project, program: &Program) -> Result<(), String> {
    let before = states(&project.path());
    let destroyed = program
        .run(&["-local", "destroy", "-auto-approve", "-input=false"])
        .with_code(step.exit())
        .map_err(|said| format!("{}: {said}", step.name))?;
    says(step, &destroyed.stderr)?;
    let after = states(&project.path());
    let parsed = |all: &BTreeMap<_, Vec<u8>>| -> Vec<Option<Value>> {
        all.values()
            .map(|bytes| serde_json::from_slice::<Value>(bytes).ok())
            .map(resources)
            .collect()
    };
    same(&step.name, "state", &parsed(&before), &parsed(&after))
}

fn resources(state: Option<Value>) -> Option<Value> {
    state.and_then(|state| state.get("resources").cloned())
}

fn says(step: &Step, stderr: &str) -> Result<(), String> {
    // Long lines are wrapped at any space, behind a frame.
    let flat = |text: &str| {
        text.replace(['│', '╷', '╵'], " ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    let said = flat(stderr);
    for wanted in step.says() {
        if !said.contains(&flat(wanted)) {
            return Err(format!("{}: does not say {wanted:?}\n{stderr}", step.name));
        }
    }
    Ok(())
}

/// Destroy leaves no table and an empty state.
fn leave(expect: &Value, project: &Project, program: &Program) -> Result<(), String> {
    program
        .run(&["-local", "destroy", "-auto-approve", "-input=false"])
        .with_code(0)
        .map_err(|said| format!("destroy: {said}"))?;
    let listed = program.run(&["-local", "state", "list"]).with_code(0)?;
    same("destroy", "state list", &String::new(), &listed.stdout)?;
    for (path, bytes) in states(&project.path()) {
        let state: Value = serde_json::from_slice(&bytes)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        for part in ["resources", "outputs"] {
            let held = state.get(part).is_some_and(|held| {
                *held != serde_json::json!([]) && *held != serde_json::json!({})
            });
            if held {
                return Err(format!("destroy: {} still holds {part}", path.display()));
            }
        }
    }
    let left: Vec<String> = expect
        .get("left")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|name| name.as_str().map(str::to_string))
        .collect();
    same("destroy", "tables", &left, &serve(project).tables())
}
