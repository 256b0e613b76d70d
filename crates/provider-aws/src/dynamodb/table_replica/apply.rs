//! Creating, changing and deleting a replica: in the main table's region what concerns both, in its
//! own the rest.

use std::collections::BTreeSet;
use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::{CreateReplica, ReplicaUpdate, UpdateTable};
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::plan::same_region;
use super::state::{begun, private_bytes, time, to_state};
use super::{Main, TableReplicas};
use crate::dynamodb::table::{Awaited, Said, tags_in_step};
use crate::failure::{problem, problem_with_advice};
use crate::members::{filled, flag};
use crate::rules::{Moment, settle};

/// What a value says of the replica's own settings.
fn said(value: &Value) -> Said {
    Said {
        recovery: flag(value, "point_in_time_recovery") == Some(true),
        protection: flag(value, "deletion_protection_enabled"),
        ..Said::default()
    }
}

fn nothing_planned() -> Problem {
    Problem::error(
        "changing DynamoDB Table Replica: nothing planned",
        "The step carries no planned value. This is a fault of the program.",
    )
}

impl TableReplicas {
    /// Creates the replica of a step.
    pub(super) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = step.planned.or(step.config) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned()]);
        };
        let Some(main) = filled(&wanted, "global_table_arn").and_then(Main::of_arn) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned()]);
        };
        let region = self.here.aws.region.as_str();
        if main.region == region {
            return ApplyOutcome::Failed(None, vec![same_region(region)]);
        }
        let doing = format!("creating DynamoDB Table Replica ({})", main.id());
        let limit = time(Some(&wanted), "create");
        let tables = match self.main(&main) {
            Ok(tables) => tables,
            Err(error) => return ApplyOutcome::Failed(None, vec![problem(&doing, &error)]),
        };
        let request = UpdateTable {
            table: main.name.clone(),
            replica_updates: vec![ReplicaUpdate::Create(CreateReplica {
                region: region.to_owned(),
                kms_key: filled(&wanted, "kms_key_arn").map(str::to_owned),
                table_class: filled(&wanted, "table_class_override").map(str::to_owned),
            })],
            ..UpdateTable::default()
        };
        let asked = tables
            .patiently(
                cx,
                &format!("table {} to accept a replica", main.name),
                limit,
                || tables.aws.dynamodb.update_table(request.clone()),
            )
            .await;
        if let Err(error) = asked {
            if error.lost_answer() {
                return ApplyOutcome::Unknown(problem_with_advice(
                    &doing,
                    &error,
                    "The answer was lost, so the replica may or may not exist. Run again: the next run finds out and goes on from there.",
                ));
            }
            if error.message().contains("already exist") {
                let advice = format!(
                    "The table {:?} is in {region} already. If it is a replica, bring it into state with import ({}), or remove the replica block of its aws_dynamodb_table that names {region}; if it is a table by itself, delete it.",
                    main.name,
                    main.id()
                );
                let found = problem_with_advice(&doing, &error, &advice);
                return ApplyOutcome::Failed(None, vec![found]);
            }
            return ApplyOutcome::Failed(None, vec![problem(&doing, &error)]);
        }
        let partial = Object {
            value: begun(&main, region, &wanted, &self.here.tags),
            private: Some(private_bytes(Some(&wanted))),
        };
        progress.created(partial.clone()).await;
        let awaited = Awaited {
            come: BTreeSet::from([region.to_owned()]),
            ..Awaited::default()
        };
        let made = async {
            tables
                .wait_replicas(cx, &main.name, &awaited, limit, progress)
                .await?;
            self.set_up(cx, &main, (None, &wanted), limit, progress)
                .await
        };
        let made = made.await;
        self.outcome(&doing, &main, made, &wanted, partial).await
    }

    /// Changes the replica of a step.
    pub(super) async fn update(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let (Some(prior), Some(wanted)) = (step.prior, step.planned.or(step.config)) else {
            return ApplyOutcome::Failed(None, vec![nothing_planned()]);
        };
        let Some(main) = Main::of(&prior.value) else {
            return ApplyOutcome::Failed(Some(prior), vec![nothing_planned()]);
        };
        let doing = format!("updating DynamoDB Table Replica ({})", main.id());
        let limit = time(Some(&wanted), "update");
        let sides = (Some(&prior.value), &wanted);
        let made = self.set_up(cx, &main, sides, limit, progress).await;
        self.outcome(&doing, &main, made, &wanted, prior).await
    }

    /// The replica's own settings, in its own region: tags, recovery, protection.
    async fn set_up(
        &self,
        cx: &Context,
        main: &Main,
        (old, new): (Option<&Value>, &Value),
        limit: Duration,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let region = self.here.aws.region.as_str();
        let tags = tags_in_step(&self.here.tags, new);
        let had = old.map(|old| tags_in_step(&self.here.tags, old));
        if had.unwrap_or_default() != tags
            && let Some(arn) = filled(new, "global_table_arn")
        {
            self.here.tag_replica(arn, region, &tags).await?;
        }
        let before = old.map(said).unwrap_or_default();
        let sides = (&before, &said(new));
        self.here
            .set_up_replica(cx, &main.name, region, sides, limit, progress)
            .await
    }

    /// The outcome of what was done: the replica as it is now.
    async fn outcome(
        &self,
        doing: &str,
        main: &Main,
        made: Result<(), Error>,
        wanted: &Value,
        fallback: Object,
    ) -> ApplyOutcome {
        let read = async {
            let Some(table) = self.find_main(main).await? else {
                return Ok(None);
            };
            self.there(main, &table, Some(wanted)).await
        };
        let object = match read.await {
            Ok(there) => there.map(|there| Object {
                value: to_state(main, &there, &self.here.tags, Some(wanted)),
                private: Some(private_bytes(Some(wanted))),
            }),
            Err(error) if made.is_ok() => {
                let advice =
                    "It was done; only reading the replica back failed. Run again to refresh it.";
                let found = problem_with_advice(doing, &error, advice);
                return ApplyOutcome::Failed(Some(fallback), vec![found]);
            }
            Err(_) => None,
        };
        match (made, object) {
            (Ok(()), Some(object)) => ApplyOutcome::Done(
                Some(Object {
                    value: settle(&object.value, wanted, Moment::Apply),
                    private: object.private,
                }),
                Problems::new(),
            ),
            (Ok(()), None) => ApplyOutcome::Failed(
                Some(fallback),
                vec![Problem::error(
                    format!("{doing}: the replica is gone"),
                    "It was deleted while it was being changed. Run again to create it anew.",
                )],
            ),
            (Err(error), object) => {
                let advice =
                    "The replica is kept in state. Run again: only what is missing is done then.";
                let found = problem_with_advice(doing, &error, advice);
                ApplyOutcome::Failed(Some(object.unwrap_or(fallback)), vec![found])
            }
        }
    }

    /// Deletes the replica of a step.
    pub(super) async fn delete(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let Some(main) = Main::of(&prior.value) else {
            return ApplyOutcome::Failed(Some(prior), vec![nothing_planned()]);
        };
        let region = self.here.aws.region.as_str();
        let doing = format!("deleting DynamoDB Table Replica ({})", main.id());
        let limit = time(Some(&prior.value), "delete");
        let lifted = step
            .successor
            .as_ref()
            .is_some_and(|next| flag(next, "deletion_protection_enabled") != Some(true));
        if flag(&prior.value, "deletion_protection_enabled") == Some(true) && !lifted {
            let summary = format!(
                "{doing}: ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
            );
            let advice = "Nothing of it was touched. Set deletion_protection_enabled = false, apply that, and delete it then.";
            return ApplyOutcome::Failed(Some(prior), vec![Problem::error(summary, advice)]);
        }
        let made = async {
            if flag(&prior.value, "deletion_protection_enabled") == Some(true) && lifted {
                let had = said(&prior.value);
                let open = Said {
                    protection: Some(false),
                    ..had.clone()
                };
                self.here
                    .set_up_replica(cx, &main.name, region, (&had, &open), limit, progress)
                    .await?;
            }
            let gone = BTreeSet::from([region.to_owned()]);
            self.main(&main)?
                .remove_replicas(cx, &main.name, (&gone, None, false), limit, progress)
                .await
        };
        let made = made.await;
        match made {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            // Without the main table there is nothing that it could be a replica of.
            Err(error) if error.is_not_found() => ApplyOutcome::Done(None, Problems::new()),
            Err(error) if error.lost_answer() => ApplyOutcome::Unknown(problem(&doing, &error)),
            Err(error) => ApplyOutcome::Failed(Some(prior), vec![problem(&doing, &error)]),
        }
    }
}
