//! What the types beside a table have in common: many are read by one look, a first call that took
//! effect is never lost, one that is gone already is deleted, and an open intent is judged by a look.
// tidy: long because the trait, its adapter and the checks they share are read together

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use futures::future::BoxFuture;
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{
    Adoption, ApplyOutcome, Context, Imported, Intent, Object, PlanRequest, Planned, Problem,
    Problems, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::{Path, Type, Value};

use crate::arn::Arn;
use crate::connection::Connection;
use crate::dynamodb::table::is_busy;
use crate::failure::{problem, problem_with_advice};
use crate::members::{filled, member};
use crate::patience::patiently;
use crate::rules::{Body, Moment, draft, read_beside, settle};

/// A type beside tables: what only it knows. [`Beside`] makes a resource type of it.
pub(crate) trait Satellite: Sized + Send + Sync + 'static {
    /// What one look answers: for all objects of one subject.
    type Seen: Send + Sync;
    /// As problems name it: `DynamoDB Tag`, or with a place for what it is about,
    /// `S3 Bucket ({}) Versioning`.
    const LABEL: &'static str;
    /// Whether states hold it as the older plugin kit writes them, where unset and zero are one.
    const ZERO_IS_UNSET: bool;

    /// The services in its region.
    fn aws(&self) -> &Connection;
    /// Plans one object.
    fn plan(&self, request: &PlanRequest<'_>) -> Planned;
    /// How long a phase may take.
    fn limit(&self, value: &Value, phase: &'static str) -> Duration;
    /// The bytes beside an object.
    fn private(&self, value: &Value) -> Option<Arc<[u8]>>;
    /// What finds it again, such as table and index; nothing while that is unknown. It is also what
    /// names it in problems.
    fn identity(&self, value: &Value) -> BTreeMap<String, String>;
    /// A value of which as much is said as [`Self::identity`] tells.
    fn of_identity<'a>(
        &'a self,
        identity: &'a BTreeMap<String, String>,
    ) -> BoxFuture<'a, Result<Value, Error>>;
    /// The same of an import id; the error says what an id looks like.
    fn of_id(&self, id: &str) -> Result<Value, String>;
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
    fn look<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, Result<Option<Self::Seen>, Error>>;
    /// The object as it was seen, in the form of `like`, which is what was believed or planned;
    /// nothing where it is gone.
    fn state(&self, seen: &Self::Seen, like: &Value) -> Option<Value>;
    /// Where nothing of a subject is found: what to believe. Normally that it is gone.
    fn unseen(&self, _like: &Value) -> Option<Value> {
        None
    }
    /// Brings it about and answers the object as it is then.
    fn create<'a>(
        &'a self,
        run: &'a Run<'a>,
        wanted: &'a Value,
    ) -> BoxFuture<'a, Result<Value, Error>>;
    /// Changes it and answers the object as it is then.
    fn update<'a>(
        &'a self,
        run: &'a Run<'a>,
        prior: &'a Value,
        wanted: &'a Value,
    ) -> BoxFuture<'a, Result<Value, Error>>;
    /// Takes it away; not found is gone.
    fn delete<'a>(&'a self, run: &'a Run<'a>, prior: &'a Value)
    -> BoxFuture<'a, Result<(), Error>>;
    /// What an object is recognised by after a crash.
    fn digest(&self, value: &Value) -> String;
    /// The object that a creation of an earlier run made, if it made one. By default one that is
    /// there under its identity and has the planned digest.
    fn made_by<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Option<Value>, Error>> {
        Box::pin(async move {
            let found = self
                .found(&self.of_identity(&intent.identity).await?)
                .await?;
            let planned = intent.planned_digest.as_deref();
            Ok(found.filter(|value| planned == Some(self.digest(value).as_str())))
        })
    }
    /// The object that a value tells of, as it is.
    fn found<'a>(&'a self, like: &'a Value) -> BoxFuture<'a, Result<Option<Value>, Error>> {
        Box::pin(async move {
            let Some(subject) = self.subject(like) else {
                return Ok(None);
            };
            let seen = self.look(&subject).await?;
            Ok(seen.and_then(|seen| self.state(&seen, like)))
        })
    }
}

/// One change under way.
pub(crate) struct Run<'a> {
    pub(crate) cx: &'a Context,
    /// The same on every try of this step.
    pub(crate) token: &'a str,
    /// How long it may take.
    pub(crate) limit: Duration,
    progress: &'a dyn Progress,
    private: Option<Arc<[u8]>>,
    made: Mutex<Option<Object>>,
    said: Mutex<String>,
    warnings: Mutex<Problems>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run<'_> {
    /// It is there from now on: kept before the next call is made.
    pub(crate) async fn created(&self, value: Value) {
        let object = Object {
            value,
            private: self.private.clone(),
        };
        *locked(&self.made) = Some(object.clone());
        self.progress.created(object).await;
    }

    /// Something to tell that is no failure.
    pub(crate) fn warn(&self, problem: Problem) {
        locked(&self.warnings).push(problem);
    }

    /// Who is told of what is waited for.
    pub(crate) fn progress(&self) -> &dyn Progress {
        self.progress
    }

    /// Looks until it is done; says what is waited for, once each time that it changes.
    pub(crate) async fn wait<'w, T: Send + 'w>(
        &'w self,
        aws: &Connection,
        what: String,
        mut look: impl FnMut() -> BoxFuture<'w, Result<Poll<T>, Error>> + Send,
    ) -> Result<T, Error> {
        let settings = PollSettings {
            min_pause: aws.first_pause,
            ..PollSettings::new(what.clone(), self.limit)
        };
        poll_until(&settings, &self.cx.cancel, || {
            let (look, what) = (look(), what.clone());
            Box::pin(async move {
                let found = look.await?;
                if let Poll::Pending(state) = &found {
                    self.say(format!("waiting for {what} ({state})"));
                }
                Ok(found)
            })
        })
        .await
    }

    fn say(&self, on: String) {
        let mut said = locked(&self.said);
        if *said != on {
            self.progress.waiting(&on);
            *said = on;
        }
    }

    /// Makes a call, again while another change has to finish first.
    pub(crate) async fn patiently<'w, T: Send + 'w>(
        &self,
        aws: &Connection,
        what: &str,
        call: impl FnMut() -> BoxFuture<'w, Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        patiently(aws, self.cx, what, self.limit, is_busy, call).await
    }
}

/// A resource type made of a satellite.
pub(crate) struct Beside<S>(pub(crate) S);

fn doing<S: Satellite>(verb: &str, identity: &BTreeMap<String, String>) -> String {
    let names: Vec<&str> = identity
        .iter()
        .filter(|(name, _)| *name != "region")
        .map(|(_, value)| value.as_str())
        .collect();
    let names = names.join(", ");
    match S::LABEL.split_once("{}") {
        Some((before, after)) => format!("{verb} {before}{names}{after}"),
        None => format!("{verb} {} ({names})", S::LABEL),
    }
}

/// What it is called where nothing is known of the one in question.
fn label<S: Satellite>() -> String {
    S::LABEL.replace(" ({})", "")
}

impl<S: Satellite> Beside<S> {
    async fn read_all(&self, cx: &Context, requests: Vec<ReadRequest>) -> Vec<ReadOutcome> {
        let mut outcomes: Vec<Option<ReadOutcome>> = requests.iter().map(|_| None).collect();
        let mut subjects: BTreeMap<String, Vec<(usize, Object)>> = BTreeMap::new();
        for (position, request) in requests.into_iter().enumerate() {
            let prior = request.prior;
            // Before the first look: what others have to know of it is known when theirs come back.
            self.0.told(&prior.value);
            match self.0.subject(&prior.value) {
                Some(subject) => subjects.entry(subject).or_default().push((position, prior)),
                None => {
                    let doing = doing::<S>("reading", &self.0.identity(&prior.value));
                    let found = Problem::error(
                        format!("{doing}: the state does not say what to look for"),
                        "The object in state lacks the arguments that name it.",
                    );
                    outcomes[position] = Some(ReadOutcome::Failed(found));
                }
            }
        }
        let looks = futures::stream::iter(subjects)
            .map(|(subject, objects)| async move { (self.0.look(&subject).await, objects) })
            .buffered(cx.parallelism.max(1));
        let mut looks = std::pin::pin!(looks);
        while let Some((seen, objects)) = looks.next().await {
            for (position, prior) in objects {
                outcomes[position] = Some(self.outcome(&seen, prior));
            }
        }
        let read = |outcome: Option<ReadOutcome>| outcome.unwrap_or(ReadOutcome::Absent);
        outcomes.into_iter().map(read).collect()
    }

    fn outcome(&self, seen: &Result<Option<S::Seen>, Error>, prior: Object) -> ReadOutcome {
        let like = &prior.value;
        let value = match seen {
            Ok(Some(seen)) => self.0.state(seen, like),
            Ok(None) => self.0.unseen(like),
            Err(error) => {
                let doing = doing::<S>("reading", &self.0.identity(like));
                return ReadOutcome::Failed(problem(&doing, error));
            }
        };
        let Some(value) = value else {
            return ReadOutcome::Absent;
        };
        read_beside(prior, &value)
    }

    async fn step(&self, cx: &Context, step: Step, progress: &dyn Progress) -> ApplyOutcome {
        let value = step
            .planned
            .as_ref()
            .or(step.prior.as_ref().map(|p| &p.value));
        let Some(value) = value else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let (verb, phase) = match step.kind {
            StepKind::Create => ("creating", "create"),
            StepKind::Update => ("updating", "update"),
            StepKind::Delete => ("deleting", "delete"),
        };
        let private = self.0.private(value);
        let run = Run {
            cx,
            token: &step.token,
            limit: self.0.limit(value, phase),
            progress,
            private: private.clone(),
            made: Mutex::default(),
            said: Mutex::default(),
            warnings: Mutex::default(),
        };
        let identity = self.0.identity(value);
        let done = match (step.kind, &step.planned, &step.prior) {
            (StepKind::Create, Some(wanted), _) => self.0.create(&run, wanted).await.map(Some),
            (StepKind::Update, Some(wanted), Some(prior)) => {
                self.0.update(&run, &prior.value, wanted).await.map(Some)
            }
            (StepKind::Delete, _, Some(prior)) => match self.0.delete(&run, &prior.value).await {
                Err(error) if error.is_not_found() => Ok(None),
                other => other.map(|()| None),
            },
            _ => Ok(None),
        };
        let mut problems = std::mem::take(&mut *locked(&run.warnings));
        problems.extend(
            step.config
                .iter()
                .flat_map(|config| self.0.warnings(config)),
        );
        match done {
            Ok(Some(found)) => {
                let value = settle(&found, value, Moment::Apply);
                ApplyOutcome::Done(Some(Object { value, private }), problems)
            }
            Ok(None) => ApplyOutcome::Done(None, problems),
            Err(error) => {
                let doing = doing::<S>(verb, &identity);
                let made = locked(&run.made).take();
                if made.is_none() && error.lost_answer() && step.kind != StepKind::Update {
                    return ApplyOutcome::Unknown(problem(&doing, &error));
                }
                problems.push(match made {
                    Some(_) => problem_with_advice(
                        &doing,
                        &error,
                        "It was made, and stands in state as far as it came. Run again: what is missing is finished then.",
                    ),
                    None => problem(&doing, &error),
                });
                ApplyOutcome::Failed(made.or(step.prior), problems)
            }
        }
    }

    async fn judge(&self, intent: Intent) -> Adoption {
        let doing = doing::<S>("recovering", &intent.identity);
        let judged = match intent.kind {
            // A refresh shows what an update came to; the rest is planned again.
            StepKind::Update => Ok(Adoption::Forget),
            StepKind::Create if intent.in_state.is_some() => Ok(Adoption::Forget),
            StepKind::Create => self.0.made_by(&intent).await.map(|made| match made {
                Some(value) => {
                    let private = self.0.private(&value);
                    Adoption::Adopt(Object { value, private })
                }
                None => Adoption::Forget,
            }),
            StepKind::Delete => {
                let look = async {
                    let like = match &intent.in_state {
                        Some(object) => object.value.clone(),
                        None => self.0.of_identity(&intent.identity).await?,
                    };
                    self.0.found(&like).await
                };
                look.await.map(|found| match found {
                    Some(_) => Adoption::Forget,
                    None => Adoption::Gone,
                })
            }
        };
        judged.unwrap_or_else(|error| Adoption::Unclear(problem(&doing, &error)))
    }

    async fn adopt(&self, id: &str) -> Result<Vec<Imported>, Problem> {
        let like = self
            .0
            .of_id(id)
            .map_err(|form| Problem::error(format!("unexpected format of ID ({id})"), form))?;
        let doing = format!("importing {} ({id})", label::<S>());
        let found = self.0.found(&like).await;
        match found.map_err(|error| problem(&doing, &error))? {
            Some(value) => {
                let private = self.0.private(&value);
                let object = Object { value, private };
                Ok(vec![Imported { object }])
            }
            None => Err(Problem::error(
                "Cannot import non-existent remote object",
                format!(
                    "There is no {} of the id {id:?} in {}. Only objects that exist can be imported; check the id and the provider's region.",
                    label::<S>(),
                    self.0.aws().region
                ),
            )),
        }
    }
}

impl<S: Satellite> ResourceType for Beside<S> {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        self.0.plan(&request)
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut read = self.read_all(cx, vec![request]).await;
            read.pop().unwrap_or(ReadOutcome::Absent)
        })
    }

    fn read_many<'a>(
        &'a self,
        cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(self.read_all(cx, requests))
    }

    fn left_out(&self, value: &Value) {
        self.0.told(value);
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            if cx.cancel.is_cancelled() {
                return ApplyOutcome::NotTried;
            }
            self.step(cx, step, progress).await
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        self.0.identity(value)
    }

    fn zero_is_unset(&self) -> bool {
        S::ZERO_IS_UNSET
    }

    fn digest(&self, value: &Value) -> String {
        self.0.digest(value)
    }

    fn recover<'a>(
        &'a self,
        _cx: &'a Context,
        intents: Vec<Intent>,
    ) -> BoxFuture<'a, Vec<Adoption>> {
        let intents = intents.into_iter();
        Box::pin(futures::future::join_all(
            intents.map(|intent| self.judge(intent)),
        ))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(self.adopt(id))
    }
}

/// The plan that follows from a description alone. `left_unset` are members that newer releases give a
/// value of their own where a block says none: a new object does not get them, so that older releases
/// read its state; one that has them keeps them.
pub(crate) fn plan_of(
    body: &Body,
    request: &PlanRequest<'_>,
    left_unset: &[&'static str],
) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let mut planned = draft(body, prior, request.proposed).planned(prior, request.proposed);
    for name in left_unset {
        let unsaid = member(request.config, name).is_none();
        if prior.is_none() && unsaid {
            let nothing = Value::null(type_of(body, name));
            planned.value = with(&planned.value, [(*name, nothing)]);
        }
    }
    planned
}

fn type_of(body: &Body, name: &str) -> Type {
    body.attributes
        .iter()
        .find(|attribute| attribute.name == name)
        .map_or(Type::String, |attribute| attribute.ty.clone())
}

/// A value with some members changed.
pub(crate) fn with<const N: usize>(value: &Value, changes: [(&'static str, Value); N]) -> Value {
    let mut members: BTreeMap<Arc<str>, Value> = value.as_members().cloned().unwrap_or_default();
    for (name, value) in changes {
        members.insert(name.into(), value);
    }
    Value::object(members)
}

/// A whole value of which these members are said.
pub(crate) fn said<const N: usize>(body: &Body, members: [(&'static str, Value); N]) -> Value {
    let members = members.into_iter();
    body.value(members.map(|(name, value)| (name.into(), value)).collect())
}

/// The texts of members as an identity; nothing where one of the `needed` is not known or empty.
pub(crate) fn identity_of(
    value: &Value,
    region: &str,
    needed: &[&str],
    further: &[&str],
) -> BTreeMap<String, String> {
    let mut identity = BTreeMap::from([("region".to_owned(), region.to_owned())]);
    for name in needed.iter().chain(further) {
        match filled(value, name) {
            Some(text) => identity.insert((*name).to_owned(), text.to_owned()),
            None if further.contains(name) => None,
            None => return BTreeMap::new(),
        };
    }
    identity
}

/// A member of an identity as a value; null where it is not in it.
pub(crate) fn text_of(identity: &BTreeMap<String, String>, name: &str) -> Value {
    identity
        .get(name)
        .map_or_else(|| Value::null(Type::String), Value::string)
}

/// What is wrong with an argument of which the words are fixed.
pub(crate) fn check_word(
    config: &Value,
    name: &'static str,
    allowed: &[&str],
    found: &mut Problems,
) {
    if let Some(said) = crate::members::text(config, name)
        && !allowed.contains(&said)
    {
        let listed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
        found.push(
            Problem::error(
                format!(
                    "expected {name} to be one of [{}], got {said}",
                    listed.join(" ")
                ),
                "",
            )
            .at(Path::new().attr(name)),
        );
    }
}

/// What is wrong with an argument that has to be an ARN.
pub(crate) fn check_arn(config: &Value, name: &'static str, found: &mut Problems) {
    if let Some(said) = crate::members::text(config, name)
        && let Err(reason) = Arn::parse_whole(said)
    {
        found.push(
            Problem::error(
                format!("\"{name}\" ({said}) is an invalid ARN: {reason}"),
                "Give the whole ARN, such as arn:aws:dynamodb:eu-west-1:123456789012:table/orders.",
            )
            .at(Path::new().attr(name)),
        );
    }
}

/// The connection to the region that an ARN names: elsewhere nobody knows what it stands for.
pub(crate) fn place_of(aws: &Connection, arn: &str) -> Result<Connection, Error> {
    match Arn::parse_whole(arn) {
        Ok(arn) if !arn.region.is_empty() => aws.in_region(arn.region),
        _ => Ok(aws.clone()),
    }
}
