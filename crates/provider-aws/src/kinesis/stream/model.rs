//! A stream between its forms: what Kinesis tells, and the value that stands in state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_aws::kinesis::{CreateStream, StreamSummary};
use trueup_value::{Type, Value};

use super::schema::{RECORD_SIZE, body};
use crate::members::{block, filled, member, text, text_map, texts, whole};
use crate::tags::{TagPolicy, Tags, to_value};

/// Shards are counted, and paid for.
pub(super) const PROVISIONED: &str = "PROVISIONED";

/// Shards come and go by themselves.
pub(super) const ON_DEMAND: &str = "ON_DEMAND";

/// The metrics of a shard, which `ALL` stands for.
pub(super) const METRICS: [&str; 7] = [
    "IncomingBytes",
    "IncomingRecords",
    "OutgoingBytes",
    "OutgoingRecords",
    "WriteProvisionedThroughputExceeded",
    "ReadProvisionedThroughputExceeded",
    "IteratorAgeMilliseconds",
];

/// A stream and its tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) summary: StreamSummary,
    pub(crate) tags: Tags,
}

/// The mode that a value names; nothing where it leaves it to Kinesis.
pub(super) fn said_mode(value: &Value) -> Option<&str> {
    block(value, "stream_mode_details").and_then(|details| filled(details, "stream_mode"))
}

/// Whether shards of a value's stream are counted.
pub(super) fn is_provisioned(value: &Value) -> bool {
    said_mode(value).is_none_or(|mode| mode == PROVISIONED)
}

/// CreateStream for a planned value.
pub(super) fn creation(wanted: &Value) -> CreateStream {
    CreateStream {
        name: text(wanted, "name").unwrap_or_default().to_owned(),
        shards: whole(wanted, "shard_count").filter(|_| is_provisioned(wanted)),
        mode: said_mode(wanted).map(str::to_owned),
        max_record_kib: whole(wanted, RECORD_SIZE),
    }
}

/// The metrics that a value names, all of them where it says so in one word.
pub(super) fn metrics(value: &Value) -> BTreeSet<String> {
    let said = texts(value, "shard_level_metrics");
    if said == ["ALL"] {
        return METRICS.map(str::to_owned).into();
    }
    said.into_iter().collect()
}

/// The value of a stream that is there. `like` is what was planned or believed of it: it keeps what
/// Kinesis does not tell, and says in what words things are told.
pub(super) fn to_state(found: &Found, tags: &TagPolicy, like: &Value) -> Value {
    let stream = &found.summary;
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    for (name, value) in [
        ("arn", stream.arn.as_str()),
        ("encryption_type", &stream.encryption),
        ("id", &stream.arn),
        ("kms_key_id", stream.key.as_deref().unwrap_or_default()),
        ("name", &stream.name),
    ] {
        say(name, Value::string(value));
    }
    if let Some(hours) = stream.retention {
        say("retention_period", Value::number(hours));
    }
    let mode = stream.mode.as_deref();
    if mode != Some(ON_DEMAND) {
        say("shard_count", Value::number(stream.shards));
    }
    let told: BTreeSet<String> = stream.metrics.iter().cloned().collect();
    // Where they were asked for in one word they are told so.
    let metrics = if self::metrics(like) == told {
        texts(like, "shard_level_metrics")
    } else {
        told.into_iter().collect()
    };
    let metrics = metrics.iter().map(Value::string).collect();
    say("shard_level_metrics", Value::set(Type::String, metrics));
    if let Some(details) = body()
        .blocks
        .iter()
        .find(|each| each.name == "stream_mode_details")
    {
        let told = mode.map(|mode| Value::object_from([("stream_mode", Value::string(mode))]));
        say(details.name, details.of(told.into_iter().collect()));
    }
    if member(like, RECORD_SIZE).is_some()
        && let Some(kib) = stream.max_record_kib
    {
        say(RECORD_SIZE, Value::number(kib));
    }
    let (all, own) = tags.read(&found.tags, &text_map(like, "tags"));
    say("tags_all", to_value(&all));
    say("tags", to_value(&own));
    if let Some(members) = like.as_members() {
        for name in ["enforce_consumer_deletion", "timeouts"] {
            if let Some(kept) = members.get(name).filter(|kept| kept.is_wholly_known()) {
                say(name, kept.clone());
            }
        }
    }
    body().value(said)
}
