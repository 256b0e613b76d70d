//! The digest item: the MD5 of the state object, kept in the lock table.

use std::collections::BTreeMap;

use trueup_aws::dynamodb::{DeleteItem, GetItem, PutItem};
use trueup_aws::{AttributeValue, Class, Item};

use super::{S3Backend, objects};
use crate::Error;
use crate::backend::md5_hex;
use crate::error::DigestNotWritten;

/// What stands in the digest item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// There is no table, or the item could not be read: nobody knows.
    Unknown,
    /// There is no item, or it holds no digest.
    Nothing,
    /// The attribute's text; only 32 hex digits mean anything.
    Text(String),
}

impl Stored {
    /// The digest, if it is one.
    pub(super) fn digest(&self) -> Option<&str> {
        match self {
            Self::Text(text)
                if text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) =>
            {
                Some(text)
            }
            _ => None,
        }
    }

    /// As a revision remembers it.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

pub(super) fn item_id(backend: &S3Backend, workspace: &str) -> String {
    format!("{}-md5", backend.lock_id(workspace))
}

fn key(id: String) -> Item {
    Item::from([("LockID".to_owned(), AttributeValue::S(id))])
}

/// Reads the item. Failing to read it is no failure: that is how its other users have it.
pub(super) async fn read(backend: &S3Backend, workspace: &str) -> Stored {
    let Some(table) = &backend.settings.dynamodb_table else {
        return Stored::Unknown;
    };
    let request = GetItem {
        table: table.clone(),
        key: key(item_id(backend, workspace)),
        consistent: true,
        projection: Some("LockID, Digest".to_owned()),
        ..GetItem::default()
    };
    match backend.dynamodb.get_item(request).await {
        Ok(item) => match item.and_then(|mut item| item.remove("Digest")) {
            Some(AttributeValue::S(text)) => Stored::Text(text),
            _ => Stored::Nothing,
        },
        Err(error) => {
            tracing::warn!(%error, table, "the digest could not be read");
            Stored::Unknown
        }
    }
}

/// Writes the digest, provided that the item still holds what was read. An answer that was lost
/// is looked after.
pub(super) async fn write(
    backend: &S3Backend,
    workspace: &str,
    digest: &str,
    before: &Stored,
) -> Result<(), trueup_aws::Error> {
    let Some(table) = &backend.settings.dynamodb_table else {
        return Ok(());
    };
    let mut item = key(item_id(backend, workspace));
    item.insert("Digest".to_owned(), AttributeValue::S(digest.to_owned()));
    let mut request = PutItem {
        table: table.clone(),
        item,
        ..PutItem::default()
    };
    match before {
        Stored::Unknown => {}
        Stored::Nothing => request.condition = Some("attribute_not_exists(Digest)".to_owned()),
        Stored::Text(text) => {
            request.condition = Some("Digest = :before".to_owned());
            request.values =
                BTreeMap::from([(":before".to_owned(), AttributeValue::S(text.clone()))]);
        }
    }
    match backend.dynamodb.put_item(request).await {
        Ok(()) => Ok(()),
        Err(error)
            if (error.class() == Class::ConditionFailed || error.lost_answer())
                && read(backend, workspace).await == Stored::Text(digest.to_owned()) =>
        {
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Writes the digest of the object that was just put. Where another digest stands there than was read, the
/// object is looked at again: only while it is still ours does the digest follow it. A run that was held up
/// between its two writes, and overtaken meanwhile, leaves its successor's digest alone.
pub(super) async fn follow(
    backend: &S3Backend,
    workspace: &str,
    md5: &str,
    mut before: Stored,
) -> Result<(), Error> {
    let mut tries = 0;
    let error = loop {
        let error = match write(backend, workspace, md5, &before).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        tries += 1;
        if tries > objects::MEETINGS {
            break error;
        }
        if error.class() != Class::ConditionFailed {
            continue;
        }
        let found = objects::get(backend, workspace).await?;
        if found
            .as_ref()
            .map(|object| md5_hex(&object.body))
            .as_deref()
            != Some(md5)
        {
            return Err(objects::overtaken(backend, workspace, found));
        }
        before = read(backend, workspace).await;
    };
    Err(Error::DigestNotWritten(Box::new(DigestNotWritten {
        bucket: backend.settings.bucket.clone(),
        key: backend.settings.state_key(workspace),
        table: backend.settings.dynamodb_table.clone().unwrap_or_default(),
        item: item_id(backend, workspace),
        digest: md5.to_owned(),
        cause: error.to_string(),
    })))
}

/// Removes the item.
pub(super) async fn remove(backend: &S3Backend, workspace: &str) -> Result<(), Error> {
    let Some(table) = &backend.settings.dynamodb_table else {
        return Ok(());
    };
    let id = item_id(backend, workspace);
    let request = DeleteItem {
        table: table.clone(),
        key: key(id.clone()),
        ..DeleteItem::default()
    };
    backend
        .dynamodb
        .delete_item(request)
        .await
        .map_err(|error| {
            Error::aws(
                format!("delete the digest {id:?} in the table {table:?}"),
                error,
            )
        })
}
