//! States as objects in S3, locked through a DynamoDB item, a lock object, or both.

mod creation;
mod digest;
mod dynamodb_lock;
mod heartbeat;
mod held;
mod lease;
mod leased;
mod lock_file;
mod lock_item;
mod locks;
mod objects;
mod roles;
mod rules;
mod schema;
mod settings;
mod timing;
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use trueup_aws::s3::{DeleteObject, ListObjects};
use trueup_aws::{BoxFuture, Buckets, DynamoDb, S3};
use trueup_state::State;

pub use creation::Lack;
pub use rules::MISSING_REGION;
pub(crate) use rules::check;
pub(crate) use schema::{NOT_OPENTOFUS, OPENTOFUS, schema};
pub use schema::{reach_schema, reach_schema_with_block};
pub use settings::{S3Settings, reach};
pub use timing::S3Timing;

use crate::backend::{
    Backend, Revision, Snapshot, Written, check_deletable, check_name, with_default,
};
use crate::history::History;
use crate::journal::{FolderJournal, ObjectJournal, TableJournal};
use crate::lock::acquire;
use crate::registry::{AwsClients, Connect, Place};
use crate::{Error, Held, JournalStore, LockInfo, LockWait, ProcessMark, Sealing, Surroundings};
use dynamodb_lock::TableLock;
use held::S3Held;
use lock_file::LockFile;
use locks::Locks;

/// States as objects in S3.
pub struct S3Backend {
    settings: S3Settings,
    s3: Arc<dyn S3>,
    buckets: Arc<dyn Buckets>,
    dynamodb: Arc<dyn DynamoDb>,
    /// Where the journal goes when neither bucket nor table will have it.
    journal_dir: PathBuf,
    process: ProcessMark,
    /// `user@host`, left beside each state that is written.
    who: String,
    /// How states are kept from other eyes.
    sealing: Sealing,
    timing: S3Timing,
    /// Whether the store refused conditional writes.
    unconditional: AtomicBool,
    /// Workspaces whose lock this backend holds.
    locked: Arc<Mutex<BTreeSet<String>>>,
    /// MD5 of the last text that this backend wrote for a workspace, whatever came after.
    last_written: Mutex<BTreeMap<String, String>>,
}

impl S3Backend {
    /// A backend over services that are already connected.
    pub fn new(
        settings: S3Settings,
        place: &Place,
        surroundings: &Surroundings,
        clients: AwsClients,
    ) -> Self {
        Self {
            settings,
            s3: clients.s3,
            buckets: clients.buckets,
            dynamodb: clients.dynamodb,
            journal_dir: place.journal_dir.clone(),
            process: surroundings.process.clone(),
            who: surroundings.who.clone(),
            sealing: place.sealing.clone(),
            timing: S3Timing::with_lease(surroundings.lease),
            unconditional: AtomicBool::new(false),
            locked: Arc::default(),
            last_written: Mutex::default(),
        }
    }

    /// Connects as the settings say.
    ///
    /// # Errors
    /// What connecting fails with.
    pub async fn connect(
        settings: S3Settings,
        place: &Place,
        surroundings: &Surroundings,
        connect: &Connect,
    ) -> Result<Self, Error> {
        let clients = connect(settings.aws.clone()).await.map_err(|error| {
            Error::aws(
                format!("reach AWS for the state in s3://{}", settings.bucket),
                error,
            )
        })?;
        Ok(Self::new(settings, place, surroundings, clients))
    }

    /// The same backend with another patience.
    #[must_use]
    pub fn with_timing(mut self, timing: S3Timing) -> Self {
        self.timing = timing;
        self
    }

    /// The settings.
    pub fn settings(&self) -> &S3Settings {
        &self.settings
    }

    fn lock_id(&self, workspace: &str) -> String {
        format!(
            "{}/{}",
            self.settings.bucket,
            self.settings.state_key(workspace)
        )
    }

    fn table_lock(&self, workspace: &str) -> Option<TableLock> {
        let table = self.settings.dynamodb_table.clone()?;
        Some(TableLock::new(
            self.dynamodb.clone(),
            table,
            self.lock_id(workspace),
            self.process.clone(),
            self.timing,
        ))
    }

    fn locks(&self, workspace: &str) -> Locks {
        Locks {
            file: self.lock_file(workspace),
            table: self.table_lock(workspace),
        }
    }

    fn lock_file(&self, workspace: &str) -> Option<LockFile> {
        self.settings.use_lockfile.then(|| LockFile {
            s3: self.s3.clone(),
            bucket: self.settings.bucket.clone(),
            key: format!("{}.tflock", self.settings.state_key(workspace)),
            encryption: self.settings.encryption.clone(),
            acl: self.settings.acl.clone(),
            tags: self.settings.lock_tags.clone(),
            process: self.process.clone(),
            timing: self.timing,
            watch: Arc::default(),
        })
    }
}

impl Backend for S3Backend {
    fn kind(&self) -> &'static str {
        "s3"
    }

    fn location(&self, workspace: &str) -> String {
        self.lock_id(workspace)
    }

    fn read<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Snapshot, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            objects::read(self, workspace).await
        })
    }

    fn write<'a>(
        &'a self,
        workspace: &'a str,
        text: Vec<u8>,
        expected: &'a Revision,
    ) -> BoxFuture<'a, Result<Written, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            let text = self.sealing.seal(text).await?;
            objects::write(self, workspace, text, expected).await
        })
    }

    fn lock<'a>(
        &'a self,
        workspace: &'a str,
        info: &'a LockInfo,
        wait: &'a LockWait,
    ) -> BoxFuture<'a, Result<Box<dyn Held>, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            let locks = self.locks(workspace);
            let location = self.lock_id(workspace);
            let (file, table) = acquire(&location, wait, || locks.attempt(info)).await?;
            if let Ok(mut locked) = self.locked.lock() {
                locked.insert(workspace.to_owned());
            }
            let held: Box<dyn Held> = Box::new(S3Held {
                id: info.id.clone(),
                workspace: workspace.to_owned(),
                locked: self.locked.clone(),
                file,
                table,
            });
            Ok(held)
        })
    }

    fn holder<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<Option<LockInfo>, Error>> {
        Box::pin(async move { self.locks(workspace).holder().await })
    }

    fn force_unlock<'a>(
        &'a self,
        workspace: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<LockInfo, Error>> {
        Box::pin(async move {
            let location = self.lock_id(workspace);
            self.locks(workspace).force(&location, id).await
        })
    }

    fn workspaces(&self) -> BoxFuture<'_, Result<Vec<String>, Error>> {
        Box::pin(async move {
            let prefix = match &*self.settings.workspace_key_prefix {
                "" => String::new(),
                prefix => format!("{prefix}/"),
            };
            let request = ListObjects {
                bucket: self.settings.bucket.clone(),
                prefix: prefix.clone(),
                limit: None,
            };
            let listed = match self.s3.list_objects(request).await {
                Ok(listed) => listed,
                // Who may only touch the state itself has only the default workspace.
                Err(error) if error.code() == "AccessDenied" => Vec::new(),
                Err(error) if error.code() == "NoSuchBucket" => {
                    return Err(Error::NoBucket {
                        bucket: self.settings.bucket.clone(),
                    });
                }
                Err(error) => {
                    return Err(Error::aws(
                        format!(
                            "list the workspaces in s3://{}/{prefix}",
                            self.settings.bucket
                        ),
                        error,
                    ));
                }
            };
            let names = listed
                .iter()
                .filter_map(|object| {
                    let rest = object.key.strip_prefix(&prefix)?;
                    let (name, key) = rest.split_once('/')?;
                    (key == self.settings.key).then(|| name.to_owned())
                })
                .collect();
            Ok(with_default(names))
        })
    }

    fn delete_workspace<'a>(&'a self, workspace: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            check_deletable(workspace)?;
            let key = self.settings.state_key(workspace);
            let request = DeleteObject {
                bucket: self.settings.bucket.clone(),
                key: key.clone(),
                ..DeleteObject::default()
            };
            match self.s3.delete_object(request).await {
                Err(error) if !error.is_not_found() => {
                    return Err(Error::aws(
                        format!("delete the state s3://{}/{key}", self.settings.bucket),
                        error,
                    ));
                }
                _ => {}
            }
            digest::remove(self, workspace).await
        })
    }

    fn history<'a>(
        &'a self,
        workspace: &'a str,
        limit: usize,
    ) -> BoxFuture<'a, Result<History, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            versions::list(self, workspace, limit).await
        })
    }

    fn version_state<'a>(
        &'a self,
        workspace: &'a str,
        id: &'a str,
    ) -> BoxFuture<'a, Result<State, Error>> {
        Box::pin(async move {
            check_name(workspace)?;
            let text = versions::read(self, workspace, id).await?;
            self.sealing.prepare(&text).await;
            self.sealing
                .state(&text)
                .map_err(|problem| Error::Unreadable {
                    location: format!("{} (version {id})", self.lock_id(workspace)),
                    problem,
                })
        })
    }

    fn journal_stores(&self, workspace: &str) -> Vec<Arc<dyn JournalStore>> {
        let lock_id = self.lock_id(workspace);
        let mut stores: Vec<Arc<dyn JournalStore>> = vec![Arc::new(ObjectJournal {
            s3: self.s3.clone(),
            bucket: self.settings.bucket.clone(),
            state_key: self.settings.state_key(workspace),
            encryption: self.settings.encryption.clone(),
            acl: self.settings.acl.clone(),
        })];
        if let Some(table) = &self.settings.dynamodb_table {
            stores.push(Arc::new(TableJournal::new(
                self.dynamodb.clone(),
                table.clone(),
                lock_id.clone(),
            )));
        }
        let scope = crate::journal::scope(workspace, &lock_id);
        stores.push(Arc::new(FolderJournal::standing_in(
            self.journal_dir.join(scope),
        )));
        stores
    }
}
