//! Tests that a configuration brings along: run as docs/testing-tables.md says.

use serde_json::Value;
use trueup_testkit::Project;

use crate::bed::{root, trueup};

fn project() -> Project {
    Project::copy_of(
        &root().join("fixtures/tested-tables"),
        &["edits", "expect.json", ".trueup", ".terraform"],
    )
}

#[test]
fn the_page_shows_what_the_fixture_says() -> Result<(), String> {
    let project = project();
    let finished = trueup(&project).run(&["-local", "test"]).with_code(0)?;
    let page = std::fs::read_to_string(root().join("docs/testing-tables.md"))
        .map_err(|error| error.to_string())?;
    let shown = page
        .split("```text\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .ok_or("the page shows a run")?;
    if finished.stdout != shown {
        return Err(format!(
            "the page shows\n{shown}\nbut it says\n{}",
            finished.stdout
        ));
    }
    if project.path().join(".trueup").exists() || project.path().join("terraform.tfstate").exists()
    {
        return Err("a test leaves nothing behind".to_string());
    }
    Ok(())
}

#[test]
fn a_failing_assertion_fails_and_is_reported() -> Result<(), String> {
    let project = project();
    project.write(
        "tests/tables.tftest.hcl",
        "run \"wrong\" {\n  assert {\n    condition     = output.orders_arn == \"x\"\n    error_message = \"It is ${output.orders_arn}.\"\n  }\n}\nrun \"goes_on\" {}\n",
    );
    let flags = [
        "-local",
        "test",
        "-json",
        "-filter=tests/tables.tftest.hcl",
        "-junit-xml=report.xml",
    ];
    let finished = trueup(&project).run(&flags).with_code(1)?;
    let lines: Vec<Value> = finished
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("{error}: {line}")))
        .collect::<Result<_, _>>()?;
    let summary = lines
        .iter()
        .find_map(|line| line.get("test_summary"))
        .ok_or("the stream ends with a summary")?;
    let wanted =
        serde_json::json!({"status": "fail", "passed": 1, "failed": 1, "errored": 0, "skipped": 0});
    if *summary != wanted {
        return Err(format!("summary {summary}"));
    }
    let told = lines.iter().find_map(|line| line.get("diagnostic"));
    let detail = told
        .and_then(|told| told.get("detail"))
        .and_then(Value::as_str);
    if detail != Some("It is arn:aws:dynamodb:us-east-1:123456789012:table/shop-orders.") {
        return Err(format!("diagnostic {told:?}"));
    }
    let report = project.read("report.xml").ok_or("a report is left")?;
    if !report.contains("failures=\"1\"") || !report.contains("Test assertion failed") {
        return Err(report);
    }
    Ok(())
}

#[test]
fn what_can_not_be_destroyed_is_listed() -> Result<(), String> {
    let project = Project::with(
        "resource \"terraform_data\" \"kept\" {\n  lifecycle {\n    prevent_destroy = true\n  }\n}\n",
    );
    project.write("kept.tftest.hcl", "run \"made\" {}\n");
    let finished = trueup(&project).run(&["test", "-no-color"]).with_code(1)?;
    for wanted in ["kept.tftest.hcl/made, and", "  - terraform_data.kept"] {
        if !finished.stderr.contains(wanted) {
            return Err(finished.report());
        }
    }
    Ok(())
}
