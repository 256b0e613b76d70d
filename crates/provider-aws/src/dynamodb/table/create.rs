//! Creating a table: one call that makes it, then what takes calls of its own.

use std::collections::BTreeSet;
use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::{CreateTable, Sse, Stream, TableDescription};
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::converge::{Incomplete, Made};
use super::features::{self, RECOVERY_DAYS, recovery_days};
use super::model::{
    Besides, definitions, index_to_create, key_schema, local_indexes_to_create, throughput,
    to_state,
};
use super::private::{limit, private_bytes};
use super::replicas::OnReplicas;
use super::sources::{import, restore};
use super::throughput::{Limits, Warm};
use super::update::is_too_soon;
use super::{Tables, identity};
use crate::failure::{problem, problem_with_advice};
use crate::members::{block, elements, filled, flag, text, text_map};
use crate::rules::{Moment, settle};
use crate::tags::{TagPolicy, Tags};

/// How long a table may refuse a change of its time to live because of another that is under way.
const CHANGE_LIMIT: Duration = Duration::from_secs(20 * 60);

impl Tables {
    /// Creates the table of a step.
    pub(crate) async fn create(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(wanted) = wanted(&step) else {
            return ApplyOutcome::Failed(None, vec![nothing_to_make()]);
        };
        let name = text(&wanted, "name").unwrap_or_default().to_owned();
        let doing = format!("creating DynamoDB Table ({name})");
        let time = limit(Some(&wanted), "create");
        let written = features::written(step.config.as_ref().unwrap_or(&wanted));
        let made = match self.begin(cx, &wanted, &step.token, time, progress).await {
            Ok(made) => made,
            Err(error) => return self.not_created(&doing, &name, &error).await,
        };
        let partial = |table: &TableDescription| {
            let tags = if made.as_wanted {
                self.tags.to_send(&text_map(&wanted, "tags"))
            } else {
                Tags::new()
            };
            let besides = Besides {
                tags,
                ..Besides::default()
            };
            Object {
                value: to_state(table, &besides, &self.tags, Some(&wanted)),
                private: Some(private_bytes(Some(&wanted), &written)),
            }
        };
        let partial = match &made.table {
            Some(table) => {
                self.known.saw(table);
                let partial = partial(table);
                progress.created(partial.clone()).await;
                Some(partial)
            }
            None => None,
        };
        let completed = if made.as_wanted {
            self.complete(cx, &name, &wanted, time, progress).await
        } else {
            self.converge(cx, &name, &wanted, &made, time, progress)
                .await
        };
        match completed {
            Ok(table) => {
                let fallback = partial.unwrap_or_else(|| Object::new(wanted.clone()));
                self.finished(&doing, &table, &wanted, &written, fallback)
                    .await
            }
            Err(Incomplete { table, error }) => {
                let there = match table {
                    Some(table) => {
                        let object = self.object(&table, Some(&wanted), &written);
                        object.await.ok()
                    }
                    None => None,
                };
                let Some(there) = there.or(partial) else {
                    return self.not_created(&doing, &name, &error).await;
                };
                let advice = if made.import.is_some()
                    && matches!(error, Error::UnexpectedState { .. })
                {
                    "The import did not come to its end, so the table lacks items. It is kept in state: plan with -replace to import it anew."
                } else if is_too_soon(&error) {
                    "The table exists and is kept in state. AWS takes one change of its time to live an hour: apply again then, and only that is done."
                } else {
                    "The table exists and is kept in state. Run again: only what is missing is done then."
                };
                let found = problem_with_advice(&doing, &error, advice);
                ApplyOutcome::Failed(Some(there), vec![found])
            }
        }
    }

    /// Makes the call that brings the table about: a creation, a restore or an import.
    async fn begin(
        &self,
        cx: &Context,
        wanted: &Value,
        token: &str,
        time: Duration,
        progress: &dyn Progress,
    ) -> Result<Made, Error> {
        let name = text(wanted, "name").unwrap_or_default();
        let room = format!("room to create table {name}");
        if let Some(request) = restore(wanted) {
            progress.waiting(&format!("restoring table {name}"));
            let call = || self.aws.dynamodb.restore_table(request.clone());
            let table = self.patiently(cx, &room, time, call).await?;
            return Ok(Made {
                table: Some(table),
                import: None,
                as_wanted: false,
            });
        }
        let request = creation(wanted, &self.tags);
        if let Some(request) = import(wanted, request.clone(), token) {
            let call = || self.aws.dynamodb.import_table(request.clone());
            let import = self.patiently(cx, &room, time, call).await?;
            return Ok(Made {
                table: self.find(name).await.ok().flatten(),
                import: Some(import),
                as_wanted: false,
            });
        }
        let call = || self.aws.dynamodb.create_table(request.clone());
        let table = self.patiently(cx, &room, time, call).await?;
        Ok(Made {
            table: Some(table),
            import: None,
            as_wanted: true,
        })
    }

    /// What CreateTable takes no part in.
    async fn complete(
        &self,
        cx: &Context,
        name: &str,
        wanted: &Value,
        time: Duration,
        progress: &dyn Progress,
    ) -> Result<TableDescription, Incomplete> {
        let table = self
            .wait_active(cx, name, time, progress)
            .await
            .map_err(|error| Incomplete { table: None, error })?;
        let half = |error| Incomplete {
            table: Some(table.clone()),
            error,
        };
        if let Some(ttl) = block(wanted, "ttl")
            && flag(ttl, "enabled") == Some(true)
        {
            let attribute = text(ttl, "attribute_name").unwrap_or_default();
            let on = self.set_time_to_live(cx, name, attribute, true).await;
            on.map_err(half)?;
        }
        if block(wanted, "point_in_time_recovery")
            .is_some_and(|recovery| flag(recovery, "enabled") == Some(true))
        {
            let days = Some(recovery_days(wanted)).filter(|days| *days != RECOVERY_DAYS);
            let on = self.set_recovery(cx, name, true, days, time).await;
            on.map_err(half)?;
        }
        if super::replicas::said(wanted).is_empty() {
            return Ok(table);
        }
        let sides = (None, wanted);
        let on = OnReplicas {
            tables: self,
            cx,
            name,
            time,
            progress,
        };
        let replicas = async {
            on.gain(sides).await?;
            self.tag_replicas(&table.arn, sides).await?;
            // What the table says of its replicas is another thing now.
            self.aws.dynamodb.describe_table(name).await
        };
        match replicas.await {
            Ok(table) => Ok(table),
            Err(error) => Err(Incomplete {
                // With the replicas that are there by now.
                table: self.find(name).await.ok().flatten(),
                error,
            }),
        }
    }

    /// The outcome of a table on which everything was done: read once more, and as it was planned
    /// where null and empty are all that differs.
    pub(crate) async fn finished(
        &self,
        doing: &str,
        table: &TableDescription,
        wanted: &Value,
        written: &BTreeSet<String>,
        fallback: Object,
    ) -> ApplyOutcome {
        match self.object(table, Some(wanted), written).await {
            Ok(object) => ApplyOutcome::Done(
                Some(Object {
                    value: settle(&object.value, wanted, Moment::Apply),
                    private: object.private,
                }),
                Problems::new(),
            ),
            Err(error) => {
                let advice =
                    "The table is there; only reading it back failed. Run again to refresh it.";
                let found = problem_with_advice(doing, &error, advice);
                ApplyOutcome::Failed(Some(fallback), vec![found])
            }
        }
    }

    async fn not_created(&self, doing: &str, name: &str, error: &Error) -> ApplyOutcome {
        if error.lost_answer() {
            // It may be ours: only the journal's time of intent can tell.
            return ApplyOutcome::Unknown(problem_with_advice(
                doing,
                error,
                "The answer was lost, so the table may or may not exist. Run again: the next run finds out and goes on from there.",
            ));
        }
        if error.code() == "ResourceInUseException" {
            let advice = format!(
                "A table named {name:?} is there already in {} and is not in this state. Bring it into state with import, give this one another name, or delete the other.",
                self.aws.region
            );
            return ApplyOutcome::Failed(None, vec![problem_with_advice(doing, error, &advice)]);
        }
        ApplyOutcome::Failed(None, vec![problem(doing, error)])
    }

    /// Turns the time to live on or off, and waits for that as long as is reasonable: AWS may take an
    /// hour, and a read counts what is on its way as done.
    pub(crate) async fn set_time_to_live(
        &self,
        cx: &Context,
        name: &str,
        attribute: &str,
        on: bool,
    ) -> Result<(), Error> {
        let what = format!("table {name} to accept a change of its time to live");
        self.patiently(cx, &what, CHANGE_LIMIT, || {
            self.aws.dynamodb.update_time_to_live(name, attribute, on)
        })
        .await?;
        match self.wait_time_to_live(cx, name, on).await {
            Err(Error::TimedOut { .. }) => Ok(()),
            other => other,
        }
    }

    /// The attribute by which the time to live is on, or on its way there.
    pub(crate) async fn live_time_to_live(&self, name: &str) -> Result<Option<String>, Error> {
        let live = self.aws.dynamodb.describe_time_to_live(name).await?;
        Ok(live
            .attribute
            .filter(|_| matches!(live.status.as_str(), "ENABLED" | "ENABLING")))
    }

    /// Turns point-in-time recovery on or off and waits for it. Without `days` it reaches as far back
    /// as AWS lets it.
    pub(crate) async fn set_recovery(
        &self,
        cx: &Context,
        name: &str,
        on: bool,
        days: Option<i64>,
        time: Duration,
    ) -> Result<(), Error> {
        let days = days.and_then(|days| i32::try_from(days).ok());
        let wanted = if on { "ENABLED" } else { "DISABLED" };
        let what = format!("table {name} to accept a change of its backups");
        let answer = self
            .patiently(cx, &what, time, || {
                self.aws.dynamodb.update_continuous_backups(name, on, days)
            })
            .await?;
        if answer.point_in_time_recovery.as_deref() == Some(wanted) {
            return Ok(());
        }
        self.wait_recovery(cx, name, on, time).await
    }

    /// The table of a name, for an import.
    pub(crate) async fn adopt_by_name(
        &self,
        name: &str,
    ) -> Result<Vec<trueup_provider::Imported>, Problem> {
        let doing = format!("reading DynamoDB Table ({name})");
        let failed = |error: Error| problem(&doing, &error);
        match self.find(name).await.map_err(failed)? {
            Some(table) => {
                let object = self.object(&table, None, &BTreeSet::new()).await;
                let object = object.map_err(failed)?;
                let object = self.marked_import(&table, object).await;
                Ok(vec![trueup_provider::Imported { object }])
            }
            None => Err(Problem::error(
                "Cannot import non-existent remote object",
                format!(
                    "There is no DynamoDB table named {name:?} in {}.",
                    self.aws.region
                ),
            )),
        }
    }

    /// Whether a table is the one that a value plans, by name and keys.
    pub(crate) fn is_as_planned(table: &TableDescription, digest: &str) -> bool {
        identity::digest_of(table) == digest
    }
}

fn nothing_to_make() -> Problem {
    Problem::error(
        "creating DynamoDB Table: nothing planned",
        "The step carries no planned value. This is a fault of the program.",
    )
}

/// The planned value; where it is unknown the configuration, which is known by now.
pub(crate) fn wanted(step: &Step) -> Option<Value> {
    step.planned.clone().or_else(|| step.config.clone())
}

/// CreateTable for a planned value.
fn creation(wanted: &Value, policy: &TagPolicy) -> CreateTable {
    let mode = filled(wanted, "billing_mode").unwrap_or("PROVISIONED");
    let provisioned = mode == "PROVISIONED";
    let stream = (flag(wanted, "stream_enabled") == Some(true)).then(|| Stream {
        enabled: true,
        view_type: filled(wanted, "stream_view_type").map(str::to_owned),
    });
    CreateTable {
        name: text(wanted, "name").unwrap_or_default().to_owned(),
        attributes: definitions(wanted),
        key_schema: key_schema(
            text(wanted, "hash_key").unwrap_or_default(),
            filled(wanted, "range_key"),
        ),
        billing_mode: Some(mode.to_owned()),
        throughput: provisioned.then(|| throughput(wanted)),
        local_indexes: local_indexes_to_create(wanted),
        global_indexes: elements(wanted, "global_secondary_index")
            .iter()
            .map(|index| index_to_create(index, provisioned))
            .collect(),
        stream,
        sse: encryption(wanted),
        // Every table is born in the standard class.
        table_class: filled(wanted, "table_class")
            .filter(|class| *class != "STANDARD")
            .map(str::to_owned),
        deletion_protection: flag(wanted, "deletion_protection_enabled").filter(|on| *on),
        on_demand: Limits::of(wanted).to_create().filter(|_| !provisioned),
        warm: Warm::of(wanted).to_send(),
        tags: policy.to_send(&text_map(wanted, "tags")),
        ..CreateTable::default()
    }
}

/// The encryption that a table's block says.
pub(crate) fn encryption(wanted: &Value) -> Option<Sse> {
    block(wanted, "server_side_encryption").map(|sse| {
        let enabled = flag(sse, "enabled") == Some(true);
        Sse {
            enabled,
            kms_key: filled(sse, "kms_key_arn")
                .filter(|_| enabled)
                .map(str::to_owned),
        }
    })
}
