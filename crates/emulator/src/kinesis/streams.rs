//! Streams: made, told and deleted.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{argument, settings};
use crate::dynamodb::overlay::Transition;
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, Pages, broken, now, refused, within};

/// The kind of a stream's record.
const KIND: &str = "kinesis/stream";

/// How many shards a stream on demand begins with.
const ON_DEMAND_SHARDS: i64 = 4;

/// Hours that records are kept where nothing is said.
pub(super) const DAY: i64 = 24;

/// The largest record where nothing is said, in KiB.
const RECORD_KIB: i64 = 1024;

/// How many streams are listed at once.
const LISTED: usize = 100;

const PAGES: Pages = Pages {
    limit: "Limit",
    from: "NextToken",
    next: "NextToken",
};

/// What is kept of a stream.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Stream {
    pub(super) shards: i64,
    pub(super) on_demand: bool,
    /// In hours.
    pub(super) retention: i64,
    /// The key that encrypts it, if one does.
    pub(super) key: Option<String>,
    pub(super) metrics: BTreeSet<String>,
    pub(super) record_kib: i64,
    pub(super) created: f64,
    pub(super) tags: BTreeMap<String, String>,
    /// Creation, change or deletion under way.
    transition: Option<Transition>,
}

impl Stream {
    /// What a describe shows, as `ACTIVE`.
    fn status(&self) -> &str {
        self.transition
            .as_ref()
            .map_or("ACTIVE", |transition| &transition.status)
    }

    /// A change is under way from now on.
    pub(super) fn begin(&mut self, status: &str, describes: u32) {
        self.transition = Transition::new(status, describes);
    }

    fn told(&self, call: &Call<'_>, name: &str) -> Value {
        let metrics: Vec<&String> = self.metrics.iter().collect();
        let mut told = json!({
            "StreamName": name,
            "StreamARN": arn(call, name),
            "StreamStatus": self.status(),
            "StreamModeDetails": {"StreamMode": if self.on_demand { "ON_DEMAND" } else { "PROVISIONED" }},
            "RetentionPeriodHours": self.retention,
            "StreamCreationTimestamp": self.created,
            "EnhancedMonitoring": [{"ShardLevelMetrics": metrics}],
            "EncryptionType": if self.key.is_some() { "KMS" } else { "NONE" },
            "MaxRecordSizeInKiB": self.record_kib,
        });
        if let Some(key) = &self.key {
            told["KeyId"] = json!(key);
        }
        told
    }

    /// The shards, each with its even share of the keys.
    fn listed(&self) -> Vec<Value> {
        let count = u128::try_from(self.shards.max(1)).unwrap_or(1);
        let share = u128::MAX / count;
        (0..count)
            .map(|n| {
                let last = if n + 1 == count {
                    u128::MAX
                } else {
                    share * (n + 1) - 1
                };
                json!({
                    "ShardId": format!("shardId-{n:012}"),
                    "HashKeyRange": {
                        "StartingHashKey": (share * n).to_string(),
                        "EndingHashKey": last.to_string(),
                    },
                    "SequenceNumberRange": {"StartingSequenceNumber": format!("{n:056}")},
                })
            })
            .collect()
    }
}

/// The ARN of a stream of the caller's region.
pub(super) fn arn(call: &Call<'_>, name: &str) -> String {
    format!("{}stream/{name}", call.prefix("kinesis"))
}

pub(super) fn save(call: &Call<'_>, name: &str, stream: &Stream) -> Result<(), Failure> {
    call.records.put(KIND, call.region, name, stream)
}

/// Whether a text can be a stream's name.
fn check_name(name: &str) -> Result<(), Failure> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let rule = if name.is_empty() {
        "Member must have length greater than or equal to 1"
    } else if name.len() > 128 {
        "Member must have length less than or equal to 128"
    } else if !name.bytes().all(plain) {
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    } else {
        return Ok(());
    };
    Err(broken(Some(name), "streamName", rule))
}

/// The name of the stream that a request names, by its name or its ARN.
fn name_of(call: &Call<'_>) -> Result<String, Failure> {
    if let Some(name) = call.text("StreamName") {
        check_name(name)?;
        return Ok(name.to_owned());
    }
    let Some(said) = call.text("StreamARN") else {
        return Err(argument(
            "Either StreamName or StreamARN should be specified.",
        ));
    };
    match said.rsplit_once(":stream/") {
        Some((_, name)) if arn(call, name) == said => Ok(name.to_owned()),
        _ => Err(refused(
            "ResourceNotFoundException",
            format!("Stream {said} not found."),
        )),
    }
}

/// The stream that a request names.
pub(super) fn named(call: &Call<'_>) -> Result<(String, Stream), Failure> {
    let name = name_of(call)?;
    match call.records.get(KIND, call.region, &name)? {
        Some(stream) => Ok((name, stream)),
        None => Err(refused(
            "ResourceNotFoundException",
            format!("Stream {name} under account {} not found.", call.account),
        )),
    }
}

/// The stream that a request names, where it can be changed.
pub(super) fn settled(call: &Call<'_>) -> Result<(String, Stream), Failure> {
    let (name, stream) = named(call)?;
    match stream.status() {
        "ACTIVE" => Ok((name, stream)),
        status => Err(refused(
            "ResourceInUseException",
            format!(
                "Stream {name} under account {} not ACTIVE, instead in state {status}",
                call.account
            ),
        )),
    }
}

pub(super) fn create(call: &Call<'_>, describes: u32) -> Result<Value, Failure> {
    let name = call.needed("StreamName")?;
    check_name(name)?;
    let on_demand = settings::on_demand(call)?;
    let shards = match call.whole("ShardCount") {
        Some(_) if on_demand => {
            return Err(refused(
                "ValidationException",
                "ShardCount must not be specified for streams in ON_DEMAND mode.",
            ));
        }
        None if on_demand => ON_DEMAND_SHARDS,
        None => return Err(argument("ShardCount is required for PROVISIONED streams.")),
        Some(count) => {
            within(count, "shardCount", 1, i64::from(u32::MAX))?;
            count
        }
    };
    let record_kib = call.whole("MaxRecordSizeInKiB").unwrap_or(RECORD_KIB);
    within(record_kib, "maxRecordSizeInKiB", 1024, 10240)?;
    let there: Option<Stream> = call.records.get(KIND, call.region, name)?;
    if there.is_some() {
        return Err(refused(
            "ResourceInUseException",
            format!(
                "Stream {name} under account {} already exists.",
                call.account
            ),
        ));
    }
    let mut stream = Stream {
        shards,
        on_demand,
        retention: DAY,
        record_kib,
        created: now(),
        tags: settings::tags_of(call)?,
        ..Stream::default()
    };
    stream.begin("CREATING", describes);
    save(call, name, &stream)?;
    Ok(Value::Null)
}

/// The stream as it is told, and one describe of its change used up.
fn seen(call: &Call<'_>) -> Result<(Value, Stream), Failure> {
    let (name, mut stream) = named(call)?;
    let told = stream.told(call, &name);
    let leaving = stream.status() == "DELETING";
    if Transition::seen(&mut stream.transition) {
        if leaving && stream.transition.is_none() {
            call.records.remove(KIND, call.region, &name)?;
        } else {
            save(call, &name, &stream)?;
        }
    }
    Ok((told, stream))
}

pub(super) fn describe(call: &Call<'_>) -> Result<Value, Failure> {
    let (mut told, stream) = seen(call)?;
    told["Shards"] = stream.listed().into();
    told["HasMoreShards"] = false.into();
    Ok(json!({"StreamDescription": told}))
}

pub(super) fn describe_summary(call: &Call<'_>) -> Result<Value, Failure> {
    let (mut told, stream) = seen(call)?;
    told["OpenShardCount"] = stream.shards.into();
    told["ConsumerCount"] = 0.into();
    Ok(json!({"StreamDescriptionSummary": told}))
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Failure> {
    let all: Vec<(String, Stream)> = call.records.list(KIND, call.region)?;
    let after = call.text("ExclusiveStartStreamName").unwrap_or_default();
    let told = all.into_iter().filter(|(name, _)| name.as_str() > after);
    let told = told.map(|(name, stream)| {
        json!({
            "StreamName": name,
            "StreamARN": arn(call, &name),
            "StreamStatus": stream.status(),
            "StreamModeDetails": stream.told(call, &name)["StreamModeDetails"],
            "StreamCreationTimestamp": stream.created,
        })
    });
    let (mut answer, more) = call.page(&PAGES, "StreamSummaries", told.collect(), LISTED);
    let names = answer["StreamSummaries"].as_array().map(|all| {
        let names = all.iter().map(|one| one["StreamName"].clone());
        names.collect::<Vec<Value>>()
    });
    answer["StreamNames"] = names.unwrap_or_default().into();
    answer["HasMoreStreams"] = more.into();
    Ok(answer)
}

pub(super) fn delete(call: &Call<'_>, describes: u32) -> Result<Value, Failure> {
    let (name, mut stream) = named(call)?;
    stream.begin("DELETING", describes);
    if stream.transition.is_some() {
        save(call, &name, &stream)?;
    } else {
        call.records.remove(KIND, call.region, &name)?;
    }
    Ok(Value::Null)
}
