//! Tables as plain structs: what is asked for and what is described.
use std::collections::BTreeMap;

/// An attribute that a key or an index uses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttributeDefinition {
    /// Name.
    pub name: String,
    /// `S`, `N` or `B`.
    pub kind: String,
}

/// One element of a key schema.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyElement {
    /// Attribute name.
    pub attribute: String,
    /// `HASH` or `RANGE`.
    pub kind: String,
}

/// Read and write capacity units; both 0 for an on-demand table that reports them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Throughput {
    /// Read capacity units.
    pub read: i64,
    /// Write capacity units.
    pub write: i64,
}

/// Upper limits of an on-demand table; -1 lifts a limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OnDemandThroughput {
    /// Read request units a second.
    pub max_read_request_units: Option<i64>,
    /// Write request units a second.
    pub max_write_request_units: Option<i64>,
}

/// Capacity to keep warm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WarmThroughput {
    /// Read units a second.
    pub read_units_per_second: Option<i64>,
    /// Write units a second.
    pub write_units_per_second: Option<i64>,
}

/// Capacity that is kept warm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WarmThroughputDescription {
    /// Read units a second.
    pub read_units_per_second: Option<i64>,
    /// Write units a second.
    pub write_units_per_second: Option<i64>,
    /// `ACTIVE`, `UPDATING`, …
    pub status: Option<String>,
}

/// What an index holds of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Projection {
    /// `ALL`, `KEYS_ONLY` or `INCLUDE`.
    pub kind: Option<String>,
    /// Further attributes, for `INCLUDE`.
    pub non_key_attributes: Vec<String>,
}

/// A stream setting; the view type is only sent when enabled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stream {
    /// Whether the stream is on.
    pub enabled: bool,
    /// `KEYS_ONLY`, `NEW_IMAGE`, `OLD_IMAGE` or `NEW_AND_OLD_IMAGES`.
    pub view_type: Option<String>,
}

/// An encryption setting; with a key the type KMS is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sse {
    /// Whether a KMS key encrypts (else a key owned by AWS does).
    pub enabled: bool,
    /// Key id, ARN or alias; `None` for the account's default key.
    pub kms_key: Option<String>,
}

/// A local secondary index to create.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalIndex {
    /// Name.
    pub name: String,
    /// Key schema, the table's hash key first.
    pub key_schema: Vec<KeyElement>,
    /// Projection.
    pub projection: Projection,
}

/// A global secondary index to create, with a table or on one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateIndex {
    /// Name.
    pub name: String,
    /// Key schema.
    pub key_schema: Vec<KeyElement>,
    /// Projection.
    pub projection: Projection,
    /// Capacity, for a provisioned table.
    pub throughput: Option<Throughput>,
    /// Limits, for an on-demand table.
    pub on_demand: Option<OnDemandThroughput>,
    /// Capacity to keep warm.
    pub warm: Option<WarmThroughput>,
}

/// Changes to a global secondary index; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpdateIndex {
    /// Name.
    pub name: String,
    /// Capacity.
    pub throughput: Option<Throughput>,
    /// On-demand limits.
    pub on_demand: Option<OnDemandThroughput>,
    /// Capacity to keep warm.
    pub warm: Option<WarmThroughput>,
}

/// One change to the set of global secondary indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexUpdate {
    /// Creates one (AWS allows one at a time).
    Create(CreateIndex),
    /// Changes one.
    Update(UpdateIndex),
    /// Deletes one by name.
    Delete(String),
}

/// A replica to create or to change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateReplica {
    /// Region.
    pub region: String,
    /// KMS key in that region.
    pub kms_key: Option<String>,
    /// Table class in that region.
    pub table_class: Option<String>,
}

/// One change to the set of replicas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplicaUpdate {
    /// Adds a replica.
    Create(CreateReplica),
    /// Changes a replica.
    Update(CreateReplica),
    /// Removes the replica in a region.
    Delete(String),
}

/// One change to the witness of a strongly consistent global table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WitnessUpdate {
    /// Adds a witness in a region.
    Create(String),
    /// Removes the witness in a region.
    Delete(String),
}

/// CreateTable; `None` and empty are not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateTable {
    /// Name.
    pub name: String,
    /// Attributes that keys use.
    pub attributes: Vec<AttributeDefinition>,
    /// Key schema, hash key first.
    pub key_schema: Vec<KeyElement>,
    /// `PROVISIONED` or `PAY_PER_REQUEST`.
    pub billing_mode: Option<String>,
    /// Capacity, for a provisioned table.
    pub throughput: Option<Throughput>,
    /// Limits, for an on-demand table.
    pub on_demand: Option<OnDemandThroughput>,
    /// Capacity to keep warm.
    pub warm: Option<WarmThroughput>,
    /// Local secondary indexes.
    pub local_indexes: Vec<LocalIndex>,
    /// Global secondary indexes.
    pub global_indexes: Vec<CreateIndex>,
    /// Stream.
    pub stream: Option<Stream>,
    /// Encryption.
    pub sse: Option<Sse>,
    /// `STANDARD` or `STANDARD_INFREQUENT_ACCESS`.
    pub table_class: Option<String>,
    /// Protection from deletion.
    pub deletion_protection: Option<bool>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// Resource policy, JSON.
    pub resource_policy: Option<String>,
}

/// UpdateTable; `None` and empty are not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UpdateTable {
    /// Name or ARN.
    pub table: String,
    /// Attributes that keys use, all of them, when an index is created.
    pub attributes: Vec<AttributeDefinition>,
    /// Billing mode.
    pub billing_mode: Option<String>,
    /// Capacity.
    pub throughput: Option<Throughput>,
    /// On-demand limits.
    pub on_demand: Option<OnDemandThroughput>,
    /// Capacity to keep warm.
    pub warm: Option<WarmThroughput>,
    /// Changes to global secondary indexes.
    pub index_updates: Vec<IndexUpdate>,
    /// Stream.
    pub stream: Option<Stream>,
    /// Encryption.
    pub sse: Option<Sse>,
    /// Table class.
    pub table_class: Option<String>,
    /// Protection from deletion.
    pub deletion_protection: Option<bool>,
    /// Changes to replicas.
    pub replica_updates: Vec<ReplicaUpdate>,
    /// Changes to the witness.
    pub witness_updates: Vec<WitnessUpdate>,
    /// `EVENTUAL` or `STRONG`.
    pub multi_region_consistency: Option<String>,
}

/// A table as described.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableDescription {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: String,
    /// The service's own id: another table by the same name has another one.
    pub id: Option<String>,
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`, …
    pub status: String,
    /// When it was created, in seconds since 1970.
    pub created: Option<f64>,
    /// Attributes that keys use.
    pub attributes: Vec<AttributeDefinition>,
    /// Key schema.
    pub key_schema: Vec<KeyElement>,
    /// Billing mode; `None` is provisioned.
    pub billing_mode: Option<String>,
    /// Capacity.
    pub throughput: Option<Throughput>,
    /// On-demand limits.
    pub on_demand: Option<OnDemandThroughput>,
    /// Capacity kept warm.
    pub warm: Option<WarmThroughputDescription>,
    /// Local secondary indexes.
    pub local_indexes: Vec<LocalIndexDescription>,
    /// Global secondary indexes.
    pub global_indexes: Vec<SecondaryIndexDescription>,
    /// Stream; `None` if there is none.
    pub stream: Option<Stream>,
    /// ARN of the latest stream, also of one that was turned off.
    pub latest_stream_arn: Option<String>,
    /// Label of the latest stream.
    pub latest_stream_label: Option<String>,
    /// Encryption; `None` with a key owned by AWS.
    pub sse: Option<SseDescription>,
    /// Table class; `None` is standard.
    pub table_class: Option<String>,
    /// Protection from deletion.
    pub deletion_protection: Option<bool>,
    /// Replicas in other regions.
    pub replicas: Vec<Replica>,
    /// Version of global tables.
    pub global_table_version: Option<String>,
    /// `EVENTUAL` or `STRONG`.
    pub multi_region_consistency: Option<String>,
    /// Witnesses of a strongly consistent global table.
    pub witnesses: Vec<Witness>,
    /// Where it was restored from.
    pub restore: Option<RestoreSummary>,
    /// Items, as counted every few hours.
    pub item_count: Option<i64>,
    /// Size in bytes, as counted every few hours.
    pub size_bytes: Option<i64>,
}

/// A local secondary index as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalIndexDescription {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: Option<String>,
    /// Key schema.
    pub key_schema: Vec<KeyElement>,
    /// Projection.
    pub projection: Projection,
}

/// A global secondary index as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondaryIndexDescription {
    /// Name.
    pub name: String,
    /// ARN.
    pub arn: Option<String>,
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`.
    pub status: Option<String>,
    /// Whether items are still being added.
    pub backfilling: bool,
    /// Key schema.
    pub key_schema: Vec<KeyElement>,
    /// Projection.
    pub projection: Projection,
    /// Capacity.
    pub throughput: Option<Throughput>,
    /// On-demand limits.
    pub on_demand: Option<OnDemandThroughput>,
    /// Capacity kept warm.
    pub warm: Option<WarmThroughputDescription>,
}

/// Encryption as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SseDescription {
    /// `ENABLING`, `ENABLED`, `DISABLING`, `DISABLED`, `UPDATING`.
    pub status: Option<String>,
    /// `KMS` or `AES256`.
    pub kind: Option<String>,
    /// ARN of the key.
    pub kms_key_arn: Option<String>,
}

/// A replica as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replica {
    /// Region.
    pub region: String,
    /// ARN of its table; stores of old do not tell it.
    pub arn: Option<String>,
    /// `CREATING`, `ACTIVE`, `UPDATING`, `DELETING`, …
    pub status: Option<String>,
    /// What the status is about.
    pub status_description: Option<String>,
    /// KMS key as it was given.
    pub kms_key: Option<String>,
    /// Table class in that region.
    pub table_class: Option<String>,
}

/// A witness as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Witness {
    /// Region.
    pub region: String,
    /// Status.
    pub status: Option<String>,
}

/// Where a table was restored from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RestoreSummary {
    /// Backup.
    pub source_backup_arn: Option<String>,
    /// Table.
    pub source_table_arn: Option<String>,
    /// The moment that was restored, in seconds since 1970.
    pub restored_to: f64,
    /// Whether it is still under way.
    pub in_progress: bool,
}

/// Continuous backups of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContinuousBackups {
    /// `ENABLED` or `DISABLED`.
    pub status: String,
    /// `ENABLED` or `DISABLED`: point-in-time recovery.
    pub point_in_time_recovery: Option<String>,
    /// How many days back a moment may lie.
    pub recovery_period_in_days: Option<i32>,
}

/// The time to live of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimeToLive {
    /// `ENABLING`, `ENABLED`, `DISABLING`, `DISABLED`.
    pub status: String,
    /// The attribute; `None` when off.
    pub attribute: Option<String>,
}
