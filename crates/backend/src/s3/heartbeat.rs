//! The heartbeat of a lock that we hold.

use std::sync::{Arc, Mutex};

use tokio::task::JoinHandle;
use trueup_aws::Class;

use super::S3Timing;
use super::dynamodb_lock::LockItem;

/// Moves the beat until it is stopped or dropped, or finds the lock gone.
pub(super) struct Heartbeat {
    task: JoinHandle<()>,
    lost: Arc<Mutex<Option<String>>>,
}

impl Heartbeat {
    pub(super) fn start(item: LockItem, info: String, lease: String, timing: S3Timing) -> Self {
        let lost = Arc::new(Mutex::new(None));
        let found = lost.clone();
        let task = tokio::spawn(async move {
            let mut beat = 0;
            loop {
                tokio::time::sleep(timing.beat).await;
                match item.put(&info, &lease, beat + 1, Some((&info, beat))).await {
                    Ok(()) => beat += 1,
                    Err(error) if error.class() == Class::ConditionFailed => {
                        match item.get().await {
                            // Our own beat, whose answer was lost.
                            Ok(Some(now)) if now.text == info => {
                                beat = now.lease.map_or(beat + 1, |(_, beat)| beat);
                            }
                            Ok(now) => {
                                let cause = match now.and_then(|now| now.info) {
                                    Some(holder) => {
                                        format!("it is now held by {} ({})", holder.who, holder.id)
                                    }
                                    None => "somebody removed it".to_owned(),
                                };
                                if let Ok(mut found) = found.lock() {
                                    *found = Some(cause);
                                }
                                return;
                            }
                            Err(error) => tracing::warn!(%error, "heartbeat: lock not readable"),
                        }
                    }
                    // Nothing is lost yet: the lock may well outlive a broken network.
                    Err(error) => tracing::warn!(%error, "heartbeat not written"),
                }
            }
        });
        Self { task, lost }
    }

    /// Why the lock is ours no longer, once that is known.
    pub(super) fn lost(&self) -> Option<String> {
        self.lost.lock().ok().and_then(|lost| lost.clone())
    }

    pub(super) fn stop(&self) {
        self.task.abort();
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.task.abort();
    }
}
