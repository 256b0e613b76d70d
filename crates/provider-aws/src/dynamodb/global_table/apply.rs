//! Creating, changing and deleting a global table: its regions are all there is to it.

use std::collections::BTreeSet;
use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::GlobalTable;
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::GlobalTables;
use super::state::{private_bytes, regions, time, to_state};
use crate::failure::{problem, problem_with_advice};
use crate::members::filled;

fn nothing_planned() -> Problem {
    Problem::error(
        "changing DynamoDB Global Table: nothing planned",
        "The step carries no planned value. This is a fault of the program.",
    )
}

fn object(table: &GlobalTable, wanted: &Value) -> Object {
    Object {
        value: to_state(table, Some(wanted)),
        private: Some(private_bytes(Some(wanted))),
    }
}

impl GlobalTables {
    /// Creates the global table of a step.
    pub(super) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned()]);
        };
        let name = filled(&wanted, "name").unwrap_or_default();
        let doing = format!("creating DynamoDB Global Table ({name})");
        let asked: Vec<String> = regions(&wanted).into_iter().collect();
        let made = match self.aws.dynamodb.create_global_table(name, asked).await {
            Ok(made) => made,
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem_with_advice(
                    &doing,
                    &error,
                    "The answer was lost, so the global table may or may not exist. Run again: the next run finds out and goes on from there.",
                ));
            }
            Err(error) => {
                let found = match error.code() {
                    "GlobalTableAlreadyExistsException" => problem_with_advice(
                        &doing,
                        &error,
                        &format!(
                            "Bring it into state with import (id {name}), or give this one another name."
                        ),
                    ),
                    "TableNotFoundException" => problem_with_advice(
                        &doing,
                        &error,
                        "Every region of a global table of version 2017.11.29 needs a table of the same name and keys, empty and with a stream of NEW_AND_OLD_IMAGES. Create these first (depends_on), or use replica blocks of aws_dynamodb_table, which make the tables themselves.",
                    ),
                    _ => problem(&doing, &error),
                };
                return ApplyOutcome::Failed(None, vec![found]);
            }
        };
        let partial = object(&made, &wanted);
        progress.created(partial.clone()).await;
        let limit = time(Some(&wanted), "create");
        let waited = self.wait(cx, name, false, limit, progress).await;
        finished(&doing, waited, &wanted, partial)
    }

    /// Changes the regions of the global table of a step, in one call.
    pub(super) async fn update(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let (Some(prior), Some(wanted)) = (step.prior, step.planned.or(step.config)) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned()]);
        };
        let name = filled(&prior.value, "id").unwrap_or_default();
        let doing = format!("updating DynamoDB Global Table ({name})");
        let (had, wants) = (regions(&prior.value), regions(&wanted));
        let limit = time(Some(&wanted), "update");
        if had == wants {
            let kept = Object {
                value: wanted.clone(),
                private: Some(private_bytes(Some(&wanted))),
            };
            return ApplyOutcome::Done(Some(kept), Problems::new());
        }
        let waited = self.change(cx, name, (&had, &wants), limit, progress).await;
        finished(&doing, waited, &wanted, prior)
    }

    async fn change(
        &self,
        cx: &Context,
        name: &str,
        (had, wants): (&BTreeSet<String>, &BTreeSet<String>),
        limit: Duration,
        progress: &dyn Progress,
    ) -> Result<Option<GlobalTable>, Error> {
        let add = wants.difference(had).cloned().collect();
        let remove = had.difference(wants).cloned().collect();
        self.aws
            .dynamodb
            .update_global_table(name, add, remove)
            .await?;
        self.wait(cx, name, wants.is_empty(), limit, progress).await
    }

    /// Deletes the global table of a step: without regions there is none. The tables stay.
    pub(super) async fn delete(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let name = filled(&prior.value, "id").unwrap_or_default();
        let doing = format!("deleting DynamoDB Global Table ({name})");
        let limit = time(Some(&prior.value), "delete");
        let had = regions(&prior.value);
        let none = BTreeSet::new();
        match self.change(cx, name, (&had, &none), limit, progress).await {
            Ok(_) => ApplyOutcome::Done(None, Problems::new()),
            Err(error) if error.code() == "GlobalTableNotFoundException" => {
                ApplyOutcome::Done(None, Problems::new())
            }
            Err(error) if error.lost_answer() => ApplyOutcome::Unknown(problem(&doing, &error)),
            Err(error) => ApplyOutcome::Failed(Some(prior), vec![problem(&doing, &error)]),
        }
    }
}

fn finished(
    doing: &str,
    waited: Result<Option<GlobalTable>, Error>,
    wanted: &Value,
    fallback: Object,
) -> ApplyOutcome {
    match waited {
        Ok(Some(table)) => ApplyOutcome::Done(Some(object(&table, wanted)), Problems::new()),
        Ok(None) => ApplyOutcome::Failed(
            Some(fallback),
            vec![Problem::error(
                format!("{doing}: the global table is gone"),
                "It was deleted while it was being changed. Run again to create it anew.",
            )],
        ),
        Err(error) => ApplyOutcome::Failed(Some(fallback), vec![problem(doing, &error)]),
    }
}
