//! Judging what an earlier run left open about global tables.

use trueup_provider::{Adoption, Intent, Object, Problem, StepKind};

use super::GlobalTables;
use super::identity::{NAME, digest};
use super::state::{private_bytes, to_state};
use crate::failure::problem;

impl GlobalTables {
    /// Judges one open intent.
    pub(super) async fn judged(&self, intent: Intent) -> Adoption {
        let Some(name) = intent.identity.get(NAME) else {
            return Adoption::Forget;
        };
        let found = match self.find(name).await {
            Ok(found) => found,
            Err(error) => {
                let doing = format!("recovering DynamoDB Global Table ({name})");
                return Adoption::Unclear(problem(&doing, &error));
            }
        };
        match (intent.kind, found) {
            (StepKind::Create, Some(table)) if intent.in_state.is_none() => {
                let value = to_state(&table, None);
                // A global table is nothing but its regions: the same regions are the same thing.
                if intent.planned_digest.as_deref() == Some(digest(&value).as_str()) {
                    return Adoption::Adopt(Object {
                        value,
                        private: Some(private_bytes(None)),
                    });
                }
                Adoption::Unclear(Problem::error(
                    format!("DynamoDB Global Table ({name}) is not the one that was to be created"),
                    "An earlier run was stopped while it created a global table of this name. There is one, but its regions are not those that were planned, so it is not taken over. If it is yours, bring it into state with import.",
                ))
            }
            (StepKind::Delete, None) => Adoption::Gone,
            // A refresh shows what an update came to; the rest is planned again.
            _ => Adoption::Forget,
        }
    }
}
