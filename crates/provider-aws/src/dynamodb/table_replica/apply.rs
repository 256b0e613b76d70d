//! Creating, changing and deleting a replica: in the main table's region what concerns both, in its
//! own the rest.

use std::collections::BTreeSet;
use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::{CreateReplica, ReplicaUpdate, UpdateTable};
use trueup_provider::{Problem, Step, StepKind};
use trueup_value::Value;

use super::plan::same_region;
use super::state::{There, begun, time};
use super::{Main, TableReplicas};
use crate::dynamodb::table::{Awaited, OnReplicas, Said, Tables, tags_in_step};
use crate::failure::nothing_planned;
use crate::lifecycle::{Create, Delete, Update, Work};
use crate::members::{filled, flag};

/// What a value says of the replica's own settings.
fn said(value: &Value) -> Said {
    Said {
        recovery: flag(value, "point_in_time_recovery") == Some(true),
        protection: flag(value, "deletion_protection_enabled"),
        ..Said::default()
    }
}

fn is_protected(value: &Value) -> bool {
    flag(value, "deletion_protection_enabled") == Some(true)
}

/// What forbids a step before any call is made: a block that names no other region's table, and
/// protection against deletion that no successor of it gives up.
pub(super) fn obstacle(step: &Step, region: &str) -> Option<Problem> {
    let wanted = step.planned.as_ref().or(step.config.as_ref());
    match (step.kind, wanted, &step.prior) {
        (StepKind::Create, Some(wanted), _) => match Main::of_block(wanted) {
            None => Some(nothing_planned("creating DynamoDB Table Replica")),
            Some(main) if main.region == region => Some(same_region(region)),
            Some(_) => None,
        },
        (StepKind::Delete, _, Some(prior)) => {
            let lifted = step
                .successor
                .as_ref()
                .is_some_and(|next| !is_protected(next));
            if !is_protected(&prior.value) || lifted {
                return None;
            }
            let name = Main::of(&prior.value)?.id();
            let summary = format!(
                "deleting DynamoDB Table Replica ({name}): ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
            );
            let advice = "Nothing of it was touched. Set deletion_protection_enabled = false, apply that, and delete it then.";
            Some(Problem::error(summary, advice))
        }
        _ => None,
    }
}

/// A step whose value names no main table, which [`obstacle`] lets through to none.
fn main_of(value: &Value) -> Result<Main, Error> {
    Main::of(value).ok_or_else(|| Error::Invalid {
        service: "DynamoDB",
        operation: "UpdateTable",
        detail: "the replica names no table".to_owned(),
    })
}

/// Changes of a main table's replicas, by the tables of one region.
fn on<'a>(tables: &'a Tables, main: &'a Main, work: &Work<'a>, time: Duration) -> OnReplicas<'a> {
    OnReplicas {
        tables,
        cx: work.cx,
        name: &main.name,
        time,
        progress: work.progress,
    }
}

impl Create for TableReplicas {
    fn chosen(&self, wanted: &Value, _token: &str) -> Option<String> {
        Main::of_block(wanted).map(|main| main.id())
    }

    async fn make(&self, work: &Work<'_>, wanted: &Value) -> Result<(Main, There), Error> {
        let main = main_of(wanted)?;
        let region = self.here.aws.region.as_str();
        let tables = self.main(&main)?;
        let request = UpdateTable {
            table: main.name.clone(),
            replica_updates: vec![ReplicaUpdate::Create(CreateReplica {
                region: region.to_owned(),
                kms_key: filled(wanted, "kms_key_arn").map(str::to_owned),
                table_class: filled(wanted, "table_class_override").map(str::to_owned),
            })],
            ..UpdateTable::default()
        };
        let limit = time(Some(wanted), "create");
        let what = format!("table {} to accept a replica", main.name);
        tables
            .patiently(work.cx, &what, limit, || {
                tables.aws.dynamodb.update_table(request.clone())
            })
            .await?;
        Ok((main, begun(region, wanted)))
    }

    /// Waits for it, then gives it its own settings.
    async fn complete(&self, work: &Work<'_>, made: &Value, wanted: &Value) -> Result<(), Error> {
        let (main, limit) = (main_of(made)?, time(Some(wanted), "create"));
        let awaited = Awaited {
            come: BTreeSet::from([self.here.aws.region.clone()]),
            ..Awaited::default()
        };
        on(&self.main(&main)?, &main, work, limit)
            .wait(&awaited)
            .await?;
        self.set_up(work, &main, (None, wanted), limit).await
    }
}

impl Update for TableReplicas {
    async fn change(&self, work: &Work<'_>, old: &Value, new: &Value) -> Result<(), Error> {
        let limit = time(Some(new), "update");
        let sides = (Some(old), new);
        self.set_up(work, &main_of(old)?, sides, limit).await
    }
}

impl Delete for TableReplicas {
    /// It goes with the main table too: without that there is nothing that it could be a replica of.
    async fn end(&self, work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let (main, limit) = (main_of(prior)?, time(Some(prior), "delete"));
        let region = self.here.aws.region.as_str();
        // Its successor gives the protection up.
        if is_protected(prior) {
            let had = said(prior);
            let open = Said {
                protection: Some(false),
                ..had.clone()
            };
            on(&self.here, &main, work, limit)
                .set_up(region, (&had, &open))
                .await?;
        }
        let gone = BTreeSet::from([region.to_owned()]);
        on(&self.main(&main)?, &main, work, limit)
            .remove(&gone, None, false)
            .await
    }
}

impl TableReplicas {
    /// The replica's own settings, in its own region: tags, recovery, protection.
    async fn set_up(
        &self,
        work: &Work<'_>,
        main: &Main,
        (old, new): (Option<&Value>, &Value),
        limit: Duration,
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
        on(&self.here, main, work, limit)
            .set_up(region, (&before, &said(new)))
            .await
    }
}
