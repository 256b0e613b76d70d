//! `aws_dynamodb_table_export`: a table's items of one moment, or what changed in a span, written into S3.

mod model;
pub(crate) mod schema;
pub(crate) mod validate;

use std::sync::Arc;
use std::time::Duration;

use trueup_aws::dynamodb::Export;
use trueup_aws::{Error, Poll};
use trueup_provider::{Intent, PlanRequest, Planned, Problem, ResourceType};
use trueup_value::Value;

use crate::connection::Connection;
use crate::digest::digest_of_text;
use crate::dynamodb::table::ROUNDING;
use crate::failure::if_there;
use crate::members::{filled, text};
use crate::region::Place;
use crate::rules::Body;
use crate::satellite::{Beside, Changes, Run, Satellite, place_of, plan_of, said};
use model::{request, to_state};
use schema::{LIMITS, body};

/// The type under one provider configuration, in one region.
pub(crate) struct TableExports {
    aws: Connection,
}

impl TableExports {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        let aws = place.aws.clone();
        Arc::new(Beside(Self { aws }))
    }
}

fn arn_of(value: &Value) -> Option<&str> {
    filled(value, "id").or_else(|| filled(value, "arn"))
}

impl TableExports {
    async fn describe(&self, arn: &str) -> Result<Option<Export>, Error> {
        let there = place_of(&self.aws, arn)?;
        if_there(there.dynamodb.describe_export(arn).await)
    }

    async fn export(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let table = text(wanted, "table_arn").unwrap_or_default();
        let there = place_of(&self.aws, table)?;
        let asked = request(wanted, run.token);
        let dynamodb = there.dynamodb.clone();
        let what = format!("{table} to accept an export");
        let begun = run.patiently(&there, &what, move || {
            let (dynamodb, asked) = (dynamodb.clone(), asked.clone());
            Box::pin(async move { dynamodb.export_table(asked).await })
        });
        let begun = begun.await?;
        run.created(to_state(&begun, wanted)).await;
        let (dynamodb, arn) = (there.dynamodb.clone(), begun.arn.clone());
        let what = format!("the export of {table} to complete");
        let done = run.wait(&there, what, move || {
            let (dynamodb, arn) = (dynamodb.clone(), arn.clone());
            Box::pin(async move {
                let export = dynamodb.describe_export(&arn).await?;
                Ok(match export.status.as_str() {
                    "COMPLETED" | "FAILED" => Poll::Done(export),
                    "IN_PROGRESS" => Poll::Pending(export.status),
                    _ => Poll::Unexpected(export.status),
                })
            })
        });
        let done = done.await?;
        if done.status == "FAILED" {
            let code = done.failure_code.as_deref().unwrap_or("unknown reason");
            let why = done.failure_message.as_deref().unwrap_or_default();
            run.warn(Problem::warning(
                format!("The export of {table} failed: {code}: {why}"),
                "Nothing usable was written. When the cause is removed, make the export again with -replace.",
            ));
        }
        Ok(to_state(&done, wanted))
    }
}

impl Satellite for TableExports {
    type Seen = Export;
    const LABEL: &'static str = "DynamoDB Table Export";
    const ZERO_IS_UNSET: bool = true;
    const NAMES: &'static [&'static str] = &["table_arn"];
    const FURTHER_NAMES: &'static [&'static str] = &["arn", "s3_bucket"];

    fn body() -> &'static Body {
        body()
    }

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        plan_of(body(), request, &["export_type"])
    }

    fn limit(&self, value: &Value, phase: &'static str) -> Duration {
        LIMITS.of(Some(value), phase)
    }

    fn private(&self, value: &Value) -> Option<Arc<[u8]>> {
        Some(LIMITS.private_bytes(Some(value)))
    }

    fn of_id(&self, id: &str) -> Result<Value, String> {
        match id.starts_with("arn:") && id.contains("/export/") {
            true => Ok(said(body(), [("id", Value::string(id))])),
            false => Err("An id is the ARN of the export.".to_owned()),
        }
    }

    fn subject(&self, value: &Value) -> Option<String> {
        arn_of(value).map(str::to_owned)
    }

    async fn look(&self, subject: &str) -> Result<Option<Export>, Error> {
        self.describe(subject).await
    }

    fn state(&self, seen: &Export, like: &Value) -> Option<Value> {
        Some(to_state(seen, like))
    }

    /// AWS forgets exports after some three months. What they wrote is still there, and to forget them
    /// too would make them once more.
    fn unseen(&self, like: &Value) -> Option<Value> {
        matches!(text(like, "export_status"), Some("COMPLETED" | "FAILED")).then(|| like.clone())
    }

    fn digest(&self, value: &Value) -> String {
        let said: Vec<String> = ["table_arn", "s3_bucket", "s3_prefix", "export_format"]
            .iter()
            .map(|name| format!("{:?}", filled(value, name).unwrap_or_default()))
            .collect();
        digest_of_text(&format!("export {}", said.join(" ")))
    }

    async fn made_by(&self, intent: &Intent) -> Result<Option<Value>, Error> {
        let Some(table) = intent.identity.get("table_arn") else {
            return Ok(None);
        };
        let there = place_of(&self.aws, table)?;
        let Some(arns) = if_there(there.dynamodb.list_exports(table).await)? else {
            return Ok(None);
        };
        let nothing = said(body(), []);
        for arn in arns {
            let Some(export) = self.describe(&arn).await? else {
                continue;
            };
            let after = export
                .start_time
                .is_some_and(|at| intent.precedes(at, ROUNDING));
            let value = to_state(&export, &nothing);
            if after && intent.planned(&self.digest(&value)) {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}

impl Changes for TableExports {
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        self.export(run, wanted).await
    }

    async fn update(&self, _run: &Run<'_>, _prior: &Value, wanted: &Value) -> Result<Value, Error> {
        // Only time limits change in place.
        Ok(wanted.clone())
    }

    async fn delete(&self, _run: &Run<'_>, _prior: &Value) -> Result<(), Error> {
        // An export can't be taken back; what it wrote belongs to the bucket.
        Ok(())
    }
}
