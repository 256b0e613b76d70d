//! Building, changing and removing an index: by UpdateTable, one index of a table at a time.

use trueup_aws::Error;
use trueup_aws::dynamodb::{IndexUpdate, TableDescription, UpdateIndex, UpdateTable};
use trueup_value::Value;

use super::model::{creation, definitions, is_provisioned, limits, provisioned, to_state, warm};
use super::{GlobalIndexes, names};
use crate::members::member;
use crate::satellite::{Changes, Run, with};

/// A request that can't be made as things are.
fn refused(detail: String) -> Error {
    Error::Invalid {
        service: "DynamoDB",
        operation: "UpdateTable",
        detail,
    }
}

impl GlobalIndexes {
    /// Waits until nothing of the table is under way.
    async fn settled(&self, run: &Run<'_>, table: &str) -> Result<TableDescription, Error> {
        self.tables
            .wait_active(run.cx, table, run.limit, run.progress())
            .await
    }

    async fn send(&self, run: &Run<'_>, request: UpdateTable) -> Result<(), Error> {
        let sent = self.tables.change(run.cx, request, run.limit);
        sent.await.map(drop)
    }

    async fn read_back(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let (table, index) = names(wanted);
        let there = self.settled(run, table).await?;
        match there.global_indexes.iter().find(|each| each.name == index) {
            Some(found) => Ok(to_state(&there, found, wanted)),
            None => Err(refused(format!(
                "the index {index:?} of the table {table:?} was removed while it was being built or changed"
            ))),
        }
    }
}

impl Changes for GlobalIndexes {
    /// Builds the index of a planned value.
    async fn create(&self, run: &Run<'_>, wanted: &Value) -> Result<Value, Error> {
        let (table, index) = names(wanted);
        let _turn = self.tables.known.turn(table).await;
        let found = self.tables.find(table).await?;
        if found.is_none() {
            return Err(refused(format!("there is no table {table:?}")));
        }
        let there = self.settled(run, table).await?;
        let by_capacity = is_provisioned(&there);
        check_billing(by_capacity, wanted, table)?;
        if there.global_indexes.iter().any(|each| each.name == index) {
            return Err(refused(format!(
                "the table {table:?} has an index {index:?} already, which is not in this state. To take it over, import it by the id {table},{index}"
            )));
        }
        let attributes = definitions(&there, wanted).map_err(|(name, before, wanted)| {
            refused(format!(
                "attribute {name:?} was previously defined as {before:?}, cannot be redefined as {wanted:?}: other keys of the table use it"
            ))
        })?;
        let request = UpdateTable {
            table: table.to_owned(),
            attributes,
            index_updates: vec![IndexUpdate::Create(creation(wanted, by_capacity))],
            ..UpdateTable::default()
        };
        self.send(run, request).await?;
        let arn = format!("{}/index/{index}", there.arn);
        run.created(begun(wanted, &arn)).await;
        self.read_back(run, wanted).await
    }

    /// Changes capacity and limits, then what is kept warm.
    async fn update(&self, run: &Run<'_>, prior: &Value, wanted: &Value) -> Result<Value, Error> {
        let (table, index) = names(wanted);
        let _turn = self.tables.known.turn(table).await;
        let there = self.settled(run, table).await?;
        let by_capacity = is_provisioned(&there);
        check_billing(by_capacity, wanted, table)?;
        let request = |update: UpdateIndex| UpdateTable {
            table: table.to_owned(),
            index_updates: vec![IndexUpdate::Update(UpdateIndex {
                name: index.to_owned(),
                ..update
            })],
            ..UpdateTable::default()
        };
        let units =
            provisioned(wanted).filter(|units| by_capacity && provisioned(prior) != Some(*units));
        let limits = Some(limits(wanted)).filter(|after| !by_capacity && limits(prior) != *after);
        if units.is_some() || limits.is_some() {
            let update = UpdateIndex {
                throughput: units,
                on_demand: limits,
                ..UpdateIndex::default()
            };
            self.send(run, request(update)).await?;
            self.settled(run, table).await?;
        }
        let raised = warm(wanted).filter(|after| warm(prior) != Some(*after));
        if raised.is_some() {
            let update = UpdateIndex {
                warm: raised,
                ..UpdateIndex::default()
            };
            self.send(run, request(update)).await?;
        }
        self.read_back(run, wanted).await
    }

    /// Removes the index. A table that is gone, or going, takes it along.
    async fn delete(&self, run: &Run<'_>, prior: &Value) -> Result<(), Error> {
        let (table, index) = names(prior);
        let _turn = self.tables.known.turn(table).await;
        match self.tables.find(table).await? {
            None => return Ok(()),
            Some(found) if found.status == "DELETING" => return Ok(()),
            Some(_) => {}
        }
        let has = |table: &TableDescription| table.global_indexes.iter().any(|i| i.name == index);
        if has(&self.settled(run, table).await?) {
            let request = UpdateTable {
                table: table.to_owned(),
                index_updates: vec![IndexUpdate::Delete(index.to_owned())],
                ..UpdateTable::default()
            };
            self.send(run, request).await?;
        }
        self.settled(run, table).await.map(drop)
    }
}

/// The planned value of an index that has just been begun: what is not known yet is unset.
fn begun(wanted: &Value, arn: &str) -> Value {
    let known = |name: &'static str| {
        let value = member(wanted, name)
            .cloned()
            .unwrap_or_else(Value::dynamic_null);
        match value.is_wholly_known() {
            true => value,
            false => match name {
                "warm_throughput" => Value::null(super::schema::warm_type()),
                _ => super::schema::blocks(name, Vec::new()),
            },
        }
    };
    with(
        wanted,
        [
            ("arn", Value::string(arn)),
            ("on_demand_throughput", known("on_demand_throughput")),
            ("provisioned_throughput", known("provisioned_throughput")),
            ("warm_throughput", known("warm_throughput")),
        ],
    )
}

/// Capacity belongs to a provisioned table, and to no other.
fn check_billing(by_capacity: bool, wanted: &Value, table: &str) -> Result<(), Error> {
    let said = |name: &str| !crate::members::elements(wanted, name).is_empty();
    let reason = match by_capacity {
        true if !said("provisioned_throughput") => {
            "is billed by provisioned capacity (PROVISIONED): the index needs provisioned_throughput"
        }
        true if said("on_demand_throughput") => {
            "is billed by provisioned capacity (PROVISIONED): on_demand_throughput has no meaning"
        }
        false if said("provisioned_throughput") => {
            "is billed on demand (PAY_PER_REQUEST): the index can't have provisioned_throughput"
        }
        _ => return Ok(()),
    };
    Err(refused(format!("the table {table:?} {reason}")))
}
