//! What an emulator is opened with, and why it is not.

use crate::permissions::Permissions;

/// A key pair that the server prints and accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessKeys {
    /// Access key id.
    pub id: String,
    /// Secret access key; told to the user, not verified against signatures.
    pub secret: String,
}

/// Settings of an emulator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The twelve-digit account that every ARN names.
    pub account: String,
    /// Region of a request whose signature names none.
    pub default_region: String,
    /// How many DescribeTable calls see a table or index CREATING, UPDATING or
    /// DELETING before the change is done: 0 for `-local`, 2 in tests.
    pub pending_describes: u32,
    /// The only key pair that is accepted beside `test`/`test`; `None` accepts
    /// every access key.
    pub access_keys: Option<AccessKeys>,
    /// What callers may do; `None` is everything.
    pub permissions: Option<Permissions>,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            account: "123456789012".to_owned(),
            default_region: "us-east-1".to_owned(),
            pending_describes: 0,
            access_keys: None,
            permissions: None,
        }
    }
}

/// Why the emulator's store could not be opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A folder or file could not be made or read.
    #[error("{path}: {source}")]
    Io {
        /// The path that failed.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A database file is damaged or not ours.
    #[error("{path}: {message}")]
    Database {
        /// The file that failed.
        path: String,
        /// What the database said.
        message: String,
    },
    /// The settings cannot be used.
    #[error("{0}")]
    Setting(String),
}
