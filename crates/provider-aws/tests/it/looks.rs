//! Looks at what came out: whether it is at rest, what stands in state, what was asked.

use serde_json::Value as Json;
use trueup_provider::{ApplyOutcome, Object, same_but_for_zero};

use crate::bed::{Bed, difference, errors, to_json};

/// Reads an object again and plans it: nothing may differ.
pub async fn settled(bed: &Bed, kind: &str, object: &Object, config: &Json) {
    let read = bed.read(kind, object).await.expect("it is there");
    assert!(
        same_but_for_zero(&read.value, &object.value),
        "{}",
        difference(&to_json(&object.value), &to_json(&read.value))
    );
    let planned = bed.plan(kind, Some(&read), config);
    assert_eq!(errors(&planned.problems), Vec::<String>::new());
    assert!(planned.requires_replace.is_empty());
    assert!(
        planned.value.raw_equals(&read.value),
        "{}",
        difference(&to_json(&read.value), &to_json(&planned.value))
    );
}

/// The object of an import id, or the summary of why there is none.
pub async fn imported(bed: &Bed, kind: &str, id: &str) -> Result<Object, String> {
    match bed.kind(kind).import(&bed.cx, id).await {
        Ok(mut found) => Ok(found.remove(0).object),
        Err(problem) => Err(problem.summary),
    }
}

/// How often a service, by its name in signatures, was asked for an operation.
pub fn calls(bed: &Bed, service: &str, operation: &str) -> u64 {
    let counts = bed.counts.snapshot().remove(service).unwrap_or_default();
    counts.get(operation).copied().unwrap_or(0)
}

/// What stands in state, but for the region.
pub fn plain(object: &Object) -> Json {
    let mut value = to_json(&object.value);
    if let Some(members) = value.as_object_mut() {
        members.remove("region");
    }
    value
}

/// The text beside an object in state.
pub fn private(object: &Object) -> Option<&str> {
    let bytes = object.private.as_deref()?;
    Some(std::str::from_utf8(bytes).expect("text"))
}

/// What a failed step leaves in state, and the first of its errors.
pub fn failed(outcome: ApplyOutcome) -> (Option<Object>, String) {
    match outcome {
        ApplyOutcome::Failed(object, problems) => (object, problems[0].summary.clone()),
        other => panic!("failed: {other:?}"),
    }
}

/// An object as JSON.
pub fn json_of(object: Object) -> Json {
    to_json(&object.value)
}
