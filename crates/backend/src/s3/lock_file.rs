//! The lock as an object beside the state, written only where there is none.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::s3::{DeleteObject, Encryption, GetObject, PutObject};
use trueup_aws::{Class, S3};

use crate::lock::Attempt;
use crate::{Error, LockInfo};

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
}

impl LockFile {
    fn url(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.key)
    }

    fn error(&self, action: &str, error: trueup_aws::Error) -> Error {
        Error::aws(format!("{action} {}", self.url()), error)
    }

    /// The object's text; `None` where there is none.
    async fn text(&self) -> Result<Option<String>, trueup_aws::Error> {
        let request = GetObject {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            encryption: self.encryption.clone(),
            ..GetObject::default()
        };
        match self.s3.get_object(request).await {
            Ok(object) => Ok(Some(String::from_utf8_lossy(&object.body).into_owned())),
            Err(error) if error.is_not_found() && error.code() != "NoSuchBucket" => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One attempt to take the lock.
    pub(super) async fn attempt(&self, info: &LockInfo) -> Attempt<FileHeld> {
        let request = PutObject {
            bucket: self.bucket.clone(),
            key: self.key.clone(),
            body: info.to_json().into(),
            content_type: Some("application/json".to_owned()),
            if_none_match: true,
            encryption: self.encryption.clone(),
            acl: self.acl.clone(),
            tags: self.tags.clone(),
            ..PutObject::default()
        };
        let held = || FileHeld {
            file: self.clone(),
            id: info.id.clone(),
        };
        let error = match self.s3.put_object(request).await {
            Ok(_) => return Attempt::Got(held()),
            Err(error) => error,
        };
        let met = matches!(error.class(), Class::PreconditionFailed | Class::Conflict);
        if !met && !error.lost_answer() {
            return Attempt::Failed(self.error("acquire the lock", error));
        }
        match self.text().await {
            Ok(None) if met => Attempt::Vanished,
            Ok(None) | Err(_) => Attempt::Failed(self.error("acquire the lock", error)),
            Ok(Some(text)) => match LockInfo::parse(&text) {
                Some(holder) if holder.id == info.id => Attempt::Got(held()),
                Some(holder) => Attempt::Held {
                    holder,
                    cause: error.to_string(),
                    hint: String::new(),
                },
                None => Attempt::Failed(Error::Locked {
                    location: self.url(),
                    cause: format!("{error}\nthe lock object holds no readable lock info"),
                    holder: None,
                    hint: format!("If no other run uses this state, delete {}.", self.url()),
                }),
            },
        }
    }

    /// Who holds the lock.
    pub(super) async fn holder(&self) -> Result<Option<LockInfo>, Error> {
        match self.text().await {
            Ok(text) => Ok(text.as_deref().and_then(LockInfo::parse)),
            Err(error) => Err(self.error("read the lock", error)),
        }
    }

    /// Removes the lock if it has this id; answers the lock that was found.
    pub(super) async fn force(&self, id: &str) -> Result<Option<LockInfo>, Error> {
        let holder = self.holder().await?;
        if holder.as_ref().is_some_and(|holder| holder.id == id) {
            self.delete().await?;
        }
        Ok(holder)
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

/// The lock object, held.
pub(super) struct FileHeld {
    file: LockFile,
    id: String,
}

impl FileHeld {
    /// Deletes the object if it is still ours.
    pub(super) async fn release(self) -> Result<(), Error> {
        let cause = match self.file.holder().await {
            Ok(Some(holder)) if holder.id == self.id => match self.file.delete().await {
                Ok(()) => return Ok(()),
                Err(error) => error.to_string(),
            },
            Ok(Some(holder)) => format!("it is now held by {} ({})", holder.who, holder.id),
            Ok(None) => "somebody removed it".to_owned(),
            Err(error) => error.to_string(),
        };
        Err(Error::NotReleased {
            location: self.file.url(),
            id: self.id,
            cause,
        })
    }
}
