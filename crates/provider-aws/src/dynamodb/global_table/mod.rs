//! `aws_dynamodb_global_table`: a global table of version 2017.11.29, made of tables that are there.

mod apply;
mod identity;
mod plan;
mod read;
pub(crate) mod schema;
mod state;
pub(crate) mod validate;
mod wait;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Error;
use trueup_aws::dynamodb::GlobalTable;
use trueup_provider::{Intent, Object, PlanRequest, Planned, ResourceType};
use trueup_value::Value;

use crate::connection::Connection;
use crate::lifecycle::{Claim, Lifecycle, Living, Look};
use crate::members::filled;
use crate::region::Place;

/// The type under one provider configuration, in one region.
pub(crate) struct GlobalTables {
    aws: Connection,
}

impl GlobalTables {
    /// The type in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn ResourceType> {
        Arc::new(Living(Self {
            aws: place.aws.clone(),
        }))
    }
}

impl Lifecycle for GlobalTables {
    const LABEL: &'static str = "DynamoDB Global Table";
    const NOUN: &'static str = "global table";
    const GONE: &'static str =
        "It was deleted while it was being changed. Run again to create it anew.";

    fn plan(&self, request: &PlanRequest<'_>) -> Planned {
        plan::plan(request)
    }

    fn advice(&self, error: &Error, wanted: &Value) -> Option<String> {
        match error.code() {
            "GlobalTableAlreadyExistsException" => Some(format!(
                "Bring it into state with import (id {}), or give this one another name.",
                filled(wanted, "name").unwrap_or_default()
            )),
            "TableNotFoundException" => Some(
                "Every region of a global table of version 2017.11.29 needs a table of the same name and keys, empty and with a stream of NEW_AND_OLD_IMAGES. Create these first (depends_on), or use replica blocks of aws_dynamodb_table, which make the tables themselves.".to_owned(),
            ),
            _ => None,
        }
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        identity::identity(value)
    }

    fn digest(&self, value: &Value) -> String {
        identity::digest(value)
    }

    async fn of_identity(&self, identity: &BTreeMap<String, String>) -> Look<Value> {
        Ok(identity::named(identity))
    }

    /// A global table is nothing but its regions: the same regions are the same thing.
    fn claim(&self, object: &Object, _found: &GlobalTable, intent: &Intent) -> Claim {
        match intent.planned(&identity::digest(&object.value)) {
            true => Claim::Ours,
            false => Claim::Anothers(
                "An earlier run was stopped while it created a global table of this name. There is one, but its regions are not those that were planned, so it is not taken over. If it is yours, bring it into state with import.".into(),
            ),
        }
    }
}
