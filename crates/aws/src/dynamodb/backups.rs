//! Backups as they are listed.
use crate::Answer;

/// Which backups to list; `None` does not narrow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListBackups {
    /// Name (or ARN) of the table that was backed up.
    pub table: Option<String>,
    /// `USER`, `SYSTEM`, `AWS_BACKUP` or `ALL`.
    pub kind: Option<String>,
    /// Only backups made at this time or later, in seconds since 1970.
    pub not_before: Option<f64>,
    /// Only backups made before this time, in seconds since 1970.
    pub before: Option<f64>,
}

/// A backup in a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BackupSummary {
    /// ARN of the backup.
    pub arn: String,
    /// When it was made, in seconds since 1970.
    pub created: Option<f64>,
    /// When AWS deletes it by itself, in seconds since 1970.
    pub expires: Option<f64>,
    /// The backup's name.
    pub name: String,
    /// Bytes.
    pub size: Option<i64>,
    /// `CREATING`, `AVAILABLE` or `DELETED`.
    pub status: String,
    /// `USER`, `SYSTEM` or `AWS_BACKUP`.
    pub kind: String,
    /// ARN of the table.
    pub table_arn: String,
    /// The table's own id.
    pub table_id: String,
    /// Name of the table.
    pub table_name: String,
}

/// The calls on backups.
pub trait Backups: Send + Sync {
    /// All backups that the request does not leave out, in the service's order, all pages.
    fn list_backups(&self, request: ListBackups) -> Answer<'_, Vec<BackupSummary>>;
}
