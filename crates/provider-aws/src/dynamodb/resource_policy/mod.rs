//! `aws_dynamodb_resource_policy`: who may use a table or a stream, said at the table or stream itself.

mod plan;
pub(crate) mod schema;

use std::sync::Arc;
use std::time::Duration;

use trueup_aws::dynamodb::{PutResourcePolicy, ResourcePolicy};
use trueup_aws::{Class, Error, Poll};
use trueup_provider::{PlanRequest, Planned, Problem, Problems, ResourceType};
use trueup_value::{Path, Type, Value};

use super::KnownTables;
use super::follow::follow_table;
use crate::arn::Arn;
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::iam_policy::{equivalent, normalized};
use crate::members::{filled, flag, text};
use crate::region::Place;
use crate::rules::Body;
use crate::satellite::{Beside, Changes, Run, Satellite, check_arn, place_of, said, with};
use schema::body;

/// How long a new policy may take to be seen, and a busy table to accept it.
const LIMIT: Duration = Duration::from_secs(2 * 60);

/// The most bytes that DynamoDB keeps in a policy.
const LARGEST: usize = 20 * 1024;

/// The type under one provider configuration, in one region.
pub(crate) struct ResourcePolicies {
    aws: Connection,
    known: Arc<KnownTables>,
}

impl ResourcePolicies {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Beside(Self {
            aws: place.aws.clone(),
            known: Arc::clone(&place.known),
        }))
    }
}

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    check_arn(config, "resource_arn", &mut found);
    if let Some(arn) = text(config, "resource_arn")
        && let Ok(read) = Arn::parse_whole(arn)
        && (read.service != "dynamodb" || read.resource.contains("/index/"))
    {
        let problem = Problem::error(
            format!("\"resource_arn\" ({arn}) is not the ARN of a table or a stream"),
            "A policy stands at a table, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME, or at its stream. Indexes share the policy of their table.",
        );
        found.push(problem.at(Path::new().attr("resource_arn")));
    }
    if let Some(policy) = text(config, "policy") {
        let at = Path::new().attr("policy");
        let object = serde_json::from_str::<serde_json::Value>(policy);
        if !object.is_ok_and(|value| value.is_object()) {
            let problem = Problem::error(
                "\"policy\" contains an invalid JSON policy",
                "A policy is a JSON object with Version and Statement; jsonencode or the data source aws_iam_policy_document write one.",
            );
            found.push(problem.at(at));
        } else if normalized(policy).is_some_and(|policy| policy.len() > LARGEST) {
            let problem = Problem::error(
                "\"policy\" is too long",
                format!("DynamoDB keeps policies of at most {LARGEST} bytes."),
            );
            found.push(problem.at(at));
        }
    }
    found
}

fn names(value: &Value) -> (String, String) {
    let of = |name: &str| text(value, name).unwrap_or_default().to_owned();
    (of("resource_arn"), of("policy"))
}

fn revision(revision: Option<String>) -> Value {
    revision.map_or_else(|| Value::null(Type::String), Value::string)
}

impl ResourcePolicies {
    async fn put(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let (arn, policy) = names(wanted);
        let there = place_of(&self.aws, &arn)?;
        let confirm = flag(wanted, "confirm_remove_self_resource_access");
        let request = PutResourcePolicy {
            resource_arn: arn.clone(),
            policy,
            confirm_remove_self_resource_access: confirm.filter(|on| *on),
            ..PutResourcePolicy::default()
        };
        let dynamodb = there.dynamodb.clone();
        let what = format!("{arn} to accept a policy");
        let put = run.patiently(&there, &what, move || {
            let (dynamodb, request) = (dynamodb.clone(), request.clone());
            Box::pin(async move { dynamodb.put_resource_policy(request).await })
        });
        let new = put.await?;
        Ok(with(
            wanted,
            [("id", Value::string(arn)), ("revision_id", revision(new))],
        ))
    }

    /// Looks until the policy is seen: for a while after it was put AWS may say that there is none.
    async fn wait_seen(&self, run: &Run<'_>, arn: &str) -> Result<(), Error> {
        let there = place_of(&self.aws, arn)?;
        let (dynamodb, arn) = (there.dynamodb.clone(), arn.to_owned());
        run.wait(
            &there,
            format!("the policy of {arn} to be seen"),
            move || {
                let (dynamodb, arn) = (dynamodb.clone(), arn.clone());
                Box::pin(async move {
                    match dynamodb.get_resource_policy(&arn).await {
                        Ok(_) => Ok(Poll::Done(())),
                        Err(error) if error.is_not_found() => {
                            Ok(Poll::Pending("not found".to_owned()))
                        }
                        Err(error) => Err(error),
                    }
                })
            },
        )
        .await
    }
}

impl Satellite for ResourcePolicies {
    type Seen = ResourcePolicy;
    const LABEL: &'static str = "DynamoDB Resource Policy";
    const ZERO_IS_UNSET: bool = false;
    const NAMES: &'static [&'static str] = &["resource_arn"];

    fn body() -> &'static Body {
        body()
    }

    fn blank() -> Value {
        let confirm = ("confirm_remove_self_resource_access", Value::bool(false));
        said(body(), [confirm])
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let mut planned = plan::plan(request);
        let prior = request.prior.map(|object| &object.value);
        follow_table(&mut planned, prior, "resource_arn", &self.known.keys);
        planned
    }

    fn limit(&self, _value: &Value, _phase: &'static str) -> Duration {
        LIMIT
    }

    fn private(&self, _value: &Value) -> Option<Arc<[u8]>> {
        None
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        match Arn::parse_whole(id) {
            Ok(_) => Ok(Self::named([id])),
            Err(_) => Err("An id is the ARN of the table or stream.".to_owned()),
        }
    }

    fn subject(&self, value: &Value) -> Option<String> {
        filled(value, "resource_arn")
            .or_else(|| filled(value, "id"))
            .map(str::to_owned)
    }

    async fn look(&self, subject: &str) -> Result<Option<Self::Seen>, Error> {
        let there = place_of(&self.aws, subject)?;
        match there.dynamodb.get_resource_policy(subject).await {
            Ok(found) => Ok(Some(found)),
            // A store that knows no policies has none.
            Err(error) if error.is_not_found() || error.class() == Class::Unsupported => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn state(&self, seen: &Self::Seen, like: &Value) -> Option<Value> {
        let (arn, before) = names(like);
        // AWS may give the policy back in other words; the words that stand in state stay, and with them the
        // revision: a policy that was put again as it is has not moved.
        let known = text(like, "revision_id").map(str::to_owned);
        let (policy, of) = match equivalent(&before, &seen.policy) {
            true => (before, known.or_else(|| seen.revision_id.clone())),
            false => (
                normalized(&seen.policy).unwrap_or_else(|| seen.policy.clone()),
                seen.revision_id.clone(),
            ),
        };
        Some(with(
            like,
            [
                ("id", Value::string(arn)),
                ("policy", Value::string(policy)),
                ("revision_id", revision(of)),
            ],
        ))
    }

    fn digest(&self, value: &Value) -> String {
        let (arn, policy) = names(value);
        let policy = normalized(&policy).unwrap_or(policy);
        digest_of_text(&format!("policy {arn:?} {policy}"))
    }
}

impl Changes for ResourcePolicies {
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let value = self.put(run, wanted).await?;
        run.created(value.clone()).await;
        let (arn, _) = names(wanted);
        self.wait_seen(run, &arn).await?;
        Ok(value)
    }

    async fn update(&self, run: &Run<'_>, _prior: &Value, wanted: &Value) -> Result<Value, Error> {
        self.put(run, wanted).await
    }

    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        let (arn, _) = names(prior);
        let there = place_of(&self.aws, &arn)?;
        let dynamodb = there.dynamodb.clone();
        let what = format!("{arn} to give up its policy");
        run.patiently(&there, &what, move || {
            let (dynamodb, arn) = (dynamodb.clone(), arn.clone());
            Box::pin(async move { dynamodb.delete_resource_policy(&arn).await })
        })
        .await
    }
}
