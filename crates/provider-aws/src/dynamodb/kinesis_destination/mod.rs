//! `aws_dynamodb_kinesis_streaming_destination`: a Kinesis stream that a table's changes go to.

pub(crate) mod schema;

use std::sync::Arc;
use std::time::Duration;

use trueup_aws::dynamodb::KinesisDestination;
use trueup_aws::{Class, Error, Poll};
use trueup_provider::{PlanRequest, Planned, Problem, Problems, ResourceType};
use trueup_value::{Path, Type, Value};

use super::KnownTables;
use super::follow::follow_table;
use crate::arn::Arn;
use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::members::{filled, member, text};
use crate::region::Place;
use crate::rules::Body;
use crate::satellite::{Beside, Changes, Run, Satellite, check_arn, check_word, plan_of, with};
use crate::timeouts::no_private;
use schema::{PRECISION, body};

/// How long turning it on or off may take.
const LIMIT: Duration = Duration::from_secs(5 * 60);

/// The type under one provider configuration, in one region.
pub(crate) struct KinesisDestinations {
    aws: Connection,
    known: Arc<KnownTables>,
}

impl KinesisDestinations {
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
    check_arn(config, "stream_arn", &mut found);
    if let Some(arn) = text(config, "stream_arn")
        && Arn::parse_whole(arn).is_ok_and(|arn| arn.service != "kinesis")
    {
        let problem = Problem::error(
            format!("\"stream_arn\" ({arn}) is not the ARN of a Kinesis stream"),
            "Changes go to a Kinesis data stream, arn:aws:kinesis:REGION:ACCOUNT:stream/NAME; a table's own stream is no destination.",
        );
        found.push(problem.at(Path::new().attr("stream_arn")));
    }
    check_word(
        config,
        PRECISION,
        &["MILLISECOND", "MICROSECOND"],
        &mut found,
    );
    found
}

fn names(value: &Value) -> (String, String) {
    let of = |name: &str| text(value, name).unwrap_or_default().to_owned();
    (of("table_name"), of("stream_arn"))
}

fn id(table: &str, stream: &str) -> Value {
    Value::string(format!("{table},{stream}"))
}

impl KinesisDestinations {
    /// The status of the destination; `DISABLED` where there is none of the stream.
    async fn wait(
        &self,
        run: &Run<'_>,
        value: &Value,
        wanted: &'static str,
        pending: &'static [&'static str],
    ) -> Result<(), Error> {
        let (table, stream) = names(value);
        let dynamodb = self.aws.dynamodb.clone();
        let what = format!("Kinesis destination {stream} of table {table} to become {wanted}");
        run.wait(&self.aws, what, move || {
            let (dynamodb, table, stream) = (dynamodb.clone(), table.clone(), stream.clone());
            Box::pin(async move {
                let all = dynamodb.describe_kinesis_destinations(&table).await?;
                let found = all.into_iter().find(|each| each.stream_arn == stream);
                let (status, why) = match found {
                    Some(found) => (found.status, found.status_description),
                    None => ("DISABLED".to_owned(), None),
                };
                Ok(match status.as_str() {
                    status if status == wanted => Poll::Done(()),
                    status if pending.contains(&status) => Poll::Pending(status.to_owned()),
                    _ => Poll::Unexpected(match why {
                        Some(why) => format!("{status}: {why}"),
                        None => status,
                    }),
                })
            })
        })
        .await
    }
}

impl Satellite for KinesisDestinations {
    type Seen = Vec<KinesisDestination>;
    const LABEL: &'static str = "DynamoDB Kinesis Streaming Destination";
    const ZERO_IS_UNSET: bool = true;
    const NAMES: &'static [&'static str] = &["table_name", "stream_arn"];

    fn body() -> &'static Body {
        body()
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        let mut planned = plan_of(body(), request, &[PRECISION]);
        let prior = request.prior.map(|object| &object.value);
        follow_table(&mut planned, prior, "table_name", &self.known.keys);
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
            Some((table, stream)) if !table.is_empty() && stream.starts_with("arn:") => {
                // Whoever imports learns it, so that a block that says it finds no difference.
                let precision = (PRECISION, Value::string(""));
                Ok(with(&Self::named([table, stream]), [precision]))
            }
            _ => Err("An id is the table's name and the stream's ARN: TABLE,STREAM_ARN".to_owned()),
        }
    }

    fn subject(&self, value: &Value) -> Option<String> {
        filled(value, "table_name").map(str::to_owned)
    }

    async fn look(&self, subject: &str) -> Result<Option<Self::Seen>, Error> {
        let dynamodb = &self.aws.dynamodb;
        match dynamodb.describe_kinesis_destinations(subject).await {
            Ok(found) => Ok(Some(found)),
            // A store that knows no destinations has none.
            Err(error) if error.is_not_found() || error.class() == Class::Unsupported => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn state(&self, seen: &Self::Seen, like: &Value) -> Option<Value> {
        let (table, stream) = names(like);
        let found = seen.iter().find(|each| each.stream_arn == stream)?;
        // What could not be turned on, or is on its way off, is turned on again.
        if !matches!(found.status.as_str(), "ACTIVE" | "ENABLING" | "UPDATING") {
            return None;
        }
        let value = with(like, [("id", id(&table, &stream))]);
        let precision = match (member(like, PRECISION), &found.precision) {
            (Some(_), Some(precision)) => Value::string(precision),
            (Some(before), None) if before.as_str() == Some("") => Value::null(Type::String),
            _ => return Some(value),
        };
        Some(with(&value, [(PRECISION, precision)]))
    }

    fn digest(&self, value: &Value) -> String {
        let (table, stream) = names(value);
        digest_of_text(&format!("destination {table:?} {stream:?}"))
    }
}

impl Changes for KinesisDestinations {
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let (table, stream) = names(wanted);
        let precision = filled(wanted, PRECISION).map(str::to_owned);
        let dynamodb = self.aws.dynamodb.clone();
        let what = format!("table {table} to accept a Kinesis destination");
        let value = with(wanted, [("id", id(&table, &stream))]);
        run.patiently(&self.aws, &what, move || {
            let (dynamodb, table, stream, precision) = (
                dynamodb.clone(),
                table.clone(),
                stream.clone(),
                precision.clone(),
            );
            Box::pin(async move {
                let precision = precision.as_deref();
                dynamodb
                    .enable_kinesis_destination(&table, &stream, precision)
                    .await
            })
        })
        .await?;
        run.created(value.clone()).await;
        self.wait(run, wanted, "ACTIVE", &["DISABLED", "ENABLING"])
            .await?;
        Ok(value)
    }

    async fn update(&self, _run: &Run<'_>, _prior: &Value, wanted: &Value) -> Result<Value, Error> {
        // Every argument needs another object.
        Ok(wanted.clone())
    }

    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        let (table, stream) = names(prior);
        let dynamodb = self.aws.dynamodb.clone();
        let what = format!("table {table} to give up a Kinesis destination");
        let (asked_table, asked_stream) = (table.clone(), stream.clone());
        let asked = run.patiently(&self.aws, &what, move || {
            let (dynamodb, table, stream) =
                (dynamodb.clone(), asked_table.clone(), asked_stream.clone());
            Box::pin(async move { dynamodb.disable_kinesis_destination(&table, &stream).await })
        });
        if let Err(error) = asked.await {
            // One that is off already, or on its way off, can't be turned off.
            let seen = match error.code() {
                "ValidationException" => self.look(&table).await?,
                _ => return Err(error),
            };
            let active = seen.into_iter().flatten().any(|each| {
                each.stream_arn == stream
                    && !matches!(each.status.as_str(), "DISABLED" | "DISABLING")
            });
            if active {
                return Err(error);
            }
        }
        self.wait(run, prior, "DISABLED", &["ACTIVE", "DISABLING"])
            .await
    }
}
