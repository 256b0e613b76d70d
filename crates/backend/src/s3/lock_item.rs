//! The lock item: the calls on it, and its renewal while it is ours.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::dynamodb::{DeleteItem, GetItem, PutItem};
use trueup_aws::{AttributeValue, BoxFuture, DynamoDb, Item};

use super::heartbeat::Renewed;
use super::lease::{BEAT, FoundLock, LEASE};
use crate::Error;

/// The item, and the calls on it.
#[derive(Clone)]
pub(super) struct LockItem {
    pub(super) dynamodb: Arc<dyn DynamoDb>,
    pub(super) table: String,
    /// `LockID`: `bucket/key`.
    pub(super) id: String,
}

impl LockItem {
    fn key(&self) -> Item {
        Item::from([("LockID".to_owned(), AttributeValue::S(self.id.clone()))])
    }

    /// Reads the item as it is now.
    pub(super) async fn get(&self) -> Result<Option<FoundLock>, trueup_aws::Error> {
        let request = GetItem {
            table: self.table.clone(),
            key: self.key(),
            consistent: true,
            ..GetItem::default()
        };
        let item = self.dynamodb.get_item(request).await?;
        Ok(item.as_ref().map(FoundLock::from_item))
    }

    /// Writes the item, provided that it is absent, or is the lock that was found.
    pub(super) async fn put(
        &self,
        info: &str,
        lease: &str,
        beat: u64,
        over: Option<(&str, u64)>,
    ) -> Result<(), trueup_aws::Error> {
        let mut item = self.key();
        item.insert("Info".to_owned(), AttributeValue::S(info.to_owned()));
        item.insert(LEASE.to_owned(), AttributeValue::S(lease.to_owned()));
        item.insert(BEAT.to_owned(), AttributeValue::N(beat.to_string()));
        let (condition, values) = match over {
            None => ("attribute_not_exists(LockID)".to_owned(), BTreeMap::new()),
            Some((info, beat)) => (
                format!("Info = :info AND {BEAT} = :beat"),
                BTreeMap::from([
                    (":info".to_owned(), AttributeValue::S(info.to_owned())),
                    (":beat".to_owned(), AttributeValue::N(beat.to_string())),
                ]),
            ),
        };
        let request = PutItem {
            table: self.table.clone(),
            item,
            condition: Some(condition),
            values,
            return_item_on_failure: true,
            ..PutItem::default()
        };
        self.dynamodb.put_item(request).await
    }

    /// Deletes the item, provided that its `Info` is this one; without one, that it has none.
    pub(super) async fn delete(
        &self,
        info: Option<AttributeValue>,
    ) -> Result<(), trueup_aws::Error> {
        let condition = match &info {
            Some(_) => "Info = :info",
            None => "attribute_not_exists(Info)",
        };
        let request = DeleteItem {
            table: self.table.clone(),
            key: self.key(),
            condition: Some(condition.to_owned()),
            values: info
                .map(|info| (":info".to_owned(), info))
                .into_iter()
                .collect(),
            return_item_on_failure: true,
            ..DeleteItem::default()
        };
        self.dynamodb.delete_item(request).await
    }

    pub(super) fn error(&self, action: &str, error: trueup_aws::Error) -> Error {
        Error::aws(
            format!(
                "{action} {:?} in the DynamoDB table {:?}",
                self.id, self.table
            ),
            error,
        )
    }
}

/// Our item, for its heartbeat.
pub(super) struct OurItem {
    pub(super) item: LockItem,
    /// `Info` as we wrote it.
    pub(super) text: String,
    /// The lease as we wrote it.
    pub(super) lease: String,
}

impl Renewed for OurItem {
    fn text(&self) -> &str {
        &self.text
    }

    fn renew(&self, beat: u64) -> BoxFuture<'_, Result<(), trueup_aws::Error>> {
        Box::pin(async move {
            let over = Some((self.text.as_str(), beat));
            self.item.put(&self.text, &self.lease, beat + 1, over).await
        })
    }

    fn found(&self) -> BoxFuture<'_, Result<Option<FoundLock>, trueup_aws::Error>> {
        Box::pin(self.item.get())
    }
}
