//! What the types beside a table have in common: many are read by one look, a first call that took
//! effect is never lost, one that is gone already is deleted, and an open intent is judged by a look.

mod arguments;
mod beside;
mod run;
mod values;

pub(crate) use arguments::{check_arn, check_word, place_of};
pub(crate) use beside::Beside;
pub(crate) use run::Run;
use values::identity_of;
pub(crate) use values::{known, left_unset, plan_of, said, text_of, with};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::Error;
use trueup_provider::{Intent, PlanRequest, Planned, Problems, StepKind};
use trueup_value::Value;

use crate::connection::Connection;
use crate::rules::Body;

/// How an object of a satellite is brought about, changed and taken away.
pub(crate) trait Changes: Sized + Send + Sync + 'static {
    /// Brings it about and answers the object as it is then.
    fn create(
        &self,
        run: &Run<'_>,
        wanted: &Value,
    ) -> impl Future<Output = Result<Value, Error>> + Send;

    /// Changes it and answers the object as it is then.
    fn update(
        &self,
        run: &Run<'_>,
        prior: &Value,
        wanted: &Value,
    ) -> impl Future<Output = Result<Value, Error>> + Send;

    /// Takes it away; not found is gone.
    fn delete(
        &self,
        run: &Run<'_>,
        prior: &Value,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// A type beside tables: what only it knows. [`Beside`] makes a resource type of it.
pub(crate) trait Satellite: Changes {
    /// What one look answers: for all objects of one subject.
    type Seen: Send + Sync;
    /// As problems name it: `DynamoDB Tag`, or with a place for what it is about,
    /// `S3 Bucket ({}) Versioning`.
    const LABEL: &'static str;
    /// Whether states hold it as the older plugin kit writes them, where unset and zero are one.
    const ZERO_IS_UNSET: bool;

    /// The members that find an object again, such as table and index, and that name it in problems.
    const NAMES: &'static [&'static str];
    /// Further ones, which not every object has.
    const FURTHER_NAMES: &'static [&'static str] = &[];

    /// Its form.
    fn body() -> &'static Body;
    /// A value of which nothing is said but what AWS does not know of, as its block leaves it: so a
    /// plan after an import finds no difference.
    fn blank() -> Value {
        said(Self::body(), [])
    }
    /// A value that says what its names are, in the order of [`Self::NAMES`].
    fn named<const N: usize>(texts: [&str; N]) -> Value {
        let names = Self::NAMES.iter().copied();
        with(&Self::blank(), names.zip(texts.map(Value::string)))
    }
    /// The services in its region.
    fn aws(&self) -> &Connection;
    /// Plans one object.
    fn plan(&self, request: &PlanRequest<'_>) -> Planned;
    /// How long a phase may take.
    fn limit(&self, value: &Value, phase: &'static str) -> Duration;
    /// The bytes beside an object.
    fn private(&self, value: &Value) -> Option<Arc<[u8]>>;
    /// What finds it again, with the region; nothing while one of its [`Self::NAMES`] is unknown.
    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        identity_of(value, &self.aws().region, Self::NAMES, Self::FURTHER_NAMES)
    }
    /// A value of which as much is said as [`Self::identity`] tells.
    fn of_identity(
        &self,
        identity: &BTreeMap<String, String>,
    ) -> impl Future<Output = Result<Value, Error>> + Send {
        let names = Self::NAMES.iter().chain(Self::FURTHER_NAMES);
        let texts = names.map(|name| (*name, text_of(identity, name)));
        std::future::ready(Ok(with(&Self::blank(), texts)))
    }
    /// The same of an import id; the error says what an id looks like.
    fn of_id(&self, id: &str) -> Result<Value, String>;
    /// What problems say of a step of a kind.
    fn verb(kind: StepKind) -> &'static str {
        match kind {
            StepKind::Create => "creating",
            StepKind::Update => "updating",
            StepKind::Delete => "deleting",
        }
    }
    /// Warnings about a configuration that an apply repeats.
    fn warnings(&self, _config: &Value) -> Problems {
        Problems::new()
    }
    /// Told of every object before any of them is looked at.
    fn told(&self, _value: &Value) {}
    /// What a look is at: objects of one subject are read by one look. Nothing where the value does
    /// not say.
    fn subject(&self, value: &Value) -> Option<String>;
    /// Looks. Nothing where there is no such subject.
    fn look(&self, subject: &str)
    -> impl Future<Output = Result<Option<Self::Seen>, Error>> + Send;
    /// The object as it was seen, in the form of `like`, which is what was believed or planned;
    /// nothing where it is gone.
    fn state(&self, seen: &Self::Seen, like: &Value) -> Option<Value>;
    /// Where nothing of a subject is found: what to believe. Normally that it is gone.
    fn unseen(&self, _like: &Value) -> Option<Value> {
        None
    }
    /// What an object is recognised by after a crash.
    fn digest(&self, value: &Value) -> String;
    /// A planned value with the name that its step makes up: see [`trueup_provider::ResourceType::with_name`].
    fn with_name(&self, _planned: &Value, _token: &str) -> Option<Value> {
        None
    }

    /// The object that a creation of an earlier run made, if it made one. By default one that is
    /// there under its identity and has the planned digest.
    fn made_by(
        &self,
        intent: &Intent,
    ) -> impl Future<Output = Result<Option<Value>, Error>> + Send {
        async move {
            let found = self
                .found(&self.of_identity(&intent.identity).await?)
                .await?;
            Ok(found.filter(|value| intent.planned(&self.digest(value))))
        }
    }
    /// The object that a value tells of, as it is.
    fn found(&self, like: &Value) -> impl Future<Output = Result<Option<Value>, Error>> + Send {
        async move {
            let Some(subject) = self.subject(like) else {
                return Ok(None);
            };
            let seen = self.look(&subject).await?;
            Ok(seen.and_then(|seen| self.state(&seen, like)))
        }
    }
}
