//! What a run of a test made, for programs: the parts of the plan's and the state's JSON forms.

use trueup_plan::json::{Fields, Json, plan_document, state_document};
use trueup_plan::{Plan, SchemaSource, State};

/// The form of what providers say, by its version.
const PROVIDER_FORMAT: &str = "1.0";

/// A plan: its changes.
pub fn plan(plan: &Plan, schemas: &dyn SchemaSource) -> Json {
    let document = plan_document(plan, None, schemas);
    let part = |name: &str| document.get(name).cloned();
    Fields::new()
        .with_some("plan_format_version", part("format_version"))
        .with_some("output_changes", part("output_changes"))
        .with_some("resource_changes", part("resource_changes"))
        .with_some("resource_drift", part("resource_drift"))
        .with_some("relevant_attributes", part("relevant_attributes"))
        .text("provider_format_version", PROVIDER_FORMAT)
        .json()
}

/// A state: its objects and outputs.
pub fn state(state: &State, schemas: &dyn SchemaSource) -> Json {
    let document = state_document(state, schemas);
    let values = document.get("values");
    let part = |name: &str| values.and_then(|values| values.get(name)).cloned();
    Fields::new()
        .with_some(
            "state_format_version",
            document.get("format_version").cloned(),
        )
        .with_some("root_module", part("root_module"))
        .with_some("outputs", part("outputs"))
        .text("provider_format_version", PROVIDER_FORMAT)
        .json()
}
