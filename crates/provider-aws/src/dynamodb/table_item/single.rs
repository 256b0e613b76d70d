//! One step alone, as a plain conditional call; and what a condition that failed means.

use trueup_aws::dynamodb::{PutItem, TransactWrite, WriteAction};
use trueup_aws::{Error, Item};
use trueup_provider::{ApplyOutcome, Problem, StepKind};

use super::TableItems;
use super::actions::Job;
use super::compare::{digest_of_text, same_item};
use super::key;

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

/// The outcome of a job whose condition did not hold. `there` is the item that was in the way, where it
/// is known; `lost` says that an earlier try of ours may have taken effect.
pub(crate) fn judge_condition(
    job: &Job,
    there: Option<&Item>,
    known: bool,
    lost: bool,
) -> ApplyOutcome {
    let as_wanted = match (&job.wanted, there) {
        (Some(wanted), Some(item)) => same_item(&wanted.item, item),
        _ => false,
    };
    let moved = job.actions.len() > 1;
    let adds = job.kind == StepKind::Create || moved;
    // An equal item that we did not write belongs to somebody else, unless it was ours before.
    if as_wanted && (lost || !adds) {
        return job.done();
    }
    let key = job
        .wanted
        .as_ref()
        .or(job.prior.as_ref())
        .map(|said| key::words(&said.key))
        .unwrap_or_default();
    let table = job.table();
    let detail = if adds {
        let equal = if as_wanted {
            " It says the same as the configuration."
        } else {
            ""
        };
        format!(
            "The table {table:?} already holds an item with {key}, and it is not in this state, so it was not written over.{equal} Give the configured item another key, or delete the one that is there and run again."
        )
    } else if known && there.is_none() {
        format!(
            "The item with {key} was deleted from table {table:?} after the plan was made. Run again: it is planned anew."
        )
    } else {
        format!(
            "The item with {key} in table {table:?} was changed after the plan was made, in an attribute that was about to change. Nothing was written. Run again to see the difference and plan anew."
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
