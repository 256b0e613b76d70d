//! `aws_dynamodb_tag`: one tag of a table, a replica or another resource of DynamoDB, beside the tags of its block.

pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use trueup_aws::{Class, Error};
use trueup_provider::{PlanRequest, Planned, Problem, Problems, ResourceType};
use trueup_value::{Path, Value};

use super::KnownTables;
use super::follow::follow_table;
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::members::{filled, text};
use crate::region::Place;
use crate::rules::Body;
use crate::satellite::{Beside, Changes, Run, Satellite, check_arn, place_of, plan_of, with};
use crate::timeouts::no_private;
use schema::body;

/// How long a table that is being changed is waited for.
const LIMIT: Duration = Duration::from_secs(10 * 60);

/// The type under one provider configuration, in one region.
pub(crate) struct Tags {
    aws: Connection,
    known: Arc<KnownTables>,
}

impl Tags {
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
    if let Some(key) = text(config, "key") {
        let reason = if key.is_empty() {
            Some("A tag's key has at least one character.")
        } else if key.chars().count() > 128 {
            Some("A tag's key has at most 128 characters.")
        } else if key.starts_with("aws:") {
            Some("Keys that begin with aws: belong to AWS.")
        } else {
            None
        };
        if let Some(reason) = reason {
            let problem = Problem::error(format!("Invalid tag key {key:?}"), reason);
            found.push(problem.at(Path::new().attr("key")));
        }
    }
    found
}

fn parts(value: &Value) -> (String, String, String) {
    let of = |name: &str| text(value, name).unwrap_or_default().to_owned();
    (of("resource_arn"), of("key"), of("value"))
}

impl Tags {
    async fn put(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let (arn, key, value) = parts(wanted);
        let there = place_of(&self.aws, &arn)?;
        let tags = BTreeMap::from([(key.clone(), value)]);
        let (dynamodb, subject) = (there.dynamodb.clone(), arn.clone());
        run.patiently(&there, &format!("{arn} to accept a tag"), move || {
            let (dynamodb, subject, tags) = (dynamodb.clone(), subject.clone(), tags.clone());
            Box::pin(async move { dynamodb.tag_resource(&subject, tags).await })
        })
        .await?;
        Ok(with(
            wanted,
            [("id", Value::string(format!("{arn},{key}")))],
        ))
    }
}

impl Satellite for Tags {
    type Seen = BTreeMap<String, String>;
    const LABEL: &'static str = "DynamoDB Tag";
    const ZERO_IS_UNSET: bool = true;
    const NAMES: &'static [&'static str] = &["resource_arn", "key"];

    fn body() -> &'static Body {
        body()
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let mut planned = plan_of(body(), request, &[]);
        let prior = request.prior.map(|object| &object.value);
        follow_table(&mut planned, prior, "resource_arn", &self.known.keys);
        planned
    }

    fn limit(&self, _value: &Value, _phase: &'static str) -> Duration {
        LIMIT
    }

    fn private(&self, _value: &Value) -> Option<Arc<[u8]>> {
        Some(no_private())
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        match id.split_once(',') {
            Some((arn, key)) if arn.starts_with("arn:") && !key.is_empty() => {
                Ok(Self::named([arn, key]))
            }
            _ => {
                Err("An id is the ARN of the table and the tag's key: RESOURCE_ARN,KEY".to_owned())
            }
        }
    }

    fn subject(&self, value: &Value) -> Option<String> {
        filled(value, "resource_arn").map(str::to_owned)
    }

    async fn look(&self, subject: &str) -> Result<Option<Self::Seen>, Error> {
        let there = place_of(&self.aws, subject)?;
        match there.dynamodb.list_tags_of_resource(subject).await {
            Ok(tags) => Ok(Some(tags)),
            // A store that knows no tags has none.
            Err(error) if error.is_not_found() || error.class() == Class::Unsupported => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn state(&self, seen: &Self::Seen, like: &Value) -> Option<Value> {
        let (arn, key, _) = parts(like);
        let value = seen.get(&key)?;
        Some(with(
            like,
            [
                ("id", Value::string(format!("{arn},{key}"))),
                ("value", Value::string(value)),
            ],
        ))
    }

    fn digest(&self, value: &Value) -> String {
        let (arn, key, value) = parts(value);
        digest_of_text(&format!("tag {arn:?} {key:?} {value:?}"))
    }
}

impl Changes for Tags {
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        self.put(run, wanted).await
    }

    async fn update(&self, run: &Run<'_>, _prior: &Value, wanted: &Value) -> Result<Value, Error> {
        self.put(run, wanted).await
    }

    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        let (arn, key, _) = parts(prior);
        let there = place_of(&self.aws, &arn)?;
        let (dynamodb, subject) = (there.dynamodb.clone(), arn.clone());
        run.patiently(&there, &format!("{arn} to give up a tag"), move || {
            let (dynamodb, subject, key) = (dynamodb.clone(), subject.clone(), key.clone());
            Box::pin(async move { dynamodb.untag_resource(&subject, vec![key]).await })
        })
        .await
    }
}
