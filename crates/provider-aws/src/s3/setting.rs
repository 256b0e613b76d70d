//! The types that are one setting of a bucket each: how they are read, made, changed and taken away.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_aws::{Buckets, Error};
use trueup_provider::{PlanRequest, Planned, Problem, Problems, ResourceType, StepKind};
use trueup_value::{Path, Value};

use super::patient::{SPREAD, busy, busy_or_new, not_seen, until};
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::failure::if_there;
use crate::members::filled;
use crate::region::Place;
use crate::rules::{Body, Draft, check, draft};
use crate::satellite::{Beside, Changes, Run, Satellite, with};
use crate::timeouts::no_private;

/// The argument that names the account a bucket is expected to belong to.
pub(super) const OWNER: &str = "expected_bucket_owner";

/// Members of a state, by name.
pub(super) type Members = Vec<(&'static str, Value)>;

/// How a setting ends.
pub(crate) enum Removal {
    /// It stays: nothing can be taken away.
    Nothing,
    /// It is deleted.
    Delete,
    /// Something that means nothing is put in its place.
    Put(Said),
}

/// What only one setting's type knows.
pub(crate) trait Setting: Send + Sync + 'static {
    /// As problems name it: `S3 Bucket ({}) Versioning`.
    const LABEL: &'static str;
    /// Its calls.
    const SETTING: BucketSetting;
    /// Whether problems say that it is put, not created or updated.
    const PUTS: bool = false;

    /// What its block may say.
    fn body() -> &'static Body;
    /// What is put for a value; nothing where its meaning is what a bucket has anyway.
    fn said(value: &Value) -> Option<Said>;
    /// The members of a state by what S3 says; nothing where that means that there is no such setting.
    fn seen(said: &Said, like: &Value) -> Option<Members>;
    /// How it ends.
    fn removal(_prior: &Value) -> Removal {
        Removal::Delete
    }
    /// A refusal of an ending that means it has ended.
    fn ended(_error: &Error) -> bool {
        false
    }
    /// What is proposed, where something that is not said is no difference.
    fn proposed(_prior: Option<&Value>, proposed: &Value) -> Value {
        proposed.clone()
    }
    /// What the description alone does not say of a plan.
    fn adjust(
        _draft: &mut Draft,
        _prior: Option<&Value>,
        _wanted: &Value,
        _problems: &mut Problems,
    ) {
    }
    /// What follows bucket and owner in its id.
    fn further_id(_value: &Value) -> Option<&str> {
        None
    }
    /// Members that an id tells beside bucket and owner: none of it by default.
    fn of_further_id(_further: &[&str]) -> Option<Members> {
        None
    }
}

/// What is wrong with the arguments that name a bucket.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    if let Some(owner) = filled(config, OWNER)
        && (owner.len() != 12 || !owner.bytes().all(|b| b.is_ascii_digit()))
    {
        let summary =
            format!("\"{OWNER}\" doesn't look like AWS Account ID (exactly 12 digits): {owner:?}");
        found.push(Problem::error(summary, "").at(Path::new().attr(OWNER)));
    }
    found
}

/// The bucket and the owner that an id names.
fn parts(id: &str) -> (&str, Option<&str>) {
    match id.split_once(',') {
        Some((bucket, rest)) => {
            let owner = rest.split(',').next().unwrap_or(rest);
            let account = owner.len() == 12 && owner.bytes().all(|b| b.is_ascii_digit());
            (bucket, account.then_some(owner))
        }
        None => (id, None),
    }
}

/// A setting's type under one provider configuration, in one region.
pub(crate) struct Settings<S> {
    aws: Connection,
    buckets: Arc<dyn Buckets>,
    of: PhantomData<S>,
}

impl<S: Setting> Settings<S> {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Beside(Self {
            aws: place.aws.clone(),
            buckets: place.aws.session.buckets(),
            of: PhantomData,
        }))
    }

    fn id(value: &Value) -> String {
        let further = [filled(value, OWNER), S::further_id(value)];
        let mut id = filled(value, "bucket").unwrap_or_default().to_owned();
        for part in further.into_iter().flatten() {
            id.push(',');
            id.push_str(part);
        }
        id
    }

    fn to_state(said: &Said, like: &Value) -> Option<Value> {
        let mut members = like.as_members().cloned().unwrap_or_default();
        for (name, value) in S::seen(said, like)? {
            members.insert(name.into(), value);
        }
        let state = Value::object(members);
        let mut state = with(&state, [("id", Value::string(Self::id(&state)))]);
        if S::body().attributes.iter().any(|one| one.name == OWNER) {
            let owner = filled(&state, OWNER).unwrap_or_default().to_owned();
            state = with(&state, [(OWNER, Value::string(owner))]);
        }
        Some(state)
    }

    async fn put(
        &self,
        run: &Run<'_>,
        value: &Value,
        said: Option<Said>,
        new: bool,
    ) -> Result<(), Error> {
        let Some(said) = said else {
            return Ok(());
        };
        let bucket = filled(value, "bucket").unwrap_or_default();
        let owner = filled(value, OWNER);
        let what = format!("bucket {bucket} to accept its setting");
        let passes = if new { busy_or_new } else { busy };
        until(&self.aws, run.cx, &what, SPREAD, passes, || {
            let put = self
                .buckets
                .put_setting(bucket, S::SETTING, owner, said.clone());
            Box::pin(put)
        })
        .await
    }

    /// What S3 says of it now: it was just put, so that it has to be there.
    async fn again(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let bucket = filled(wanted, "bucket").unwrap_or_default();
        let owner = filled(wanted, OWNER);
        let what = format!("the setting of bucket {bucket} to be seen");
        let said = until(&self.aws, run.cx, &what, SPREAD, not_seen, || {
            self.buckets.get_setting(bucket, S::SETTING, owner)
        })
        .await?;
        let seen = Self::to_state(&said, wanted);
        // What S3 does not see yet was put all the same.
        Ok(seen
            .or_else(|| Self::to_state(&S::said(wanted)?, wanted))
            .unwrap_or_else(|| wanted.clone()))
    }
}

impl<S: Setting> Satellite for Settings<S> {
    type Seen = Said;
    const LABEL: &'static str = S::LABEL;
    const ZERO_IS_UNSET: bool = true;
    const NAMES: &'static [&'static str] = &["bucket"];
    const FURTHER_NAMES: &'static [&'static str] = &[OWNER];

    fn body() -> &'static Body {
        S::body()
    }

    fn verb(kind: StepKind) -> &'static str {
        match kind {
            StepKind::Delete => "deleting",
            _ if S::PUTS => "putting",
            StepKind::Create => "creating",
            StepKind::Update => "updating",
        }
    }

    fn warnings(&self, config: &Value) -> Problems {
        let mut found = check(S::body(), config);
        found.retain(|problem| !problem.is_error());
        found
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let proposed = S::proposed(prior, request.proposed);
        let mut draft = draft(S::body(), prior, &proposed);
        let mut problems = Problems::new();
        S::adjust(&mut draft, prior, request.config, &mut problems);
        let mut planned = draft.planned(prior, &proposed);
        planned.problems.extend(problems);
        planned
    }

    fn limit(&self, _value: &Value, _phase: &'static str) -> Duration {
        SPREAD
    }

    fn private(&self, _value: &Value) -> Option<Arc<[u8]>> {
        Some(no_private())
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        let (bucket, owner) = parts(id);
        let further: Vec<&str> = id
            .split(',')
            .skip(1 + usize::from(owner.is_some()))
            .collect();
        let mut value = Self::named([bucket]);
        if let Some(owner) = owner {
            value = with(&value, [(OWNER, Value::string(owner))]);
        }
        if !further.is_empty() {
            let members = S::of_further_id(&further);
            let form = "An id is the bucket's name, or BUCKET,EXPECTED_BUCKET_OWNER.";
            for (name, said) in members.ok_or_else(|| form.to_owned())? {
                value = with(&value, [(name, said)]);
            }
        }
        if bucket.is_empty() {
            return Err("An id begins with the name of a bucket.".to_owned());
        }
        Ok(value)
    }

    fn subject(&self, value: &Value) -> Option<String> {
        match filled(value, "bucket") {
            Some(bucket) => Some(match filled(value, OWNER) {
                Some(owner) => format!("{bucket},{owner}"),
                None => bucket.to_owned(),
            }),
            None => filled(value, "id").map(str::to_owned),
        }
    }

    async fn look(&self, subject: &str) -> Result<Option<Said>, Error> {
        let (bucket, owner) = parts(subject);
        if_there(self.buckets.get_setting(bucket, S::SETTING, owner).await)
    }

    fn state(&self, seen: &Said, like: &Value) -> Option<Value> {
        Self::to_state(seen, like)
    }

    fn digest(&self, value: &Value) -> String {
        let said = S::said(value).unwrap_or_default();
        let document = said.document.written(None);
        digest_of_text(&format!("{} {} {document}", S::LABEL, Self::id(value)))
    }
}

impl<S: Setting> Changes for Settings<S> {
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let said = S::said(wanted);
        self.put(run, wanted, said.clone(), true).await?;
        let made = said.and_then(|said| Self::to_state(&said, wanted));
        run.created(made.unwrap_or_else(|| wanted.clone())).await;
        self.again(run, wanted).await
    }

    async fn update(&self, run: &Run<'_>, _prior: &Value, wanted: &Value) -> Result<Value, Error> {
        self.put(run, wanted, S::said(wanted), false).await?;
        self.again(run, wanted).await
    }

    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        let bucket = filled(prior, "bucket").unwrap_or_default();
        let owner = filled(prior, OWNER);
        let ended = match S::removal(prior) {
            Removal::Nothing => return Ok(()),
            Removal::Put(said) => self.put(run, prior, Some(said), false).await,
            Removal::Delete => {
                let what = format!("bucket {bucket} to give up its setting");
                until(&self.aws, run.cx, &what, SPREAD, busy, || {
                    self.buckets.delete_setting(bucket, S::SETTING, owner)
                })
                .await
            }
        };
        match ended {
            Err(error) if S::ended(&error) => Ok(()),
            other => other,
        }
    }
}
