//! What is set on a stream: how long and how large, its shards, encryption, metrics and tags.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::argument;
use super::streams::{DAY, Stream, arn, named, save, settled};
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, broken, invalid, refused, within};

/// The longest that records are kept, in hours.
const YEAR: i64 = 8760;

/// How many tags a stream may have.
const MOST_TAGS: usize = 50;

/// How many tags a list holds at once.
const LISTED_TAGS: usize = 50;

/// The metrics of a shard, which `ALL` stands for.
const METRICS: [&str; 7] = [
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
];

/// Changes the stream that a request names, and answers what the change tells.
fn change(
    call: &Call<'_>,
    describes: u32,
    make: impl FnOnce(&str, &mut Stream) -> Result<Value, Failure>,
) -> Result<Value, Failure> {
    let (name, mut stream) = settled(call)?;
    let told = make(&name, &mut stream)?;
    stream.begin("UPDATING", describes);
    save(call, &name, &stream)?;
    Ok(told)
}

/// Whether a request wants a stream that grows by itself.
pub(super) fn on_demand(call: &Call<'_>) -> Result<bool, Failure> {
    let details = call.request.get("StreamModeDetails");
    match details.and_then(|details| details.get("StreamMode")?.as_str()) {
        None | Some("PROVISIONED") => Ok(false),
        Some("ON_DEMAND") => Ok(true),
        Some(other) => Err(broken(
            Some(other),
            "streamModeDetails.streamMode",
            "Member must satisfy enum value set: [PROVISIONED, ON_DEMAND]",
        )),
    }
}

pub(super) fn retain(call: &Call<'_>, describes: u32, longer: bool) -> Result<Value, Failure> {
    let hours = call.needed_whole("RetentionPeriodHours")?;
    change(call, describes, |name, stream| {
        let kept = stream.retention;
        let refusal = if hours < DAY {
            Some(format!(
                "Minimum allowed retention period is {DAY} hours. Requested retention period ({hours} hours) is too short."
            ))
        } else if hours > YEAR {
            Some(format!(
                "Maximum allowed retention period is {YEAR} hours. Requested retention period ({hours} hours) is too long."
            ))
        } else if longer && hours < kept {
            Some(format!(
                "Requested retention period ({hours} hours) for stream {name} can not be shorter than existing retention period ({kept} hours). Use DecreaseRetentionPeriod API."
            ))
        } else if !longer && hours > kept {
            Some(format!(
                "Requested retention period ({hours} hours) for stream {name} can not be longer than existing retention period ({kept} hours). Use IncreaseRetentionPeriod API."
            ))
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return Err(argument(refusal));
        }
        stream.retention = hours;
        Ok(Value::Null)
    })
}

pub(super) fn shards(call: &Call<'_>, describes: u32) -> Result<Value, Failure> {
    let target = call.needed_whole("TargetShardCount")?;
    within(target, "targetShardCount", 1, i64::from(u32::MAX))?;
    if call.needed("ScalingType")? != "UNIFORM_SCALING" {
        return Err(broken(
            call.text("ScalingType"),
            "scalingType",
            "Member must satisfy enum value set: [UNIFORM_SCALING]",
        ));
    }
    change(call, describes, |name, stream| {
        if stream.on_demand {
            return Err(invalid(format!(
                "Stream {name} is in ON_DEMAND mode, in which shards are not counted."
            )));
        }
        let now = stream.shards;
        let bound = if target > now.saturating_mul(2) {
            Some("up over double")
        } else if target.saturating_mul(2) < now {
            Some("down below half")
        } else {
            None
        };
        if let Some(bound) = bound {
            return Err(argument(format!(
                "UpdateShardCount cannot scale {bound} your current open shard count. Current open shard count: {now} Target shard count: {target}"
            )));
        }
        stream.shards = target;
        Ok(json!({
            "StreamName": name,
            "StreamARN": arn(call, name),
            "CurrentShardCount": now,
            "TargetShardCount": target,
        }))
    })
}

pub(super) fn mode(call: &Call<'_>, describes: u32) -> Result<Value, Failure> {
    let wanted = on_demand(call)?;
    change(call, describes, |_, stream| {
        stream.on_demand = wanted;
        Ok(Value::Null)
    })
}

pub(super) fn record_size(call: &Call<'_>, describes: u32) -> Result<Value, Failure> {
    let kib = call.needed_whole("MaxRecordSizeInKiB")?;
    within(kib, "maxRecordSizeInKiB", 1024, 10240)?;
    change(call, describes, |_, stream| {
        stream.record_kib = kib;
        Ok(Value::Null)
    })
}

pub(super) fn monitor(call: &Call<'_>, describes: u32, on: bool) -> Result<Value, Failure> {
    let mut said = BTreeSet::new();
    for metric in call.texts("ShardLevelMetrics") {
        match metric {
            "ALL" => said.extend(METRICS.map(str::to_owned)),
            known if METRICS.contains(&known) => {
                said.insert(known.to_owned());
            }
            other => {
                return Err(broken(
                    Some(other),
                    "shardLevelMetrics",
                    "Member must satisfy enum value set",
                ));
            }
        }
    }
    change(call, describes, |name, stream| {
        let before = stream.metrics.clone();
        stream.metrics = if on {
            before.union(&said).cloned().collect()
        } else {
            before.difference(&said).cloned().collect()
        };
        Ok(json!({
            "StreamName": name,
            "StreamARN": arn(call, name),
            "CurrentShardLevelMetrics": before,
            "DesiredShardLevelMetrics": stream.metrics,
        }))
    })
}

/// The key of a request for encryption, of which there is one kind.
fn key<'a>(call: &'a Call<'_>) -> Result<&'a str, Failure> {
    match call.needed("EncryptionType")? {
        "KMS" => call.needed("KeyId"),
        other => Err(broken(
            Some(other),
            "encryptionType",
            "Member must satisfy enum value set: [KMS]",
        )),
    }
}

pub(super) fn encrypt(call: &Call<'_>, describes: u32) -> Result<Value, Failure> {
    let key = key(call)?;
    change(call, describes, |_, stream| {
        stream.key = Some(key.to_owned());
        Ok(Value::Null)
    })
}

pub(super) fn decrypt(call: &Call<'_>, describes: u32) -> Result<Value, Failure> {
    key(call)?;
    change(call, describes, |_, stream| {
        stream.key = None;
        Ok(Value::Null)
    })
}

/// The tags that a request gives.
pub(super) fn tags_of(call: &Call<'_>) -> Result<BTreeMap<String, String>, Failure> {
    let given = call.request.get("Tags").and_then(Value::as_object);
    let tags: BTreeMap<String, String> = given
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
        .collect();
    if tags.keys().any(|key| key.starts_with("aws:")) {
        return Err(argument("Tag keys must not begin with aws:"));
    }
    enough(tags)
}

fn enough(tags: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Failure> {
    if tags.len() > MOST_TAGS {
        return Err(refused(
            "InvalidArgumentException",
            "A stream can have at most 50 tags.",
        ));
    }
    Ok(tags)
}

pub(super) fn tag(call: &Call<'_>) -> Result<Value, Failure> {
    let (name, mut stream) = named(call)?;
    stream.tags.extend(tags_of(call)?);
    stream.tags = enough(stream.tags)?;
    save(call, &name, &stream)?;
    Ok(Value::Null)
}

pub(super) fn untag(call: &Call<'_>) -> Result<Value, Failure> {
    let (name, mut stream) = named(call)?;
    for key in call.texts("TagKeys") {
        stream.tags.remove(key);
    }
    save(call, &name, &stream)?;
    Ok(Value::Null)
}

/// Tags come in parts by the last key of the part before.
pub(super) fn tags(call: &Call<'_>) -> Result<Value, Failure> {
    let (_, stream) = named(call)?;
    let after = call.text("ExclusiveStartTagKey").unwrap_or_default();
    let limit = call
        .whole("Limit")
        .and_then(|most| usize::try_from(most).ok());
    let limit = limit.unwrap_or(LISTED_TAGS).clamp(1, LISTED_TAGS);
    let rest = stream.tags.iter().filter(|(key, _)| key.as_str() > after);
    let rest: Vec<Value> = rest
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect();
    Ok(json!({
        "Tags": rest.iter().take(limit).collect::<Vec<_>>(),
        "HasMoreTags": rest.len() > limit,
    }))
}
