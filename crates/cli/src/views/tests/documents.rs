//! The JSON document of plans: the fixtures' own sections come out again.

use trueup_plan::Mode;
use trueup_plan::json::{Json, plan_document};

use super::bodies::{folder, read, schemas};
use super::plan_reader::plan;

/// The JSON with its lists sorted: the records do not keep the order of sets and of resources.
fn sorted(json: &Json) -> Json {
    match json {
        Json::Array(elements) => {
            let mut elements: Vec<Json> = elements.iter().map(sorted).collect();
            elements.sort_by_cached_key(Json::to_line);
            Json::array(elements)
        }
        Json::Object(members) => Json::object(
            members
                .iter()
                .map(|(key, member)| (key.clone(), sorted(member))),
        ),
        other => other.clone(),
    }
}

#[test]
fn plan_documents_are_as_recorded() {
    let schemas = schemas();
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("the fixtures are there") {
        let case = entry.expect("the folder can be read").path();
        if !case.is_dir() {
            continue;
        }
        let json = read(&case.join("plan.json"));
        let plan = plan(&json, Mode::Normal, &schemas);
        let document = plan_document(&plan, None, &schemas).to_line();
        let document = sorted(&Json::parse(&document).expect("a document is JSON"));
        let json = sorted(&json);
        let mut planned;
        for section in [
            "resource_changes",
            "resource_drift",
            "output_changes",
            "planned_values",
        ] {
            let (mut got, mut want) = (document.get(section), json.get(section));
            if section == "planned_values" {
                // The types of outputs can't be read out of plan JSON; some records leave all of it out.
                let resources = |values: Option<&'_ Json>| values?.get("root_module").cloned();
                planned = (resources(got), resources(want));
                (got, want) = match &planned {
                    (got, Some(want)) => (got.as_ref(), Some(want)),
                    _ => (None, None),
                };
            }
            if got != want {
                let show = |json: Option<&Json>| json.map(Json::to_pretty).unwrap_or_default();
                let (want, got) = (show(want), show(got));
                let diff = similar::TextDiff::from_lines(&want, &got);
                let diff = diff.unified_diff().context_radius(3).to_string();
                wrong.push(format!("{} {section}:\n{diff}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
