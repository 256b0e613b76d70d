//! What the engine does not keep of a table's control plane: our own durable record of it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::wire::Failure;
use crate::database;

/// A status that is shown for a number of further describes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transition {
    /// `CREATING`, `UPDATING`, `DELETING`, `ENABLING` or `DISABLING`.
    pub(crate) status: String,
    /// How many describes still show it.
    pub(crate) left: u32,
}

impl Transition {
    /// A transition that `describes` calls will see; `None` if none would.
    pub(crate) fn new(status: &str, describes: u32) -> Option<Transition> {
        (describes > 0).then(|| Transition {
            status: status.to_owned(),
            left: describes,
        })
    }

    /// Counts one describe down. The transition is gone after the last.
    pub(crate) fn seen(slot: &mut Option<Transition>) -> bool {
        let Some(transition) = slot else { return false };
        transition.left = transition.left.saturating_sub(1);
        if transition.left == 0 {
            *slot = None;
        }
        true
    }

    /// Counts one describe down for each of many; those that are over go.
    pub(crate) fn all_seen(many: &mut BTreeMap<String, Transition>) {
        many.retain(|_, transition| {
            transition.left = transition.left.saturating_sub(1);
            transition.left > 0
        });
    }
}

/// What is kept of a global secondary index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct IndexRecord {
    /// Creation, update or deletion under way.
    pub(crate) transition: Option<Transition>,
    /// Description of an index that the engine has already dropped.
    pub(crate) dropped: Option<Value>,
    /// Provisioned read and write units.
    pub(crate) throughput: Option<(i64, i64)>,
    /// `OnDemandThroughput` as it was put.
    pub(crate) on_demand: Option<Value>,
    /// `WarmThroughput` as it was put.
    pub(crate) warm: Option<Value>,
}

/// An UpdateTable whose share of the engine's is under way: the engine's commit decides whether it was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Updating {
    /// The engine's settings of the table before it.
    pub(crate) before: Value,
    /// Our record of the table after it.
    pub(crate) record: Box<TableRecord>,
}

/// What is kept of a table beside the engine's own record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct TableRecord {
    /// Creation, update or deletion under way.
    pub(crate) transition: Option<Transition>,
    /// The CreateTable request that the engine is at work on. A process that died meanwhile leaves a part
    /// of the table, or nothing of it.
    pub(crate) creating: Option<Value>,
    /// The UpdateTable that the engine is at work on.
    pub(crate) updating: Option<Updating>,
    /// The table is to go when its transition ends.
    pub(crate) deleting: bool,
    /// By index name.
    pub(crate) indexes: BTreeMap<String, IndexRecord>,
    /// Point-in-time recovery: retention in days and time of enabling, where it is on.
    pub(crate) recovery: Option<(i64, i64)>,
    /// `SSEDescription` without its status.
    pub(crate) encryption: Option<Value>,
    /// A change of encryption under way.
    pub(crate) encryption_transition: Option<Transition>,
    /// A change of time to live under way, counted by DescribeTimeToLive.
    pub(crate) ttl_transition: Option<Transition>,
    /// The attribute a time to live that is being switched off had.
    pub(crate) ttl_attribute: Option<String>,
    /// `WarmThroughput` as it was put.
    pub(crate) warm: Option<Value>,
    /// When the table class was last changed, in seconds since the epoch.
    pub(crate) class_changed: Option<i64>,
    /// ARN and label of the last stream; kept after it was switched off.
    pub(crate) stream: Option<(String, String)>,
    /// Contributor insights, by index name, the table's own under "".
    pub(crate) insights: BTreeMap<String, Value>,
    /// Contributor insights on their way on or off, by index name, counted by their own describes.
    pub(crate) insights_transitions: BTreeMap<String, Transition>,
    /// Kinesis destinations, by stream ARN.
    pub(crate) kinesis: BTreeMap<String, Value>,
    /// Kinesis destinations on their way on or off, by stream ARN, counted by their own describes.
    pub(crate) kinesis_transitions: BTreeMap<String, Transition>,
    /// Resource policies (text and revision), by resource ARN.
    pub(crate) policies: BTreeMap<String, (String, String)>,
    /// `RestoreSummary` of a table that was restored, without `RestoreInProgress`.
    pub(crate) restored: Option<Value>,
}

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS table_record (
    name TEXT PRIMARY KEY,
    record TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS document (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID";

/// The records of one account and region, in memory and in their own database.
pub(crate) struct Overlay {
    connection: Connection,
    tables: HashMap<String, TableRecord>,
}

impl Overlay {
    /// Opens the records; `None` keeps them in memory.
    pub(crate) fn open(path: Option<&Path>) -> rusqlite::Result<Overlay> {
        let connection = database::open(path, SCHEMA)?;
        let mut tables = HashMap::new();
        {
            let mut rows = connection.prepare("SELECT name, record FROM table_record")?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let name: String = row.get(0)?;
                let text: String = row.get(1)?;
                // A record of a later version that cannot be read counts as empty.
                tables.insert(name, serde_json::from_str(&text).unwrap_or_default());
            }
        }
        Ok(Overlay { connection, tables })
    }

    /// The names on record.
    pub(crate) fn names(&self) -> Vec<String> {
        self.tables.keys().cloned().collect()
    }

    /// The record of a table.
    pub(crate) fn get(&self, name: &str) -> Option<&TableRecord> {
        self.tables.get(name)
    }

    /// Replaces the record of a table, durably.
    pub(crate) fn put(&mut self, name: &str, record: TableRecord) -> Result<(), Failure> {
        let text = serde_json::to_string(&record).map_err(Failure::internal)?;
        self.connection
            .execute(
                "INSERT INTO table_record (name, record) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET record = excluded.record",
                params![name, text],
            )
            .map_err(Failure::internal)?;
        self.tables.insert(name.to_owned(), record);
        Ok(())
    }

    /// Changes the record of a table, durably; a table without one gets one.
    pub(crate) fn change(
        &mut self,
        name: &str,
        change: impl FnOnce(&mut TableRecord),
    ) -> Result<(), Failure> {
        let before = self.tables.get(name).cloned().unwrap_or_default();
        let mut record = before.clone();
        change(&mut record);
        if record == before && self.tables.contains_key(name) {
            return Ok(());
        }
        self.put(name, record)
    }

    /// A record that belongs to no table, such as a backup: of a kind, under a name.
    pub(crate) fn document(&self, kind: &str, name: &str) -> Result<Option<Value>, Failure> {
        let text: Option<String> = self
            .connection
            .query_row(
                "SELECT body FROM document WHERE kind = ?1 AND name = ?2",
                params![kind, name],
                |row| row.get(0),
            )
            .optional()
            .map_err(Failure::internal)?;
        text.map(|text| serde_json::from_str(&text).map_err(Failure::internal))
            .transpose()
    }

    /// All records of a kind, in the order of their names.
    pub(crate) fn documents(&self, kind: &str) -> Result<Vec<Value>, Failure> {
        let mut rows = self
            .connection
            .prepare("SELECT body FROM document WHERE kind = ?1 ORDER BY name")
            .map_err(Failure::internal)?;
        let texts = rows
            .query_map(params![kind], |row| row.get::<_, String>(0))
            .map_err(Failure::internal)?;
        let mut found = Vec::new();
        for text in texts {
            let text = text.map_err(Failure::internal)?;
            found.push(serde_json::from_str(&text).map_err(Failure::internal)?);
        }
        Ok(found)
    }

    /// Keeps a record that belongs to no table, durably.
    pub(crate) fn keep(&mut self, kind: &str, name: &str, body: &Value) -> Result<(), Failure> {
        self.connection
            .execute(
                "INSERT INTO document (kind, name, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body",
                params![kind, name, body.to_string()],
            )
            .map(drop)
            .map_err(Failure::internal)
    }

    /// Forgets such a record.
    pub(crate) fn forget(&mut self, kind: &str, name: &str) -> Result<(), Failure> {
        self.connection
            .execute(
                "DELETE FROM document WHERE kind = ?1 AND name = ?2",
                params![kind, name],
            )
            .map(drop)
            .map_err(Failure::internal)
    }

    /// Forgets a table.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Failure> {
        self.connection
            .execute("DELETE FROM table_record WHERE name = ?1", params![name])
            .map_err(Failure::internal)?;
        self.tables.remove(name);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_syncs_every_commit_unless_told_otherwise() {
        // The engine sets no level itself: what it gets is the library's default.
        let folder = tempfile::tempdir().expect("a temporary folder");
        let connection = Connection::open(folder.path().join("a.db")).expect("a database");
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .expect("write-ahead log");
        let level: i64 = connection
            .query_row("PRAGMA synchronous", [], |row| row.get(0))
            .expect("a level");
        assert_eq!(level, 2, "FULL");
    }

    #[test]
    fn records_are_read_again() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("records.db");
        let record = TableRecord {
            transition: Transition::new("CREATING", 2),
            recovery: Some((7, 1)),
            ..TableRecord::default()
        };
        let mut overlay = Overlay::open(Some(&path)).expect("opens");
        assert!(overlay.put("orders", record.clone()).is_ok());
        assert!(overlay.put("events", record.clone()).is_ok());
        assert!(overlay.remove("events").is_ok());
        drop(overlay);
        let overlay = Overlay::open(Some(&path)).expect("opens again");
        assert_eq!(overlay.get("orders"), Some(&record));
        assert_eq!(overlay.names(), ["orders"]);
    }
}
