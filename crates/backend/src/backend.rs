//! The seam: what every backend can do.

use std::sync::Arc;

use trueup_aws::BoxFuture;
use trueup_diagnostics::Diagnostic;
use trueup_state::State;

use crate::history::{self, History};
use crate::{Error, Held, JournalStore, LockInfo, LockWait};

/// The workspace that always exists.
pub const DEFAULT_WORKSPACE: &str = "default";

/// A place where the states of workspaces are kept and locked. One backend serves one run at a
/// time; [`Session`](crate::Session) is the usual way to use it.
pub trait Backend: Send + Sync {
    /// The backend's type as a backend block names it: `local`, `s3`, `memory`.
    fn kind(&self) -> &'static str;

    /// What names the state of a workspace in lock infos and messages: a path, or `bucket/key`.
    fn location(&self, workspace: &str) -> String;

    /// Reads the state of a workspace; no state, or an empty one, is `None`.
    ///
    /// # Errors
    /// A state that is there but cannot be read is an error, never `None`.
    fn read<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Snapshot, Error>>;

    /// Replaces the state of a workspace by `text`, provided that what is stored is still what
    /// `expected` says. Durable when it returns.
    ///
    /// # Errors
    /// [`Error::Conflict`] if somebody else wrote in between; then nothing was written.
    fn write<'a>(
        &'a self,
        workspace: &'a str,
        text: Vec<u8>,
        expected: &'a Revision,
    ) -> BoxFuture<'a, Result<Written, Error>>;

    /// Locks the state of a workspace, waiting as long as `wait` allows.
    ///
    /// # Errors
    /// [`Error::Locked`] with the holder, where it is known.
    fn lock<'a>(
        &'a self,
        workspace: &'a str,
        info: &'a LockInfo,
        wait: &'a LockWait,
    ) -> BoxFuture<'a, Result<Box<dyn Held>, Error>>;

    /// Who holds the state of a workspace, if anyone does.
    fn holder<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Option<LockInfo>, Error>>;

    /// Takes a lock away from its holder, by the lock's id.
    ///
    /// # Errors
    /// [`Error::NotLocked`], or [`Error::OtherLock`] if the state is held under another id.
    fn force_unlock<'a>(
        &'a self,
        workspace: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<LockInfo, Error>>;

    /// The workspaces that exist: `default` first, the others sorted.
    fn workspaces(&self) -> BoxFuture<'_, Result<Vec<String>, Error>>;

    /// Deletes a workspace with its state. The default workspace cannot be deleted.
    fn delete_workspace<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<(), Error>>;

    /// The texts of a workspace's state that are still kept, the newest first, at most `limit` of them.
    ///
    /// A backend that keeps none says so.
    fn history<'a>(
        &'a self,
        workspace: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<History, Error>> {
        let _ = (workspace, limit);
        Box::pin(std::future::ready(Ok(history::none(self.kind()))))
    }

    /// One of the states that [`Backend::history`] names.
    ///
    /// # Errors
    /// [`Error::NoVersion`] if none is called so, or if it only says that the state was deleted;
    /// [`Error::Unreadable`].
    fn version_state<'a>(
        &'a self,
        workspace: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<State, Error>> {
        let error = Error::NoVersion {
            location: self.location(workspace),
            id: id.to_owned(),
        };
        Box::pin(std::future::ready(Err(error)))
    }

    /// Where the journal of a workspace may be kept, the best place first. What cannot be written
    /// to is passed over.
    fn journal_stores(&self, workspace: &str) -> Vec<Arc<dyn JournalStore>>;
}

/// A state as it was read.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The state, unless there is none.
    pub state: Option<State>,
    /// Names what was read, for the next write.
    pub revision: Revision,
    /// Whether the text is to be written in another form even if its content stays as it is: encrypted, or not any
    /// more.
    pub outdated: bool,
    /// What the reader of the screen should know.
    pub notices: Vec<Notice>,
}

/// What a write left behind.
#[derive(Clone, Debug)]
pub struct Written {
    /// Names what was written, for the next write.
    pub revision: Revision,
    /// What the reader of the screen should know.
    pub notices: Vec<Notice>,
}

/// Names one stored text, so that a write can say what it means to replace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Lower-case hex MD5 of the text; `None` where there is no text.
    pub md5: Option<String>,
    /// The store's entity tag, where it has one.
    pub etag: Option<String>,
    /// What the digest item held when it was read, where there is one.
    pub digest: Option<String>,
}

/// Something that went on well enough, but that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// One line.
    pub summary: String,
    /// The rest.
    pub detail: String,
}

impl Notice {
    /// A notice.
    pub fn new(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            summary: summary.into(),
            detail: detail.into(),
        }
    }
}

impl From<Notice> for Diagnostic {
    fn from(notice: Notice) -> Self {
        Self::warning(notice.summary, notice.detail)
    }
}

/// Lower-case hex of the MD5 of a text: what the digest item holds.
pub(crate) fn md5_hex(text: &[u8]) -> String {
    use md5::Digest;
    use std::fmt::Write;
    let mut hex = String::with_capacity(32);
    for byte in md5::Md5::digest(text) {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Whether a workspace may be called so: what equals its own escaped form in a URL.
pub fn is_workspace_name(name: &str) -> bool {
    !name.is_empty()
        && name != "."
        && name != ".."
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~$&+=:@".contains(&byte))
}

/// Refuses a workspace's name that can't be one: it becomes part of a path or key.
pub(crate) fn check_name(workspace: &str) -> Result<(), Error> {
    if is_workspace_name(workspace) {
        return Ok(());
    }
    Err(Error::WorkspaceName {
        name: workspace.to_owned(),
    })
}

/// Refuses the name of a workspace that can't be deleted: the default one always exists.
pub(crate) fn check_deletable(workspace: &str) -> Result<(), Error> {
    if workspace == DEFAULT_WORKSPACE {
        return Err(Error::DefaultWorkspace);
    }
    check_name(workspace)
}

/// The workspaces that exist: the default one, then those found, sorted and each once.
pub(crate) fn with_default(mut found: Vec<String>) -> Vec<String> {
    found.retain(|name| name != DEFAULT_WORKSPACE);
    found.sort();
    found.dedup();
    found.insert(0, DEFAULT_WORKSPACE.to_owned());
    found
}
