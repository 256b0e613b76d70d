//! `aws_dynamodb_table_replica`: one replica of a table, kept from the replica's own region.

mod apply;
mod identity;
mod plan;
mod read;
pub(crate) mod schema;
mod state;
pub(crate) mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Error;
use trueup_provider::{Intent, Object, PlanRequest, Planned, Problem, ResourceType, Step};
use trueup_value::Value;

use super::table::{Tables, made_since};
use crate::arn::Arn;
use crate::lifecycle::{Claim, Lifecycle, Living, Look};
use crate::members::filled;
use crate::region::Place;
use state::There;

/// The type under one provider configuration, in one region.
pub(crate) struct TableReplicas {
    /// The tables of the replica's region.
    here: Tables,
}

/// The table that a replica is one of: its name and the region it was copied from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Main {
    /// The name, which all replicas share.
    pub(crate) name: String,
    /// The region of the table that the replica was made of.
    pub(crate) region: String,
}

impl Main {
    /// The table that an id names: `orders:us-east-1`.
    fn of_id(id: &str) -> Option<Main> {
        let (name, region) = id.split_once(':')?;
        let whole = !name.is_empty() && !region.is_empty() && !region.contains(':');
        whole.then(|| Main {
            name: name.to_owned(),
            region: region.to_owned(),
        })
    }

    /// The table that a block or state names.
    fn of(value: &Value) -> Option<Main> {
        if let Some(main) = filled(value, "id").and_then(Main::of_id) {
            return Some(main);
        }
        Main::of_block(value)
    }

    /// The table that a block names, of which there is no replica yet.
    fn of_block(value: &Value) -> Option<Main> {
        Main::of_arn(filled(value, "global_table_arn")?)
    }

    /// The table that an ARN names.
    fn of_arn(text: &str) -> Option<Main> {
        let arn = Arn::parse(text).ok()?;
        Some(Main {
            name: arn.table()?.to_owned(),
            region: arn.region.to_owned(),
        })
    }

    fn id(&self) -> String {
        format!("{}:{}", self.name, self.region)
    }
}

impl TableReplicas {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            here: Tables::of(place),
        }))
    }

    /// The tables of the region that a replica was copied from.
    fn main(&self, main: &Main) -> Result<Tables, Error> {
        self.here.in_region(&main.region)
    }
}

impl Lifecycle for TableReplicas {
    const LABEL: &'static str = "DynamoDB Table Replica";
    const NOUN: &'static str = "replica";
    const GONE: &'static str =
        "It was deleted while it was being changed. Run again to create it anew.";

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        plan::plan(request, &self.here)
    }

    fn obstacle(&self, step: &Step) -> Option<Problem> {
        apply::obstacle(step, &self.here.aws.region)
    }

    fn advice(&self, error: &Error, wanted: &Value) -> Option<String> {
        let main = Main::of_block(wanted)?;
        let there = error.message().contains("already exist");
        let region = &self.here.aws.region;
        there.then(|| {
            format!(
                "The table {:?} is in {region} already. If it is a replica, bring it into state with import ({}), or remove the replica block of its aws_dynamodb_table that names {region}; if it is a table by itself, delete it.",
                main.name,
                main.id()
            )
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        identity::identity(value, &self.here.aws.region)
    }

    fn digest(&self, value: &Value) -> String {
        identity::digest(value)
    }

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Look<Value> {
        Ok(identity::named(identity))
    }

    /// A replica that was made since then is the one; what is missing of its settings is planned as a change.
    fn claim(&self, _object: &Object, (main, there): &(Main, There), intent: &Intent) -> Claim {
        match made_since(&there.table, intent) {
            true => Claim::Ours,
            false => Claim::Anothers(format!(
                "An earlier run was stopped while it created a replica of {:?} in {}. There is one, but it was created before that run meant to create it, so it is not taken over. If it is yours, bring it into state with import; otherwise remove it.",
                main.name, self.here.aws.region
            )),
        }
    }
}
