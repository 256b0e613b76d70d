//! The plan of a stream.

use trueup_provider::{PlanRequest, Planned, Problem};
use trueup_value::{Path, Value};

use super::model::{ON_DEMAND, PROVISIONED};
use super::schema::{RECORD_SIZE, body};
use crate::members::{block, filled, member, text, whole};
use crate::rules::draft;
use crate::satellite::left_unset;
use crate::tags::{TagPolicy, plan_tags_all};

/// Plans one stream.
pub(super) fn plan(request: &PlanRequest<'_>, policy: &TagPolicy) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let mut draft = draft(body(), prior, request.proposed);
    plan_tags_all(policy, &mut draft, prior, request.proposed);
    let planned = draft.planned(prior, request.proposed);
    let mut planned = left_unset(body(), request, planned, &[RECORD_SIZE]);
    planned
        .problems
        .extend(shards(request.config, &planned.value));
    planned.problems.extend(key(&planned.value));
    planned
}

/// Shards are counted by whoever pays for them. Nothing where mode or count is not known yet.
fn shards(config: &Value, planned: &Value) -> Option<Problem> {
    if member(config, "stream_mode_details").is_some_and(|said| !said.is_known()) {
        return None;
    }
    // Where nothing is said of it, AWS makes a stream with counted shards.
    let mode = match block(planned, "stream_mode_details") {
        Some(details) => text(details, "stream_mode")?,
        None => PROVISIONED,
    };
    let count = match member(planned, "shard_count") {
        Some(count) if !count.is_known() => return None,
        Some(_) => whole(planned, "shard_count").unwrap_or_default(),
        None => 0,
    };
    let wrong = match mode {
        ON_DEMAND if count > 0 => {
            format!("shard_count must not be set when stream_mode is {mode}")
        }
        PROVISIONED if count < 1 => {
            format!("shard_count must be at least 1 when stream_mode is {mode}")
        }
        _ => return None,
    };
    Some(Problem::error(wrong, "").at(Path::new().attr("shard_count")))
}

/// Encryption needs a key; the published provider says so half way through an apply.
fn key(planned: &Value) -> Option<Problem> {
    let encrypted = text(planned, "encryption_type").is_some_and(|said| said != "NONE");
    let named = match member(planned, "kms_key_id") {
        Some(key) if !key.is_known() => true,
        _ => filled(planned, "kms_key_id").is_some(),
    };
    (encrypted && !named).then(|| {
        Problem::error(
            "KMS Key Id required when setting encryption_type is not set as NONE",
            "Name a key in kms_key_id: its id, its ARN, or an alias such as alias/aws/kinesis.",
        )
        .at(Path::new().attr("kms_key_id"))
    })
}
