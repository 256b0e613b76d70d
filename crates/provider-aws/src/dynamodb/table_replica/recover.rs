//! Judging what an earlier run left open about replicas.

use trueup_provider::{Adoption, Intent, Object, Problem, StepKind};

use super::identity::ID;
use super::state::{private_bytes, to_state};
use super::{Main, TableReplicas};
use crate::dynamodb::table::created_after;
use crate::failure::problem;

impl TableReplicas {
    /// Judges one open intent.
    pub(super) async fn judged(&self, intent: Intent) -> Adoption {
        let Some(main) = intent.identity.get(ID).and_then(|id| Main::of_id(id)) else {
            return Adoption::Forget;
        };
        let doing = format!("recovering DynamoDB Table Replica ({})", main.id());
        let there = match self.find_main(&main).await {
            Ok(Some(table)) => self.there(&main, &table, None).await,
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        let there = match there {
            Ok(there) => there,
            Err(error) => return Adoption::Unclear(problem(&doing, &error)),
        };
        match (intent.kind, there) {
            (StepKind::Create, Some(there)) if intent.in_state.is_none() => {
                if !created_after(&there.table, intent.at_ms) {
                    return Adoption::Unclear(self.stranger(&main));
                }
                // What is missing of its settings is planned as a change.
                Adoption::Adopt(Object {
                    value: to_state(&main, &there, &self.here.tags, None),
                    private: Some(private_bytes(None)),
                })
            }
            (StepKind::Delete, None) => Adoption::Gone,
            // A refresh shows what an update came to; the rest is planned again.
            _ => Adoption::Forget,
        }
    }

    fn stranger(&self, main: &Main) -> Problem {
        let region = &self.here.aws.region;
        Problem::error(
            format!(
                "DynamoDB Table Replica ({}) is not the one that was to be created",
                main.id()
            ),
            format!(
                "An earlier run was stopped while it created a replica of {:?} in {region}. There is one, but it was created before that run meant to create it, so it is not taken over. If it is yours, bring it into state with import; otherwise remove it.",
                main.name
            ),
        )
    }
}
