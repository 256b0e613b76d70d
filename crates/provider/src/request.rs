//! The plain structs that cross the seam.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use trueup_addrs::AbsInstance;
use trueup_value::{Path, Value};

use crate::{BoxFuture, Problem, Problems};

/// What every remote call is given beside its subject.
#[derive(Clone)]
pub struct Context {
    /// Set when the run is asked to stop: no new call is begun, waits end early.
    pub cancel: CancellationToken,
    /// How many calls a batch may have under way at once (`-parallelism`).
    pub parallelism: usize,
}

/// An object as a provider keeps it: its value, and what only the provider reads.
#[derive(Clone, Debug)]
pub struct Object {
    /// The value of the schema's implied type, wholly known, without marks.
    pub value: Value,
    /// The provider's own bytes, kept beside the value in state.
    pub private: Option<Arc<[u8]>>,
}

impl Object {
    /// An object without private bytes.
    pub fn new(value: Value) -> Self {
        Self {
            value,
            private: None,
        }
    }
}

/// One object to read again.
#[derive(Clone, Debug)]
pub struct ReadRequest {
    /// Whose object it is; for logs and errors only.
    pub address: Arc<AbsInstance>,
    /// What was believed of it.
    pub prior: Object,
}

/// What a read found.
#[derive(Clone, Debug)]
pub enum ReadOutcome {
    /// The object as it is now. Where nothing changed this is the prior value itself.
    Present(Object),
    /// No such object any more.
    Absent,
    /// It could not be read.
    Failed(Problem),
}

/// What a resource type is asked to plan.
#[derive(Clone, Debug)]
pub struct PlanRequest<'a> {
    /// Whose plan it is; for errors only.
    pub address: &'a AbsInstance,
    /// The object that is there, refreshed; `None` to plan a creation.
    pub prior: Option<&'a Object>,
    /// The configuration, `ignore_changes` applied; unset arguments are null, some may be unknown.
    pub config: &'a Value,
    /// The configuration merged with what the prior object keeps (`evaluator::proposed`).
    pub proposed: &'a Value,
}

/// A planned object.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The value that is to be, unknown where only the apply can tell.
    pub value: Value,
    /// Where a difference between prior and planned can't be made in place.
    pub requires_replace: Vec<Path>,
    /// Warnings and errors; with an error the rest is not used.
    pub problems: Problems,
}

impl Planned {
    /// A plan without replacement and problems.
    pub fn new(value: Value) -> Self {
        Self {
            value,
            requires_replace: Vec::new(),
            problems: Vec::new(),
        }
    }
}

/// What a step does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StepKind {
    /// Bring a new object about.
    Create,
    /// Change an object in place.
    Update,
    /// Take an object away.
    Delete,
}

/// One change to make to the world.
#[derive(Clone, Debug)]
pub struct Step {
    /// Whose object it is.
    pub address: Arc<AbsInstance>,
    /// What to do.
    pub kind: StepKind,
    /// The object as the plan saw it; `None` to create.
    pub prior: Option<Object>,
    /// The object that is to be; `None` to delete. Unknown where the apply decides.
    pub planned: Option<Value>,
    /// The configuration, wholly known; `None` to delete.
    pub config: Option<Value>,
    /// What is to take the object's place, as planned: of a deletion that is half of a replacement.
    pub successor: Option<Value>,
    /// The same on every try of this step: what a service recognises a repeated request by.
    pub token: Arc<str>,
}

/// How a step ended.
#[derive(Clone, Debug)]
pub enum ApplyOutcome {
    /// Done: the object as it is now, `None` after a deletion, with any warnings.
    Done(Option<Object>, Problems),
    /// Failed. The object that is there now as far as known (a creation that got half way, an update
    /// that made some of its calls), or `None` where nothing is known to have changed.
    Failed(Option<Object>, Problems),
    /// Not begun: the run was asked to stop, or an earlier failure of the batch left it out.
    NotTried,
    /// The answer was lost: it may or may not have taken effect. The journal keeps the intent open.
    Unknown(Problem),
}

/// Where a single apply reports what must not be lost before its next call.
pub trait Progress: Send + Sync {
    /// The object exists from now on, in this form. Resolves once that is durable.
    fn created(&self, partial: Object) -> BoxFuture<'_, ()>;
    /// A word on what is being waited for, such as `waiting for index by_status (CREATING)`.
    fn waiting(&self, on: &str);
    /// A wait begins that ends with an error after this long.
    fn at_most(&self, _limit: Duration) {}
}

/// Progress that nobody listens to.
pub struct Unheard;

impl Progress for Unheard {
    fn created(&self, _partial: Object) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn waiting(&self, _on: &str) {}
}

/// An intent of an earlier run that was not closed, as the journal kept it, and what is there to judge it by.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Whose object it was.
    pub address: Arc<AbsInstance>,
    /// What was to be done.
    pub kind: StepKind,
    /// What finds the remote object: the names and values that [`crate::ResourceType::identity`] gave.
    pub identity: BTreeMap<String, String>,
    /// When it was written, in milliseconds since 1970.
    pub at_ms: i64,
    /// The digest ([`crate::ResourceType::digest`]) of what was planned, unless a deletion.
    pub planned_digest: Option<String>,
    /// The digest of what was there before, unless a creation.
    pub prior_digest: Option<String>,
    /// What the state holds of it now.
    pub in_state: Option<Object>,
    /// The id ([`crate::ResourceType::made_id`]) of what a creation made, where the earlier run came to know it.
    pub made: Option<String>,
}

impl Intent {
    /// Whether a digest is that of what was planned.
    pub fn planned(&self, digest: &str) -> bool {
        self.planned_digest.as_deref() == Some(digest)
    }

    /// Whether something that a service says was created at `created` (seconds since 1970) can have come of
    /// this. `slack`, in seconds, is how much the service rounds and clocks differ.
    pub fn precedes(&self, created: f64, slack: f64) -> bool {
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds since 1970 fit a double exactly"
        )]
        let at = self.at_ms as f64 / 1000.0;
        created + slack >= at
    }
}

/// What became of an open intent.
#[derive(Clone, Debug)]
pub enum Adoption {
    /// The object is there as planned, or as far as the earlier run came: state takes this object.
    Adopt(Object),
    /// It never happened, or the state already says so: nothing to do.
    Forget,
    /// The object is gone as intended: state forgets it.
    Gone,
    /// It is neither as before nor as planned; a refresh will show the difference.
    Drifted,
    /// A person has to decide.
    Unclear(Problem),
}

/// What an object of the world holds that its value does not say, such as the items of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contents {
    /// How many items, as the service counts them.
    pub items: u64,
    /// How large they are together, in bytes.
    pub bytes: u64,
}

/// An object found for an import.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The object, as a read would give it.
    pub object: Object,
}

/// An object that lies within another and could have a block of its own. Those of one type within one object differ in
/// `own` only.
#[derive(Clone, Debug)]
pub struct Part {
    /// The resource type.
    pub kind: Arc<str>,
    /// What tells it from the others, for people.
    pub key: String,
    /// The id by which it is imported.
    pub id: String,
    /// Arguments that all of them have: with the outer object's attribute that they follow, where there is one.
    pub shared: BTreeMap<Arc<str>, (Value, Option<Arc<str>>)>,
    /// The argument that is its own, and the text of JSON that it says.
    pub own: (Arc<str>, Arc<str>),
}
