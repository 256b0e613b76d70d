//! The journal as objects beside the state in S3, with its encryption and ACL.

use std::sync::Arc;

use futures::stream::{self, StreamExt, TryStreamExt};
use trueup_aws::s3::{DeleteObject, Encryption, GetObject, ListObjects, PutObject};
use trueup_aws::{BoxFuture, Class, S3};

use super::{Entry, JournalStore, StoreError};

/// How many objects are read or deleted at a time.
const AT_ONCE: usize = 16;

/// Entries as objects `STATE_KEY.trueup/journal/RUN/NUMBER` and `….done`.
pub(crate) struct ObjectJournal {
    pub(crate) s3: Arc<dyn S3>,
    pub(crate) bucket: String,
    /// The state's key.
    pub(crate) state_key: String,
    pub(crate) encryption: Encryption,
    pub(crate) acl: Option<String>,
}

impl ObjectJournal {
    fn prefix(&self) -> String {
        format!("{}.trueup/journal/", self.state_key)
    }

    fn parse_key(&self, key: &str) -> Option<(String, u64, bool)> {
        let rest = key.strip_prefix(&self.prefix())?;
        let (run, name) = rest.split_once('/')?;
        let (number, outcome) = match name.strip_suffix(".done") {
            Some(number) => (number, true),
            None => (name, false),
        };
        Some((run.to_owned(), number.parse().ok()?, outcome))
    }

    async fn keys(&self, prefix: String) -> Result<Vec<String>, StoreError> {
        let request = ListObjects {
            bucket: self.bucket.clone(),
            prefix,
            limit: None,
        };
        match self.s3.list_objects(request).await {
            Ok(objects) => Ok(objects.into_iter().map(|object| object.key).collect()),
            Err(error) => Err(problem(&error)),
        }
    }
}

pub(super) fn problem(error: &trueup_aws::Error) -> StoreError {
    match error.class() {
        Class::AccessDenied => StoreError::Denied(error.to_string()),
        _ => StoreError::Failed(error.to_string()),
    }
}

impl JournalStore for ObjectJournal {
    fn place(&self) -> String {
        format!("s3://{}/{}", self.bucket, self.prefix())
    }

    fn clearing_takes(&self) -> String {
        format!(
            "s3:ListBucket on the bucket {:?} and s3:DeleteObject on its objects {}*",
            self.bucket,
            self.prefix()
        )
    }

    fn put(&self, entry: Entry) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move {
            let outcome = if entry.outcome { ".done" } else { "" };
            let request = PutObject {
                bucket: self.bucket.clone(),
                key: format!("{}{}/{}{outcome}", self.prefix(), entry.run, entry.number),
                body: entry.text.into(),
                content_type: Some("application/json".to_owned()),
                encryption: self.encryption.clone(),
                acl: self.acl.clone(),
                ..PutObject::default()
            };
            match self.s3.put_object(request).await {
                Ok(_) => Ok(()),
                Err(error) => Err(problem(&error)),
            }
        })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Entry>, StoreError>> {
        Box::pin(async move {
            let keys = self.keys(self.prefix()).await?;
            stream::iter(keys)
                .map(|key| async move {
                    let Some((run, number, outcome)) = self.parse_key(&key) else {
                        return Ok(None);
                    };
                    let request = GetObject {
                        bucket: self.bucket.clone(),
                        key,
                        encryption: self.encryption.clone(),
                        ..GetObject::default()
                    };
                    match self.s3.get_object(request).await {
                        Ok(object) => Ok(Some(Entry {
                            run,
                            number,
                            outcome,
                            text: String::from_utf8_lossy(&object.body).into_owned(),
                        })),
                        Err(error) if error.is_not_found() => Ok(None),
                        Err(error) => Err(problem(&error)),
                    }
                })
                .buffered(AT_ONCE)
                .try_filter_map(|entry| async move { Ok(entry) })
                .try_collect()
                .await
        })
    }

    fn clear<'a>(&'a self, run: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let keys = self.keys(format!("{}{run}/", self.prefix())).await?;
            stream::iter(keys.into_iter().map(Ok))
                .try_for_each_concurrent(AT_ONCE, |key| async move {
                    let request = DeleteObject {
                        bucket: self.bucket.clone(),
                        key,
                        ..DeleteObject::default()
                    };
                    match self.s3.delete_object(request).await {
                        Ok(()) => Ok(()),
                        Err(error) if error.is_not_found() => Ok(()),
                        Err(error) => Err(problem(&error)),
                    }
                })
                .await
        })
    }
}
