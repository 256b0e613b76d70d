//! `aws_iam_policy`.

mod change;
mod model;
mod read;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Error;
use trueup_aws::iam::Iam;
use trueup_provider::{Intent, Object, PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::iam;
use crate::lifecycle::{Claim, Lifecycle, Living, Look};
use crate::members::filled;
use crate::region::Place;
use crate::rules::draft;
use crate::tags::{TagPolicy, plan_tags_all};
use model::Found;

/// The type under one provider configuration.
pub(crate) struct Policies {
    aws: Connection,
    iam: Arc<dyn Iam>,
    tags: Arc<TagPolicy>,
}

impl Policies {
    /// The type.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            iam: place.aws.session.iam(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        }))
    }

    /// The ARN that a policy of this name and path has.
    async fn arn_of(&self, name: &str, path: &str) -> Result<String, Error> {
        let session = &self.aws.session;
        let account = session.account_id().await?.unwrap_or_default();
        let partition = session.partition();
        Ok(format!("arn:{partition}:iam::{account}:policy{path}{name}"))
    }
}

impl Lifecycle for Policies {
    const LABEL: &'static str = "IAM Policy";
    const NOUN: &'static str = "policy";
    const GONE: &'static str = iam::GONE;

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(schema::body(), prior, request.proposed);
        plan_tags_all(&self.tags, &mut draft, prior, request.proposed);
        draft.planned(prior, request.proposed)
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

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Look<Value> {
        let (Some(name), Some(path)) = (identity.get("name"), identity.get("path")) else {
            return Ok(None);
        };
        let arn = self.arn_of(name, path).await?;
        Ok(Some(Value::object_from([("id", Value::string(arn))])))
    }

    /// Name and what can't be changed. A text that means the same may be written in many ways.
    fn digest(&self, value: &Value) -> String {
        digest_of_text(&format!(
            "policy {:?} {:?}",
            filled(value, "name"),
            filled(value, "description")
        ))
    }

    fn claim(&self, object: &Object, _found: &Found, intent: &Intent) -> Claim {
        match intent.planned(&self.digest(&object.value)) {
            true => Claim::Ours,
            false => Claim::Anothers(
                "A policy of that name is there, but it says something else. If it is yours, bring it into state with import; otherwise delete it or give the configured policy another name.".into(),
            ),
        }
    }
}
