//! The documents of plan and state: order of fields, escapes, counts.

use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_plan::json::{Json, plan_document, state_document};
use trueup_plan::{Counts, Plan, SchemaSource, State};
use trueup_schema::ResourceSchema;

use crate::sample;

/// No schemas at all.
pub(crate) struct None;

impl SchemaSource for None {
    fn schema(&self, _: &ProviderAddr, _: Mode, _: &str) -> Option<Arc<ResourceSchema>> {
        Option::None
    }
}

fn keys(json: &Json) -> Vec<&'static str> {
    match json {
        Json::Fields(fields) => fields.iter().map(|(name, _)| *name).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn fields_stand_in_the_order_that_readers_know() {
    let document = plan_document(&sample::plan(), Option::None, &None);
    let order = "format_version terraform_version variables planned_values resource_drift \
        resource_changes output_changes prior_state relevant_attributes checks timestamp \
        applyable complete errored";
    assert_eq!(keys(&document).join(" "), order);
    let change = document
        .get("resource_changes")
        .and_then(|changes| changes.as_array()?.last())
        .expect("there are changes");
    let order = "address module_address mode type name index provider_name change action_reason";
    assert_eq!(keys(change).join(" "), order);
    let change = change.get("change").expect("a change changes");
    let order = "actions before after after_unknown before_sensitive after_sensitive replace_paths";
    assert_eq!(keys(change).join(" "), order);
    let line = document.to_line();
    assert!(!line.contains('\n'));
    assert!(line.contains("\\u003c\\u0026\\u003e \\u0001ü"));
    assert!(line.contains("\"big\":123456789012345678901234567890.125"));
}

#[test]
fn an_empty_state_says_only_its_format() {
    let line = state_document(&State::new(""), &None).to_line();
    assert_eq!(line, "{\"format_version\":\"1.0\"}");
}

#[test]
fn counts_and_effects() {
    let plan = sample::plan();
    let want = Counts {
        add: 1,
        change: 0,
        destroy: 2,
        import: 1,
        forget: 0,
    };
    assert_eq!(plan.counts(), want);
    assert!(plan.has_changes());
    let empty = Plan::empty(trueup_plan::Mode::Normal, "");
    assert!(empty.is_noop());
}
