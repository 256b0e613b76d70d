//! An export between a block's value and the service's structs.

use trueup_aws::dynamodb::{Export, ExportTable, IncrementalExport};
use trueup_value::{Type, Value};

use super::schema::{INCREMENTAL, body};
use crate::members::{block, elements, filled, member};
use crate::rfc3339;
use crate::satellite::with;

/// ExportTableToPointInTime for a planned value.
pub(super) fn request(wanted: &Value, token: &str) -> ExportTable {
    let owned = |name: &str| filled(wanted, name).map(str::to_owned);
    ExportTable {
        table_arn: owned("table_arn").unwrap_or_default(),
        client_token: Some(token.to_owned()),
        s3_bucket: owned("s3_bucket").unwrap_or_default(),
        s3_bucket_owner: owned("s3_bucket_owner"),
        s3_prefix: owned("s3_prefix"),
        s3_sse_algorithm: owned("s3_sse_algorithm"),
        s3_sse_kms_key_id: owned("s3_sse_kms_key_id"),
        export_format: owned("export_format"),
        export_time: filled(wanted, "export_time").and_then(rfc3339::read),
        export_type: owned("export_type"),
        incremental: block(wanted, INCREMENTAL).map(|span| IncrementalExport {
            from_time: filled(span, "export_from_time").and_then(rfc3339::read),
            to_time: filled(span, "export_to_time").and_then(rfc3339::read),
            view_type: filled(span, "export_view_type").map(str::to_owned),
        }),
    }
}

/// The value of an export as it is; `like` is what was planned or believed.
pub(super) fn to_state(export: &Export, like: &Value) -> Value {
    let text = |given: &Option<String>| Value::string(given.as_deref().unwrap_or_default());
    let number = |given: Option<i64>| Value::number(given.unwrap_or(0));
    let time =
        |given: Option<f64>| Value::string(given.and_then(rfc3339::write).unwrap_or_default());
    let said = |name: &str| member(like, name).filter(|value| value.is_known()).cloned();
    let or_said = |given: &Option<String>, name: &str| match given {
        Some(given) => Value::string(given),
        None => said(name).unwrap_or_else(|| Value::string("")),
    };
    // A moment that is written another way is the same moment.
    let moment = match (filled(like, "export_time"), export.export_time) {
        (Some(before), Some(now)) if rfc3339::read(before).map(f64::floor) == Some(now.floor()) => {
            Value::string(before)
        }
        (_, now) => time(now),
    };
    let known = with(
        like,
        [
            ("arn", Value::string(&export.arn)),
            ("billed_size_in_bytes", number(export.billed_size_bytes)),
            ("end_time", time(export.end_time)),
            (
                "export_format",
                or_said(&export.export_format, "export_format"),
            ),
            ("export_status", Value::string(&export.status)),
            ("export_time", moment),
            ("id", Value::string(&export.arn)),
            ("item_count", number(export.item_count)),
            ("manifest_files_s3_key", text(&export.manifest)),
            ("s3_bucket", or_said(&export.s3_bucket, "s3_bucket")),
            (
                "s3_bucket_owner",
                or_said(&export.s3_bucket_owner, "s3_bucket_owner"),
            ),
            ("s3_prefix", or_said(&export.s3_prefix, "s3_prefix")),
            (
                "s3_sse_algorithm",
                or_said(&export.s3_sse_algorithm, "s3_sse_algorithm"),
            ),
            (
                "s3_sse_kms_key_id",
                or_said(&export.s3_sse_kms_key_id, "s3_sse_kms_key_id"),
            ),
            ("start_time", time(export.start_time)),
            ("table_arn", or_said(&export.table_arn, "table_arn")),
        ],
    );
    let incremental = export.export_type.as_deref() == Some("INCREMENTAL_EXPORT");
    let kind = match (said("export_type"), &export.export_type) {
        (Some(_), Some(kind)) => Value::string(kind),
        (None, Some(kind)) if incremental => Value::string(kind),
        (before, _) => before.unwrap_or_else(|| Value::null(Type::String)),
    };
    with(
        &known,
        [("export_type", kind), (INCREMENTAL, span(export, like))],
    )
}

/// The block of an incremental export: as it stands in `like`, else as AWS tells it.
fn span(export: &Export, like: &Value) -> Value {
    let nested = body()
        .blocks
        .iter()
        .find(|nested| nested.name == INCREMENTAL);
    let Some(nested) = nested else {
        return Value::dynamic_null();
    };
    let said = elements(like, INCREMENTAL);
    if !said.is_empty() {
        return nested.of(said.to_vec());
    }
    let time =
        |given: Option<f64>| Value::string(given.and_then(rfc3339::write).unwrap_or_default());
    let told = export.incremental.iter().map(|span| {
        Value::object_from([
            ("export_from_time", time(span.from_time)),
            ("export_to_time", time(span.to_time)),
            (
                "export_view_type",
                Value::string(span.view_type.as_deref().unwrap_or_default()),
            ),
        ])
    });
    nested.of(told.collect())
}
