//! Kinesis data streams: their settings, kept and told. Records are neither taken nor given.

mod settings;
mod streams;

use serde_json::Value;

use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, refused};

/// A request that the service does not take.
fn argument(message: impl Into<String>) -> Failure {
    refused("InvalidArgumentException", message)
}

/// Does what one request asks. A change of a stream is under way for so many `describes`.
pub(crate) fn dispatch(call: &Call<'_>, operation: &str, describes: u32) -> Result<Value, Failure> {
    match operation {
        "CreateStream" => streams::create(call, describes),
        "DescribeStream" => streams::describe(call),
        "DescribeStreamSummary" => streams::describe_summary(call),
        "ListStreams" => streams::list(call),
        "DeleteStream" => streams::delete(call, describes),
        "IncreaseStreamRetentionPeriod" => settings::retain(call, describes, true),
        "DecreaseStreamRetentionPeriod" => settings::retain(call, describes, false),
        "UpdateShardCount" => settings::shards(call, describes),
        "UpdateStreamMode" => settings::mode(call, describes),
        "UpdateMaxRecordSize" => settings::record_size(call, describes),
        "EnableEnhancedMonitoring" => settings::monitor(call, describes, true),
        "DisableEnhancedMonitoring" => settings::monitor(call, describes, false),
        "StartStreamEncryption" => settings::encrypt(call, describes),
        "StopStreamEncryption" => settings::decrypt(call, describes),
        "AddTagsToStream" => settings::tag(call),
        "RemoveTagsFromStream" => settings::untag(call),
        "ListTagsForStream" => settings::tags(call),
        _ => Err(Failure::unknown_operation()),
    }
}
