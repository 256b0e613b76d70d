//! What the plans of tables say of replicas, for those that manage replicas one by one: two owners of one
//! replica would undo each other's work from run to run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use trueup_provider::Problem;
use trueup_value::{Path, Value};

use crate::members::{elements, filled, member};

/// What the plan of one table says.
#[derive(Default)]
struct Said {
    /// The regions of replica blocks that are written down.
    written: BTreeSet<String>,
    /// The regions of replicas that are there and would be taken away.
    leaving: BTreeSet<String>,
}

/// The tables that were planned so far, by region and name. All configurations of the provider share
/// it: a replica has another region than its table, and often a provider block of its own.
#[derive(Default)]
pub(crate) struct PlannedReplicas(Mutex<BTreeMap<(String, String), Said>>);

fn regions<'v>(blocks: impl Iterator<Item = &'v Value>) -> BTreeSet<String> {
    blocks
        .filter_map(|replica| filled(replica, "region_name").map(str::to_owned))
        .collect()
}

impl PlannedReplicas {
    /// Remembers the plan of a table in a region. Where changes of `replica` are ignored the
    /// configuration holds what the state holds, with the ARNs that nobody can write.
    pub(crate) fn table(
        &self,
        region: &str,
        config: &Value,
        prior: Option<&Value>,
        planned: &Value,
    ) {
        let Some(name) = filled(planned, "name") else {
            return;
        };
        let written = elements(config, "replica")
            .iter()
            .filter(|replica| member(replica, "arn").is_none());
        let wanted = regions(elements(planned, "replica").iter());
        let had = prior.map(|prior| regions(elements(prior, "replica").iter()));
        let said = Said {
            written: regions(written),
            leaving: had
                .unwrap_or_default()
                .into_iter()
                .filter(|region| !wanted.contains(region))
                .collect(),
        };
        let mut tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tables.insert((region.to_owned(), name.to_owned()), said);
    }

    /// What stands against a replica of its own of a table (name and region) in another region.
    pub(crate) fn against(&self, (name, region): (&str, &str), replica: &str) -> Option<Problem> {
        let tables = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let said = tables.get(&(region.to_owned(), name.to_owned()))?;
        if !said.written.is_empty() {
            let problem = Problem::error(
                format!("The replicas of table {name:?} are managed in two ways"),
                format!(
                    "Its aws_dynamodb_table has replica blocks, and this aws_dynamodb_table_replica is for its replica in {replica}: each would undo what the other does. Write all replicas as blocks, or each as a resource of its own; in the second case also set lifecycle {{ ignore_changes = [replica] }} in the table."
                ),
            );
            return Some(problem.at(Path::new().attr("global_table_arn")));
        }
        said.leaving.contains(replica).then(|| {
            let problem = Problem::error(
                format!("The table {name:?} would take this replica away"),
                format!(
                    "Its aws_dynamodb_table has no replica block for {replica}, so its plan removes the replica that this resource manages. Set lifecycle {{ ignore_changes = [replica] }} in the table."
                ),
            );
            problem.at(Path::new().attr("global_table_arn"))
        })
    }
}
