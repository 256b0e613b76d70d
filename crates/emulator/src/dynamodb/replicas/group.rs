//! Which tables of one name in several regions are one global table: a durable record of its own.
//!
//! It belongs to no region, because every replica is as good as any other: the table that the others
//! were copied from may be the first to go.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::overlay::Transition;
use super::super::wire::Failure;
use crate::database;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS global_table (
    id INTEGER PRIMARY KEY,
    record TEXT NOT NULL
)";

/// Which of the two kinds of global table it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Version {
    /// 2019.11.21: made by UpdateTable on one table.
    #[default]
    Current,
    /// 2017.11.29: made by CreateGlobalTable of tables that are there.
    Legacy,
}

/// One region of a global table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Member {
    /// CREATING, UPDATING or DELETING under way, counted by DescribeTable of any region.
    pub(crate) transition: Option<Transition>,
    /// Its table is there, with the items of the others in it.
    pub(crate) made: bool,
    /// Its table is to go when its transition ends.
    pub(crate) leaving: bool,
    /// `KMSMasterKeyId` as it was given.
    pub(crate) key: Option<String>,
    /// `TableClassOverride`.
    pub(crate) class: Option<String>,
    /// `ProvisionedThroughputOverride` and `OnDemandThroughputOverride` as they were given.
    pub(crate) overrides: BTreeMap<String, Value>,
    /// The region it was copied from, and when, in seconds since the epoch.
    pub(crate) source: Option<(String, i64)>,
}

/// A region that only votes on the writes of a strongly consistent global table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Witness {
    /// Its region.
    pub(crate) region: String,
    /// CREATING or DELETING under way.
    pub(crate) transition: Option<Transition>,
    /// It is to go when its transition ends.
    pub(crate) leaving: bool,
}

/// A change of a setting that all regions share and one of them has not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spread {
    /// The region that is to take it.
    pub(crate) region: String,
    /// `UpdateTable` or `UpdateTimeToLive`.
    pub(crate) operation: String,
    /// The request.
    pub(crate) request: Value,
}

/// A global table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Group {
    /// The name that its tables share.
    pub(crate) table: String,
    /// Its kind.
    pub(crate) version: Version,
    /// Its tables, by region.
    pub(crate) members: BTreeMap<String, Member>,
    /// Whether a write is answered only when another region has it.
    pub(crate) strong: bool,
    /// The witness of a strongly consistent one.
    pub(crate) witness: Option<Witness>,
    /// What regions have still to take over from one another.
    pub(crate) spread: Vec<Spread>,
    /// CREATING, UPDATING or DELETING of a legacy one, counted by DescribeGlobalTable.
    pub(crate) transition: Option<Transition>,
    /// When it was made, in seconds since the epoch.
    pub(crate) created: i64,
}

impl Group {
    /// Whether something has to be done before anybody looks again.
    pub(crate) fn is_due(&self) -> bool {
        let ended =
            |leaving: bool, transition: &Option<Transition>| leaving && transition.is_none();
        !self.spread.is_empty()
            || self
                .members
                .values()
                .any(|member| !member.made || ended(member.leaving, &member.transition))
            || self
                .witness
                .as_ref()
                .is_some_and(|witness| ended(witness.leaving, &witness.transition))
            || (self.version == Version::Current && self.members.len() < 2)
            || (self.members.is_empty() && self.transition.is_none())
    }

    /// Whether a change of its regions is under way.
    pub(crate) fn is_busy(&self) -> bool {
        self.members
            .values()
            .any(|member| member.transition.is_some())
            || self
                .witness
                .as_ref()
                .is_some_and(|witness| witness.transition.is_some())
    }

    /// The regions that hold its items, but for one.
    pub(crate) fn peers<'a>(&'a self, region: &'a str) -> impl Iterator<Item = &'a str> {
        self.members
            .iter()
            .filter(move |(name, member)| name.as_str() != region && member.made && !member.leaving)
            .map(|(name, _)| name.as_str())
    }
}

struct Kept {
    /// Opened with the first global table: most worlds have none.
    connection: Option<Connection>,
    groups: BTreeMap<i64, Group>,
}

/// The global tables of one account. Its lock is never held while another is taken.
pub(crate) struct Groups {
    path: Option<PathBuf>,
    kept: Mutex<Kept>,
    count: AtomicUsize,
}

impl Groups {
    /// Opens the records in a file, which may not be there yet; `None` keeps them in memory.
    pub(crate) fn open(path: Option<PathBuf>) -> Result<Groups, Failure> {
        let mut kept = Kept {
            connection: None,
            groups: BTreeMap::new(),
        };
        if let Some(path) = path.as_deref().filter(|path| path.exists()) {
            let connection = database::open(Some(path), SCHEMA).map_err(Failure::internal)?;
            kept.groups = read(&connection).map_err(Failure::internal)?;
            kept.connection = Some(connection);
        }
        Ok(Groups {
            count: AtomicUsize::new(kept.groups.len()),
            path,
            kept: Mutex::new(kept),
        })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there is no global table at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// The ids of all global tables.
    pub(crate) fn ids(&self) -> Vec<i64> {
        self.kept().groups.keys().copied().collect()
    }

    /// The global table that a table of a region is part of.
    pub(crate) fn of(&self, region: &str, table: &str) -> Option<(i64, Group)> {
        if self.is_empty() {
            return None;
        }
        self.kept()
            .groups
            .iter()
            .find(|(_, group)| group.table == table && group.members.contains_key(region))
            .map(|(id, group)| (*id, group.clone()))
    }

    /// The legacy global table of a name.
    pub(crate) fn legacy(&self, name: &str) -> Option<(i64, Group)> {
        self.kept()
            .groups
            .iter()
            .find(|(_, group)| group.version == Version::Legacy && group.table == name)
            .map(|(id, group)| (*id, group.clone()))
    }

    /// A global table by its id.
    pub(crate) fn get(&self, id: i64) -> Option<Group> {
        self.kept().groups.get(&id).cloned()
    }

    /// Adds a global table; its id.
    pub(crate) fn add(&self, group: Group) -> Result<i64, Failure> {
        let mut kept = self.kept();
        let id = kept.groups.keys().next_back().map_or(1, |id| id + 1);
        self.store(&mut kept, id, group)?;
        Ok(id)
    }

    /// Keeps a global table durably.
    pub(crate) fn put(&self, id: i64, group: Group) -> Result<(), Failure> {
        self.store(&mut self.kept(), id, group)
    }

    /// Changes a global table that is there, durably.
    pub(crate) fn change(&self, id: i64, change: impl FnOnce(&mut Group)) -> Result<(), Failure> {
        let mut kept = self.kept();
        let Some(mut group) = kept.groups.get(&id).cloned() else {
            return Ok(());
        };
        change(&mut group);
        self.store(&mut kept, id, group)
    }

    fn store(&self, kept: &mut Kept, id: i64, group: Group) -> Result<(), Failure> {
        if kept.groups.get(&id) == Some(&group) {
            return Ok(());
        }
        if kept.connection.is_none()
            && let Some(path) = &self.path
        {
            kept.connection = Some(database::open(Some(path), SCHEMA).map_err(Failure::internal)?);
        }
        if let Some(connection) = &kept.connection {
            let text = serde_json::to_string(&group).map_err(Failure::internal)?;
            connection
                .execute(
                    "INSERT INTO global_table (id, record) VALUES (?1, ?2)
                     ON CONFLICT (id) DO UPDATE SET record = excluded.record",
                    params![id, text],
                )
                .map_err(Failure::internal)?;
        }
        kept.groups.insert(id, group);
        self.count.store(kept.groups.len(), Ordering::Release);
        Ok(())
    }

    /// Forgets a global table.
    pub(crate) fn remove(&self, id: i64) -> Result<(), Failure> {
        let mut kept = self.kept();
        if let Some(connection) = &kept.connection {
            connection
                .execute("DELETE FROM global_table WHERE id = ?1", params![id])
                .map_err(Failure::internal)?;
        }
        kept.groups.remove(&id);
        self.count.store(kept.groups.len(), Ordering::Release);
        Ok(())
    }
}

fn read(connection: &Connection) -> rusqlite::Result<BTreeMap<i64, Group>> {
    let mut groups = BTreeMap::new();
    let mut rows = connection.prepare("SELECT id, record FROM global_table")?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let text: String = row.get(1)?;
        // A record of a later version that cannot be read is left alone.
        if let Ok(group) = serde_json::from_str(&text) {
            groups.insert(row.get(0)?, group);
        }
    }
    Ok(groups)
}
