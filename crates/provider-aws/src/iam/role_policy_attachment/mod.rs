//! `aws_iam_role_policy_attachment`: one policy that hangs on one role.

mod change;
mod read;
pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::iam::Iam;
use trueup_provider::{Intent, Object, PlanRequest, Planned, ResourceType, StepKind};
use trueup_value::Value;

use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::lifecycle::{Claim, Lifecycle, Living, Look};
use crate::members::filled;
use crate::region::Place;
use crate::rules::draft;
use crate::satellite::text_of;

/// The members that name an attachment, each in an identity too.
const NAMES: [&str; 2] = ["role", "policy_arn"];

/// The type under one provider configuration.
pub(crate) struct Attachments {
    aws: Connection,
    iam: Arc<dyn Iam>,
}

/// A policy that hangs on a role.
pub(crate) struct Attachment {
    role: String,
    policy: String,
    /// Made up: the service has none.
    id: String,
}

impl Attachments {
    /// The type.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            iam: place.aws.session.iam(),
            aws: place.aws.clone(),
        }))
    }
}

/// Role and policy of a value.
fn ends(value: &Value) -> [String; 2] {
    NAMES.map(|name| filled(value, name).unwrap_or_default().to_owned())
}

impl Lifecycle for Attachments {
    const LABEL: &'static str = "IAM Role Policy Attachment";
    const NOUN: &'static str = "attachment";

    fn verb(kind: StepKind) -> &'static str {
        match kind {
            StepKind::Create | StepKind::Update => "attaching",
            StepKind::Delete => "detaching",
        }
    }

    fn doing(verb: &str, name: Option<&str>) -> String {
        let name = name.unwrap_or_default();
        match (verb, name.split_once(':')) {
            ("attaching", Some((role, policy))) => {
                format!("attaching IAM Policy ({policy}) to IAM Role ({role})")
            }
            ("detaching", Some((role, policy))) => {
                format!("detaching IAM Policy ({policy}) from IAM Role ({role})")
            }
            _ => format!("{verb} {} ({name})", Self::LABEL),
        }
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let prior = request.prior.map(|object| &object.value);
        draft(schema::body(), prior, request.proposed).planned(prior, request.proposed)
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        NAMES
            .map(str::to_owned)
            .into_iter()
            .zip(ends(value))
            .collect()
    }

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Look<Value> {
        let named = NAMES.map(|name| (name, text_of(identity, name)));
        Ok(Some(Value::object_from(named)))
    }

    fn digest(&self, value: &Value) -> String {
        digest_of_text(&format!("attachment {}", ends(value).join(" ")))
    }

    /// Attaching a policy that hangs there already changes nothing: what is there is taken up.
    fn claim(&self, _object: &Object, _found: &Attachment, _intent: &Intent) -> Claim {
        Claim::Ours
    }
}
