//! Kinesis by signed calls: its SDK would be compiled for a dozen operations.
use std::collections::BTreeMap;

use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{CreateStream, Kinesis, StreamSummary};
use crate::Error;
use crate::signed::{Repeat, Signed};

const TARGET: &str = "Kinesis_20131202";

/// Tags that one call puts or takes away: the service's limit.
const TAGS_AT_ONCE: usize = 10;

/// Kinesis behind signed calls.
pub(crate) struct Client {
    signed: Signed,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self { signed }
    }

    async fn call(&self, operation: &'static str, body: Value) -> Result<Value, Error> {
        self.signed.json(TARGET, operation, &body).await
    }

    /// A call that is not sent again where its answer was lost: a second one might be refused for what
    /// the first did.
    fn once(&self, operation: &'static str, body: Value) -> BoxFuture<'_, Result<(), Error>> {
        Box::pin(async move {
            self.signed
                .json_repeated(TARGET, operation, &body, Repeat::IfNotReached)
                .await
                .map(drop)
        })
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn summary(answer: &Value) -> StreamSummary {
    let known = answer
        .get("StreamDescriptionSummary")
        .unwrap_or(&Value::Null);
    let text = |name: &str| text(known, name);
    let whole = |name: &str| known.get(name).and_then(Value::as_i64);
    let monitoring = known.get("EnhancedMonitoring").and_then(Value::as_array);
    let metrics = monitoring
        .into_iter()
        .flatten()
        .filter_map(|one| one.get("ShardLevelMetrics")?.as_array())
        .flatten()
        .filter_map(|metric| metric.as_str().map(str::to_owned));
    StreamSummary {
        name: text("StreamName").unwrap_or_default(),
        arn: text("StreamARN").unwrap_or_default(),
        status: text("StreamStatus").unwrap_or_default(),
        mode: known
            .get("StreamModeDetails")
            .and_then(|details| self::text(details, "StreamMode")),
        retention: whole("RetentionPeriodHours"),
        shards: whole("OpenShardCount").unwrap_or_default(),
        encryption: text("EncryptionType").unwrap_or_else(|| "NONE".to_owned()),
        key: text("KeyId"),
        metrics: metrics.collect(),
        max_record_kib: whole("MaxRecordSizeInKiB"),
    }
}

impl Kinesis for Client {
    fn create_stream(&self, request: CreateStream) -> BoxFuture<'_, Result<(), Error>> {
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
        self.once("CreateStream", body)
    }

    fn describe_stream_summary<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<StreamSummary, Error>> {
        Box::pin(async move {
            let body = json!({"StreamName": name});
            Ok(summary(&self.call("DescribeStreamSummary", body).await?))
        })
    }

    fn delete_stream<'a>(
        &'a self,
        name: &'a str,
        consumers: bool,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let body = json!({"EnforceConsumerDeletion": consumers, "StreamName": name});
        Box::pin(async move { self.call("DeleteStream", body).await.map(drop) })
    }

    fn set_retention<'a>(
        &'a self,
        name: &'a str,
        hours: i64,
        longer: bool,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let operation = if longer {
            "IncreaseStreamRetentionPeriod"
        } else {
            "DecreaseStreamRetentionPeriod"
        };
        let body = json!({"RetentionPeriodHours": hours, "StreamName": name});
        self.once(operation, body)
    }

    fn update_shard_count<'a>(
        &'a self,
        name: &'a str,
        count: i64,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let body = json!({
            "ScalingType": "UNIFORM_SCALING",
            "StreamName": name,
            "TargetShardCount": count,
        });
        self.once("UpdateShardCount", body)
    }

    fn update_stream_mode<'a>(
        &'a self,
        arn: &'a str,
        mode: &'a str,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let body = json!({"StreamARN": arn, "StreamModeDetails": {"StreamMode": mode}});
        self.once("UpdateStreamMode", body)
    }

    fn update_max_record_size<'a>(
        &'a self,
        arn: &'a str,
        kib: i64,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let body = json!({"MaxRecordSizeInKiB": kib, "StreamARN": arn});
        self.once("UpdateMaxRecordSize", body)
    }

    fn set_shard_metrics<'a>(
        &'a self,
        name: &'a str,
        metrics: &'a [String],
        on: bool,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let operation = if on {
            "EnableEnhancedMonitoring"
        } else {
            "DisableEnhancedMonitoring"
        };
        let body = json!({"ShardLevelMetrics": metrics, "StreamName": name});
        self.once(operation, body)
    }

    fn set_encryption<'a>(
        &'a self,
        name: &'a str,
        key: &'a str,
        on: bool,
    ) -> BoxFuture<'a, Result<(), Error>> {
        let operation = if on {
            "StartStreamEncryption"
        } else {
            "StopStreamEncryption"
        };
        let body = json!({"EncryptionType": "KMS", "KeyId": key, "StreamName": name});
        self.once(operation, body)
    }

    fn list_stream_tags<'a>(
        &'a self,
        name: &'a str,
    ) -> BoxFuture<'a, Result<BTreeMap<String, String>, Error>> {
        Box::pin(async move {
            let mut all = BTreeMap::new();
            let mut body = json!({"StreamName": name});
            loop {
                let answer = self.call("ListTagsForStream", body.clone()).await?;
                let page = answer.get("Tags").and_then(Value::as_array);
                let mut last = None;
                for tag in page.into_iter().flatten() {
                    if let Some(key) = text(tag, "Key") {
                        last = Some(key.clone());
                        all.insert(key, text(tag, "Value").unwrap_or_default());
                    }
                }
                let more = answer.get("HasMoreTags").and_then(Value::as_bool) == Some(true);
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
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let all: Vec<_> = tags.iter().collect();
            for some in all.chunks(TAGS_AT_ONCE) {
                let some: BTreeMap<_, _> = some.iter().copied().collect();
                let body = json!({"StreamName": name, "Tags": some});
                self.call("AddTagsToStream", body).await?;
            }
            Ok(())
        })
    }

    fn untag_stream<'a>(
        &'a self,
        name: &'a str,
        keys: &'a [String],
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            for some in keys.chunks(TAGS_AT_ONCE) {
                let body = json!({"StreamName": name, "TagKeys": some});
                self.call("RemoveTagsFromStream", body).await?;
            }
            Ok(())
        })
    }
}
