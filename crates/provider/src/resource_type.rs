//! The trait of a managed resource type.

use std::collections::BTreeMap;

use futures::StreamExt;
use trueup_value::Value;

use crate::{
    Adoption, ApplyOutcome, BoxFuture, Contents, Context, Imported, Intent, Object, Part,
    PlanRequest, Planned, Problem, Progress, ReadOutcome, ReadRequest, Step, Unheard,
};

/// How many steps of a type one batch may carry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Batching {
    /// Each step is a call of its own, with progress.
    Single,
    /// Up to this many steps cross at once.
    UpTo(usize),
}

/// A managed resource type under one provider configuration.
pub trait ResourceType: Send + Sync {
    /// Plans one object: pure, no call to the world.
    fn plan(&self, request: PlanRequest<'_>) -> Planned;

    /// Reads one object again.
    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome>;

    /// Reads many, answers in order. By default one call each, as many at once as the context allows.
    fn read_many<'a>(
        &'a self,
        cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(
            futures::stream::iter(requests)
                .map(|request| self.read(cx, request))
                .buffered(cx.parallelism.max(1))
                .collect(),
        )
    }

    /// Told of an object that the state holds and that this run leaves out (`-target`), before anything
    /// is planned: another type may have to know that it is there.
    fn left_out(&self, _value: &Value) {}

    /// What an object held when this run last read it: what goes with it where it is deleted. No call to the
    /// world; `None` for types that hold nothing, and where the object was not read.
    fn contents(&self, _value: &Value) -> Option<Contents> {
        None
    }

    /// The objects of other types that lie within one and could have blocks of their own: the items of a table.
    fn parts<'a>(
        &'a self,
        _cx: &'a Context,
        _value: &'a Value,
    ) -> BoxFuture<'a, Result<Vec<Part>, Problem>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    /// Makes one change.
    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome>;

    /// How many steps a batch may carry.
    fn batching(&self) -> Batching {
        Batching::Single
    }

    /// What a step gives up or takes that only one object can have at a time, such as the key of an item.
    /// Steps that name the same cross in one batch, however many they are: their objects hand on what
    /// they have, and the state takes all of that up at once. By default nothing.
    fn ties(&self, _step: &Step) -> Vec<String> {
        Vec::new()
    }

    /// Makes the changes of one batch, one outcome per step, in order. Called only where
    /// [`Self::batching`] allows more than one, with at most that many, or with more that
    /// [`Self::ties`] hold together. By default one [`Self::apply`] each, as many at once as the
    /// context allows.
    fn apply_many<'a>(
        &'a self,
        cx: &'a Context,
        steps: Vec<Step>,
    ) -> BoxFuture<'a, Vec<ApplyOutcome>> {
        Box::pin(
            futures::stream::iter(steps)
                .map(move |step| self.apply(cx, step, &Unheard))
                .buffered(cx.parallelism.max(1))
                .collect(),
        )
    }

    /// What finds the remote object again after a crash: such as table name and key of a table item.
    /// Empty where the service makes the identity.
    fn identity(&self, value: &Value) -> BTreeMap<String, String>;

    /// A planned value with the name that its step makes up for a new object, for types that make up names: identity
    /// and digest of the intent are taken from it.
    fn with_name(&self, _planned: &Value, _token: &str) -> Option<Value> {
        None
    }

    /// The id that the service made up for an object, where nothing else tells it from others surely: the journal
    /// keeps it from the moment it is known, and [`Intent::made`] brings it to [`Self::judge`]. Not of objects
    /// that [`Self::identity`] finds: each costs a write of the journal.
    fn made_id(&self, _value: &Value) -> Option<String> {
        None
    }

    /// A digest of what an object says, by which an intent's outcome is recognised without keeping values.
    /// Objects that the service would call equal have one digest. Unknown parts are left out.
    fn digest(&self, value: &Value) -> String;

    /// Whether its objects exist anywhere but in the state. Where they don't, a change needs no intent: what a run
    /// that broke off had not saved never happened.
    fn changes_the_world(&self) -> bool {
        true
    }

    /// Judges one open intent of an earlier run. By default nobody can tell what became of it.
    fn judge<'a>(&'a self, _cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(std::future::ready(Adoption::Unclear(Problem::error(
            format!("There is no way to tell what became of {}", intent.address),
            "An earlier run was stopped while it changed this object. Look whether it exists; if so, bring it into state with import.",
        ))))
    }

    /// Judges the open intents of an earlier run, answers in order. By default each by itself, as many
    /// at once as the context allows.
    fn recover<'a>(
        &'a self,
        cx: &'a Context,
        intents: Vec<Intent>,
    ) -> BoxFuture<'a, Vec<Adoption>> {
        Box::pin(
            futures::stream::iter(intents)
                .map(|intent| self.judge(cx, intent))
                .buffered(cx.parallelism.max(1))
                .collect(),
        )
    }

    /// Finds an existing object by the id that a person gave.
    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(async move {
            Err(Problem::error(
                "Resource type does not support import",
                format!("There is no way to find an object of this type by the id {id:?}."),
            ))
        })
    }

    /// Finds many objects by their ids, answers in order. By default each by itself, as many at once as the context
    /// allows.
    fn import_many<'a>(
        &'a self,
        cx: &'a Context,
        ids: Vec<String>,
    ) -> BoxFuture<'a, Vec<Result<Vec<Imported>, Problem>>> {
        Box::pin(
            futures::stream::iter(ids)
                .map(move |id| async move { self.import(cx, &id).await })
                .buffered(cx.parallelism.max(1))
                .collect(),
        )
    }

    /// Whether unset and zero are one to this type, as they are to types that share their state with
    /// plugins of the older kit. Its plans and results then depart from the configuration and from
    /// each other in null, "", 0, false and empty collections; Terraform reports none of that, so
    /// callers don't hold it to [`crate::contract`], and compare what was read with what was believed
    /// by [`crate::same_but_for_zero`].
    fn zero_is_unset(&self) -> bool {
        false
    }

    /// Brings an object of an older schema version to the current one.
    fn upgrade(&self, _version: u64, object: Object) -> Result<Object, Problem> {
        Ok(object)
    }
}
