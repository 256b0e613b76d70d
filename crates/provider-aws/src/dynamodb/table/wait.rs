//! Waiting for a table and its parts to get where they are going.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures::future::BoxFuture;
use trueup_aws::dynamodb::{Import, TableDescription, UpdateTable, WarmThroughputDescription};
use trueup_aws::{Class, Error, Poll, PollSettings, poll_until};
use trueup_provider::{Context, Progress};

use super::Tables;
use crate::patience::patiently;

/// How long a change of the time to live is waited for.
const TIME_TO_LIVE_LIMIT: Duration = Duration::from_secs(30);

/// What a look at a table found, or why it is not there yet.
enum Look {
    Ready,
    Pending(String),
    Hopeless(String),
}

/// Says what is waited for, once each time that it changes.
pub(crate) struct Teller<'a> {
    progress: &'a dyn Progress,
    last: Mutex<String>,
}

impl<'a> Teller<'a> {
    /// Tells this progress of a wait that begins now and may last as long as `limit`.
    pub(crate) fn new(progress: &'a dyn Progress, limit: Duration) -> Self {
        progress.at_most(limit);
        Self {
            progress,
            last: Mutex::new(String::new()),
        }
    }

    /// Says it, unless it was the last thing said.
    pub(crate) fn say(&self, on: &str) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != on {
            on.clone_into(&mut last);
            drop(last);
            self.progress.waiting(on);
        }
    }
}

impl Tables {
    pub(crate) fn settings(&self, what: String, limit: Duration) -> PollSettings {
        PollSettings {
            min_pause: self.aws.first_pause,
            ..PollSettings::new(what, limit)
        }
    }

    /// Waits until the table and every index of it are ACTIVE, and answers it as it is then.
    pub(crate) async fn wait_active(
        &self,
        cx: &Context,
        name: &str,
        limit: Duration,
        progress: &dyn Progress,
    ) -> Result<TableDescription, Error> {
        let settings = self.settings(format!("table {name} to become ACTIVE"), limit);
        let teller = Teller::new(progress, limit);
        poll_until(&settings, &cx.cancel, || {
            let teller = &teller;
            Box::pin(async move {
                let table = match self.aws.dynamodb.describe_table(name).await {
                    Ok(table) => table,
                    // Right after its creation a table may not be seen everywhere.
                    Err(error) if error.is_not_found() => {
                        return Ok(Poll::Pending("not found".to_owned()));
                    }
                    Err(error) => return Err(error),
                };
                Ok(match stage(&table) {
                    Look::Ready => Poll::Done(table),
                    Look::Pending(what) => {
                        teller.say(&format!("waiting for {what}"));
                        Poll::Pending(what)
                    }
                    Look::Hopeless(state) => Poll::Unexpected(state),
                })
            })
        })
        .await
    }

    /// Waits until an import into a table is done.
    pub(crate) async fn wait_imported(
        &self,
        cx: &Context,
        name: &str,
        import: &Import,
        limit: Duration,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let settings = self.settings(format!("the import into table {name} to complete"), limit);
        let teller = Teller::new(progress, limit);
        poll_until(&settings, &cx.cancel, || {
            let teller = &teller;
            Box::pin(async move {
                let import = self.aws.dynamodb.describe_import(&import.arn).await?;
                Ok(match (import.status.as_str(), import.failure) {
                    ("COMPLETED", _) => Poll::Done(()),
                    ("IN_PROGRESS", _) => {
                        teller.say(&format!(
                            "waiting for the import into table {name} ({} items so far, {} failed)",
                            import.imported, import.errors
                        ));
                        Poll::Pending(import.status)
                    }
                    (_, Some(failure)) => Poll::Unexpected(format!("{}: {failure}", import.status)),
                    (_, None) => Poll::Unexpected(import.status),
                })
            })
        })
        .await
    }

    /// Waits until there is no such table.
    pub(crate) async fn wait_gone(
        &self,
        cx: &Context,
        name: &str,
        limit: Duration,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let settings = self.settings(format!("table {name} to be gone"), limit);
        let teller = Teller::new(progress, limit);
        poll_until(&settings, &cx.cancel, || {
            let teller = &teller;
            Box::pin(async move {
                match self.aws.dynamodb.describe_table(name).await {
                    Ok(table) => {
                        teller.say(&format!("waiting for table {name} ({})", table.status));
                        Ok(Poll::Pending(table.status))
                    }
                    Err(error) if error.is_not_found() => Ok(Poll::Done(())),
                    Err(error) => Err(error),
                }
            })
        })
        .await
    }

    /// Waits until point-in-time recovery is on, or off.
    pub(crate) async fn wait_recovery(
        &self,
        cx: &Context,
        name: &str,
        on: bool,
        limit: Duration,
    ) -> Result<(), Error> {
        let what = format!("point-in-time recovery of table {name}");
        let status = || async {
            let backups = self.aws.dynamodb.describe_continuous_backups(name).await?;
            Ok(backups.point_in_time_recovery.unwrap_or_default())
        };
        self.wait_turned(cx, &what, on, limit, status).await
    }

    /// Waits until the time to live is on, or off.
    pub(crate) async fn wait_time_to_live(
        &self,
        cx: &Context,
        name: &str,
        on: bool,
    ) -> Result<(), Error> {
        let what = format!("time to live of table {name}");
        let status = || async { Ok(self.aws.dynamodb.describe_time_to_live(name).await?.status) };
        self.wait_turned(cx, &what, on, TIME_TO_LIVE_LIMIT, status)
            .await
    }

    /// Waits until a feature whose status is asked for is on, or off.
    async fn wait_turned<S: Future<Output = Result<String, Error>> + Send>(
        &self,
        cx: &Context,
        what: &str,
        on: bool,
        limit: Duration,
        status: impl Fn() -> S + Sync,
    ) -> Result<(), Error> {
        let wanted = if on { "ENABLED" } else { "DISABLED" };
        let settings = self.settings(format!("{what} to become {wanted}"), limit);
        let status = &status;
        poll_until(&settings, &cx.cancel, || {
            Box::pin(async move {
                let status = status().await?;
                Ok(match status == wanted {
                    true => Poll::Done(()),
                    false => Poll::Pending(status),
                })
            })
        })
        .await
    }

    /// Changes a table, again and again while another change of it is under way.
    pub(crate) async fn change(
        &self,
        cx: &Context,
        request: UpdateTable,
        limit: Duration,
    ) -> Result<TableDescription, Error> {
        let name = request.table.clone();
        self.patiently(
            cx,
            &format!("table {name} to accept a change"),
            limit,
            || self.aws.dynamodb.update_table(request.clone()),
        )
        .await
    }

    /// Makes a call, again while the service says that something else has to finish first.
    pub(crate) async fn patiently<'a, T: Send + 'a>(
        &'a self,
        cx: &Context,
        what: &str,
        limit: Duration,
        call: impl FnMut() -> BoxFuture<'a, Result<T, Error>> + Send,
    ) -> Result<T, Error> {
        patiently(&self.aws, cx, what, limit, is_busy, call).await
    }
}

/// Whether an error will go away by itself: a change under way, or as many as AWS allows at once.
pub(crate) fn is_busy(error: &Error) -> bool {
    match error.code() {
        "LimitExceededException" => {
            let message = error.message();
            message.contains("simultaneous") || message.contains("Subscriber limit exceeded")
        }
        // What is there already (a table of that name, a stream) will not go away by itself.
        "ResourceInUseException" => {
            !error.message().contains("already") && !error.message().contains("Duplicate")
        }
        "ContinuousBackupsUnavailableException" => true,
        // The client has repeated it for minutes by then; what limits the wait is the table's timeout.
        _ => error.class() == Class::Throttled,
    }
}

fn stage(table: &TableDescription) -> Look {
    let name = &table.name;
    // An index tells more than the table that is busy with it.
    let building = table.global_indexes.iter().find_map(|index| {
        let status = index
            .status
            .as_deref()
            .filter(|status| *status != "ACTIVE")?;
        let filling = if index.backfilling {
            ", backfilling"
        } else {
            ""
        };
        Some(format!("index {} ({status}{filling})", index.name))
    });
    match (table.status.as_str(), building) {
        ("ACTIVE", None) => {}
        ("ACTIVE" | "UPDATING", Some(index)) => return Look::Pending(index),
        ("CREATING" | "UPDATING", _) => {
            return Look::Pending(format!("table {name} ({})", table.status));
        }
        (other, _) => return Look::Hopeless(other.to_owned()),
    }
    // A service that tells nothing of warmth is not waited for.
    let warming = |warm: Option<&WarmThroughputDescription>| {
        let status = warm.and_then(|warm| warm.status.clone());
        status.filter(|status| matches!(status.as_str(), "CREATING" | "UPDATING"))
    };
    if let Some(status) = warming(table.warm.as_ref()) {
        return Look::Pending(format!("warm throughput of table {name} ({status})"));
    }
    for index in &table.global_indexes {
        if let Some(status) = warming(index.warm.as_ref()) {
            let index = &index.name;
            return Look::Pending(format!("warm throughput of index {index} ({status})"));
        }
    }
    if let Some(status @ ("ENABLING" | "DISABLING" | "UPDATING")) =
        table.sse.as_ref().and_then(|sse| sse.status.as_deref())
    {
        return Look::Pending(format!("encryption of table {name} ({status})"));
    }
    Look::Ready
}
