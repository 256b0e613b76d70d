//! The lock as an object beside the state, written only where there is none. Its bytes are exactly Terraform's; the
//! lease stands in the object's user metadata, which Terraform and OpenTofu do not look at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::time::Instant;
use trueup_aws::s3::{DeleteObject, Encryption, GetObject, PutObject};
use trueup_aws::{BoxFuture, Class, S3};

use super::S3Timing;
use super::heartbeat::Renewed;
use super::lease::{FoundLock, Lease, Mark, Watch, as_metadata};
use super::leased::{Leased, damaged_hint, patience_hint};
use crate::lock::Attempt;
use crate::{Error, LockInfo, ProcessMark};

/// The place of one lock object.
#[derive(Clone)]
pub(super) struct LockFile {
    pub(super) s3: Arc<dyn S3>,
    pub(super) bucket: String,
    /// The object's key: the state's with `.tflock`.
    pub(super) key: String,
    pub(super) encryption: Encryption,
    pub(super) acl: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) process: ProcessMark,
    pub(super) timing: S3Timing,
    pub(super) watch: Arc<Mutex<Watch>>,
}

/// Over what a lock object is written.
enum Over<'a> {
    /// Nothing may be there.
    Nothing,
    /// The object with this entity tag, as far as the store told one.
    Tag(Option<&'a str>),
}

impl LockFile {
    fn url(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }

    fn error(&self, action: &str, error: trueup_aws::Error) -> Error {
        Error::aws(format!("{action} {}", self.url()), error)
    }

    /// The lock as it is; `None` where there is none.
    async fn found(&self) -> Result<Option<FoundLock>, trueup_aws::Error> {
        let request = GetObject {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            encryption: self.encryption.clone(),
            ..GetObject::default()
        };
        match self.s3.get_object(request).await {
            Ok(object) => Ok(Some(FoundLock::from_object(&object))),
            Err(error) if error.is_not_found() && error.code() != "NoSuchBucket" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the object; answers its entity tag.
    async fn put(
        &self,
        text: &str,
        lease: &str,
        beat: u64,
        over: Over<'_>,
    ) -> Result<Option<String>, trueup_aws::Error> {
        let request = PutObject {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            body: text.to_owned().into(),
            content_type: Some("application/json".to_owned()),
            if_none_match: matches!(over, Over::Nothing),
            if_match: match over {
                Over::Nothing => None,
                Over::Tag(tag) => tag.map(str::to_owned),
            },
            encryption: self.encryption.clone(),
            acl: self.acl.clone(),
            tags: self.tags.clone(),
            metadata: as_metadata(lease, beat),
            ..PutObject::default()
        };
        Ok(self.s3.put_object(request).await?.etag)
    }

    /// One attempt to take the lock.
    pub(super) async fn attempt(&self, info: &LockInfo) -> Attempt<FileHeld> {
        let text = info.to_json();
        let lease = Lease {
            seconds: self.timing.lease.as_secs().max(1),
            process: self.process.clone(),
        };
        let lease = serde_json::to_string(&lease).unwrap_or_default();
        let error = match self.put(&text, &lease, 0, Over::Nothing).await {
            Ok(tag) => return Attempt::Got(self.held(info, text, lease, tag, None)),
            Err(error) => error,
        };
        let met = matches!(error.class(), Class::PreconditionFailed | Class::Conflict);
        if !met && !error.lost_answer() {
            return Attempt::Failed(self.error("acquire the lock", error));
        }
        let found = match self.found().await {
            Ok(Some(found)) => found,
            Ok(None) if met => return Attempt::Vanished,
            Ok(None) => return Attempt::Failed(self.error("acquire the lock", error)),
            Err(second) => {
                tracing::warn!(error = %second, "the holder of the lock could not be read");
                let action = match error.lost_answer() {
                    true => format!(
                        "acquire the lock (perhaps it is held by this run now: if so, \
                         \"force-unlock {}\" removes it)",
                        info.id
                    ),
                    false => "acquire the lock".to_owned(),
                };
                return Attempt::Failed(self.error(&action, error));
            }
        };
        let Mark::Tag(tag) = found.mark.clone() else {
            return Attempt::Failed(self.error("acquire the lock", error));
        };
        let Some(holder) = found.info.clone() else {
            return Attempt::Failed(Error::Locked {
                location: self.url(),
                cause: format!("{error}\nthe lock object holds no readable lock info"),
                holder: None,
                hint: damaged_hint(),
            });
        };
        if holder.id == info.id {
            // The answer to our own write was lost on the way.
            return Attempt::Got(self.held(info, text, lease, tag, None));
        }
        if self.watched(&found) && tag.is_some() {
            match self.put(&text, &lease, 0, Over::Tag(tag.as_deref())).await {
                Ok(tag) => return Attempt::Got(self.held(info, text, lease, tag, Some(&holder))),
                // Somebody was quicker, or it is gone; or it is ours, and the next attempt finds that.
                Err(_) => return Attempt::Vanished,
            }
        }
        Attempt::Held {
            holder,
            cause: error.to_string(),
            hint: found
                .lease
                .as_ref()
                .map_or_else(String::new, |(lease, _)| patience_hint(lease)),
        }
    }

    /// Whether the lease of the lock that was found has lapsed, as far as it was watched.
    fn watched(&self, found: &FoundLock) -> bool {
        self.watch
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .has_lapsed(found, &self.process, Instant::now())
    }

    fn held(
        &self,
        info: &LockInfo,
        text: String,
        lease: String,
        tag: Option<String>,
        taken_from: Option<&LockInfo>,
    ) -> FileHeld {
        let lock = Arc::new(OurObject {
            file: self.clone(),
            text,
            lease,
            tag: Mutex::new(tag),
        });
        FileHeld {
            lease: Leased::start(self.url(), info, lock, self.timing, taken_from),
            file: self.clone(),
        }
    }

    /// Who holds the lock.
    pub(super) async fn holder(&self) -> Result<Option<LockInfo>, Error> {
        match self.found().await {
            Ok(found) => Ok(found.and_then(|found| found.info)),
            Err(error) => Err(self.error("read the lock", error)),
        }
    }

    /// Removes the lock if it has this id, or is damaged and has none; answers the lock that was found.
    pub(super) async fn force(&self, id: &str) -> Result<Option<LockInfo>, Error> {
        let found = match self.found().await {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(None),
            Err(error) => return Err(self.error("read the lock", error)),
        };
        let holder = found.info.unwrap_or_else(|| LockInfo {
            id: id.to_owned(),
            ..LockInfo::default()
        });
        if holder.id == id {
            self.delete().await?;
        }
        Ok(Some(holder))
    }

    async fn delete(&self) -> Result<(), Error> {
        let request = DeleteObject {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            ..DeleteObject::default()
        };
        self.s3
            .delete_object(request)
            .await
            .map_err(|error| self.error("release the lock", error))
    }
}

/// Our object, for its heartbeat.
struct OurObject {
    file: LockFile,
    text: String,
    lease: String,
    /// The entity tag of the last write: the bytes stay the same, but a store that encrypts gives each
    /// write a tag of its own.
    tag: Mutex<Option<String>>,
}

impl Renewed for OurObject {
    fn text(&self) -> &str {
        &self.text
    }

    fn renew(&self, beat: u64) -> BoxFuture<'_, Result<(), trueup_aws::Error>> {
        Box::pin(async move {
            let known = || self.tag.lock().unwrap_or_else(PoisonError::into_inner);
            let tag = known().clone();
            let over = Over::Tag(tag.as_deref());
            let tag = self
                .file
                .put(&self.text, &self.lease, beat + 1, over)
                .await?;
            *known() = tag;
            Ok(())
        })
    }

    fn found(&self) -> BoxFuture<'_, Result<Option<FoundLock>, trueup_aws::Error>> {
        Box::pin(async move {
            let found = self.file.found().await?;
            if let Some(FoundLock {
                text,
                mark: Mark::Tag(tag),
                ..
            }) = &found
                && *text == self.text
            {
                self.tag
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .clone_from(tag);
            }
            Ok(found)
        })
    }
}

/// The lock object, held and kept alive.
pub(super) struct FileHeld {
    pub(super) lease: Leased,
    file: LockFile,
}

impl FileHeld {
    /// Deletes the object if it is still ours.
    pub(super) async fn release(self) -> Result<(), Error> {
        self.lease.stop();
        let cause = match self.file.holder().await {
            Ok(Some(holder)) if holder.id == self.lease.id => match self.file.delete().await {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            },
            Ok(Some(holder)) => {
                return Err(self
                    .lease
                    .lost(format!("it is now held by {} ({})", holder.who, holder.id)));
            }
            Ok(None) => return Err(self.lease.lost("somebody removed it".to_owned())),
            Err(error) => error.to_string(),
        };
        Err(self.lease.not_released(cause))
    }
}
