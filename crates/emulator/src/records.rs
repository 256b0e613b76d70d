//! Records of the small services: durable JSON by kind, region and name.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::database;
use crate::dynamodb::wire::Failure;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS record (
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, region, name)
) WITHOUT ROWID";

/// The records of one account. The database is opened on first use.
pub(crate) struct Records {
    path: Option<PathBuf>,
    connection: Mutex<Option<Connection>>,
}

impl Records {
    /// Records in this file; `None` keeps them in memory.
    pub(crate) fn new(path: Option<PathBuf>) -> Records {
        Records {
            path,
            connection: Mutex::new(None),
        }
    }

    /// The records, held for the whole of a call, so that two of them never interleave. What the call writes is kept
    /// all at once, by [`Open::keep`]: a process that dies before that leaves nothing of it.
    pub(crate) fn open(&self) -> Result<Open<'_>, Failure> {
        let mut slot = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() {
            if let Some(folder) = self.path.as_deref().and_then(Path::parent) {
                std::fs::create_dir_all(folder).map_err(Failure::internal)?;
            }
            let connection =
                database::open(self.path.as_deref(), SCHEMA).map_err(Failure::internal)?;
            *slot = Some(connection);
        }
        let open = Open(slot);
        open.run("BEGIN IMMEDIATE")?;
        Ok(open)
    }
}

/// The records, open.
pub(crate) struct Open<'a>(MutexGuard<'a, Option<Connection>>);

impl Open<'_> {
    fn connection(&self) -> Result<&Connection, Failure> {
        self.0
            .as_ref()
            .ok_or_else(|| Failure::internal("the records are closed"))
    }

    fn run(&self, statement: &str) -> Result<(), Failure> {
        self.connection()?
            .execute_batch(statement)
            .map_err(Failure::internal)
    }

    /// Keeps what was written, durably. It ends the call: nothing is read or written after it.
    pub(crate) fn keep(&self) -> Result<(), Failure> {
        self.run("COMMIT")
    }

    /// One record. What a later version wrote and this one can't read counts as absent.
    pub(crate) fn get<T: DeserializeOwned>(
        &self,
        kind: &str,
        region: &str,
        name: &str,
    ) -> Result<Option<T>, Failure> {
        let text: Option<String> = self
            .connection()?
            .query_row(
                "SELECT body FROM record WHERE kind = ?1 AND region = ?2 AND name = ?3",
                params![kind, region, name],
                |row| row.get(0),
            )
            .optional()
            .map_err(Failure::internal)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// All records of a kind in a region, by name.
    pub(crate) fn list<T: DeserializeOwned>(
        &self,
        kind: &str,
        region: &str,
    ) -> Result<Vec<(String, T)>, Failure> {
        let mut rows = self
            .connection()?
            .prepare("SELECT name, body FROM record WHERE kind = ?1 AND region = ?2 ORDER BY name")
            .map_err(Failure::internal)?;
        let rows = rows
            .query_map(params![kind, region], |row| {
                Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
            })
            .map_err(Failure::internal)?;
        let mut found = Vec::new();
        for row in rows {
            let (name, text) = row.map_err(Failure::internal)?;
            if let Ok(record) = serde_json::from_str(&text) {
                found.push((name, record));
            }
        }
        Ok(found)
    }

    /// Writes a record.
    pub(crate) fn put<T: Serialize>(
        &self,
        kind: &str,
        region: &str,
        name: &str,
        record: &T,
    ) -> Result<(), Failure> {
        let text = serde_json::to_string(record).map_err(Failure::internal)?;
        self.connection()?
            .execute(
                "INSERT INTO record (kind, region, name, body) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (kind, region, name) DO UPDATE SET body = excluded.body",
                params![kind, region, name, text],
            )
            .map(drop)
            .map_err(Failure::internal)
    }

    /// Removes a record; answers whether there was one.
    pub(crate) fn remove(&self, kind: &str, region: &str, name: &str) -> Result<bool, Failure> {
        self.connection()?
            .execute(
                "DELETE FROM record WHERE kind = ?1 AND region = ?2 AND name = ?3",
                params![kind, region, name],
            )
            .map(|count| count > 0)
            .map_err(Failure::internal)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let broken_off = self.0.as_ref().is_some_and(|c| !c.is_autocommit());
        if broken_off && self.run("ROLLBACK").is_err() {
            // A database that can't go back is opened anew.
            *self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Records;

    #[test]
    fn a_call_that_breaks_off_leaves_nothing() -> Result<(), crate::dynamodb::wire::Failure> {
        let records = Records::new(None);
        for keeps in [false, true] {
            let open = records.open()?;
            open.put("key", "eu-west-1", "orders", &1)?;
            open.put("tags", "eu-west-1", "orders", &2)?;
            if keeps {
                open.keep()?;
            }
            drop(open);
            let open = records.open()?;
            let found: Vec<Option<u8>> = vec![
                open.get("key", "eu-west-1", "orders")?,
                open.get("tags", "eu-west-1", "orders")?,
            ];
            let wanted = match keeps {
                true => vec![Some(1), Some(2)],
                false => vec![None, None],
            };
            assert_eq!(found, wanted);
        }
        Ok(())
    }
}
