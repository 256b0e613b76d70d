//! Changing a table, in the one order in which AWS accepts every combination.

use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::{
    IndexUpdate, Stream, TableDescription, Throughput, UpdateIndex, UpdateTable,
};
use trueup_provider::{ApplyOutcome, Context, Object, Problem, Progress, Step};
use trueup_value::Value;

use super::Tables;
use super::create::wanted;
use super::features;
use super::indexes::index_changes;
use super::model::{definitions, index_named, throughput};
use super::private::{self, limit};
use super::replicas::OnReplicas;
use super::throughput::Limits;
use crate::failure::problem_with_advice;
use crate::members::{filled, flag, is_unknown, text_map};
use crate::tags::difference;

/// One run of changes on one table.
pub(crate) struct Change<'a> {
    pub(crate) tables: &'a Tables,
    pub(crate) cx: &'a Context,
    pub(crate) progress: &'a dyn Progress,
    pub(crate) name: &'a str,
    /// What the table is, as far as known.
    pub(crate) old: &'a Value,
    /// What it is to be.
    pub(crate) new: &'a Value,
    pub(crate) time: Duration,
}

impl Tables {
    /// Changes the table of a step from its prior to its planned value.
    pub(crate) async fn update(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let (Some(prior), Some(wanted)) = (step.prior.clone(), wanted(&step)) else {
            return ApplyOutcome::Failed(
                step.prior,
                vec![Problem::error(
                    "updating DynamoDB Table: nothing planned",
                    "The step carries no prior or planned value. This is a fault of the program.",
                )],
            );
        };
        let name = filled(&prior.value, "id")
            .or_else(|| filled(&prior.value, "name"))
            .unwrap_or_default()
            .to_owned();
        let doing = format!("updating DynamoDB Table ({name})");
        let _turn = self.known.turn(&name).await;
        let change = Change {
            tables: self,
            cx,
            progress,
            name: &name,
            old: &prior.value,
            new: &wanted,
            time: limit(Some(&wanted), "update"),
        };
        let made = change.make().await;
        let written = match &step.config {
            Some(config) => features::written(config),
            None => private::written(prior.private.as_deref()),
        };
        // Where the changes were made and only reading back fails, what was turned on is remembered all the same.
        let changed = || Object {
            value: prior.value.clone(),
            private: Some(private::private_bytes(Some(&wanted), &written)),
        };
        let there = match self.find(&name).await {
            Ok(found) => found,
            Err(error) if made.is_ok() => {
                let advice = "The changes were made; only reading the table back failed. Run again to refresh it.";
                let found = problem_with_advice(&doing, &error, advice);
                return ApplyOutcome::Failed(Some(changed()), vec![found]);
            }
            Err(_) => None,
        };
        match (made, there) {
            (Ok(()), Some(table)) => {
                self.finished(&doing, &table, &wanted, &written, changed())
                    .await
            }
            (Ok(()), None) => ApplyOutcome::Failed(
                Some(prior),
                vec![Problem::error(
                    format!("{doing}: the table is gone"),
                    "It was deleted while it was being changed. Run again to create it anew.",
                )],
            ),
            (Err(error), table) => {
                let advice = if is_too_soon(&error) {
                    "AWS takes one change of a table's time to live an hour, and turning it on may wait for its turning off. Everything else of this change is done and stands in state. Apply again in an hour: only the time to live is changed then."
                } else {
                    "Changes made before this one stay, and stand in state. Run again: only what is missing is done then."
                };
                let found = problem_with_advice(&doing, &error, advice);
                let object = match &table {
                    Some(table) => {
                        let object = self.object(table, Some(&prior.value), &written);
                        object.await.ok()
                    }
                    None => None,
                };
                ApplyOutcome::Failed(
                    Some(object.map_or(prior.clone(), |object| Object {
                        value: object.value,
                        private: prior.private.clone(),
                    })),
                    vec![found],
                )
            }
        }
    }
}

/// Whether AWS refuses a time to live because it was changed within the last hour.
pub(crate) fn is_too_soon(error: &Error) -> bool {
    error
        .message()
        .contains("modified multiple times within a fixed interval")
}

impl Change<'_> {
    /// Makes the table what it is to be. What is already so takes no call.
    pub(crate) async fn make(&self) -> Result<(), Error> {
        self.tags().await?;
        // Without its copies it is an ordinary table again, of which stream and billing mode may change,
        // and whose items may expire.
        let first = super::replicas::all_go(self.old, self.new);
        if first {
            self.replicas().release(self.sides()).await?;
        }
        let provisioned =
            filled(self.new, "billing_mode").unwrap_or("PROVISIONED") == "PROVISIONED";
        let indexes = index_changes(self.old, self.new, provisioned);
        for name in &indexes.delete {
            self.send(UpdateTable {
                index_updates: vec![IndexUpdate::Delete(name.clone())],
                ..self.request()
            })
            .await?;
        }
        self.table_class().await?;
        self.stream_view().await?;
        let updates = indexes.update.into_iter().map(IndexUpdate::Update);
        self.together(updates.collect()).await?;
        self.warm_indexes(indexes.warm).await?;
        // One at a time: AWS builds one index of a table at once.
        for index in indexes.create {
            self.send(UpdateTable {
                attributes: definitions(self.new),
                index_updates: vec![IndexUpdate::Create(index)],
                ..self.request()
            })
            .await?;
        }
        self.encryption().await?;
        let time_to_live = self.time_to_live().await;
        match &time_to_live {
            // It can't be done now, and the rest need not wait for it.
            Err(error) if is_too_soon(error) => {}
            _ => time_to_live.clone()?,
        }
        if !first {
            self.replicas().release(self.sides()).await?;
        }
        self.gain_replicas().await?;
        self.recovery().await?;
        self.warm().await?;
        time_to_live
    }

    pub(crate) fn request(&self) -> UpdateTable {
        UpdateTable {
            table: self.name.to_owned(),
            ..UpdateTable::default()
        }
    }

    /// Sends one change and waits until the table has taken it.
    pub(crate) async fn send(&self, request: UpdateTable) -> Result<TableDescription, Error> {
        self.tables.change(self.cx, request, self.time).await?;
        self.tables
            .wait_active(self.cx, self.name, self.time, self.progress)
            .await
    }

    /// What the table is and what it is to be.
    fn sides(&self) -> (Option<&Value>, &Value) {
        (Some(self.old), self.new)
    }

    /// Changes of the table's replicas.
    pub(crate) fn replicas(&self) -> OnReplicas<'_> {
        OnReplicas {
            tables: self.tables,
            cx: self.cx,
            name: self.name,
            time: self.time,
            progress: self.progress,
        }
    }

    async fn gain_replicas(&self) -> Result<(), Error> {
        self.replicas().gain(self.sides()).await?;
        let arn = filled(self.old, "arn").unwrap_or_default();
        self.tables.tag_replicas(arn, self.sides()).await
    }

    async fn tags(&self) -> Result<(), Error> {
        let policy = &self.tables.tags;
        let old = text_map(self.old, "tags_all");
        let new = if is_unknown(self.new, "tags_all") {
            policy.visible(&policy.merged(&text_map(self.new, "tags")))
        } else {
            text_map(self.new, "tags_all")
        };
        let (remove, put) = difference(&old, &new);
        let Some(arn) = filled(self.old, "arn") else {
            return Ok(());
        };
        let dynamodb = &self.tables.aws.dynamodb;
        let what = format!("table {} to accept a change of its tags", self.name);
        if !remove.is_empty() {
            let call = || dynamodb.untag_resource(arn, remove.clone());
            self.tables
                .patiently(self.cx, &what, self.time, call)
                .await?;
        }
        if !put.is_empty() {
            let call = || dynamodb.tag_resource(arn, put.clone());
            self.tables
                .patiently(self.cx, &what, self.time, call)
                .await?;
        }
        Ok(())
    }

    fn differs(&self, name: &str) -> bool {
        filled(self.old, name) != filled(self.new, name)
    }

    async fn table_class(&self) -> Result<(), Error> {
        let class = |value: &Value| {
            filled(value, "table_class")
                .unwrap_or("STANDARD")
                .to_owned()
        };
        if class(self.old) == class(self.new) {
            return Ok(());
        }
        self.send(UpdateTable {
            table_class: Some(class(self.new)),
            ..self.request()
        })
        .await
        .map(drop)
    }

    fn streams(&self) -> (bool, bool) {
        let on = |value: &Value| flag(value, "stream_enabled") == Some(true);
        (on(self.old), on(self.new))
    }

    /// Another view of a running stream takes two calls: off, and on again.
    async fn stream_view(&self) -> Result<(), Error> {
        if self.streams() != (true, true) || !self.differs("stream_view_type") {
            return Ok(());
        }
        self.send(UpdateTable {
            stream: Some(Stream::default()),
            ..self.request()
        })
        .await?;
        self.send(UpdateTable {
            stream: self.wanted_stream(),
            ..self.request()
        })
        .await
        .map(drop)
    }

    fn wanted_stream(&self) -> Option<Stream> {
        let enabled = flag(self.new, "stream_enabled") == Some(true);
        Some(Stream {
            enabled,
            view_type: filled(self.new, "stream_view_type")
                .filter(|_| enabled)
                .map(str::to_owned),
        })
    }

    /// What one UpdateTable can carry: billing, capacities, protection, a stream's switch.
    async fn together(&self, mut indexes: Vec<IndexUpdate>) -> Result<(), Error> {
        let mode = |value: &Value| {
            filled(value, "billing_mode")
                .unwrap_or("PROVISIONED")
                .to_owned()
        };
        let (before, after) = (mode(self.old), mode(self.new));
        let switched = before != after;
        let mut request = self.request();
        if after == "PROVISIONED" && (switched || throughput(self.old) != throughput(self.new)) {
            let wanted = throughput(self.new);
            // A capacity that is left to others after a switch begins at the least there is.
            request.throughput = Some(Throughput {
                read: wanted.read.max(1),
                write: wanted.write.max(1),
            });
            request.billing_mode = Some(after.clone());
        }
        if after == "PAY_PER_REQUEST" {
            let limits = Limits::of(self.new);
            request.on_demand = limits.change_from(Limits::of(self.old));
        }
        if switched && after == "PAY_PER_REQUEST" {
            request.billing_mode = Some(after);
            // Capacity goes by itself; only limits are to be told.
            indexes.retain(|update| match update {
                IndexUpdate::Update(index) => index.on_demand.is_some(),
                IndexUpdate::Create(_) | IndexUpdate::Delete(_) => false,
            });
        }
        let protection = |value: &Value| flag(value, "deletion_protection_enabled") == Some(true);
        if protection(self.old) != protection(self.new) {
            request.deletion_protection = Some(protection(self.new));
        }
        let (was, will) = self.streams();
        if was != will {
            request.stream = self.wanted_stream();
        }
        request.index_updates = indexes;
        let nothing = request == self.request();
        if nothing {
            return Ok(());
        }
        let on_demand = request.billing_mode.as_deref() == Some("PAY_PER_REQUEST");
        let table = self.send(request).await?;
        if switched && on_demand {
            self.forgotten_limits(&table).await?;
        }
        Ok(())
    }

    /// Limits that a table or an index kept from an earlier time on demand come back with it.
    async fn forgotten_limits(&self, table: &TableDescription) -> Result<(), Error> {
        let wanted = Limits::of(self.new);
        let mut request = UpdateTable {
            on_demand: wanted.change_from(Limits::described(table.on_demand)),
            ..self.request()
        };
        for index in &table.global_indexes {
            let Some(block) = index_named(self.new, &index.name) else {
                continue;
            };
            let change = Limits::of(block).change_from(Limits::described(index.on_demand));
            if change.is_some() {
                request.index_updates.push(IndexUpdate::Update(UpdateIndex {
                    name: index.name.clone(),
                    on_demand: change,
                    ..UpdateIndex::default()
                }));
            }
        }
        if request != self.request() {
            self.send(request).await?;
        }
        Ok(())
    }
}
