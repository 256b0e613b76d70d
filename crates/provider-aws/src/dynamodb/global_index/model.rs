//! An index between a block's value and the service's structs.

use trueup_aws::dynamodb::{
    AttributeDefinition, CreateIndex, KeyElement, OnDemandThroughput, Projection,
    SecondaryIndexDescription, TableDescription, Throughput, WarmThroughput,
};
use trueup_value::{Type, Value};

use super::schema::{WARM, blocks, warm_type};
use crate::members::{block, elements, member, text, texts, whole};
use crate::satellite::with;

/// Whether a table is billed by its provisioned capacity.
pub(super) fn is_provisioned(table: &TableDescription) -> bool {
    table.billing_mode.as_deref() != Some("PAY_PER_REQUEST")
}

/// The capacity that a block says.
pub(super) fn provisioned(value: &Value) -> Option<Throughput> {
    let units = block(value, "provisioned_throughput")?;
    Some(Throughput {
        read: whole(units, "read_capacity_units")?,
        write: whole(units, "write_capacity_units")?,
    })
}

/// The limits that a block says; -1 lifts one that is unset.
pub(super) fn limits(value: &Value) -> OnDemandThroughput {
    let limit = |name: &str| {
        let said = block(value, "on_demand_throughput").and_then(|limits| whole(limits, name));
        Some(said.unwrap_or(-1))
    };
    OnDemandThroughput {
        max_read_request_units: limit("max_read_request_units"),
        max_write_request_units: limit("max_write_request_units"),
    }
}

/// What a value says is to be kept warm.
pub(super) fn warm(value: &Value) -> Option<WarmThroughput> {
    let warm = member(value, "warm_throughput").filter(|warm| warm.is_wholly_known())?;
    let [read, write] = WARM;
    Some(WarmThroughput {
        read_units_per_second: whole(warm, read),
        write_units_per_second: whole(warm, write),
    })
}

/// The keys of a value, and the types of their attributes.
pub(super) fn keys(value: &Value) -> (Vec<KeyElement>, Vec<AttributeDefinition>) {
    let of = |key: &Value, name: &str| text(key, name).unwrap_or_default().to_owned();
    let all = elements(value, "key_schema").iter();
    all.map(|key| {
        let attribute = of(key, "attribute_name");
        let definition = AttributeDefinition {
            name: attribute.clone(),
            kind: of(key, "attribute_type"),
        };
        let kind = of(key, "key_type");
        (KeyElement { attribute, kind }, definition)
    })
    .unzip()
}

/// The index to create for a planned value, on a table of that billing mode.
pub(super) fn creation(wanted: &Value, is_provisioned: bool) -> CreateIndex {
    let projection = block(wanted, "projection");
    let kind = projection.and_then(|said| text(said, "projection_type"));
    let limits = limits(wanted);
    let limited =
        limits.max_read_request_units != Some(-1) || limits.max_write_request_units != Some(-1);
    CreateIndex {
        name: text(wanted, "index_name").unwrap_or_default().to_owned(),
        key_schema: keys(wanted).0,
        projection: Projection {
            kind: Some(kind.unwrap_or("ALL").to_owned()),
            non_key_attributes: projection
                .map(|said| texts(said, "non_key_attributes"))
                .unwrap_or_default(),
        },
        throughput: provisioned(wanted).filter(|_| is_provisioned),
        on_demand: Some(limits).filter(|_| limited && !is_provisioned),
        warm: warm(wanted),
    }
}

/// The definitions to send with a new index: those of the table that other keys use, and its own.
///
/// # Errors
/// The attribute whose type is another in keys that are there, with both types.
pub(super) fn definitions(
    table: &TableDescription,
    wanted: &Value,
) -> Result<Vec<AttributeDefinition>, (String, String, String)> {
    let (_, own) = keys(wanted);
    let name = text(wanted, "index_name").unwrap_or_default();
    let used = |attribute: &str| {
        let has = |keys: &[KeyElement]| keys.iter().any(|key| key.attribute == attribute);
        has(&table.key_schema)
            || table
                .local_indexes
                .iter()
                .any(|index| has(&index.key_schema))
            || table
                .global_indexes
                .iter()
                .any(|index| index.name != name && has(&index.key_schema))
    };
    let mut all = Vec::new();
    for there in &table.attributes {
        match own.iter().find(|own| own.name == there.name) {
            Some(own) if own.kind != there.kind && used(&own.name) => {
                return Err((own.name.clone(), there.kind.clone(), own.kind.clone()));
            }
            Some(_) => {}
            None => all.push(there.clone()),
        }
    }
    for own in own {
        if !all.contains(&own) {
            all.push(own);
        }
    }
    all.sort();
    Ok(all)
}

/// The value of an index as it is; `like` is what was planned or believed.
pub(super) fn to_state(
    table: &TableDescription,
    index: &SecondaryIndexDescription,
    like: &Value,
) -> Value {
    let string = |text: &str| Value::string(text);
    let keys = index.key_schema.iter().map(|key| {
        let defined = table.attributes.iter().find(|a| a.name == key.attribute);
        Value::object_from([
            ("attribute_name", string(&key.attribute)),
            (
                "attribute_type",
                string(defined.map_or("", |defined| &defined.kind)),
            ),
            ("key_type", string(&key.kind)),
        ])
    });
    let arn = match &index.arn {
        Some(arn) => arn.clone(),
        None => format!("{}/index/{}", table.arn, index.name),
    };
    with(
        like,
        [
            ("arn", string(&arn)),
            ("index_name", string(&index.name)),
            ("key_schema", blocks("key_schema", keys.collect())),
            ("on_demand_throughput", on_demand_state(table, index, like)),
            ("projection", projection_state(index, like)),
            ("provisioned_throughput", provisioned_state(table, index)),
            ("table_name", string(&table.name)),
            ("warm_throughput", warm_state(index)),
        ],
    )
}

fn provisioned_state(table: &TableDescription, index: &SecondaryIndexDescription) -> Value {
    let units = index.throughput.filter(|_| is_provisioned(table));
    let units = units.iter().map(|units| {
        Value::object_from([
            ("read_capacity_units", Value::number(units.read)),
            ("write_capacity_units", Value::number(units.write)),
        ])
    });
    blocks("provisioned_throughput", units.collect())
}

/// Limits stand in state where there are any, or where the block is there.
fn on_demand_state(
    table: &TableDescription,
    index: &SecondaryIndexDescription,
    like: &Value,
) -> Value {
    let there = index.on_demand.unwrap_or_default();
    let limit = |given: Option<i64>| given.filter(|units| *units > 0).unwrap_or(-1);
    let (read, write) = (
        limit(there.max_read_request_units),
        limit(there.max_write_request_units),
    );
    let said = block(like, "on_demand_throughput").is_some();
    let limited = !is_provisioned(table) && (read != -1 || write != -1);
    let limits = (said || limited).then(|| {
        Value::object_from([
            ("max_read_request_units", Value::number(read)),
            ("max_write_request_units", Value::number(write)),
        ])
    });
    blocks("on_demand_throughput", limits.into_iter().collect())
}

fn projection_state(index: &SecondaryIndexDescription, like: &Value) -> Value {
    let before = block(like, "projection");
    let kind = index.projection.kind.as_deref().unwrap_or("ALL");
    if before.is_none() && kind == "ALL" && member(like, "projection").is_some() {
        return blocks("projection", Vec::new());
    }
    let names = &index.projection.non_key_attributes;
    let set = Type::set(Type::String);
    let others = match names.is_empty() {
        false => Value::set(Type::String, names.iter().map(Value::string).collect()),
        true => before
            .and_then(|before| member(before, "non_key_attributes").cloned())
            .filter(|before| before.length() == Some(0))
            .unwrap_or_else(|| Value::null(set)),
    };
    let projection = Value::object_from([
        ("non_key_attributes", others),
        ("projection_type", Value::string(kind)),
    ]);
    blocks("projection", vec![projection])
}

fn warm_state(index: &SecondaryIndexDescription) -> Value {
    let Some(warm) = &index.warm else {
        return Value::null(warm_type());
    };
    let [read, write] = WARM;
    Value::object_from([
        (read, Value::number(warm.read_units_per_second.unwrap_or(0))),
        (
            write,
            Value::number(warm.write_units_per_second.unwrap_or(0)),
        ),
    ])
}
