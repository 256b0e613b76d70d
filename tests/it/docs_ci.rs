//! The workflow of `docs/ci/` as a continuous integration would run it: the commands of its steps, on the embedded AWS.

use std::path::Path;
use std::process::Command;

use serde_json::json;
use trueup_testkit::Project;

use crate::bed::{BINARY, LOCAL_APPLY, root, serve, trueup};
use crate::schemas::{junit_complaints, sarif_complaints};
use crate::tables::{PROVIDER, orders};

fn main_tf() -> String {
    format!("{PROVIDER}{}", orders("    Team = \"orders\""))
}

/// The commands of a job's steps, each with the step's name; what installs the program is left out.
fn steps(job: &str) -> Vec<(String, String)> {
    let path = root().join("docs/ci/github-actions.yml");
    let text = std::fs::read_to_string(path).expect("the workflow is there");
    let mut found: Vec<(String, String)> = Vec::new();
    let mut here = false;
    let mut name = String::new();
    let mut block = false;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        if indent == 2 && line.ends_with(':') {
            here = line.trim() == format!("{job}:");
        }
        if !here {
            continue;
        }
        if block && (indent >= 10 || line.trim().is_empty()) {
            let (_, script) = found.last_mut().expect("a block belongs to a step");
            script.push_str(line.get(10..).unwrap_or_default());
            script.push('\n');
            continue;
        }
        block = false;
        if let Some(said) = line.trim().strip_prefix("- name: ") {
            name = said.to_owned();
        }
        if let Some(run) = line.trim().strip_prefix("run: ") {
            block = run == "|";
            let script = if block { String::new() } else { run.to_owned() };
            found.push((name.clone(), script));
        }
    }
    found.retain(|(name, _)| name != "Install trueup");
    found
}

/// Runs a job's steps until one fails; its name and exit code, with what was printed.
fn run(job: &str, project: &Project) -> (Option<(String, i32)>, String) {
    let folder = Path::new(BINARY)
        .parent()
        .expect("the program lies in a folder");
    let path = format!(
        "{}:{}",
        folder.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let mut said = String::new();
    let all = steps(job);
    assert!(all.len() >= 2, "{job}: {all:?}");
    for (name, script) in all {
        let done = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script])
            .current_dir(project.path())
            .env_clear()
            .env("PATH", &path)
            .env("HOME", project.home())
            .env("TRUEUP_OPTIONS", "-local")
            .env("TF_IN_AUTOMATION", "1")
            .env("GITHUB_STEP_SUMMARY", project.path().join("summary.md"))
            .output()
            .expect("bash runs");
        said.push_str(&String::from_utf8_lossy(&done.stdout));
        said.push_str(&String::from_utf8_lossy(&done.stderr));
        if !done.status.success() {
            return (Some((name, done.status.code().unwrap_or(-1))), said);
        }
    }
    (None, said)
}

#[test]
fn a_pull_request_is_planned_and_drift_is_found_by_the_clock() {
    let project = Project::with(&main_tf());
    let served = serve(&project);
    let (failed, said) = run("plan", &project);
    assert_eq!(failed, None, "{said}");
    let summary = project
        .read("summary.md")
        .expect("the plan is in the summary");
    assert!(
        summary.contains("aws_dynamodb_table.orders will be created"),
        "{summary}"
    );
    project.remove("plan.bin").remove("summary.md");

    trueup(&project).run(&LOCAL_APPLY).expect_code(0);
    let (failed, said) = run("drift", &project);
    assert_eq!(failed, None, "{said}");
    assert!(said.contains("::notice title=No drift::"), "{said}");

    served.dynamodb(
        "us-east-1",
        "TagResource",
        &json!({
            "ResourceArn": "arn:aws:dynamodb:us-east-1:123456789012:table/orders",
            "Tags": [{ "Key": "Team", "Value": "others" }],
        }),
    );
    let (failed, said) = run("drift", &project);
    assert_eq!(failed, Some(("Drift".to_owned(), 2)), "{said}");
    assert!(said.contains("::warning file=main.tf,line=16,"), "{said}");
    let sarif = project.read("drift.sarif").expect("the report is written");
    assert_eq!(sarif_complaints(&sarif), [""; 0]);
    assert!(sarif.contains("\"startLine\": 16"), "{sarif}");
    let junit = project.read("drift.xml").expect("the report is written");
    assert_eq!(junit_complaints(&junit), [""; 0]);
    let summary = project.read("summary.md").expect("the job has a summary");
    assert!(
        summary.contains("Drift: 1 finding") && summary.contains("Coverage: 100 %"),
        "{summary}"
    );

    project.write("main.tf", "resource \"aws_dynamodb_table\" \"orders\" {\n");
    let (failed, said) = run("plan", &project);
    assert!(failed.is_some(), "{said}");
}
