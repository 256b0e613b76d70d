//! What the journal says of a batch: intents before it, outcomes after it. Never values, only digests.

use std::time::SystemTime;

use trueup_backend::{IntentKind, IntentRecord, Outcome, OutcomeRecord};
use trueup_provider::{ApplyOutcome, StepKind};
use trueup_state::{Object, State};
use trueup_value::Value;

use crate::jobs::{Call, Job};

/// The id of an object as the state holds it: what its attribute `id` says, else `arn`.
pub(crate) fn id_of(object: &Object) -> Option<String> {
    let attributes: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(object.attributes.json()?).ok()?;
    let text = |name: &str| attributes.get(name)?.as_str().map(str::to_owned);
    text("id").or_else(|| text("arn"))
}

/// The intent of a job; `None` for what changes nothing but the state: a read, or a type that is kept nowhere else.
pub(crate) fn intent(job: &Job, state: &State, now: SystemTime) -> Option<IntentRecord> {
    let Call::Change(resource_type, step) = &job.call else {
        return None;
    };
    if !resource_type.changes_the_world() {
        return None;
    }
    let prior = step.prior.as_ref().map(|prior| &prior.value);
    let named = match (step.kind, &step.planned) {
        (StepKind::Create, Some(planned)) => resource_type.with_name(planned, &step.token),
        _ => None,
    };
    let planned = named.as_ref().or(step.planned.as_ref());
    let subject = match step.kind {
        StepKind::Create | StepKind::Update => planned,
        StepKind::Delete => prior,
    };
    let at_ms = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        });
    let goes = match (step.kind, &job.deposed, &job.sets_aside) {
        (StepKind::Delete, Some(key), _) => state
            .instance(&job.addr)
            .and_then(|instance| instance.deposed.get(key)),
        (StepKind::Delete, None, _) | (_, _, Some(_)) => state
            .instance(&job.addr)
            .and_then(|instance| instance.current.as_ref()),
        _ => None,
    };
    Some(IntentRecord {
        address: step.address.to_string(),
        provider: job.provider.to_string(),
        kind: match step.kind {
            StepKind::Create => IntentKind::Create,
            StepKind::Update => IntentKind::Update,
            StepKind::Delete => IntentKind::Delete,
        },
        identity: subject
            .map(|value| resource_type.identity(value))
            .unwrap_or_default(),
        token: Some(step.token.to_string()),
        at_ms,
        planned_digest: planned.map(|value| resource_type.digest(value)),
        prior_digest: prior.map(|value| resource_type.digest(value)),
        deposed: job.deposed.as_ref().map(ToString::to_string),
        sets_aside: job.sets_aside.as_ref().map(ToString::to_string),
        goes: goes.and_then(id_of),
    })
}

/// How a job came out.
pub(crate) fn outcome(job: &Job, outcome: &ApplyOutcome) -> OutcomeRecord {
    let (outcome, object) = match outcome {
        ApplyOutcome::Done(object, _) => (Outcome::Done, object.as_ref()),
        ApplyOutcome::Failed(object, _) => (Outcome::Failed, object.as_ref()),
        ApplyOutcome::NotTried => (Outcome::NotTried, None),
        ApplyOutcome::Unknown(_) => (Outcome::Unknown, None),
    };
    let Call::Change(resource_type, _) = &job.call else {
        return OutcomeRecord {
            outcome: Outcome::Done,
            digest: None,
            made: None,
        };
    };
    OutcomeRecord {
        outcome,
        digest: object.map(|object| resource_type.digest(&object.value)),
        made: object.and_then(|object| made_id(job, &object.value)),
    }
}

/// What is said of a creation that is not over: the id of what it made.
pub(crate) fn under_way(made: String) -> OutcomeRecord {
    OutcomeRecord {
        outcome: Outcome::Unknown,
        digest: None,
        made: Some(made),
    }
}

/// The id of what a creation made, where only that finds it.
pub(crate) fn made_id(job: &Job, object: &Value) -> Option<String> {
    match &job.call {
        Call::Change(resource_type, step) if step.kind == StepKind::Create => {
            resource_type.made_id(object)
        }
        _ => None,
    }
}
