//! `aws_iam_role`.

mod change;
mod model;
mod read;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::iam::Iam;
use trueup_provider::{Intent, Object, PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::iam;
use crate::lifecycle::{CLOCKS, Claim, Lifecycle, Living, Look};
use crate::members::filled;
use crate::region::Place;
use crate::rules::draft;
use crate::tags::{TagPolicy, plan_tags_all};
use model::Found;

/// The type under one provider configuration.
pub(crate) struct Roles {
    aws: Connection,
    iam: Arc<dyn Iam>,
    tags: Arc<TagPolicy>,
}

impl Roles {
    /// The type.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            iam: place.aws.session.iam(),
            aws: place.aws.clone(),
            tags: Arc::clone(&place.tags),
        }))
    }
}

impl Lifecycle for Roles {
    const LABEL: &'static str = "IAM Role";
    const NOUN: &'static str = "role";
    const GONE: &'static str = iam::GONE;

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        let mut draft = draft(schema::body(), prior, request.proposed);
        plan_tags_all(&self.tags, &mut draft, prior, request.proposed);
        draft.planned(prior, request.proposed)
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        match filled(value, "name") {
            Some(name) => BTreeMap::from([("name".to_owned(), name.to_owned())]),
            None => BTreeMap::new(),
        }
    }

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Look<Value> {
        let name = identity.get("name");
        Ok(name.map(|name| Value::object_from([("name", Value::string(name))])))
    }

    fn digest(&self, value: &Value) -> String {
        let path = filled(value, "path").unwrap_or("/");
        digest_of_text(&format!("role {:?} {path}", filled(value, "name")))
    }

    /// A role that was made since then under its name is the one that was to be made.
    fn claim(&self, _object: &Object, found: &Found, intent: &Intent) -> Claim {
        let created = crate::rfc3339::read(&found.role.created);
        match created.is_some_and(|created| intent.precedes(created, CLOCKS)) {
            true => Claim::Ours,
            false => Claim::Anothers(
                "A role of that name was there before. If it is yours, bring it into state with import; otherwise delete it or give the configured role another name.".into(),
            ),
        }
    }
}
