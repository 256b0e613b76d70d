//! The lock as an item in DynamoDB: exactly Terraform's, with a lease beside `Info`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::time::Instant;
use trueup_aws::dynamodb::{DeleteItem, GetItem, PutItem};
use trueup_aws::{AttributeValue, Class, DynamoDb, Item};

use super::S3Timing;
use super::heartbeat::Heartbeat;
use super::lease::{BEAT, FoundLock, LEASE, Lease, Watch};
use crate::lock::Attempt;
use crate::{Error, LockInfo, Notice, ProcessMark};

/// The place of one lock.
pub(super) struct TableLock {
    pub(super) item: LockItem,
    process: ProcessMark,
    timing: S3Timing,
    watch: Mutex<Watch>,
}

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

    /// Deletes the item, provided that its `Info` is this text.
    pub(super) async fn delete(&self, info: &str) -> Result<(), trueup_aws::Error> {
        let request = DeleteItem {
            table: self.table.clone(),
            key: self.key(),
            condition: Some("Info = :info".to_owned()),
            values: BTreeMap::from([(":info".to_owned(), AttributeValue::S(info.to_owned()))]),
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

impl TableLock {
    pub(super) fn new(
        dynamodb: Arc<dyn DynamoDb>,
        table: String,
        id: String,
        process: ProcessMark,
        timing: S3Timing,
    ) -> Self {
        Self {
            item: LockItem {
                dynamodb,
                table,
                id,
            },
            process,
            timing,
            watch: Mutex::default(),
        }
    }

    /// One attempt to take the lock.
    pub(super) async fn attempt(&self, info: &LockInfo) -> Attempt<TableHeld> {
        let text = info.to_json();
        let lease = Lease {
            seconds: self.timing.lease.as_secs().max(1),
            process: self.process.clone(),
        };
        let lease = serde_json::to_string(&lease).unwrap_or_default();
        let error = match self.item.put(&text, &lease, 0, None).await {
            Ok(()) => return Attempt::Got(self.held(info, text, lease, None)),
            Err(error) => error,
        };
        let condition_failed = error.class() == Class::ConditionFailed;
        if !condition_failed && !error.lost_answer() {
            return Attempt::Failed(self.item.error("acquire the lock", error));
        }
        let found = match &error {
            trueup_aws::Error::ConditionFailed {
                item: Some(item), ..
            } => Some(FoundLock::from_item(item)),
            // Stores that do not return the item are asked for it.
            _ => match self.item.get().await {
                Ok(found) => found,
                Err(second) => {
                    tracing::warn!(error = %second, "the holder of the lock could not be read");
                    return Attempt::Failed(self.item.error("acquire the lock", error));
                }
            },
        };
        let Some(found) = found else {
            return if condition_failed {
                Attempt::Vanished
            } else {
                Attempt::Failed(self.item.error("acquire the lock", error))
            };
        };
        let Some(holder) = found.info.clone() else {
            return Attempt::Failed(Error::Locked {
                location: self.item.id.clone(),
                cause: format!("{error}\nthe lock item holds no readable lock info"),
                holder: None,
                hint: format!(
                    "If no other run uses this state, delete the item with LockID {:?} from the \
                     table {:?}.",
                    self.item.id, self.item.table
                ),
            });
        };
        if holder.id == info.id {
            // The answer to our own write was lost on the way.
            return Attempt::Got(self.held(info, text, lease, None));
        }
        let lapsed = self
            .watch
            .lock()
            .is_ok_and(|mut watch| watch.has_lapsed(&found, &self.process, Instant::now()));
        if lapsed && let Some((_, beat)) = &found.lease {
            match self
                .item
                .put(&text, &lease, 0, Some((&found.text, *beat)))
                .await
            {
                Ok(()) => return Attempt::Got(self.held(info, text, lease, Some(&holder))),
                Err(error) if error.class() == Class::ConditionFailed => {
                    let ours = matches!(self.item.get().await, Ok(Some(now)) if now.text == text);
                    return if ours {
                        Attempt::Got(self.held(info, text, lease, Some(&holder)))
                    } else {
                        Attempt::Vanished
                    };
                }
                Err(error) => {
                    return Attempt::Failed(self.item.error("take over the lock", error));
                }
            }
        }
        let hint = match &found.lease {
            Some((lease, _)) => format!(
                "A run that ended without releasing its lock is recognised by its heartbeat: \
                 -lock-timeout={}s waits long enough to take its lock over.",
                lease.seconds + 30
            ),
            None => String::new(),
        };
        Attempt::Held {
            holder,
            cause: error.to_string(),
            hint,
        }
    }

    fn held(
        &self,
        info: &LockInfo,
        text: String,
        lease: String,
        taken_from: Option<&LockInfo>,
    ) -> TableHeld {
        let notices = taken_from
            .map(|holder| {
                Notice::new(
                    "The lock of a run that has ended was taken over",
                    format!(
                        "The lock {} of {} ({}, since {}) was not renewed any more.",
                        holder.id,
                        holder.who,
                        holder.operation,
                        holder.created_text()
                    ),
                )
            })
            .into_iter()
            .collect();
        TableHeld {
            id: info.id.clone(),
            beat: Heartbeat::start(self.item.clone(), text.clone(), lease, self.timing),
            item: self.item.clone(),
            text,
            notices,
        }
    }

    /// Who holds the lock.
    pub(super) async fn holder(&self) -> Result<Option<LockInfo>, Error> {
        match self.item.get().await {
            Ok(found) => Ok(found.and_then(|found| found.info)),
            Err(error) => Err(self.item.error("read the lock", error)),
        }
    }

    /// Removes the lock if it has this id; answers the lock that was found.
    pub(super) async fn force(&self, id: &str) -> Result<Option<LockInfo>, Error> {
        let found = self
            .item
            .get()
            .await
            .map_err(|error| self.item.error("read the lock", error))?;
        let Some(mut found) = found else {
            return Ok(None);
        };
        let Some(holder) = found.info.take() else {
            return Err(Error::NotReleased {
                location: self.item.id.clone(),
                id: id.to_owned(),
                cause: format!(
                    "the lock item holds no readable lock info; delete the item with LockID {:?} \
                     from the table {:?}",
                    self.item.id, self.item.table
                ),
            });
        };
        if holder.id == id {
            self.item
                .delete(&found.text)
                .await
                .map_err(|error| self.item.error("remove the lock", error))?;
        }
        Ok(Some(holder))
    }
}

/// The lock, held and kept alive.
pub(super) struct TableHeld {
    id: String,
    item: LockItem,
    /// `Info` as we wrote it.
    text: String,
    beat: Heartbeat,
    notices: Vec<Notice>,
}

impl TableHeld {
    pub(super) fn check(&self) -> Result<(), Error> {
        match self.beat.lost() {
            None => Ok(()),
            Some(cause) => Err(self.lost(cause)),
        }
    }

    fn lost(&self, cause: String) -> Error {
        Error::LockLost {
            location: self.item.id.clone(),
            id: self.id.clone(),
            cause,
        }
    }

    pub(super) fn notices(&self) -> Vec<Notice> {
        self.notices.clone()
    }

    pub(super) async fn release(self) -> Result<(), Error> {
        self.beat.stop();
        let error = match self.item.delete(&self.text).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if error.class() == Class::ConditionFailed || error.lost_answer() {
            match self.item.get().await {
                Ok(None) if error.lost_answer() => return Ok(()),
                Ok(None) => return Err(self.lost("somebody removed it".to_owned())),
                Ok(Some(found)) if found.text != self.text => {
                    let who = found.info.map_or_else(String::new, |info| info.who);
                    return Err(self.lost(format!("it is now held by {who}")));
                }
                _ => {}
            }
        }
        Err(Error::NotReleased {
            location: self.item.id.clone(),
            id: self.id.clone(),
            cause: error.to_string(),
        })
    }
}
