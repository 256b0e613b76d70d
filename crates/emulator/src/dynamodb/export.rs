//! Exports: the items as they are now, written into the embedded S3 in the layout and formats of AWS.
//!
//! No history of items is kept here. A full export of a moment in the past holds the items of now, and
//! an incremental export holds every item as if it had been written within its span.

use serde_json::{Map, Value, json};

use super::export_files::Work;
use super::overlay::Overlay;
use super::region::Region;
use super::wire::Failure;
use crate::s3::{Delivery, S3Store, Undelivered};

/// The kind of record that an export is.
const KIND: &str = "export";

/// The shortest and the longest span of an incremental export, in seconds.
const SPAN: [f64; 2] = [15.0 * 60.0, 24.0 * 3600.0];

/// What may not differ between two requests with one token.
const ASKED: &[&str] = &[
    "TableArn",
    "S3Bucket",
    "S3BucketOwner",
    "S3Prefix",
    "S3SseAlgorithm",
    "S3SseKmsKeyId",
    "ExportFormat",
    "ExportType",
    "IncrementalExportSpecification",
];

fn required<'r>(request: &'r Value, member: &str, place: &str) -> Result<&'r str, Failure> {
    request.get(member).and_then(Value::as_str).ok_or_else(|| {
        Failure::validation(format!(
            "1 validation error detected: Value null at '{place}' failed to satisfy constraint: Member must not be null"
        ))
    })
}

fn given(request: &Value, member: &str, default: &str) -> String {
    let text = request.get(member).and_then(Value::as_str);
    text.unwrap_or(default).to_owned()
}

/// An export as it is kept: its description once it is over, and how many describes do not see that yet.
struct Kept {
    description: Value,
    left: u32,
}

impl Kept {
    fn read(mut value: Value) -> Option<Kept> {
        let left = value.get("left").and_then(Value::as_u64).unwrap_or(0);
        Some(Kept {
            description: value.get_mut("description").map(Value::take)?,
            left: u32::try_from(left).unwrap_or(0),
        })
    }

    /// The description as a describe shows it now.
    fn shown(&self) -> Value {
        let mut shown = self.description.clone();
        if let (Some(object), true) = (shown.as_object_mut(), self.left > 0) {
            object.insert("ExportStatus".to_owned(), "IN_PROGRESS".into());
            for member in [
                "EndTime",
                "ExportManifest",
                "BilledSizeBytes",
                "ItemCount",
                "FailureCode",
                "FailureMessage",
            ] {
                object.shift_remove(member);
            }
        }
        shown
    }
}

fn put(records: &mut Overlay, arn: &str, kept: &Kept) -> Result<(), Failure> {
    let body = json!({"description": kept.description, "left": kept.left});
    records.keep(KIND, arn, &body)
}

/// All exports of the region, newest first.
fn all(records: &Overlay) -> Result<Vec<Kept>, Failure> {
    let found = records.documents(KIND)?;
    Ok(found.into_iter().rev().filter_map(Kept::read).collect())
}

/// ExportTableToPointInTime.
pub(crate) fn begin(region: &Region, store: &S3Store, request: &Value) -> Result<Value, Failure> {
    let table_arn = required(request, "TableArn", "tableArn")?;
    let bucket = required(request, "S3Bucket", "s3Bucket")?;
    let name = region.table_of(table_arn);
    if name.starts_with("arn:") || !region.has_table(&name) {
        return Err(Failure::model(
            "TableNotFoundException",
            format!("Table not found: {table_arn}"),
        ));
    }
    let token = request.get("ClientToken").and_then(Value::as_str);
    if let Some(token) = token {
        let same = |kept: &Kept| kept.description["ClientToken"] == token;
        if let Some(kept) = all(&region.records())?.into_iter().find(same) {
            let differs = ASKED.iter().any(|member| {
                let asked = request.get(*member);
                asked.is_some() && asked != kept.description.get(*member)
            });
            return match differs {
                true => Err(Failure::model(
                    "ExportConflictException",
                    "There was a conflict: the client token was used for another export.",
                )),
                false => Ok(json!({"ExportDescription": kept.shown()})),
            };
        }
    }
    let recovery = region.records().get(&name).and_then(|r| r.recovery);
    let Some((days, _)) = recovery else {
        return Err(Failure::model(
            "PointInTimeRecoveryUnavailableException",
            format!("Point in time recovery is not enabled for table '{name}'"),
        ));
    };
    let started = jiff::Timestamp::now().as_millisecond();
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds since 1970 fit a double exactly"
    )]
    let now = started as f64 / 1000.0;
    let moment = request.get("ExportTime").and_then(Value::as_f64);
    #[expect(clippy::cast_precision_loss, reason = "a month of days fits a double")]
    let earliest = now - (days * 86_400) as f64;
    if moment.is_some_and(|moment| moment > now + 1.0 || moment < earliest) {
        return Err(Failure::model(
            "InvalidExportTimeException",
            "The specified ExportTime is outside of the point in time recovery window.",
        ));
    }
    let incremental = given(request, "ExportType", "FULL_EXPORT") == "INCREMENTAL_EXPORT";
    if incremental {
        check_span(request, now)?;
    }
    let id = format!(
        "{started:014}-{}",
        uuid::Uuid::new_v4()
            .simple()
            .to_string()
            .get(..8)
            .unwrap_or_default()
    );
    let arn = format!("{}/export/{id}", region.table_arn(&name));
    let mut description = described(region, request, &arn, token, now, incremental);
    let prefix = match given(request, "S3Prefix", "") {
        prefix if prefix.is_empty() => String::new(),
        prefix => format!("{}/", prefix.trim_end_matches('/')),
    };
    let work = Work {
        region,
        name: &name,
        folder: format!("{prefix}AWSDynamoDB/{id}"),
        data: match incremental {
            true => format!("{prefix}AWSDynamoDB/data"),
            false => format!("{prefix}AWSDynamoDB/{id}/data"),
        },
        id: &id,
    };
    let objects = work.objects(&mut description, incremental)?;
    let to = Delivery {
        bucket: bucket.to_owned(),
        region: region.name.clone(),
        account: region.account.clone(),
        encryption: match description["S3SseAlgorithm"].as_str() {
            Some("KMS") => Some("aws:kms".to_owned()),
            Some(other) => Some(other.to_owned()),
            None => None,
        },
        kms_key: description["S3SseKmsKeyId"].as_str().map(str::to_owned),
    };
    match store.deliver(&to, &objects) {
        Ok(()) => {}
        Err(Undelivered::NoSuchBucket) => failed(
            &mut description,
            "S3NoSuchBucket",
            "The specified bucket does not exist",
        ),
        Err(Undelivered::Broken(message)) => return Err(Failure::internal(message)),
    }
    let kept = Kept {
        description,
        left: region.describes,
    };
    put(&mut region.records(), &arn, &kept)?;
    // The answer says that it has begun, even where the first describe finds it done.
    let begun = Kept {
        left: kept.left.max(1),
        ..kept
    };
    Ok(json!({"ExportDescription": begun.shown()}))
}

fn check_span(request: &Value, now: f64) -> Result<(), Failure> {
    let span = request.get("IncrementalExportSpecification");
    let time = |member: &str| span.and_then(|s| s.get(member)).and_then(Value::as_f64);
    let Some(from) = time("ExportFromTime") else {
        return Err(Failure::validation(
            "IncrementalExportSpecification with ExportFromTime is required for an incremental export",
        ));
    };
    let length = time("ExportToTime").unwrap_or(now) - from;
    let [least, most] = SPAN;
    if length < least {
        return Err(Failure::validation(
            "Difference between export from time and export to time is less than 15 minutes",
        ));
    }
    if length > most {
        return Err(Failure::validation(
            "Difference between export from time and export to time is greater than 24 hours",
        ));
    }
    Ok(())
}

fn described(
    region: &Region,
    request: &Value,
    arn: &str,
    token: Option<&str>,
    now: f64,
    incremental: bool,
) -> Value {
    let own_token = uuid::Uuid::new_v4().to_string();
    let mut description = json!({
        "ExportArn": arn,
        "ExportStatus": "COMPLETED",
        "StartTime": now,
        "EndTime": now,
        "TableArn": region.table_arn(&region.table_of(&given(request, "TableArn", ""))),
        "ClientToken": token.unwrap_or(&own_token),
        "S3Bucket": given(request, "S3Bucket", ""),
        "S3BucketOwner": given(request, "S3BucketOwner", &region.account),
        "S3SseAlgorithm": given(request, "S3SseAlgorithm", "AES256"),
        "ExportFormat": given(request, "ExportFormat", "DYNAMODB_JSON"),
        "ExportType": given(request, "ExportType", "FULL_EXPORT"),
    });
    let Some(object) = description.as_object_mut() else {
        return description;
    };
    for member in ["S3Prefix", "S3SseKmsKeyId"] {
        if let Some(value) = request.get(member) {
            object.insert(member.to_owned(), value.clone());
        }
    }
    if incremental {
        let mut span: Map<String, Value> = request
            .get("IncrementalExportSpecification")
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        span.entry("ExportToTime").or_insert_with(|| json!(now));
        span.entry("ExportViewType")
            .or_insert_with(|| "NEW_AND_OLD_IMAGES".into());
        object.insert(
            "IncrementalExportSpecification".to_owned(),
            Value::Object(span),
        );
    } else {
        let moment = request.get("ExportTime").and_then(Value::as_f64);
        object.insert("ExportTime".to_owned(), json!(moment.unwrap_or(now)));
    }
    description
}

fn failed(description: &mut Value, code: &str, message: &str) {
    let Some(object) = description.as_object_mut() else {
        return;
    };
    for member in ["ExportManifest", "BilledSizeBytes", "ItemCount"] {
        object.shift_remove(member);
    }
    object.insert("ExportStatus".to_owned(), "FAILED".into());
    object.insert("FailureCode".to_owned(), code.into());
    object.insert("FailureMessage".to_owned(), message.into());
}

/// DescribeExport: one describe of its progress is used up.
pub(crate) fn describe(region: &Region, request: &Value) -> Result<Value, Failure> {
    let arn = required(request, "ExportArn", "exportArn")?;
    let mut records = region.records();
    let Some(mut kept) = records.document(KIND, arn)?.and_then(Kept::read) else {
        return Err(Failure::model(
            "ExportNotFoundException",
            format!("Export not found: {arn}"),
        ));
    };
    let shown = kept.shown();
    if kept.left > 0 {
        kept.left -= 1;
        put(&mut records, arn, &kept)?;
    }
    Ok(json!({"ExportDescription": shown}))
}

/// ListExports, newest first, all on one page.
pub(crate) fn list(region: &Region, request: &Value) -> Result<Value, Failure> {
    let table = request.get("TableArn").and_then(Value::as_str);
    let summaries: Vec<Value> = all(&region.records())?
        .iter()
        .filter(|kept| table.is_none_or(|table| kept.description["TableArn"] == table))
        .map(|kept| {
            let shown = kept.shown();
            json!({
                "ExportArn": shown["ExportArn"],
                "ExportStatus": shown["ExportStatus"],
                "ExportType": shown["ExportType"],
            })
        })
        .collect();
    Ok(json!({"ExportSummaries": summaries}))
}
