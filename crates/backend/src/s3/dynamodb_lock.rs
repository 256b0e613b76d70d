//! The lock as an item in DynamoDB: exactly Terraform's, with a lease beside `Info`.

use std::sync::{Arc, Mutex};

use tokio::time::Instant;
use trueup_aws::{AttributeValue, Class, DynamoDb};

use super::S3Timing;
use super::lease::{FoundLock, Lease, Mark, Watch};
use super::leased::{Leased, damaged_hint, patience_hint};
use super::lock_item::{LockItem, OurItem};
use crate::lock::Attempt;
use crate::{Error, LockInfo, ProcessMark};

/// The place of one lock.
pub(super) struct TableLock {
    pub(super) item: LockItem,
    process: ProcessMark,
    timing: S3Timing,
    watch: Mutex<Watch>,
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
                    return self.unclear(&text, info, error).await;
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
                hint: damaged_hint(),
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
        let hint = found
            .lease
            .as_ref()
            .map_or_else(String::new, |(lease, _)| patience_hint(lease));
        Attempt::Held {
            holder,
            cause: error.to_string(),
            hint,
        }
    }

    /// The answer to our attempt was lost, and nobody can say who holds the lock: if it is we, it is given
    /// back; if that fails too, the error says how.
    async fn unclear(
        &self,
        text: &str,
        info: &LockInfo,
        error: trueup_aws::Error,
    ) -> Attempt<TableHeld> {
        let perhaps_ours = error.lost_answer()
            && match self.item.delete(Some(info_of(text))).await {
                Ok(()) => false,
                Err(second) => second.class() != Class::ConditionFailed,
            };
        let action = match perhaps_ours {
            true => format!(
                "acquire the lock (perhaps it is held by this run now: if so, \"force-unlock {}\" \
                 removes it)",
                info.id
            ),
            false => "acquire the lock".to_owned(),
        };
        Attempt::Failed(self.item.error(&action, error))
    }

    /// Looks at the lock while another one is waited for, so that both leases are watched at once.
    pub(super) async fn observe(&self) {
        if let Ok(Some(found)) = self.item.get().await
            && let Ok(mut watch) = self.watch.lock()
        {
            watch.has_lapsed(&found, &self.process, Instant::now());
        }
    }

    fn held(
        &self,
        info: &LockInfo,
        text: String,
        lease: String,
        taken_from: Option<&LockInfo>,
    ) -> TableHeld {
        let lock = Arc::new(OurItem {
            item: self.item.clone(),
            text: text.clone(),
            lease,
        });
        let location = self.item.id.clone();
        TableHeld {
            lease: Leased::start(location, info, lock, self.timing, taken_from),
            item: self.item.clone(),
            text,
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
        let Some(found) = found else {
            return Ok(None);
        };
        // A damaged lock has no id that could be another's.
        let holder = found.info.unwrap_or_else(|| LockInfo {
            id: id.to_owned(),
            ..LockInfo::default()
        });
        if holder.id == id {
            let Mark::Info(mark) = found.mark else {
                return Ok(Some(holder));
            };
            self.item
                .delete(mark)
                .await
                .map_err(|error| self.item.error("remove the lock", error))?;
        }
        Ok(Some(holder))
    }
}

fn info_of(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

/// The lock, held and kept alive.
pub(super) struct TableHeld {
    pub(super) lease: Leased,
    item: LockItem,
    /// `Info` as we wrote it.
    text: String,
}

impl TableHeld {
    /// Deletes the item if it is still ours.
    pub(super) async fn release(self) -> Result<(), Error> {
        self.lease.stop();
        let error = match self.item.delete(Some(info_of(&self.text))).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        if error.class() == Class::ConditionFailed || error.lost_answer() {
            match self.item.get().await {
                Ok(None) if error.lost_answer() => return Ok(()),
                Ok(None) => return Err(self.lease.lost("somebody removed it".to_owned())),
                Ok(Some(found)) if found.text != self.text => {
                    let who = found.info.map_or_else(String::new, |info| info.who);
                    return Err(self.lease.lost(format!("it is now held by {who}")));
                }
                _ => {}
            }
        }
        Err(self.lease.not_released(error.to_string()))
    }
}
