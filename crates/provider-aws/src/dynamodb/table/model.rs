//! A table between its forms: what DynamoDB describes, and the value that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::dynamodb::{
    AttributeDefinition, CreateIndex, KeyElement, LocalIndex, Projection,
    SecondaryIndexDescription, TableDescription, Throughput,
};
use trueup_value::{Type, Value};

use super::features::recovery;
use super::keys::Keys;
use super::schema::body;
use super::throughput::{Limits, Warm};
use crate::members::{block, elements, filled, text, texts, whole};
use crate::rules::Nested;
use crate::tags::{TagPolicy, Tags, to_value};

/// What belongs to a table and takes calls of its own to read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Besides {
    /// Whether point-in-time recovery is on.
    pub(crate) recovery: bool,
    /// How many days back it reaches, where it is on and AWS tells.
    pub(crate) recovery_days: Option<i64>,
    /// The attribute of the time to live, where it is on.
    pub(crate) ttl: Option<String>,
    /// The tags, all of them.
    pub(crate) tags: Tags,
    /// The replicas in other regions.
    pub(crate) replicas: Vec<super::replicas::Found>,
}

fn string(value: impl AsRef<str>) -> Value {
    Value::string(value)
}

fn number(value: i64) -> Value {
    Value::number(value)
}

fn nested(name: &str) -> Option<&'static Nested> {
    body().blocks.iter().find(|nested| nested.name == name)
}

/// Blocks of a table as a value of their type.
pub(crate) fn blocks(name: &str, elements: Vec<Value>) -> Value {
    match nested(name) {
        Some(nested) => nested.of(elements),
        None => Value::dynamic_null(),
    }
}

fn key_of(schema: &[KeyElement], kind: &str) -> Option<String> {
    schema
        .iter()
        .find(|element| element.kind == kind)
        .map(|element| element.attribute.clone())
}

/// The hash key and the range key of a key schema.
pub(crate) fn keys(schema: &[KeyElement]) -> (Option<String>, Option<String>) {
    (key_of(schema, "HASH"), key_of(schema, "RANGE"))
}

/// The value of a table that is there. `prior` is what was believed or planned of it: it keeps what
/// AWS does not tell.
pub(crate) fn to_state(
    table: &TableDescription,
    besides: &Besides,
    policy: &TagPolicy,
    prior: Option<&Value>,
) -> Value {
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    let (hash, range) = keys(&table.key_schema);
    let prior_of = |name: &str| prior.and_then(|prior| text(prior, name));
    say("arn", string(&table.arn));
    say("id", string(&table.name));
    say("name", string(&table.name));
    say(
        "billing_mode",
        string(table.billing_mode.as_deref().unwrap_or("PROVISIONED")),
    );
    let on_demand = table.billing_mode.as_deref() == Some("PAY_PER_REQUEST");
    let throughput = table.throughput.unwrap_or_default();
    say("read_capacity", number(throughput.read));
    say("write_capacity", number(throughput.write));
    say(
        "deletion_protection_enabled",
        Value::bool(table.deletion_protection == Some(true)),
    );
    if let Some(hash) = hash {
        say("hash_key", string(hash));
    }
    if let Some(range) = range {
        say("range_key", string(range));
    }
    match &table.stream {
        Some(stream) => {
            say("stream_enabled", Value::bool(stream.enabled));
            say(
                "stream_view_type",
                string(stream.view_type.as_deref().unwrap_or_default()),
            );
        }
        None => {
            say("stream_enabled", Value::bool(false));
            // A stream that was turned off leaves its view type behind.
            say(
                "stream_view_type",
                string(prior_of("stream_view_type").unwrap_or_default()),
            );
        }
    }
    say(
        "stream_arn",
        string(table.latest_stream_arn.as_deref().unwrap_or_default()),
    );
    say(
        "stream_label",
        string(table.latest_stream_label.as_deref().unwrap_or_default()),
    );
    say(
        "table_class",
        string(table.table_class.as_deref().unwrap_or("STANDARD")),
    );
    say("attribute", attributes(&table.attributes));
    say(
        "global_secondary_index",
        blocks(
            "global_secondary_index",
            table
                .global_indexes
                .iter()
                .map(|index| {
                    let like = prior.and_then(|prior| index_named(prior, &index.name));
                    global_index(index, on_demand, like)
                })
                .collect(),
        ),
    );
    say("local_secondary_index", local_indexes(table, prior));
    say("server_side_encryption", encryption(table, prior));
    say(
        "point_in_time_recovery",
        blocks("point_in_time_recovery", vec![recovery(besides, prior)]),
    );
    let limits = Limits::described(table.on_demand.filter(|_| on_demand));
    say(
        "on_demand_throughput",
        blocks("on_demand_throughput", limits.blocks(prior)),
    );
    let warm = Warm::blocks(table.warm.as_ref(), on_demand, prior);
    say("warm_throughput", blocks("warm_throughput", warm));
    say(
        "ttl",
        blocks(
            "ttl",
            vec![Value::object_from([
                (
                    "attribute_name",
                    string(besides.ttl.as_deref().unwrap_or_default()),
                ),
                ("enabled", Value::bool(besides.ttl.is_some())),
            ])],
        ),
    );
    say(
        "replica",
        super::replicas::to_state(table, besides, policy, prior),
    );
    say(
        "global_table_witness",
        super::replicas::witness_to_state(table),
    );
    let own = prior
        .map(|prior| crate::members::text_map(prior, "tags"))
        .unwrap_or_default();
    let (all, tags) = policy.read(&besides.tags, &own);
    say("tags_all", to_value(&all));
    say("tags", to_value(&tags));
    if let Some(members) = prior.and_then(Value::as_members) {
        for name in [
            "import_table",
            "restore_backup_arn",
            "restore_date_time",
            "restore_source_name",
            "restore_source_table_arn",
            "restore_to_latest_time",
            "timeouts",
        ] {
            if let Some(kept) = members.get(name).filter(|kept| kept.is_wholly_known()) {
                say(name, kept.clone());
            }
        }
    }
    body().value(said)
}

fn attributes(definitions: &[AttributeDefinition]) -> Value {
    let elements = definitions.iter().map(|definition| {
        Value::object_from([
            ("name", string(&definition.name)),
            ("type", string(&definition.kind)),
        ])
    });
    blocks("attribute", elements.collect())
}

/// The global index of that name in a table's value.
pub(crate) fn index_named<'v>(table: &'v Value, name: &str) -> Option<&'v Value> {
    elements(table, "global_secondary_index")
        .iter()
        .find(|index| text(index, "name") == Some(name))
}

/// `like` is what was believed or planned of the index: keys keep the form in which they stand there.
fn global_index(index: &SecondaryIndexDescription, on_demand: bool, like: Option<&Value>) -> Value {
    let keys = Keys::of_schema(&index.key_schema);
    let throughput = index.throughput.unwrap_or_default();
    let by_blocks =
        !keys.is_plain() || like.is_some_and(|like| !elements(like, "key_schema").is_empty());
    let key_blocks = if by_blocks { keys.blocks() } else { Vec::new() };
    let limits = Limits::described(index.on_demand.filter(|_| on_demand));
    let warm = Warm::blocks(index.warm.as_ref(), on_demand, like);
    Value::object_from([
        ("hash_key", string(keys.only_hash().unwrap_or_default())),
        ("key_schema", index_blocks("key_schema", key_blocks)),
        ("name", string(&index.name)),
        ("non_key_attributes", set_of(&index.projection)),
        (
            "on_demand_throughput",
            index_blocks("on_demand_throughput", limits.blocks(like)),
        ),
        (
            "projection_type",
            string(index.projection.kind.as_deref().unwrap_or_default()),
        ),
        ("range_key", string(keys.only_range().unwrap_or_default())),
        ("read_capacity", number(throughput.read)),
        ("warm_throughput", index_blocks("warm_throughput", warm)),
        ("write_capacity", number(throughput.write)),
    ])
}

/// Blocks of a global index as a value of their type.
pub(crate) fn index_blocks(name: &str, elements: Vec<Value>) -> Value {
    let inner = nested("global_secondary_index")
        .and_then(|index| index.body.blocks.iter().find(|inner| inner.name == name));
    match inner {
        Some(inner) => inner.of(elements),
        None => Value::dynamic_null(),
    }
}

fn set_of(projection: &Projection) -> Value {
    Value::set(
        Type::String,
        projection.non_key_attributes.iter().map(string).collect(),
    )
}

/// Local indexes keep the order of their further attributes as it was written: the service has none.
fn local_indexes(table: &TableDescription, prior: Option<&Value>) -> Value {
    let before = prior.map_or(&[][..], |prior| elements(prior, "local_secondary_index"));
    let elements = table.local_indexes.iter().map(|index| {
        let (_, range) = keys(&index.key_schema);
        let mut names = index.projection.non_key_attributes.clone();
        let written = before
            .iter()
            .find(|block| text(block, "name") == Some(&index.name))
            .map(|block| texts(block, "non_key_attributes"));
        if let Some(written) = written {
            let sorted = |names: &[String]| {
                let mut names = names.to_vec();
                names.sort();
                names
            };
            if sorted(&written) == sorted(&names) {
                names = written;
            }
        }
        Value::object_from([
            ("name", string(&index.name)),
            (
                "non_key_attributes",
                Value::list(Type::String, names.iter().map(string).collect()),
            ),
            (
                "projection_type",
                string(index.projection.kind.as_deref().unwrap_or_default()),
            ),
            ("range_key", string(range.unwrap_or_default())),
        ])
    });
    blocks("local_secondary_index", elements.collect())
}

/// The account's default key is never written down: without a key in the block none stands in state.
fn encryption(table: &TableDescription, prior: Option<&Value>) -> Value {
    let elements = match &table.sse {
        None => Vec::new(),
        Some(sse) => {
            let named = prior
                .and_then(|prior| block(prior, "server_side_encryption"))
                .is_none_or(|block| filled(block, "kms_key_arn").is_some());
            let key = sse
                .kms_key_arn
                .as_deref()
                .filter(|_| named)
                .unwrap_or_default();
            vec![Value::object_from([
                (
                    "enabled",
                    Value::bool(sse.status.as_deref() == Some("ENABLED")),
                ),
                ("kms_key_arn", string(key)),
            ])]
        }
    };
    blocks("server_side_encryption", elements)
}

/// The attribute definitions that a table's block says.
pub(crate) fn definitions(value: &Value) -> Vec<AttributeDefinition> {
    elements(value, "attribute")
        .iter()
        .map(|block| AttributeDefinition {
            name: text(block, "name").unwrap_or_default().to_owned(),
            kind: text(block, "type").unwrap_or_default().to_owned(),
        })
        .collect()
}

/// A key schema of a hash key and perhaps a range key.
pub(crate) fn key_schema(hash: &str, range: Option<&str>) -> Vec<KeyElement> {
    let element = |attribute: &str, kind: &str| KeyElement {
        attribute: attribute.to_owned(),
        kind: kind.to_owned(),
    };
    std::iter::once(element(hash, "HASH"))
        .chain(range.map(|range| element(range, "RANGE")))
        .collect()
}

fn projection(block: &Value) -> Projection {
    Projection {
        kind: filled(block, "projection_type").map(str::to_owned),
        non_key_attributes: texts(block, "non_key_attributes"),
    }
}

/// The local indexes that a table's block says.
pub(crate) fn local_indexes_to_create(value: &Value) -> Vec<LocalIndex> {
    let hash = text(value, "hash_key").unwrap_or_default();
    elements(value, "local_secondary_index")
        .iter()
        .map(|block| LocalIndex {
            name: text(block, "name").unwrap_or_default().to_owned(),
            key_schema: key_schema(hash, filled(block, "range_key")),
            projection: projection(block),
        })
        .collect()
}

/// The units that a block says; unset is 0.
pub(crate) fn throughput(block: &Value) -> Throughput {
    Throughput {
        read: whole(block, "read_capacity").unwrap_or(0),
        write: whole(block, "write_capacity").unwrap_or(0),
    }
}

/// A global index that a block says.
pub(crate) fn index_to_create(block: &Value, provisioned: bool) -> CreateIndex {
    CreateIndex {
        name: text(block, "name").unwrap_or_default().to_owned(),
        key_schema: Keys::of_index(block).schema(),
        projection: projection(block),
        throughput: provisioned.then(|| throughput(block)),
        on_demand: Limits::of(block).to_create().filter(|_| !provisioned),
        warm: Warm::of(block).to_send(),
    }
}

/// The types of key attributes by name, as a table's value says them.
pub(crate) fn types(value: &Value) -> BTreeMap<&str, &str> {
    elements(value, "attribute")
        .iter()
        .filter_map(|block| Some((text(block, "name")?, text(block, "type")?)))
        .collect()
}
