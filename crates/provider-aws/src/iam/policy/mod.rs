//! `aws_iam_policy`.

mod change;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Error;
use trueup_aws::iam::{Iam, Policy};
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, Object, PlanRequest, Planned,
    Problem, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use crate::connection::Connection;
use crate::dynamodb::table_item::digest_of_text;
use crate::failure::problem;
use crate::iam::as_believed;
use crate::made_up;
use crate::members::{filled, text, text_map};
use crate::region::Place;
use crate::rules::{draft, read_beside};
use crate::tags::{TagPolicy, plan_tags_all, to_value};
use crate::timeouts::no_private;

/// The type under one provider configuration.
pub(crate) struct Policies {
    aws: Connection,
    iam: Arc<dyn Iam>,
    tags: Arc<TagPolicy>,
}

impl Policies {
    /// The type.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Self {
            iam: place.aws.session.iam(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        })
    }

    /// The policy of an ARN with the text that counts, if there is one.
    async fn find(&self, arn: &str) -> Result<Option<(Policy, String)>, Error> {
        let policy = match self.iam.get_policy(arn).await {
            Ok(policy) => policy,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        match self.iam.policy_text(arn, &policy.version).await {
            Ok(text) => Ok(Some((policy, text))),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The whole object of a policy; `like` is what was planned or believed.
    fn object(&self, policy: &Policy, document: &str, like: Option<&Value>) -> Object {
        let believed = |name: &str| like.and_then(|like| text(like, name));
        let prefix = believed("name_prefix").filter(|prefix| policy.name.starts_with(*prefix));
        let document = as_believed(document, believed("policy"));
        let mut said = BTreeMap::new();
        for (name, value) in [
            ("arn", policy.arn.as_str()),
            ("description", &policy.description),
            ("id", &policy.arn),
            ("name", &policy.name),
            (
                "name_prefix",
                prefix.unwrap_or(made_up::prefix_of(&policy.name)),
            ),
            ("path", &policy.path),
            ("policy", &document),
            ("policy_id", &policy.id),
        ] {
            said.insert(Arc::from(name), Value::string(value));
        }
        said.insert("attachment_count".into(), Value::number(policy.attachments));
        let own = like.map(|like| text_map(like, "tags")).unwrap_or_default();
        let (all, own) = self.tags.read(&policy.tags, &own);
        said.insert("tags_all".into(), to_value(&all));
        said.insert("tags".into(), to_value(&own));
        Object {
            value: schema::body().value(said),
            private: Some(no_private()),
        }
    }

    /// The ARN that a policy of this name and path has.
    async fn arn_of(&self, name: &str, path: &str) -> Result<String, Error> {
        let session = &self.aws.session;
        let account = session.account_id().await?.unwrap_or_default();
        let partition = session.partition();
        Ok(format!("arn:{partition}:iam::{account}:policy{path}{name}"))
    }

    /// Judges one open intent.
    async fn judged(&self, intent: Intent) -> Adoption {
        let part = |name: &str| intent.identity.get(name).map(String::as_str);
        let (Some(name), Some(path)) = (part("name"), part("path")) else {
            return Adoption::Forget;
        };
        let found = match self.arn_of(name, path).await {
            Ok(arn) => self.find(&arn).await,
            Err(error) => Err(error),
        };
        match (intent.kind, found) {
            (_, Err(error)) => {
                Adoption::Unclear(problem(&format!("recovering IAM Policy ({name})"), &error))
            }
            (StepKind::Delete, Ok(None)) => Adoption::Gone,
            (StepKind::Create, Ok(Some((policy, text)))) if intent.in_state.is_none() => {
                let object = self.object(&policy, &text, None);
                let digest = self.digest(&object.value);
                if intent.planned_digest.as_deref() == Some(digest.as_str()) {
                    Adoption::Adopt(object)
                } else {
                    Adoption::Unclear(Problem::error(
                        format!("IAM Policy ({name}) is not the one that was to be created"),
                        "A policy of that name is there, but it says something else. If it is yours, bring it into state with import; otherwise delete it or give the configured policy another name.",
                    ))
                }
            }
            _ => Adoption::Forget,
        }
    }
}

impl ResourceType for Policies {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(schema::body(), prior, request.proposed);
        plan_tags_all(&self.tags, &mut draft, prior, request.proposed);
        draft.planned(prior, request.proposed)
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let prior = request.prior;
            let arn = filled(&prior.value, "id").unwrap_or_default().to_owned();
            match self.find(&arn).await {
                Ok(Some((policy, text))) => {
                    let value = self.object(&policy, &text, Some(&prior.value)).value;
                    read_beside(prior, &value)
                }
                Ok(None) => ReadOutcome::Absent,
                Err(error) => ReadOutcome::Failed(problem(&doing(&arn), &error)),
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
                StepKind::Create => self.create(step, progress).await,
                StepKind::Update => self.update(step).await,
                StepKind::Delete => self.delete(cx, step).await,
            }
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        let path = filled(value, "path").unwrap_or("/");
        match filled(value, "name") {
            Some(name) => BTreeMap::from([
                ("name".to_owned(), name.to_owned()),
                ("path".to_owned(), path.to_owned()),
            ]),
            None => BTreeMap::new(),
        }
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    /// Name and what can't be changed. A text that means the same may be written in many ways.
    fn digest(&self, value: &Value) -> String {
        digest_of_text(&format!(
            "policy {:?} {:?}",
            filled(value, "name"),
            filled(value, "description")
        ))
    }

    fn judge<'a>(&'a self, _cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.judged(intent))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(async move {
            let found = self.find(id).await;
            let found = found.map_err(|error| problem(&doing(id), &error))?;
            Ok(found
                .map(|(policy, text)| Imported {
                    object: self.object(&policy, &text, None),
                })
                .into_iter()
                .collect())
        })
    }
}

fn doing(arn: &str) -> String {
    format!("reading IAM Policy ({arn})")
}
