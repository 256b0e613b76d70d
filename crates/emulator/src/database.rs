//! Databases that keep what the emulator knows: every change is on disk when its answer is given.

use std::path::Path;

use rusqlite::Connection;

/// Opens a database with tables of this schema; `None` keeps it in memory. The file is made if it is not
/// there, its folder is not.
///
/// # Errors
/// The file can't be opened, or is no database.
pub(crate) fn open(path: Option<&Path>, schema: &str) -> rusqlite::Result<Connection> {
    let connection = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    if path.is_some() {
        connection.pragma_update(None, "journal_mode", "WAL")?;
    }
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(schema)?;
    Ok(connection)
}
