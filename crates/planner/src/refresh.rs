//! Objects of the state read again: all instances of a type and provider configuration in one go.

use std::sync::Arc;

use futures::future::join_all;
use trueup_addrs::AbsInstance;
use trueup_plan::{Action, DeposedKey, Event, Identity, Observer, Subject};
use trueup_provider::{Context, ReadOutcome, ReadRequest, ResourceType};
use trueup_schema::ResourceSchema;
use trueup_value::{Type, Value};

use crate::prior::Prior;

/// One object to read: the current one of an instance, or a deposed one.
pub(crate) struct Subjected {
    pub(crate) addr: Arc<AbsInstance>,
    pub(crate) deposed: Option<DeposedKey>,
    pub(crate) prior: Prior,
}

/// All objects of one type under one provider configuration.
pub(crate) struct Batch {
    pub(crate) resource_type: Arc<dyn ResourceType>,
    pub(crate) schema: Arc<ResourceSchema>,
    pub(crate) ty: Type,
    pub(crate) objects: Vec<Subjected>,
}

/// An object as the read found it; `None` where it is gone.
pub(crate) struct Refreshed {
    pub(crate) addr: Arc<AbsInstance>,
    pub(crate) deposed: Option<DeposedKey>,
    pub(crate) schema: Arc<ResourceSchema>,
    pub(crate) ty: Type,
    pub(crate) prior: Prior,
    pub(crate) now: Option<Prior>,
    pub(crate) failed: Option<trueup_provider::Problem>,
}

/// Reads every batch, batches at the same time.
pub(crate) async fn read(
    batches: Vec<Batch>,
    cx: &Context,
    observer: &dyn Observer,
) -> Vec<Refreshed> {
    let reads = batches
        .into_iter()
        .map(|batch| read_batch(batch, cx, observer));
    join_all(reads).await.into_iter().flatten().collect()
}

async fn read_batch(batch: Batch, cx: &Context, observer: &dyn Observer) -> Vec<Refreshed> {
    let Batch {
        resource_type,
        schema,
        ty,
        objects,
    } = batch;
    let requests = objects
        .iter()
        .map(|object| {
            observer.observe(Event::RefreshStarted(subject(object, &object.prior.value)));
            ReadRequest {
                address: object.addr.clone(),
                prior: object.prior.object.clone(),
            }
        })
        .collect();
    let outcomes = resource_type.read_many(cx, requests).await;
    objects
        .into_iter()
        .zip(outcomes)
        .map(|(object, outcome)| {
            let (now, failed) = match outcome {
                ReadOutcome::Present(found) => {
                    observer.observe(Event::RefreshDone(subject(&object, &found.value)));
                    (Some(as_found(&object.prior, found)), None)
                }
                ReadOutcome::Absent => (None, None),
                ReadOutcome::Failed(problem) => (Some(object.prior.clone()), Some(problem)),
            };
            Refreshed {
                addr: object.addr,
                deposed: object.deposed,
                schema: schema.clone(),
                ty: ty.clone(),
                prior: object.prior,
                now,
                failed,
            }
        })
        .collect()
}

/// A found object with the marks that the state remembers.
fn as_found(prior: &Prior, found: trueup_provider::Object) -> Prior {
    if found.value.raw_equals(&prior.object.value) {
        return Prior {
            object: trueup_provider::Object {
                value: prior.object.value.clone(),
                private: found.private,
            },
            ..prior.clone()
        };
    }
    let (_, marks) = prior.value.unmark_deep();
    Prior {
        value: found.value.mark_paths(&marks),
        object: found,
        tainted: prior.tainted,
        kept: prior.kept,
    }
}

fn subject(object: &Subjected, value: &Value) -> Subject {
    Subject {
        addr: (*object.addr).clone(),
        deposed: object.deposed.clone(),
        action: Action::Read,
        identity: Identity::of(value),
    }
}
