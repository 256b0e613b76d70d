//! DynamoDB: tables and their items, managed and read.

pub(crate) mod backups_data;
pub(crate) mod contributor_insights;
mod follow;
pub(crate) mod global_index;
pub(crate) mod global_table;
pub(crate) mod kinesis_destination;
pub(crate) mod known_keys;
mod known_tables;
mod planned_replicas;
pub(crate) mod resource_policy;
pub(crate) mod table;
pub(crate) mod table_data;
pub(crate) mod table_export;
pub(crate) mod table_item;
pub(crate) mod table_item_data;
pub(crate) mod table_replica;
pub(crate) mod tables_data;
pub(crate) mod tag;
mod turns;

pub(crate) use known_tables::KnownTables;
pub(crate) use planned_replicas::PlannedReplicas;
