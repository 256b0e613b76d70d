//! One step alone, as a plain conditional call; and what a condition that failed means.

use trueup_aws::dynamodb::{PutItem, TransactWrite, WriteAction};
use trueup_aws::{Error, Item};
use trueup_provider::{ApplyOutcome, Problem};

use super::TableItems;
use super::compare::same_item;
use super::job::Job;
use super::key;
use crate::digest::digest_of_text;

impl TableItems {
    /// Sends some jobs in one request: a plain call for one action, a transaction for more.
    pub(crate) async fn send(&self, jobs: &[Job]) -> Result<(), Error> {
        let dynamodb = &self.aws.dynamodb;
        if let [job] = jobs
            && let [action] = job.actions.as_slice()
        {
            return match action.clone() {
                WriteAction::Put(put) => {
                    // What is in the way is only asked for where it decides anything, and then read.
                    let plain = PutItem {
                        return_item_on_failure: false,
                        ..put
                    };
                    dynamodb.put_item(plain).await
                }
                WriteAction::Update(update) => dynamodb.update_item(update).await,
                WriteAction::Delete(delete) => dynamodb.delete_item(delete).await,
                // Steps never become bare checks; a transaction carries one all the same.
                check @ WriteAction::Check(_) => {
                    dynamodb
                        .transact_write_items(TransactWrite {
                            actions: vec![check],
                            token: Some(token(jobs)),
                        })
                        .await
                }
            };
        }
        dynamodb
            .transact_write_items(TransactWrite {
                actions: jobs.iter().flat_map(|job| job.actions.clone()).collect(),
                token: Some(token(jobs)),
            })
            .await
    }
}

/// The outcome of a job that was part of a request with one that failed.
pub(crate) fn drawn_in(job: &Job, culprit: &Job) -> ApplyOutcome {
    let key = |job: &Job| {
        let said = job.wanted.as_ref().or(job.prior.as_ref());
        said.map(|said| key::words(&said.key)).unwrap_or_default()
    };
    job.failed(Problem::error(
        format!("{}: TransactionCanceledException", job.doing()),
        format!(
            "The change of the item with {} hands keys on together with that of the item with {}, which failed. They are made together or not at all, so nothing was written. Run again: both are planned anew.",
            key(job),
            key(culprit)
        ),
    ))
}

/// The same for the same jobs on the same try: a repetition is recognised by it.
fn token(jobs: &[Job]) -> String {
    let mut text = String::new();
    for job in jobs {
        text.push_str(&format!("{} {}\n", job.token, job.tries));
    }
    let mut digest = digest_of_text(&text);
    digest.truncate(32);
    digest
}

/// The outcome of a job of which the condition of an action did not hold. `room` says that the action only
/// wanted its key free, `there` is the item that was in the way, where it is known; `lost` says that an
/// earlier try of ours may have taken effect.
pub(crate) fn judge_condition(
    job: &Job,
    room: bool,
    there: Option<&Item>,
    known: bool,
    lost: bool,
) -> ApplyOutcome {
    let as_wanted = match (&job.wanted, there) {
        (Some(wanted), Some(item)) => same_item(&wanted.item, item),
        _ => false,
    };
    let moved = job.gives_up().is_some();
    // An equal item that we did not write belongs to somebody else, unless it was ours before.
    if as_wanted && (lost || !(room || moved)) {
        return job.done();
    }
    let concerned = match room {
        true => job.wanted.as_ref(),
        false => job.prior.as_ref().or(job.wanted.as_ref()),
    };
    let key = concerned
        .map(|said| key::words(&said.key))
        .unwrap_or_default();
    let table = job.table();
    let detail = if room {
        let id = job.wanted.as_ref().map_or_else(String::new, |wanted| {
            wanted.names.id_in(key::Form::Commas, table, &wanted.item)
        });
        let equal = if as_wanted {
            " It says the same as the configuration."
        } else {
            ""
        };
        format!(
            "The table {table:?} already holds an item with {key}, and it is not in this state, so it was not written over.{equal} Import it by the id {id:?} to manage it here, give the configured item another key, or delete the one that is there and run again."
        )
    } else if !known {
        format!(
            "The item with {key} in table {table:?} was changed or deleted after the plan was made. Nothing was written. Run again to see the difference and plan anew."
        )
    } else if there.is_none() {
        format!(
            "The item with {key} was deleted from table {table:?} after the plan was made. Run again: it is planned anew."
        )
    } else {
        format!(
            "The item with {key} in table {table:?} was changed after the plan was made, in an attribute that was about to change or go. Nothing was written. Run again to see the difference and plan anew."
        )
    };
    job.failed(Problem::error(
        format!(
            "{}: ConditionalCheckFailedException: The conditional request failed",
            job.doing()
        ),
        detail,
    ))
}
