//! Waiting for a global table to get where it is going.

use std::time::Duration;

use trueup_aws::dynamodb::GlobalTable;
use trueup_aws::{Error, Poll, PollSettings, poll_until};
use trueup_provider::{Context, Progress};

use super::GlobalTables;
use crate::dynamodb::table::Teller;

impl GlobalTables {
    /// Waits until the global table is ACTIVE, or gone; answers it as it is then.
    pub(super) async fn wait(
        &self,
        cx: &Context,
        name: &str,
        gone: bool,
        limit: Duration,
        progress: &dyn Progress,
    ) -> Result<Option<GlobalTable>, Error> {
        let what = if gone { "be gone" } else { "become ACTIVE" };
        let settings = PollSettings {
            min_pause: self.aws.first_pause,
            ..PollSettings::new(format!("global table {name} to {what}"), limit)
        };
        let teller = Teller::new(progress, limit);
        poll_until(&settings, &cx.cancel, || {
            let teller = &teller;
            Box::pin(async move {
                let Some(table) = self.look(name).await? else {
                    return Ok(match gone {
                        true => Poll::Done(None),
                        false => Poll::Pending("not found".to_owned()),
                    });
                };
                Ok(match table.status.as_str() {
                    "ACTIVE" if !gone => Poll::Done(Some(table)),
                    "ACTIVE" | "CREATING" | "UPDATING" | "DELETING" => {
                        teller.say(&format!(
                            "waiting for global table {name} ({})",
                            table.status
                        ));
                        Poll::Pending(table.status)
                    }
                    _ => Poll::Unexpected(table.status),
                })
            })
        })
        .await
    }
}
