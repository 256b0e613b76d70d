//! `aws_kms_alias`.

mod change;
pub(crate) mod name;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::kms::Alias;
use trueup_aws::{Error, Kms};
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, Object, PlanRequest, Planned,
    Problem, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::{Type, Value};

use crate::connection::Connection;
use crate::dynamodb::table_item::digest_of_text;
use crate::failure::problem;
use crate::made_up::prefix_of;
use crate::members::{filled, text};
use crate::region::Place;
use crate::rules::{draft, read_beside};
use crate::timeouts::no_private;

/// The member of an identity that holds the alias's name.
const NAME: &str = "alias";

/// The type under one provider configuration, in one region.
pub(crate) struct Aliases {
    kms: Arc<dyn Kms>,
    aws: Connection,
    region: String,
    first_pause: Duration,
}

impl Aliases {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            kms: place.aws.session.kms(),
            aws: place.aws.clone(),
            region: place.aws.region.clone(),
            first_pause: place.aws.first_pause,
        })
    }

    /// The alias of a name, if there is one.
    async fn find(&self, name: &str) -> Result<Option<Alias>, Error> {
        let all = self.kms.list_aliases().await?;
        Ok(all.into_iter().find(|alias| alias.name == name))
    }
}

/// The object of an alias; `like` is what was planned or believed of it.
fn to_object(alias: &Alias, like: Option<&Value>) -> Object {
    let key = alias.target.as_deref().unwrap_or_default();
    // The ARN of the key is that of the alias, with another end.
    let key_arn = alias
        .arn
        .strip_suffix(alias.name.as_str())
        .map(|prefix| format!("{prefix}key/{key}"))
        .unwrap_or_default();
    let mut said = BTreeMap::new();
    for (name, value) in [
        ("arn", alias.arn.as_str()),
        ("id", &alias.name),
        ("name", &alias.name),
        ("name_prefix", prefix_of(&alias.name)),
        ("target_key_arn", &key_arn),
        ("target_key_id", key),
    ] {
        said.insert(Arc::from(name), Value::string(value));
    }
    // A prefix of which the ending was not made up by such rules stays as it was said.
    if let Some(prefix) = like.and_then(|like| filled(like, "name_prefix"))
        && alias.name.starts_with(prefix)
    {
        said.insert("name_prefix".into(), Value::string(prefix));
    }
    Object {
        value: schema::body().value(said),
        private: Some(no_private()),
    }
}

fn read_as(alias: Option<&Alias>, prior: Object) -> ReadOutcome {
    let Some(alias) = alias else {
        return ReadOutcome::Absent;
    };
    let value = to_object(alias, Some(&prior.value)).value;
    read_beside(prior, &value)
}

impl ResourceType for Aliases {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(schema::body(), prior, request.proposed);
        let target = draft.get("target_key_id");
        let moved = prior.is_some_and(|prior| {
            !target.is_known() || target.as_str() != text(prior, "target_key_id")
        });
        if moved {
            draft.set("target_key_arn", Value::unknown(Type::String), prior);
        }
        draft.planned(prior, request.proposed)
    }

    fn read<'a>(&'a self, cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut all = self.read_many(cx, vec![request]).await;
            all.pop().unwrap_or(ReadOutcome::Absent)
        })
    }

    /// One list of aliases serves all of them.
    fn read_many<'a>(
        &'a self,
        _cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(async move {
            let name = |prior: &Object| {
                filled(&prior.value, "id")
                    .or_else(|| filled(&prior.value, "name"))
                    .unwrap_or_default()
                    .to_owned()
            };
            match self.kms.list_aliases().await {
                Ok(all) => {
                    let all: BTreeMap<&str, &Alias> = all
                        .iter()
                        .map(|alias| (alias.name.as_str(), alias))
                        .collect();
                    requests
                        .into_iter()
                        .map(|request| {
                            let alias = all.get(name(&request.prior).as_str()).copied();
                            read_as(alias, request.prior)
                        })
                        .collect()
                }
                Err(error) => requests
                    .into_iter()
                    .map(|request| {
                        let doing = format!("reading KMS Alias ({})", name(&request.prior));
                        ReadOutcome::Failed(problem(&doing, &error))
                    })
                    .collect(),
            }
        })
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            match step.kind {
                StepKind::Create => self.create(cx, step, progress).await,
                StepKind::Update => self.update(cx, step).await,
                StepKind::Delete => self.delete(step).await,
            }
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        match filled(value, "name") {
            Some(name) => BTreeMap::from([(NAME.to_owned(), name.to_owned())]),
            None => BTreeMap::new(),
        }
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        let text = |name: &str| filled(value, name).unwrap_or_default();
        let key = text("target_key_id");
        let key = key.rsplit_once(":key/").map_or(key, |(_, id)| id);
        digest_of_text(&format!("alias {:?} {key}", text("name")))
    }

    fn recover<'a>(
        &'a self,
        _cx: &'a Context,
        intents: Vec<Intent>,
    ) -> BoxFuture<'a, Vec<Adoption>> {
        Box::pin(async move {
            let all = match self.kms.list_aliases().await {
                Ok(all) => all,
                Err(error) => {
                    let found = problem("recovering KMS Alias", &error);
                    return intents
                        .iter()
                        .map(|_| Adoption::Unclear(found.clone()))
                        .collect();
                }
            };
            let judge = |intent: &Intent| {
                let there = intent
                    .identity
                    .get(NAME)
                    .and_then(|name| all.iter().find(|alias| alias.name == *name));
                match (intent.kind, there) {
                    (StepKind::Delete, None) => Adoption::Gone,
                    (StepKind::Create, Some(alias)) if intent.in_state.is_none() => {
                        let object = to_object(alias, None);
                        let same = intent.planned_digest.as_deref()
                            == Some(self.digest(&object.value).as_str());
                        if same {
                            Adoption::Adopt(object)
                        } else {
                            Adoption::Unclear(Problem::error(
                                format!(
                                    "KMS Alias ({}) is not the one that was to be created",
                                    alias.name
                                ),
                                "An alias of that name is there, but it leads to another key. If it is yours, bring it into state with import; otherwise delete it or give the configured alias another name.",
                            ))
                        }
                    }
                    _ => Adoption::Forget,
                }
            };
            intents.iter().map(judge).collect()
        })
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(async move {
            let found = self
                .find(id)
                .await
                .map_err(|error| problem(&format!("reading KMS Alias ({id})"), &error))?;
            match found {
                Some(alias) => Ok(vec![Imported {
                    object: to_object(&alias, None),
                }]),
                None => Err(Problem::error(
                    "Cannot import non-existent remote object",
                    format!(
                        "There is no KMS alias {id:?} in {}. An alias is imported by its name, such as alias/orders.",
                        self.region
                    ),
                )),
            }
        })
    }
}
