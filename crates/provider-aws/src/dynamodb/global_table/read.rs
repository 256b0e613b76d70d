//! Reading a global table: one call.

use trueup_aws::Error;
use trueup_aws::dynamodb::GlobalTable;
use trueup_provider::{Imported, Object, Problem, ReadOutcome};

use super::GlobalTables;
use super::state::{private_bytes, to_state};
use crate::failure::problem;
use crate::members::filled;
use crate::rules::read_beside;

impl GlobalTables {
    /// Reads the global table again that `prior` tells of.
    pub(super) async fn read_again(&self, prior: Object) -> ReadOutcome {
        let Some(name) = filled(&prior.value, "id").or_else(|| filled(&prior.value, "name")) else {
            return ReadOutcome::Failed(Problem::error(
                "reading DynamoDB Global Table: the state holds no name",
                "The object in state has neither id nor name, so there is nothing to look for.",
            ));
        };
        match self.find(name).await {
            Ok(Some(table)) => {
                let value = to_state(&table, Some(&prior.value));
                read_beside(prior, &value)
            }
            Ok(None) => ReadOutcome::Absent,
            Err(error) => {
                let doing = format!("reading DynamoDB Global Table ({name})");
                ReadOutcome::Failed(problem(&doing, &error))
            }
        }
    }

    /// The global table of that name, if there is one.
    pub(super) async fn find(&self, name: &str) -> Result<Option<GlobalTable>, Error> {
        match self.aws.dynamodb.describe_global_table(name).await {
            Ok(table) => Ok(Some(table)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The global table of a name, for an import.
    pub(super) async fn adopt(&self, name: &str) -> Result<Vec<Imported>, Problem> {
        let doing = format!("reading DynamoDB Global Table ({name})");
        let found = self.find(name).await;
        match found.map_err(|error| problem(&doing, &error))? {
            Some(table) => Ok(vec![Imported {
                object: Object {
                    value: to_state(&table, None),
                    private: Some(private_bytes(None)),
                },
            }]),
            None => Err(Problem::error(
                "Cannot import non-existent remote object",
                format!(
                    "There is no DynamoDB global table of version 2017.11.29 named {name:?} in {}.",
                    self.aws.region
                ),
            )),
        }
    }
}
