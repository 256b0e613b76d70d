//! The one closed set of ways in which state storage fails.

use std::path::PathBuf;

use trueup_state::ReadError;

use crate::LockInfo;

/// Why a state could not be read, written, locked or released. Each text says what, where and why,
/// and what to do next where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Somebody else holds the state.
    #[error("{}", locked_text(.location, .cause, .holder.as_deref(), .hint))]
    Locked {
        /// The state: a path, or `bucket/key`.
        location: String,
        /// The words of the store or of the system.
        cause: String,
        /// The holder, where it could be read.
        holder: Option<Box<LockInfo>>,
        /// What may help; may be empty.
        hint: String,
    },
    /// The lock could not be taken, for another reason than a holder.
    #[error("{source}{}\n\n{} {}", making_hint(.source), PURPOSE, UNPROTECTED)]
    NotAcquired {
        /// Why.
        source: Box<Error>,
    },
    /// The lock is no longer ours: somebody released it, or its lease lapsed.
    #[error(
        "the lock {id} on {location} was lost during the run: {cause}; nothing more was written, \
         so that another run's work is not overwritten"
    )]
    LockLost {
        /// The state.
        location: String,
        /// The lock's id.
        id: String,
        /// What was found instead.
        cause: String,
    },
    /// A lock to be released is not there.
    #[error("{location} is not locked")]
    NotLocked {
        /// The state.
        location: String,
    },
    /// A lock to be released has another id.
    #[error("lock ID {id:?} does not match existing lock ({existing:?})\n{holder}", existing = holder.id)]
    OtherLock {
        /// The id that was given.
        id: String,
        /// The lock that is there.
        holder: Box<LockInfo>,
    },
    /// The lock could not be released.
    #[error(
        "the lock {id} on {location} could not be released: {cause}\nIf no other run uses this \
         state, \"force-unlock {id}\" removes the lock."
    )]
    NotReleased {
        /// The state.
        location: String,
        /// The lock's id.
        id: String,
        /// Why.
        cause: String,
    },
    /// The state could not be read, and then its lock could not be released either.
    #[error("{first}\n\n{second}")]
    AndNotReleased {
        /// Why it could not be read.
        first: Box<Error>,
        /// Why the lock is still there.
        second: Box<Error>,
    },
    /// The stored text is no state we can work with.
    #[error("cannot read the state at {location}: {problem}")]
    Unreadable {
        /// The state.
        location: String,
        /// What is wrong with it.
        problem: ReadError,
    },
    /// The object in S3 and the digest in the lock table contradict each other.
    #[error("{0}")]
    DigestMismatch(Box<DigestMismatch>),
    /// The state was saved but its digest was not.
    #[error("{0}")]
    DigestNotWritten(Box<DigestNotWritten>),
    /// There is no such version of the state, or nothing in it.
    #[error("there is no version {id:?} of the state at {location} that holds a state")]
    NoVersion {
        /// The state.
        location: String,
        /// The version's id.
        id: String,
    },
    /// The text could not be encrypted.
    #[error("{provider} gives no key to encrypt with: {problem}")]
    Sealing {
        /// The provider of keys.
        provider: String,
        /// Why.
        problem: String,
    },
    /// Somebody else changed the state since it was read.
    #[error(
        "the state at {location} was changed by somebody else since this run read it ({detail}); \
         it was left as it is"
    )]
    Conflict {
        /// The state.
        location: String,
        /// How that was noticed.
        detail: String,
    },
    /// A file or folder refused.
    #[error("cannot {action} {}: {source}{}", .path.display(), io_hint(.source))]
    Io {
        /// The verb: `read`, `write`, `lock`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// AWS refused, or was not reached.
    #[error("cannot {action}: {source}")]
    Aws {
        /// What was tried, with its object: `read the state s3://b/k`.
        action: String,
        /// The answer.
        source: Box<trueup_aws::Error>,
    },
    /// The bucket does not exist.
    #[error(
        "S3 bucket {bucket:?} does not exist.\n\nThe referenced S3 bucket must have been previously \
         created. If the S3 bucket\nwas created within the last minute, please wait for a minute or \
         two and try\nagain. \"init -create-backend\" makes it, encrypted, versioned and closed to the \
         public."
    )]
    NoBucket {
        /// The bucket.
        bucket: String,
    },
    /// A setting of the backend block cannot be used.
    #[error("invalid backend setting {setting:?}: {problem}")]
    Setting {
        /// The setting's name.
        setting: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The settings cannot be used together, or not in this environment.
    #[error("{summary}: {detail}")]
    Settings {
        /// What is wrong, in a line.
        summary: String,
        /// The rest.
        detail: String,
    },
    /// There is no such backend type here.
    #[error("unknown backend type {kind:?}; there are {}", crate::BACKEND_TYPES.join(", "))]
    UnknownType {
        /// The type asked for.
        kind: String,
    },
    /// A workspace's name cannot be used.
    #[error(
        "the workspace name {name:?} is not allowed: it must not be empty and must not hold \
         characters that a URL would escape, such as slashes or spaces"
    )]
    WorkspaceName {
        /// The name.
        name: String,
    },
    /// The default workspace was to be deleted.
    #[error("the default workspace cannot be deleted")]
    DefaultWorkspace,
    /// The record of the configured backend cannot be read.
    #[error(
        "cannot read the backend record {}: {problem}; remove it and run \"init\" again", .path.display()
    )]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// No place for the journal could be written to.
    #[error(
        "cannot write the journal of this run, without which a crash could lose track of what was made: {cause}"
    )]
    Journal {
        /// The last refusal.
        cause: String,
    },
    /// The run was cancelled while it waited.
    #[error("cancelled while waiting for the lock on {location}")]
    Cancelled {
        /// The state.
        location: String,
    },
}

/// An object in S3 and a digest in the lock table that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "state data in S3 does not have the expected content.\n\nThe checksum calculated for the \
     state stored in S3 does not match the checksum stored in DynamoDB.\n\n  Bucket: {bucket}\n  \
     Key:    {key}\n  Calculated checksum: {calculated}\n  Stored checksum:     {stored}\n\n{advice}"
)]
pub struct DigestMismatch {
    /// The bucket.
    pub bucket: String,
    /// The state's key.
    pub key: String,
    /// Lower-case hex MD5 of the object; empty where there is none.
    pub calculated: String,
    /// What the digest item says.
    pub stored: String,
    /// What to do about it.
    pub advice: String,
}

/// A state that was saved while its digest was not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the state was saved to s3://{bucket}/{key}, but its digest could not be written to the table \
     {table:?}: {cause}\nOther programs that use this state will report that it does not have the \
     expected content. The next run of this one repairs that; by hand, set the attribute Digest of \
     the item with LockID {item:?} to {digest}."
)]
pub struct DigestNotWritten {
    /// The bucket.
    pub bucket: String,
    /// The state's key.
    pub key: String,
    /// The lock table.
    pub table: String,
    /// `LockID` of the digest item.
    pub item: String,
    /// The value it should have.
    pub digest: String,
    /// Why it could not be written.
    pub cause: String,
}

impl Error {
    pub(crate) fn io(
        action: &'static str,
        path: impl Into<PathBuf>,
        source: std::io::Error,
    ) -> Self {
        Self::Io {
            action,
            path: path.into(),
            source,
        }
    }

    pub(crate) fn aws(action: impl Into<String>, source: trueup_aws::Error) -> Self {
        Self::Aws {
            action: action.into(),
            source: Box::new(source),
        }
    }

    pub(crate) fn setting(setting: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Setting {
            setting: setting.into(),
            problem: problem.into(),
        }
    }

    /// What kept a lock from being taken: a store or a system that refused says so under the lock's own title.
    pub(crate) fn acquiring(self) -> Self {
        match self {
            Self::Aws { .. } | Self::Io { .. } => Self::NotAcquired {
                source: Box::new(self),
            },
            other => other,
        }
    }

    /// The one-line title under which a person is shown this error.
    pub fn summary(&self) -> &'static str {
        match self {
            Self::Locked { .. } | Self::Cancelled { .. } | Self::NotAcquired { .. } => {
                "Error acquiring the state lock"
            }
            Self::NotReleased { .. } => "Error releasing the state lock",
            Self::LockLost { .. } => "The state lock was lost",
            Self::NotLocked { .. } | Self::OtherLock { .. } => "Failed to unlock state",
            Self::NoVersion { .. } => "No such version of the state",
            Self::Sealing { .. } => "Failed to encrypt",
            Self::Unreadable { .. } | Self::DigestMismatch(_) => "Failed to load state",
            Self::DigestNotWritten(_) | Self::Conflict { .. } => "Failed to save state",
            Self::AndNotReleased { first, .. } => first.summary(),
            Self::Setting { .. } | Self::Settings { .. } => "Invalid backend configuration",
            Self::UnknownType { .. } => "Unsupported backend type",
            Self::WorkspaceName { .. } => "Invalid workspace name",
            Self::DefaultWorkspace => "Cannot delete the default workspace",
            Self::Journal { .. } => "Failed to write the journal",
            Self::Io { .. } | Self::Aws { .. } | Self::NoBucket { .. } | Self::Record { .. } => {
                "Error accessing the state"
            }
        }
    }

    /// Whether the state is held by somebody else.
    pub fn is_locked(&self) -> bool {
        matches!(self, Self::Locked { .. })
    }
}

/// What a lock is for.
const PURPOSE: &str = "The lock keeps two runs from writing the same state at once.";
/// What there is instead of a lock.
const UNPROTECTED: &str = "With -lock=false nothing protects the state, which is not recommended.";

/// How a table that is not there is made.
fn making_hint(source: &Error) -> &'static str {
    match source {
        Error::Aws { source, .. } if source.code() == "ResourceNotFoundException" => {
            "\nThe lock table must exist; \"init -create-backend\" makes it."
        }
        _ => "",
    }
}

fn locked_text(location: &str, cause: &str, holder: Option<&LockInfo>, hint: &str) -> String {
    let mut text = match holder {
        Some(holder) => format!("{cause}\n{holder}"),
        None => format!("{cause} (state: {location})"),
    };
    text.push_str(&format!(
        "\n\n{PURPOSE} Wait for the other run to end, or use -lock-timeout=DURATION to wait here. \
         {UNPROTECTED}"
    ));
    if !hint.is_empty() {
        text.push('\n');
        text.push_str(hint);
    }
    text
}

fn io_hint(error: &std::io::Error) -> &'static str {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "; free some space and run again",
        ErrorKind::FileTooLarge => "; the limit on the size of a file was reached",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "; the user running this needs write permission there"
        }
        _ => "",
    }
}
