//! The corpus of drift: what was changed outside is told place by place, and what AWS moves or says otherwise by
//! itself is not.
//!
//! `tests/drift_corpus/cases.json` has the cases: the calls that somebody else makes, and the places that are told,
//! none where nothing is drift. All begin with `whole.tf` as it was applied.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use serde_json::{Value, json};
use trueup_testkit::Project;

use crate::bed::{LOCAL_APPLY, json as said, root, serve, trueup};

/// How many cases are under way at once.
const AT_ONCE: usize = 3;

#[test]
fn every_true_drift_is_told_and_every_phantom_is_silent() {
    let folder = root().join("tests/drift_corpus");
    let text = std::fs::read_to_string(folder.join("cases.json")).expect("the cases are there");
    let cases: Vec<Value> = serde_json::from_str(&text).expect("the cases are JSON");
    let main = std::fs::read_to_string(folder.join("whole.tf")).expect("the beginning is there");
    let base = Project::with(&main);
    trueup(&base).run(&LOCAL_APPLY).expect_code(0);
    let told = |case: &Value| !case["drift"].as_array().expect("places or none").is_empty();
    let (true_ones, phantoms): (Vec<&Value>, Vec<&Value>) =
        cases.iter().partition(|case| told(case));
    assert!(true_ones.len() >= 20 && phantoms.len() >= 20);
    let chosen = std::env::var("DRIFT_CASE").unwrap_or_default();
    let cases: Vec<&Value> = cases
        .iter()
        .filter(|case| {
            case["name"]
                .as_str()
                .is_some_and(|name| name.contains(&chosen))
        })
        .collect();
    let shares: Vec<Vec<&Value>> = (0..AT_ONCE)
        .map(|n| cases.iter().copied().skip(n).step_by(AT_ONCE).collect())
        .collect();
    let base = &base;
    let wrong: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = shares
            .into_iter()
            .map(|share| {
                scope.spawn(move || {
                    share
                        .into_iter()
                        .filter_map(|case| {
                            let name = &case["name"];
                            let outcome = catch_unwind(AssertUnwindSafe(|| played(base, case)));
                            outcome
                                .unwrap_or_else(|_| Err(format!("{name}: a call was refused")))
                                .err()
                        })
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a case ends"))
            .collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Makes a case's calls on a copy of what was applied, and holds the report against what is wanted.
fn played(base: &Project, case: &Value) -> Result<(), String> {
    let name = case["name"].as_str().unwrap_or_default();
    let project = Project::copy_of(&base.path(), &[]);
    let served = serve(&project);
    for call in case["calls"].as_array().into_iter().flatten() {
        let region = call["region"].as_str().unwrap_or("us-east-1");
        let operation = call["call"].as_str().expect("a call has a name");
        served.dynamodb(region, operation, &call["with"]);
    }
    let finished = trueup(&project).run(&["-local", "drift", "-json"]);
    let report = said(&finished).map_err(|why| format!("{name}: {why}"))?;
    let mut found = BTreeSet::new();
    for object in report["directories"][0]["drift"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let address = object["address"].as_str().unwrap_or_default();
        if object["change"] == "delete" {
            found.insert(format!("{address} deleted"));
        }
        for attribute in object["attributes"].as_array().into_iter().flatten() {
            let path = attribute["path"].as_str().unwrap_or_default();
            found.insert(format!("{address}.{path}"));
        }
    }
    let wanted: BTreeSet<String> = case["drift"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|place| place.as_str().map(str::to_owned))
        .collect();
    let code = if wanted.is_empty() { 0 } else { 2 };
    let finished = finished
        .with_code(code)
        .map_err(|why| format!("{name}: {why}"));
    if found != wanted {
        return Err(format!(
            "{name}: {}",
            json!({ "told": found, "wanted": wanted })
        ));
    }
    finished.map(|_| ())
}
