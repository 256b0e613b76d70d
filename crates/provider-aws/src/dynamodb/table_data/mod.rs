//! The data source `aws_dynamodb_table`: everything about a table, whoever made it.

pub(crate) mod schema;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::dynamodb::{
    KeyElement, OnDemandThroughput, Projection, TableDescription, WarmThroughputDescription,
};
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Type, Value};

use super::table::{Besides, Limits, Tables, Warm, keys};
use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::filled;
use crate::region::Place;
use crate::tags::to_value;

/// The data source under one provider configuration. It reads as the resource type does.
pub(crate) struct TableData(Tables);

impl TableData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(Tables::of(place))))
    }
}

impl Lookup for TableData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let tables = &self.0;
        let name = filled(config, "name").unwrap_or_default();
        let doing = format!("reading DynamoDB Table ({name})");
        let failed = |error| vec![problem(&doing, &error)];
        let Some(table) = tables.find(name).await.map_err(failed)? else {
            let advice = format!(
                "There is no table named {name:?} in {}. Check the name, the region and the account.",
                tables.aws.region
            );
            let found = Problem::error(format!("{doing}: couldn't find resource"), advice);
            return Err(vec![found.at(Path::new().attr("name"))]);
        };
        tables.known.keys.is(&table);
        let besides = tables.besides(&table).await.map_err(failed)?;
        let tags = tables.tags.read(&besides.tags, &besides.tags).0;
        Ok(to_data(&table, &besides, to_value(&tags)))
    }
}

fn text(value: Option<&str>) -> Value {
    Value::string(value.unwrap_or_default())
}

fn names(projection: &Projection) -> Value {
    Value::list(
        Type::String,
        projection
            .non_key_attributes
            .iter()
            .map(Value::string)
            .collect(),
    )
}

fn units(of: Option<i64>) -> Value {
    match of {
        Some(of) => Value::number(of),
        None => Value::null(Type::Number),
    }
}

fn on_demand(limits: Option<OnDemandThroughput>) -> Value {
    Value::list(schema::on_demand(), Limits::described(limits).blocks(None))
}

/// What is kept warm, where somebody asked for more than AWS serves anyway.
fn warm(throughput: Option<&WarmThroughputDescription>, mode: &str) -> Value {
    let on_demand = mode == "PAY_PER_REQUEST";
    Value::list(schema::warm(), Warm::blocks(throughput, on_demand, None))
}

/// The attributes of a key that `hash_key` and `range_key` have no room for: several of a kind. Others
/// are said by these two alone, as by every release.
fn key_schema(elements: &[KeyElement]) -> Value {
    let several = |kind: &str| elements.iter().filter(|one| one.kind == kind).count() > 1;
    let said = match several("HASH") || several("RANGE") {
        true => elements,
        false => &[],
    };
    let said = said.iter().map(|element| {
        Value::object_from([
            ("attribute_name", Value::string(&element.attribute)),
            ("key_type", Value::string(&element.kind)),
        ])
    });
    Value::list(schema::key_element(), said.collect())
}

fn to_data(table: &TableDescription, besides: &Besides, tags: Value) -> Value {
    let body = schema::body();
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    let (hash, range) = keys(&table.key_schema);
    say("arn", Value::string(&table.arn));
    say("id", Value::string(&table.name));
    say("name", Value::string(&table.name));
    say("hash_key", text(hash.as_deref()));
    if let Some(range) = &range {
        say("range_key", Value::string(range));
    }
    let mode = table.billing_mode.as_deref().unwrap_or("PROVISIONED");
    say("billing_mode", Value::string(mode));
    let throughput = table.throughput.unwrap_or_default();
    say("read_capacity", Value::number(throughput.read));
    say("write_capacity", Value::number(throughput.write));
    say(
        "deletion_protection_enabled",
        Value::bool(table.deletion_protection == Some(true)),
    );
    let stream = table.stream.clone().unwrap_or_default();
    say("stream_enabled", Value::bool(stream.enabled));
    say("stream_view_type", text(stream.view_type.as_deref()));
    say("stream_arn", text(table.latest_stream_arn.as_deref()));
    say("stream_label", text(table.latest_stream_label.as_deref()));
    let class = table.table_class.as_deref().unwrap_or("STANDARD");
    say("table_class", Value::string(class));
    say("tags", tags);
    let attributes = table.attributes.iter().map(|definition| {
        Value::object_from([
            ("name", Value::string(&definition.name)),
            ("type", Value::string(&definition.kind)),
        ])
    });
    say(
        "attribute",
        Value::set(schema::attribute(), attributes.collect()),
    );
    let global = table.global_indexes.iter().map(|index| {
        let (hash, range) = keys(&index.key_schema);
        let throughput = index.throughput.unwrap_or_default();
        Value::object_from([
            ("hash_key", text(hash.as_deref())),
            ("key_schema", key_schema(&index.key_schema)),
            ("name", Value::string(&index.name)),
            ("non_key_attributes", names(&index.projection)),
            ("on_demand_throughput", on_demand(index.on_demand)),
            ("projection_type", text(index.projection.kind.as_deref())),
            ("range_key", text(range.as_deref())),
            ("read_capacity", Value::number(throughput.read)),
            ("warm_throughput", warm(index.warm.as_ref(), mode)),
            ("write_capacity", Value::number(throughput.write)),
        ])
    });
    say(
        "global_secondary_index",
        Value::set(schema::global_index(), global.collect()),
    );
    let local = table.local_indexes.iter().map(|index| {
        let (_, range) = keys(&index.key_schema);
        Value::object_from([
            ("name", Value::string(&index.name)),
            ("non_key_attributes", names(&index.projection)),
            ("projection_type", text(index.projection.kind.as_deref())),
            ("range_key", text(range.as_deref())),
        ])
    });
    say(
        "local_secondary_index",
        Value::set(schema::local_index(), local.collect()),
    );
    say("on_demand_throughput", on_demand(table.on_demand));
    say("warm_throughput", warm(table.warm.as_ref(), mode));
    let recovery = Value::object_from([
        ("enabled", Value::bool(besides.recovery)),
        (
            "recovery_period_in_days",
            units(besides.recovery_days.filter(|_| besides.recovery)),
        ),
    ]);
    say(
        "point_in_time_recovery",
        Value::list(schema::recovery(), vec![recovery]),
    );
    let ttl = Value::object_from([
        ("attribute_name", text(besides.ttl.as_deref())),
        ("enabled", Value::bool(besides.ttl.is_some())),
    ]);
    say("ttl", Value::set(schema::ttl(), vec![ttl]));
    let replicas = table.replicas.iter().map(|replica| {
        Value::object_from([
            ("kms_key_arn", text(replica.kms_key.as_deref())),
            ("region_name", Value::string(&replica.region)),
        ])
    });
    say("replica", Value::set(schema::replica(), replicas.collect()));
    let encryption = table.sse.iter().map(|sse| {
        Value::object_from([
            (
                "enabled",
                Value::bool(sse.status.as_deref() == Some("ENABLED")),
            ),
            ("kms_key_arn", text(sse.kms_key_arn.as_deref())),
        ])
    });
    if let Some(nested) = body.blocks.first() {
        say(nested.name, nested.of(encryption.collect()));
    }
    body.value(said)
}
