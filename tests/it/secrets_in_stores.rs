//! Planted secrets are looked for in what runs leave in S3 and DynamoDB beside the state: lock items, digests, lock
//! objects, the journal of a run that was killed, what a failed write leaves here; and in reports.

use serde_json::json;
use trueup_testkit::{Program, Project};

use crate::bed::{Served, serve, trueup};
use crate::secrets::{MAIN, NEXT, SECRET, clean, disturbed, left_behind, run};

const BUCKET: &str = "states";
const KEY: &str = "orders/terraform.tfstate";

const BACKEND: &str = r#"
terraform {
  backend "s3" {
    bucket         = "states"
    key            = "orders/terraform.tfstate"
    region         = "us-east-1"
    dynamodb_table = "locks"
    use_lockfile   = true
  }
}
"#;

/// What is between two marks, again and again.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start)
        .skip(1)
        .filter_map(|rest| rest.split(end).next())
        .collect()
}

/// Looks through every version of every object of the bucket but the state, and every item of the lock table;
/// answers their names.
fn look_through(served: &Served) -> Result<Vec<String>, String> {
    let mut seen = Vec::new();
    let (code, listed) = served.s3("GET", &format!("/{BUCKET}?versions&max-keys=1000"), b"");
    if code == 404 {
        return Ok(seen);
    }
    let listed = String::from_utf8_lossy(&listed).into_owned();
    for version in between(&listed, "<Version>", "</Version>") {
        let one = |name: &str| {
            let found = between(version, &format!("<{name}>"), "<");
            found.first().copied().unwrap_or_default().to_string()
        };
        let (key, id) = (one("Key"), one("VersionId"));
        if key == KEY {
            continue;
        }
        let (code, body) = served.s3("GET", &format!("/{BUCKET}/{key}?versionId={id}"), b"");
        if code != 200 {
            return Err(format!("{key} version {id}: {code}"));
        }
        clean(
            &format!("the object {key}"),
            &String::from_utf8_lossy(&body),
        )?;
        seen.push(key);
    }
    for item in served.items("locks") {
        clean("the lock table", &item)?;
        seen.push(item);
    }
    Ok(seen)
}

fn project() -> (Project, Program) {
    let project = Project::with(&format!("{BACKEND}{MAIN}"));
    let program = trueup(&project)
        .variable("TF_LOG", "trace")
        .variable("TF_LOG_PATH", "the.log");
    (project, program)
}

/// Whether a list has a name with this part.
fn has(seen: &[String], part: &str) -> bool {
    seen.iter().any(|name| name.contains(part))
}

#[test]
fn what_a_killed_run_leaves_in_the_store_holds_no_secret() {
    let mut seen = Vec::new();
    // From the first lock to the last checkpoint; where a run is shorter it just ends.
    for at in ["8:after", "15:after", "18:before", "21:after", "24:after"] {
        let (project, program) = project();
        run(&program, &["-local", "init"], SECRET, 0).expect("init");
        let outcome = disturbed((&project, &program), "TRUEUP_TEST_KILL_AT", at)
            .and_then(|_| look_through(&serve(&project)));
        match outcome {
            Ok(found) => seen.extend(found),
            Err(complaint) => panic!("killed at {at}: {complaint}"),
        }
    }
    // The look was worth it: everything that lies beside a state was seen.
    for part in [".tflock", "Info", "-md5", "/journal/"] {
        assert!(has(&seen, part), "no {part} among {seen:#?}");
    }
}

#[test]
fn what_failed_calls_leave_holds_no_secret() {
    // Around the journal, the changes, and the writes of state and digest.
    let points = [10, 16, 18, 20, 21, 29].map(|at| format!("{at}:deny"));
    let mut unsaved = false;
    for at in points.iter().map(String::as_str).chain(["20:error"]) {
        let (project, program) = project();
        run(&program, &["-local", "init"], SECRET, 0).expect("init");
        let failed = disturbed((&project, &program), "TRUEUP_TEST_FAULT_AT", at)
            .unwrap_or_else(|complaint| panic!("{complaint}"));
        if failed.stderr.contains("Failed to save state") {
            unsaved = true;
            // What was done is told to the next run by the journal alone.
            let served = serve(&project);
            let seen =
                look_through(&served).unwrap_or_else(|complaint| panic!("{at}: {complaint}"));
            assert!(has(&seen, "/journal/"), "{at}: no journal among {seen:#?}");
        }
    }
    assert!(unsaved, "no run failed to write the state");
}

#[test]
fn reports_of_what_moved_hold_no_secret() {
    let (project, program) = project();
    run(&program, &["-local", "init"], SECRET, 0).expect("init");
    run(&program, &["-local", "apply", "-auto-approve"], SECRET, 0).expect("apply");
    let served = serve(&project);
    // Someone else writes the next secret.
    let item = json!({
        "TableName": "orders",
        "Item": { "pk": { "S": "one" }, "v": { "S": NEXT } },
    });
    served.dynamodb("us-east-1", "PutItem", &item);
    for format in ["text", "json", "sarif", "junit", "markdown", "github"] {
        let line = ["-local", "drift", &format!("-format={format}")];
        let told =
            run(&program, &line, SECRET, 2).unwrap_or_else(|complaint| panic!("{complaint}"));
        assert!(
            told.stdout.contains("aws_dynamodb_table_item"),
            "{}",
            told.report()
        );
    }
    for line in [
        &[
            "-local",
            "drift",
            "-out=sarif=drift.sarif",
            "-out=junit=drift.xml",
        ][..],
        &["-local", "drift", "-json"],
    ] {
        run(&program, line, SECRET, 2).unwrap_or_else(|complaint| panic!("{complaint}"));
    }
    for line in [
        &["-local", "plan", "-out=saved"][..],
        &["-local", "show", "-report=html", "saved"],
        &["-local", "show", "saved"],
        &["-local", "graph", "-plan=saved"],
        &["-local", "apply", "-json", "saved"],
    ] {
        run(&program, line, NEXT, 0).unwrap_or_else(|complaint| panic!("{complaint}"));
    }
    left_behind(&project)
        .and_then(|()| look_through(&served).map(drop))
        .unwrap_or_else(|complaint| panic!("{complaint}"));
}
