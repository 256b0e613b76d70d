//! Our plain structs as the SDK's types, for requests.
use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types as sdk;
use aws_smithy_types::Blob;
use aws_smithy_types::error::operation::BuildError;

use super::{
    AttributeDefinition, AttributeValue, CreateIndex, CreateReplica, IndexUpdate, Item, KeyElement,
    LocalIndex, OnDemandThroughput, Projection, ReplicaUpdate, Sse, Stream, Throughput,
    UpdateIndex, WarmThroughput, WitnessUpdate,
};

type Built<T> = Result<T, BuildError>;

pub(super) fn value(value: AttributeValue) -> sdk::AttributeValue {
    match value {
        AttributeValue::S(text) => sdk::AttributeValue::S(text),
        AttributeValue::N(text) => sdk::AttributeValue::N(text),
        AttributeValue::B(bytes) => sdk::AttributeValue::B(Blob::new(bytes)),
        AttributeValue::Bool(yes) => sdk::AttributeValue::Bool(yes),
        AttributeValue::Null => sdk::AttributeValue::Null(true),
        AttributeValue::L(list) => {
            sdk::AttributeValue::L(list.into_iter().map(self::value).collect())
        }
        AttributeValue::M(map) => sdk::AttributeValue::M(item(map)),
        AttributeValue::Ss(set) => sdk::AttributeValue::Ss(set),
        AttributeValue::Ns(set) => sdk::AttributeValue::Ns(set),
        AttributeValue::Bs(set) => {
            sdk::AttributeValue::Bs(set.into_iter().map(Blob::new).collect())
        }
    }
}

pub(super) fn item(item: Item) -> HashMap<String, sdk::AttributeValue> {
    item.into_iter().map(|(k, v)| (k, value(v))).collect()
}

/// Names of an expression; DynamoDB refuses an empty map.
pub(super) fn names(names: BTreeMap<String, String>) -> Option<HashMap<String, String>> {
    (!names.is_empty()).then(|| names.into_iter().collect())
}

/// Values of an expression; DynamoDB refuses an empty map.
pub(super) fn values(values: Item) -> Option<HashMap<String, sdk::AttributeValue>> {
    (!values.is_empty()).then(|| item(values))
}

pub(super) fn attributes(
    attributes: Vec<AttributeDefinition>,
) -> Built<Option<Vec<sdk::AttributeDefinition>>> {
    not_empty(attributes, |a| {
        sdk::AttributeDefinition::builder()
            .attribute_name(a.name)
            .attribute_type(a.kind.as_str().into())
            .build()
    })
}

pub(super) fn key_schema(keys: Vec<KeyElement>) -> Built<Vec<sdk::KeySchemaElement>> {
    keys.into_iter()
        .map(|k| {
            sdk::KeySchemaElement::builder()
                .attribute_name(k.attribute)
                .key_type(k.kind.as_str().into())
                .build()
        })
        .collect()
}

pub(super) fn throughput(given: Option<Throughput>) -> Built<Option<sdk::ProvisionedThroughput>> {
    given
        .map(|t| {
            sdk::ProvisionedThroughput::builder()
                .read_capacity_units(t.read)
                .write_capacity_units(t.write)
                .build()
        })
        .transpose()
}

pub(super) fn on_demand(given: Option<OnDemandThroughput>) -> Option<sdk::OnDemandThroughput> {
    given.map(|t| {
        sdk::OnDemandThroughput::builder()
            .set_max_read_request_units(t.max_read_request_units)
            .set_max_write_request_units(t.max_write_request_units)
            .build()
    })
}

pub(super) fn warm(given: Option<WarmThroughput>) -> Option<sdk::WarmThroughput> {
    given.map(|t| {
        sdk::WarmThroughput::builder()
            .set_read_units_per_second(t.read_units_per_second)
            .set_write_units_per_second(t.write_units_per_second)
            .build()
    })
}

fn projection(given: Projection) -> sdk::Projection {
    let non_key = given.non_key_attributes;
    sdk::Projection::builder()
        .set_projection_type(given.kind.as_deref().map(Into::into))
        .set_non_key_attributes((!non_key.is_empty()).then_some(non_key))
        .build()
}

pub(super) fn stream(given: Option<Stream>) -> Built<Option<sdk::StreamSpecification>> {
    given
        .map(|s| {
            let view = s.view_type.filter(|v| s.enabled && !v.is_empty());
            sdk::StreamSpecification::builder()
                .stream_enabled(s.enabled)
                .set_stream_view_type(view.as_deref().map(Into::into))
                .build()
        })
        .transpose()
}

pub(super) fn sse(given: Option<Sse>) -> Option<sdk::SseSpecification> {
    given.map(|s| {
        let key = s.kms_key.filter(|k| s.enabled && !k.is_empty());
        sdk::SseSpecification::builder()
            .enabled(s.enabled)
            .set_sse_type(key.is_some().then_some(sdk::SseType::Kms))
            .set_kms_master_key_id(key)
            .build()
    })
}

pub(super) fn local_indexes(
    indexes: Vec<LocalIndex>,
) -> Built<Option<Vec<sdk::LocalSecondaryIndex>>> {
    not_empty(indexes, |i| {
        sdk::LocalSecondaryIndex::builder()
            .index_name(i.name)
            .set_key_schema(Some(key_schema(i.key_schema)?))
            .projection(projection(i.projection))
            .build()
    })
}

/// A new index of a new table or of one that is there: the SDK has a builder for each.
macro_rules! new_index {
    ($builder:expr, $index:expr) => {
        $builder
            .index_name($index.name)
            .set_key_schema(Some(key_schema($index.key_schema)?))
            .projection(projection($index.projection))
            .set_provisioned_throughput(throughput($index.throughput)?)
            .set_on_demand_throughput(on_demand($index.on_demand))
            .set_warm_throughput(warm($index.warm))
            .build()
    };
}

pub(super) fn global_indexes(
    indexes: Vec<CreateIndex>,
) -> Built<Option<Vec<sdk::GlobalSecondaryIndex>>> {
    not_empty(indexes, |i| {
        new_index!(sdk::GlobalSecondaryIndex::builder(), i)
    })
}

pub(super) fn index_updates(
    updates: Vec<IndexUpdate>,
) -> Built<Option<Vec<sdk::GlobalSecondaryIndexUpdate>>> {
    not_empty(updates, |update| {
        let builder = sdk::GlobalSecondaryIndexUpdate::builder();
        Ok(match update {
            IndexUpdate::Create(i) => builder.create(new_index!(
                sdk::CreateGlobalSecondaryIndexAction::builder(),
                i
            )?),
            IndexUpdate::Update(i) => builder.update(index_change(i)?),
            IndexUpdate::Delete(name) => builder.delete(
                sdk::DeleteGlobalSecondaryIndexAction::builder()
                    .index_name(name)
                    .build()?,
            ),
        }
        .build())
    })
}

fn index_change(i: UpdateIndex) -> Built<sdk::UpdateGlobalSecondaryIndexAction> {
    sdk::UpdateGlobalSecondaryIndexAction::builder()
        .index_name(i.name)
        .set_provisioned_throughput(throughput(i.throughput)?)
        .set_on_demand_throughput(on_demand(i.on_demand))
        .set_warm_throughput(warm(i.warm))
        .build()
}

pub(super) fn replica_updates(
    updates: Vec<ReplicaUpdate>,
) -> Built<Option<Vec<sdk::ReplicationGroupUpdate>>> {
    not_empty(updates, |update| {
        let builder = sdk::ReplicationGroupUpdate::builder();
        Ok(match update {
            ReplicaUpdate::Create(r) => builder.create(replica(r)?),
            ReplicaUpdate::Update(r) => builder.update(
                sdk::UpdateReplicationGroupMemberAction::builder()
                    .region_name(r.region)
                    .set_kms_master_key_id(r.kms_key)
                    .set_table_class_override(r.table_class.as_deref().map(Into::into))
                    .build()?,
            ),
            ReplicaUpdate::Delete(region) => builder.delete(
                sdk::DeleteReplicationGroupMemberAction::builder()
                    .region_name(region)
                    .build()?,
            ),
        }
        .build())
    })
}

fn replica(r: CreateReplica) -> Built<sdk::CreateReplicationGroupMemberAction> {
    sdk::CreateReplicationGroupMemberAction::builder()
        .region_name(r.region)
        .set_kms_master_key_id(r.kms_key)
        .set_table_class_override(r.table_class.as_deref().map(Into::into))
        .build()
}

pub(super) fn witness_updates(
    updates: Vec<WitnessUpdate>,
) -> Built<Option<Vec<sdk::GlobalTableWitnessGroupUpdate>>> {
    not_empty(updates, |update| {
        let builder = sdk::GlobalTableWitnessGroupUpdate::builder();
        Ok(match update {
            WitnessUpdate::Create(region) => builder.create(
                sdk::CreateGlobalTableWitnessGroupMemberAction::builder()
                    .region_name(region)
                    .build()?,
            ),
            WitnessUpdate::Delete(region) => builder.delete(
                sdk::DeleteGlobalTableWitnessGroupMemberAction::builder()
                    .region_name(region)
                    .build()?,
            ),
        }
        .build())
    })
}

pub(super) fn tags(tags: BTreeMap<String, String>) -> Built<Option<Vec<sdk::Tag>>> {
    not_empty(tags.into_iter().collect(), |(key, value)| {
        sdk::Tag::builder().key(key).value(value).build()
    })
}

/// `None` for an empty list: DynamoDB refuses empty lists that it calls optional.
fn not_empty<A, B>(from: Vec<A>, to: impl FnMut(A) -> Built<B>) -> Built<Option<Vec<B>>> {
    if from.is_empty() {
        return Ok(None);
    }
    from.into_iter()
        .map(to)
        .collect::<Built<Vec<B>>>()
        .map(Some)
}
