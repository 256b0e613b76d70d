//! What a table can be made from: another table's past, a backup, objects in a bucket.
use super::{
    CreateIndex, CreateTable, LocalIndex, OnDemandThroughput, Sse, TableDescription, Throughput,
};
use crate::Answer;

/// Where a restore takes its items from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RestoreFrom {
    /// The past of a table that has point-in-time recovery, by its name or its ARN.
    Table {
        /// Name, for a table of this region and account.
        name: Option<String>,
        /// ARN, for any other.
        arn: Option<String>,
        /// The moment, as RFC 3339 writes it; `None` is the latest there is.
        at: Option<String>,
    },
    /// A backup, by its ARN.
    Backup(String),
}

/// RestoreTableToPointInTime or RestoreTableFromBackup. What is `None` is as in the source; an empty
/// list restores no index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreTable {
    /// Where from.
    pub from: RestoreFrom,
    /// The table to make.
    pub target: String,
    /// Billing mode.
    pub billing_mode: Option<String>,
    /// Capacity, for a provisioned table.
    pub throughput: Option<Throughput>,
    /// Limits, for an on-demand table.
    pub on_demand: Option<OnDemandThroughput>,
    /// Global secondary indexes.
    pub global_indexes: Option<Vec<CreateIndex>>,
    /// Local secondary indexes.
    pub local_indexes: Option<Vec<LocalIndex>>,
    /// Encryption.
    pub sse: Option<Sse>,
}

/// ImportTable. Of the table only name, keys, billing, encryption and global indexes are sent: an
/// import makes nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportTable {
    /// The same on every try, so that one import is made.
    pub client_token: Option<String>,
    /// Bucket.
    pub bucket: String,
    /// Account that owns the bucket.
    pub bucket_owner: Option<String>,
    /// Beginning of the objects' keys.
    pub key_prefix: Option<String>,
    /// `CSV`, `DYNAMODB_JSON` or `ION`.
    pub format: String,
    /// `GZIP`, `ZSTD` or `NONE`.
    pub compression: Option<String>,
    /// What parts the columns, for `CSV`.
    pub csv_delimiter: Option<String>,
    /// The columns' names, for `CSV`; empty takes the first line.
    pub csv_header: Vec<String>,
    /// The table to make.
    pub table: CreateTable,
}

/// An import as described.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Import {
    /// ARN of the import.
    pub arn: String,
    /// `IN_PROGRESS`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`.
    pub status: String,
    /// Items read so far.
    pub processed: i64,
    /// Items written so far.
    pub imported: i64,
    /// Items that could not be read or written.
    pub errors: i64,
    /// Why it failed: the service's name of the error and its words.
    pub failure: Option<String>,
}

/// The calls that make a table from something that is there. Every call repeats what may be repeated,
/// within bounds, and fails with [`Error`].
pub trait TableSources: Send + Sync {
    /// Makes a table by a restore; it is `CREATING` in the answer.
    fn restore_table(&self, request: RestoreTable) -> Answer<'_, TableDescription>;
    /// Begins to make a table from objects in a bucket.
    fn import_table(&self, request: ImportTable) -> Answer<'_, Import>;
    /// How far an import is.
    fn describe_import<'a>(&'a self, arn: &'a str) -> Answer<'a, Import>;
}
