//! The SDK's types as our plain structs, for answers.
use std::collections::HashMap;

use aws_sdk_dynamodb::types as sdk;
use bytes::Bytes;

use super::{
    AttributeDefinition, AttributeValue, ContinuousBackups, Item, KeyElement,
    LocalIndexDescription, OnDemandThroughput, Projection, Replica, RestoreSummary,
    SecondaryIndexDescription, SseDescription, Stream, TableDescription, Throughput, TimeToLive,
    WarmThroughputDescription, Witness,
};

/// A value of a type that this program does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnknownType;

pub(super) fn value(value: sdk::AttributeValue) -> Result<AttributeValue, UnknownType> {
    Ok(match value {
        sdk::AttributeValue::S(text) => AttributeValue::S(text),
        sdk::AttributeValue::N(text) => AttributeValue::N(text),
        sdk::AttributeValue::B(blob) => AttributeValue::B(Bytes::from(blob.into_inner())),
        sdk::AttributeValue::Bool(yes) => AttributeValue::Bool(yes),
        sdk::AttributeValue::Null(_) => AttributeValue::Null,
        sdk::AttributeValue::L(list) => AttributeValue::L(
            list.into_iter()
                .map(self::value)
                .collect::<Result<_, _>>()?,
        ),
        sdk::AttributeValue::M(map) => AttributeValue::M(item(map)?),
        sdk::AttributeValue::Ss(set) => AttributeValue::Ss(set),
        sdk::AttributeValue::Ns(set) => AttributeValue::Ns(set),
        sdk::AttributeValue::Bs(set) => AttributeValue::Bs(
            set.into_iter()
                .map(|b| Bytes::from(b.into_inner()))
                .collect(),
        ),
        _ => return Err(UnknownType),
    })
}

pub(super) fn item(item: HashMap<String, sdk::AttributeValue>) -> Result<Item, UnknownType> {
    item.into_iter().map(|(k, v)| Ok((k, value(v)?))).collect()
}

pub(super) fn table(t: sdk::TableDescription) -> TableDescription {
    TableDescription {
        name: t.table_name.unwrap_or_default(),
        arn: t.table_arn.unwrap_or_default(),
        id: t.table_id,
        status: text(t.table_status.as_ref().map(|s| s.as_str())).unwrap_or_default(),
        created: t.creation_date_time.map(|d| d.as_secs_f64()),
        attributes: t
            .attribute_definitions
            .unwrap_or_default()
            .into_iter()
            .map(|a| AttributeDefinition {
                kind: a.attribute_type.as_str().to_owned(),
                name: a.attribute_name,
            })
            .collect(),
        key_schema: key_schema(t.key_schema),
        billing_mode: t
            .billing_mode_summary
            .and_then(|s| text(s.billing_mode.as_ref().map(|m| m.as_str()))),
        throughput: throughput(t.provisioned_throughput),
        on_demand: on_demand(t.on_demand_throughput),
        warm: t.warm_throughput.map(|w| WarmThroughputDescription {
            read_units_per_second: w.read_units_per_second,
            write_units_per_second: w.write_units_per_second,
            status: text(w.status.as_ref().map(|s| s.as_str())),
        }),
        local_indexes: t
            .local_secondary_indexes
            .unwrap_or_default()
            .into_iter()
            .map(|i| LocalIndexDescription {
                name: i.index_name.unwrap_or_default(),
                arn: i.index_arn,
                key_schema: key_schema(i.key_schema),
                projection: projection(i.projection),
            })
            .collect(),
        global_indexes: t
            .global_secondary_indexes
            .unwrap_or_default()
            .into_iter()
            .map(global_index)
            .collect(),
        stream: t.stream_specification.map(|s| Stream {
            enabled: s.stream_enabled,
            view_type: text(s.stream_view_type.as_ref().map(|v| v.as_str())),
        }),
        latest_stream_arn: t.latest_stream_arn,
        latest_stream_label: t.latest_stream_label,
        sse: t.sse_description.map(|s| SseDescription {
            status: text(s.status.as_ref().map(|s| s.as_str())),
            kind: text(s.sse_type.as_ref().map(|s| s.as_str())),
            kms_key_arn: s.kms_master_key_arn,
        }),
        table_class: t
            .table_class_summary
            .and_then(|s| text(s.table_class.as_ref().map(|c| c.as_str()))),
        deletion_protection: t.deletion_protection_enabled,
        replicas: t
            .replicas
            .unwrap_or_default()
            .into_iter()
            .map(replica)
            .collect(),
        global_table_version: t.global_table_version,
        multi_region_consistency: text(t.multi_region_consistency.as_ref().map(|c| c.as_str())),
        witnesses: t
            .global_table_witnesses
            .unwrap_or_default()
            .into_iter()
            .map(|w| Witness {
                region: w.region_name.unwrap_or_default(),
                status: text(w.witness_status.as_ref().map(|s| s.as_str())),
            })
            .collect(),
        restore: t.restore_summary.map(|r| RestoreSummary {
            source_backup_arn: r.source_backup_arn,
            source_table_arn: r.source_table_arn,
            restored_to: r.restore_date_time.as_secs_f64(),
            in_progress: r.restore_in_progress,
        }),
        item_count: t.item_count,
        size_bytes: t.table_size_bytes,
    }
}

fn global_index(i: sdk::GlobalSecondaryIndexDescription) -> SecondaryIndexDescription {
    SecondaryIndexDescription {
        name: i.index_name.unwrap_or_default(),
        arn: i.index_arn,
        status: text(i.index_status.as_ref().map(|s| s.as_str())),
        backfilling: i.backfilling.unwrap_or_default(),
        key_schema: key_schema(i.key_schema),
        projection: projection(i.projection),
        throughput: throughput(i.provisioned_throughput),
        on_demand: on_demand(i.on_demand_throughput),
        warm: i.warm_throughput.map(|w| WarmThroughputDescription {
            read_units_per_second: w.read_units_per_second,
            write_units_per_second: w.write_units_per_second,
            status: text(w.status.as_ref().map(|s| s.as_str())),
        }),
    }
}

fn replica(r: sdk::ReplicaDescription) -> Replica {
    Replica {
        region: r.region_name.unwrap_or_default(),
        arn: r.replica_arn,
        status: text(r.replica_status.as_ref().map(|s| s.as_str())),
        status_description: r.replica_status_description,
        kms_key: r.kms_master_key_id,
        table_class: r
            .replica_table_class_summary
            .and_then(|s| text(s.table_class.as_ref().map(|c| c.as_str()))),
    }
}

pub(super) fn backups(given: Option<sdk::ContinuousBackupsDescription>) -> ContinuousBackups {
    let Some(given) = given else {
        return ContinuousBackups {
            status: "DISABLED".to_owned(),
            ..ContinuousBackups::default()
        };
    };
    let recovery = given.point_in_time_recovery_description;
    ContinuousBackups {
        status: given.continuous_backups_status.as_str().to_owned(),
        point_in_time_recovery: recovery
            .as_ref()
            .and_then(|r| text(r.point_in_time_recovery_status.as_ref().map(|s| s.as_str()))),
        recovery_period_in_days: recovery.and_then(|r| r.recovery_period_in_days),
    }
}

pub(super) fn time_to_live(given: Option<sdk::TimeToLiveDescription>) -> TimeToLive {
    let status = given
        .as_ref()
        .and_then(|g| text(g.time_to_live_status.as_ref().map(|s| s.as_str())));
    TimeToLive {
        status: status.unwrap_or_else(|| "DISABLED".to_owned()),
        attribute: given.and_then(|g| g.attribute_name),
    }
}

/// A word of one of the SDK's enumerations, as the service says it.
pub(super) fn text(given: Option<&str>) -> Option<String> {
    given.map(str::to_owned)
}

fn key_schema(given: Option<Vec<sdk::KeySchemaElement>>) -> Vec<KeyElement> {
    given
        .unwrap_or_default()
        .into_iter()
        .map(|k| KeyElement {
            kind: k.key_type.as_str().to_owned(),
            attribute: k.attribute_name,
        })
        .collect()
}

fn projection(given: Option<sdk::Projection>) -> Projection {
    given.map_or_else(Projection::default, |p| Projection {
        kind: text(p.projection_type.as_ref().map(|k| k.as_str())),
        non_key_attributes: p.non_key_attributes.unwrap_or_default(),
    })
}

fn throughput(given: Option<sdk::ProvisionedThroughputDescription>) -> Option<Throughput> {
    given.map(|t| Throughput {
        read: t.read_capacity_units.unwrap_or_default(),
        write: t.write_capacity_units.unwrap_or_default(),
    })
}

fn on_demand(given: Option<sdk::OnDemandThroughput>) -> Option<OnDemandThroughput> {
    given.map(|t| OnDemandThroughput {
        max_read_request_units: t.max_read_request_units,
        max_write_request_units: t.max_write_request_units,
    })
}
