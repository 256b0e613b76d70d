//! Tags and streams: calls that name their resource by its ARN, answered by the engine.

use dynoxide::actions as engine;
use serde::Serialize;
use serde_json::Value;

use super::region::Region;
use super::tables::{status_words, transition_status};
use super::wire::{Failure, read};

/// Whether the operation is answered here.
pub(crate) fn is_known(operation: &str) -> bool {
    matches!(
        operation,
        "TagResource"
            | "UntagResource"
            | "ListTagsOfResource"
            | "ListStreams"
            | "DescribeStream"
            | "GetShardIterator"
            | "GetRecords"
    )
}

/// Answers a call on tags or streams. The engine sees its own ARNs.
pub(crate) fn answer(region: &Region, operation: &str, request: Value) -> Result<Value, Failure> {
    if let Some(arn) = request.get("ResourceArn").and_then(Value::as_str) {
        require_resource(region, operation, arn)?;
    }
    let text = region.engine_arns(&request.to_string());
    let body = text.as_bytes();
    let db = region.engine();
    match operation {
        "TagResource" => {
            let request: engine::tag_resource::TagResourceRequest = read(operation, body)?;
            value(&db.tag_resource(request)?)
        }
        "UntagResource" => {
            let request: engine::untag_resource::UntagResourceRequest = read(operation, body)?;
            value(&db.untag_resource(request)?)
        }
        "ListTagsOfResource" => {
            let request: engine::list_tags_of_resource::ListTagsOfResourceRequest =
                read(operation, body)?;
            value(&db.list_tags_of_resource(request)?)
        }
        "ListStreams" => {
            let request: engine::list_streams::ListStreamsRequest = read(operation, body)?;
            value(&db.list_streams(request)?)
        }
        "DescribeStream" => {
            let request: engine::describe_stream::DescribeStreamRequest = read(operation, body)?;
            value(&db.describe_stream(request)?)
        }
        "GetShardIterator" => {
            let request: engine::get_shard_iterator::GetShardIteratorRequest =
                read(operation, body)?;
            value(&db.get_shard_iterator(request)?)
        }
        "GetRecords" => {
            let request: engine::get_records::GetRecordsRequest = read(operation, body)?;
            value(&db.get_records(request)?)
        }
        _ => Err(Failure::unknown_operation()),
    }
}

fn value<T: Serialize>(answer: &T) -> Result<Value, Failure> {
    serde_json::to_value(answer).map_err(Failure::internal)
}

/// Tags can be put on a table that exists and is not on its way in or out.
fn require_resource(region: &Region, operation: &str, arn: &str) -> Result<(), Failure> {
    let table = region.table_of(arn);
    if arn.starts_with("arn:") && (table.starts_with("arn:") || !region.has_table(&table)) {
        return Err(Failure::model(
            "ResourceNotFoundException",
            format!("Requested resource not found: ResourcArn: {arn} not found"),
        ));
    }
    if operation == "ListTagsOfResource" {
        return Ok(());
    }
    match transition_status(&region.records(), &table) {
        Some(status) if status != "UPDATING" => Err(Failure::model(
            "ResourceInUseException",
            format!(
                "Attempt to change a resource which is still in use: Table is being {}: {table}",
                status_words(&status)
            ),
        )),
        _ => Ok(()),
    }
}
