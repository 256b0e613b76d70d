//! DynamoDB as the rest of the program sees it: one object-safe trait over plain structs.
mod backups;
mod backups_client;
mod client;
mod global_tables;
mod item;
mod items_client;
mod json;
mod satellites;
mod satellites_client;
mod sources;
mod sources_client;
mod table;
mod to_plain;
mod to_sdk;
mod value;

use std::collections::BTreeMap;

pub use backups::{BackupSummary, Backups, ListBackups};
pub(crate) use client::Client;
pub use global_tables::{GlobalTable, GlobalTables};
pub use item::{
    BatchGet, ConditionCheck, DeleteItem, GetItem, Page, PutItem, Query, Scan, TransactWrite,
    UpdateItem, WriteAction,
};
pub use json::ValueJsonError;
pub use satellites::{
    Export, ExportTable, IncrementalExport, Insights, KinesisDestination, PutResourcePolicy,
    ResourcePolicy, Satellites,
};
pub use sources::{Import, ImportTable, RestoreFrom, RestoreTable, TableSources};
pub use table::{
    AttributeDefinition, ContinuousBackups, CreateIndex, CreateReplica, CreateTable, IndexUpdate,
    KeyElement, LocalIndex, LocalIndexDescription, OnDemandThroughput, Projection, Replica,
    ReplicaUpdate, RestoreSummary, SecondaryIndexDescription, Sse, SseDescription, Stream,
    TableDescription, Throughput, TimeToLive, UpdateIndex, UpdateTable, WarmThroughput,
    WarmThroughputDescription, Witness, WitnessUpdate,
};
pub use value::{AttributeValue, Item};

use crate::Answer;

/// The DynamoDB calls the program makes. Every call repeats what may be
/// repeated, within bounds, and fails with [`Error`].
///
/// Statuses and modes are DynamoDB's own words (`ACTIVE`, `PAY_PER_REQUEST`), so
/// that a word added by AWS tomorrow passes through.
pub trait DynamoDb: Satellites + Backups + GlobalTables + TableSources + Send + Sync {
    /// Creates a table; it is usually `CREATING` in the answer.
    fn create_table(&self, request: CreateTable) -> Answer<'_, TableDescription>;
    /// Describes a table by name or ARN; [`crate::Class::NotFound`] if there is none.
    fn describe_table<'a>(&'a self, table: &'a str) -> Answer<'a, TableDescription>;
    /// Changes a table; what is `None` or empty stays as it is.
    fn update_table(&self, request: UpdateTable) -> Answer<'_, TableDescription>;
    /// Deletes a table; it is usually `DELETING` in the answer.
    fn delete_table<'a>(&'a self, table: &'a str) -> Answer<'a, TableDescription>;
    /// Names of all tables, in the service's order, all pages.
    fn list_tables(&self) -> Answer<'_, Vec<String>>;

    /// Continuous backups and point-in-time recovery of a table.
    fn describe_continuous_backups<'a>(&'a self, table: &'a str) -> Answer<'a, ContinuousBackups>;
    /// Turns point-in-time recovery on or off; days (1 to 35) only when on.
    fn update_continuous_backups<'a>(
        &'a self,
        table: &'a str,
        enabled: bool,
        recovery_period_in_days: Option<i32>,
    ) -> Answer<'a, ContinuousBackups>;
    /// The time to live of a table.
    fn describe_time_to_live<'a>(&'a self, table: &'a str) -> Answer<'a, TimeToLive>;
    /// Turns the time to live by an attribute on or off.
    fn update_time_to_live<'a>(
        &'a self,
        table: &'a str,
        attribute: &'a str,
        enabled: bool,
    ) -> Answer<'a, ()>;

    /// Adds tags to a table by its ARN, replacing those with equal keys.
    fn tag_resource<'a>(&'a self, arn: &'a str, tags: BTreeMap<String, String>) -> Answer<'a, ()>;
    /// Removes tags from a table by its ARN.
    fn untag_resource<'a>(&'a self, arn: &'a str, keys: Vec<String>) -> Answer<'a, ()>;
    /// All tags of a table by its ARN, all pages.
    fn list_tags_of_resource<'a>(&'a self, arn: &'a str) -> Answer<'a, BTreeMap<String, String>>;

    /// Reads items of one table by their keys, 100 a request; keys the service
    /// left unprocessed are asked for again after a pause, until none is left
    /// or pauses do not help ([`crate::Class::Throttled`]). The order is not
    /// that of the keys, missing items are missing. Keys must differ.
    fn batch_get_item(&self, request: BatchGet) -> Answer<'_, Vec<Item>>;
    /// Reads one item.
    fn get_item(&self, request: GetItem) -> Answer<'_, Option<Item>>;
    /// Writes an item whole.
    fn put_item(&self, request: PutItem) -> Answer<'_, ()>;
    /// Changes attributes of an item; makes it if it does not exist and no
    /// condition forbids that.
    fn update_item(&self, request: UpdateItem) -> Answer<'_, ()>;
    /// Deletes an item; deleting none is success.
    fn delete_item(&self, request: DeleteItem) -> Answer<'_, ()>;
    /// Writes up to 100 actions, all or none;
    /// [`Error::TransactionCancelled`] has one reason for each action.
    fn transact_write_items(&self, request: TransactWrite) -> Answer<'_, ()>;
    /// One page of a query.
    fn query(&self, request: Query) -> Answer<'_, Page>;
    /// One page of a scan.
    fn scan(&self, request: Scan) -> Answer<'_, Page>;
}
