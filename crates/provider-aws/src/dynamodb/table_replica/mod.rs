//! `aws_dynamodb_table_replica`: one replica of a table, kept from the replica's own region.

mod apply;
mod identity;
mod plan;
mod read;
mod recover;
pub(crate) mod schema;
mod state;
pub(crate) mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Error;
use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, PlanRequest, Planned, Problem,
    Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_value::Value;

use super::table::Tables;
use crate::arn::Arn;
use crate::members::filled;
use crate::region::Place;

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
        Arc::new(Self {
            here: Tables::of(place),
        })
    }

    /// The tables of the region that a replica was copied from.
    fn main(&self, main: &Main) -> Result<Tables, Error> {
        self.here.in_region(&main.region)
    }
}

impl ResourceType for TableReplicas {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        plan::plan(&request, &self.here)
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(async move {
            let mut outcomes = self.read_all(vec![request]).await;
            outcomes.pop().unwrap_or(ReadOutcome::Absent)
        })
    }

    fn read_many<'a>(
        &'a self,
        _cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        Box::pin(self.read_all(requests))
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move {
            match step.kind {
                StepKind::Create => self.create(cx, step, progress).await,
                StepKind::Update => self.update(cx, step, progress).await,
                StepKind::Delete => self.delete(cx, step, progress).await,
            }
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        identity::identity(value, &self.here.aws.region)
    }

    fn zero_is_unset(&self) -> bool {
        true
    }

    fn digest(&self, value: &Value) -> String {
        identity::digest(value)
    }

    fn judge<'a>(&'a self, _cx: &'a Context, intent: Intent) -> BoxFuture<'a, Adoption> {
        Box::pin(self.judged(intent))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        Box::pin(self.adopt(id))
    }
}
