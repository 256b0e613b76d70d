//! Types of which each object is made by one call, completed by further ones, changed in place and taken
//! away: what such a step does in which order, and what it says where it stops, stands here once. A type
//! says what only it knows, each room by a trait: [`Read`], [`Create`], [`Update`], [`Delete`].

mod living;
mod reading;
mod recovering;
mod stepping;

pub(crate) use living::Living;
pub(crate) use recovering::{CLOCKS, Claim, judged_by_id};

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::StreamExt;
use trueup_aws::Error;
use trueup_provider::{
    Adoption, Context, Intent, Object, PlanRequest, Planned, Problem, Progress, Step, StepKind,
};
use trueup_value::Value;

use crate::failure;

/// A step under way.
pub(crate) struct Work<'a> {
    /// The run that it belongs to.
    pub(crate) cx: &'a Context,
    /// Who is told of what is waited for.
    pub(crate) progress: &'a dyn Progress,
    /// The same on every try of this step.
    pub(crate) token: &'a str,
}

/// What there is to know of one look.
pub(crate) type Look<T> = Result<Option<T>, Error>;

/// The problem of a failed call: what was done, what came of it, and what to do about that where more is
/// known than the error tells.
pub(crate) type Told = fn(doing: &str, error: &Error, advice: Option<&str>) -> Problem;

/// How objects are found and written down.
pub(crate) trait Read: Sized + Send + Sync + 'static {
    /// All that is read of one object.
    type Found: Send + Sync;
    /// What a step has seen last of its object, for reading back: `()` where all is read anew.
    type Seen: Default + Send;

    /// What an object is looked for by, and what names it in problems; nothing where its value does not
    /// say.
    fn named(&self, value: &Value) -> Option<String>;

    /// The object that a value names; nothing where it is gone.
    fn find(&self, value: &Value) -> impl Future<Output = Look<Self::Found>> + Send;

    /// The objects that many values name, answers in order; the outer error is that of all. By default
    /// one look each, as many at once as the context allows.
    fn find_all(
        &self,
        cx: &Context,
        values: &[&Value],
    ) -> impl Future<Output = Result<Vec<Look<Self::Found>>, Error>> + Send {
        let looks: Vec<_> = values.iter().map(|value| self.find(value)).collect();
        let looks = futures::stream::iter(looks).buffered(cx.parallelism.max(1));
        async { Ok(looks.collect().await) }
    }

    /// The object after everything was done; nothing where it is gone. By default it is looked for anew.
    fn read_back(
        &self,
        _seen: Self::Seen,
        value: &Value,
    ) -> impl Future<Output = Look<Self::Found>> + Send {
        self.find(value)
    }

    /// An object in the form that stands in state; `like` is what was believed or planned of it.
    fn state(&self, found: &Self::Found, like: Option<&Value>) -> Value;

    /// The bytes beside an object.
    fn private(&self, like: Option<&Value>) -> Arc<[u8]>;

    /// The whole object, with the bytes beside it.
    fn object(&self, found: &Self::Found, like: Option<&Value>) -> Object {
        Object {
            value: self.state(found, like),
            private: Some(self.private(like)),
        }
    }

    /// A value that says as much as an import id does.
    ///
    /// # Errors
    /// What an id looks like, where this is none.
    fn of_import_id(&self, id: &str) -> Result<Value, Problem> {
        Ok(Value::object_from([("id", Value::string(id))]))
    }

    /// What an import is told where nothing has the id: the caller's own words where the type has none.
    fn missing(&self, _id: &str) -> Option<String> {
        None
    }
}

/// How an object is made.
pub(crate) trait Create: Read {
    /// The name of an object to be made, where its block or the step decides it and not the service.
    fn chosen(&self, _wanted: &Value, _token: &str) -> Option<String> {
        None
    }

    /// The call that makes it, and the object as far as that is known then.
    fn make(
        &self,
        work: &Work<'_>,
        wanted: &Value,
    ) -> impl Future<Output = Result<Self::Found, Error>> + Send;

    /// Whether a failed call has certainly made nothing.
    fn made_nothing(error: &Error) -> bool {
        !error.lost_answer()
    }

    /// What the first call takes no part in. `made` is the object as it stands in state by now.
    fn complete(
        &self,
        _work: &Work<'_>,
        _made: &Value,
        _wanted: &Value,
    ) -> impl Future<Output = Result<Self::Seen, Error>> + Send {
        std::future::ready(Ok(Self::Seen::default()))
    }
}

/// How an object is changed in place.
pub(crate) trait Update: Read {
    /// Makes the changes, one after the other.
    fn change(
        &self,
        work: &Work<'_>,
        prior: &Value,
        wanted: &Value,
    ) -> impl Future<Output = Result<Self::Seen, Error>> + Send;
}

/// How an object is taken away.
pub(crate) trait Delete: Read {
    /// What to do where it is waited for in vain that it goes.
    const IN_THE_WAY: Option<&'static str> = None;

    /// Takes it away, and waits until it is gone.
    fn end(&self, work: &Work<'_>, prior: &Value)
    -> impl Future<Output = Result<(), Error>> + Send;

    /// Whether a refusal means that it is gone already.
    fn is_gone(error: &Error) -> bool {
        error.is_not_found()
    }
}

/// A type of that kind as a whole. [`Living`] makes a resource type of it.
pub(crate) trait Lifecycle: Read + Create + Update + Delete {
    /// As problems name it: `EC2 VPC`.
    const LABEL: &'static str;
    /// As their sentences do: `VPC`.
    const NOUN: &'static str;
    /// Where an object is gone that was just made or changed: how that may be, and what to do.
    const GONE: &'static str = "It was deleted meanwhile. Run again to create it anew.";

    /// How a failed call is told.
    const TOLD: Told = failure::told;

    /// What a step does, in the words of its problems.
    fn verb(kind: StepKind) -> &'static str {
        match kind {
            StepKind::Create => "creating",
            StepKind::Update => "updating",
            StepKind::Delete => "deleting",
        }
    }

    /// What is done to an object, as problems begin: of nothing in particular where it has no name yet.
    fn doing(verb: &str, name: Option<&str>) -> String {
        match name {
            Some(name) => format!("{verb} {} ({name})", Self::LABEL),
            None => format!("{verb} {}", Self::LABEL),
        }
    }

    /// Advice of its own about a refused creation.
    fn advice(&self, _error: &Error, _wanted: &Value) -> Option<String> {
        None
    }

    /// What forbids a step before any call is made.
    fn obstacle(&self, _step: &Step) -> Option<Problem> {
        None
    }

    /// Plans one object.
    fn plan(&self, request: &PlanRequest<'_>) -> Planned;

    /// What finds it again after a crash.
    fn identity(&self, value: &Value) -> BTreeMap<String, String>;

    /// The id that the service made for it, where nothing else finds it again after a crash.
    fn made_id(&self, _value: &Value) -> Option<String> {
        None
    }

    /// What it is recognised by after a crash.
    fn digest(&self, value: &Value) -> String;

    /// A value that says as much as an identity does; nothing where that is too little.
    fn of_identity(
        &self,
        _identity: &BTreeMap<String, String>,
    ) -> impl Future<Output = Look<Value>> + Send {
        std::future::ready(Ok(None))
    }

    /// Whose an object is that was found where an earlier run may have made one.
    fn claim(&self, _object: &Object, _found: &Self::Found, _intent: &Intent) -> Claim {
        Claim::Nobodys
    }

    /// Judges one open intent: by default by a look at what its identity names.
    fn judge(&self, _cx: &Context, intent: Intent) -> impl Future<Output = Adoption> + Send {
        recovering::judged(self, intent)
    }
}

/// A type whose ids the service makes, which takes neither a name nor a token that would find an object
/// again. Its [`Lifecycle::judge`] is [`judged_by_id`].
pub(crate) trait Numbered: Lifecycle {
    /// What is said of objects between which [`Numbered::look_for`] can't tell, with the place where they
    /// are: `keys of the same use in us-east-1`.
    fn alike(&self) -> String;

    /// The objects that a creation may have made whose id never became known.
    fn look_for(
        &self,
        cx: &Context,
        intent: &Intent,
    ) -> impl Future<Output = Result<Vec<Self::Found>, Error>> + Send;
}
