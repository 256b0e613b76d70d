//! Kinesis by signed calls: its SDK would be compiled for a dozen operations.
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{CreateStream, Kinesis, StreamSummary};
use crate::Answer;
use crate::json::{self, Dialect, Service, flag, list, text, text_or_empty, whole};
use crate::signed::Signed;

const DIALECT: Dialect = Dialect {
    target: "Kinesis_20131202",
    ask: "NextToken",
    token: "NextToken",
};

/// Tags that one call puts or takes away: the service's limit.
const TAGS_AT_ONCE: usize = 10;

/// Kinesis behind signed calls.
pub(crate) struct Client {
    kinesis: Service,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self {
            kinesis: Service::new(signed, DIALECT),
        }
    }
}

fn summary(answer: &Value) -> StreamSummary {
    let known = answer
        .get("StreamDescriptionSummary")
        .unwrap_or(&Value::Null);
    let text = |name: &str| text(known, name);
    let text_or_empty = |name: &str| text_or_empty(known, name);
    let whole = |name: &str| whole(known, name);
    let metrics = list(known, "EnhancedMonitoring")
        .flat_map(|one| list(one, "ShardLevelMetrics"))
        .filter_map(|metric| metric.as_str().map(str::to_owned));
    StreamSummary {
        name: text_or_empty("StreamName"),
        arn: text_or_empty("StreamARN"),
        status: text_or_empty("StreamStatus"),
        mode: known
            .get("StreamModeDetails")
            .and_then(|details| json::text(details, "StreamMode")),
        retention: whole("RetentionPeriodHours"),
        shards: whole("OpenShardCount").unwrap_or_default(),
        encryption: text("EncryptionType").unwrap_or_else(|| "NONE".to_owned()),
        key: text("KeyId"),
        metrics: metrics.collect(),
        max_record_kib: whole("MaxRecordSizeInKiB"),
    }
}

impl Kinesis for Client {
    fn create_stream(&self, request: CreateStream) -> Answer<'_, ()> {
        let mut body = json!({"StreamName": request.name});
        if let Some(shards) = request.shards {
            body["ShardCount"] = json!(shards);
        }
        if let Some(mode) = request.mode {
            body["StreamModeDetails"] = json!({"StreamMode": mode});
        }
        if let Some(kib) = request.max_record_kib {
            body["MaxRecordSizeInKiB"] = json!(kib);
        }
        self.kinesis.done_once("CreateStream", body)
    }

    fn describe_stream_summary<'a>(&'a self, name: &'a str) -> Answer<'a, StreamSummary> {
        Box::pin(async move {
            let body = json!({"StreamName": name});
            Ok(summary(
                &self.kinesis.call("DescribeStreamSummary", body).await?,
            ))
        })
    }

    fn delete_stream<'a>(&'a self, name: &'a str, consumers: bool) -> Answer<'a, ()> {
        let body = json!({"EnforceConsumerDeletion": consumers, "StreamName": name});
        self.kinesis.done("DeleteStream", body)
    }

    fn set_retention<'a>(&'a self, name: &'a str, hours: i64, longer: bool) -> Answer<'a, ()> {
        let operation = if longer {
            "IncreaseStreamRetentionPeriod"
        } else {
            "DecreaseStreamRetentionPeriod"
        };
        let body = json!({"RetentionPeriodHours": hours, "StreamName": name});
        self.kinesis.done_once(operation, body)
    }

    fn update_shard_count<'a>(&'a self, name: &'a str, count: i64) -> Answer<'a, ()> {
        let body = json!({
            "ScalingType": "UNIFORM_SCALING",
            "StreamName": name,
            "TargetShardCount": count,
        });
        self.kinesis.done_once("UpdateShardCount", body)
    }

    fn update_stream_mode<'a>(&'a self, arn: &'a str, mode: &'a str) -> Answer<'a, ()> {
        let body = json!({"StreamARN": arn, "StreamModeDetails": {"StreamMode": mode}});
        self.kinesis.done_once("UpdateStreamMode", body)
    }

    fn update_max_record_size<'a>(&'a self, arn: &'a str, kib: i64) -> Answer<'a, ()> {
        let body = json!({"MaxRecordSizeInKiB": kib, "StreamARN": arn});
        self.kinesis.done_once("UpdateMaxRecordSize", body)
    }

    fn set_shard_metrics<'a>(
        &'a self,
        name: &'a str,
        metrics: &'a [String],
        on: bool,
    ) -> Answer<'a, ()> {
        let operation = if on {
            "EnableEnhancedMonitoring"
        } else {
            "DisableEnhancedMonitoring"
        };
        let body = json!({"ShardLevelMetrics": metrics, "StreamName": name});
        self.kinesis.done_once(operation, body)
    }

    fn set_encryption<'a>(&'a self, name: &'a str, key: &'a str, on: bool) -> Answer<'a, ()> {
        let operation = if on {
            "StartStreamEncryption"
        } else {
            "StopStreamEncryption"
        };
        let body = json!({"EncryptionType": "KMS", "KeyId": key, "StreamName": name});
        self.kinesis.done_once(operation, body)
    }

    fn list_stream_tags<'a>(&'a self, name: &'a str) -> Answer<'a, BTreeMap<String, String>> {
        Box::pin(async move {
            let mut all = BTreeMap::new();
            let mut body = json!({"StreamName": name});
            loop {
                let answer = self.kinesis.call("ListTagsForStream", body.clone()).await?;
                let mut last = None;
                for tag in list(&answer, "Tags") {
                    if let Some(key) = text(tag, "Key") {
                        last = Some(key.clone());
                        all.insert(key, text_or_empty(tag, "Value"));
                    }
                }
                let more = flag(&answer, "HasMoreTags") == Some(true);
                match last.filter(|_| more) {
                    Some(last) => body["ExclusiveStartTagKey"] = json!(last),
                    None => return Ok(all),
                }
            }
        })
    }

    fn tag_stream<'a>(
        &'a self,
        name: &'a str,
        tags: &'a BTreeMap<String, String>,
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let all: Vec<_> = tags.iter().collect();
            for some in all.chunks(TAGS_AT_ONCE) {
                let some: BTreeMap<_, _> = some.iter().copied().collect();
                let body = json!({"StreamName": name, "Tags": some});
                self.kinesis.call("AddTagsToStream", body).await?;
            }
            Ok(())
        })
    }

    fn untag_stream<'a>(&'a self, name: &'a str, keys: &'a [String]) -> Answer<'a, ()> {
        Box::pin(async move {
            for some in keys.chunks(TAGS_AT_ONCE) {
                let body = json!({"StreamName": name, "TagKeys": some});
                self.kinesis.call("RemoveTagsFromStream", body).await?;
            }
            Ok(())
        })
    }
}
