//! DynamoDB: tables and their items, managed and read.

mod known_tables;
pub(crate) mod table;
pub(crate) mod table_data;
pub(crate) mod table_item;
pub(crate) mod table_item_data;

pub(crate) use known_tables::KnownTables;
