//! The replicas of a table that is to go: they go first, unless one of them may not.

use std::collections::BTreeSet;

use trueup_provider::{ApplyOutcome, Object, Problem};
use trueup_value::Value;

use super::super::model::to_state;
use super::{OnReplicas, Said, said, said_witness};
use crate::failure::problem_with_advice;

/// Why a table can't be deleted for the sake of a replica: protected, and not unprotected by what is to
/// take the table's place.
pub(crate) fn protected_replica(
    doing: &str,
    prior: &Value,
    successor: Option<&Value>,
) -> Option<Problem> {
    let next = successor.map(said);
    let lifted = |region: &String| {
        let next = next.as_ref()?.get(region)?;
        (next.protection == Some(false)).then_some(())
    };
    let (region, _) = said(prior)
        .into_iter()
        .find(|(region, had)| had.protection == Some(true) && lifted(region).is_none())?;
    Some(Problem::error(
        format!(
            "{doing}: ValidationException: replica {region}: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first."
        ),
        format!(
            "The replica in {region} has deletion protection, and nothing of the table was touched. Set deletion_protection_enabled = false in its replica block, apply that, and delete the table then."
        ),
    ))
}

impl OnReplicas<'_> {
    /// Takes away the replicas of a table that is to go. What its successor lifts of their protection
    /// is lifted first.
    ///
    /// # Errors
    /// The outcome of the deletion that can't go on.
    pub(crate) async fn delete(
        self,
        prior: &Object,
        successor: Option<&Value>,
    ) -> Result<(), ApplyOutcome> {
        let Self { tables, name, .. } = self;
        let doing = format!("deleting DynamoDB Table ({name})");
        let had = said(&prior.value);
        if had.is_empty() {
            return Ok(());
        }
        let witness = said_witness(&prior.value);
        let regions: BTreeSet<String> = had.keys().cloned().collect();
        let strong = had.values().any(|said| said.strong);
        let on = self.with_time();
        let removed = async {
            if successor.is_some() {
                for (region, had) in had.iter().filter(|(_, had)| had.protection == Some(true)) {
                    let open = Said {
                        protection: Some(false),
                        ..had.clone()
                    };
                    on.set_up(region, (had, &open)).await?;
                }
            }
            on.remove(&regions, witness.as_deref(), strong).await
        };
        match removed.await {
            Ok(()) => Ok(()),
            // The table is gone, and with it what it had.
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => {
                let there =
                    match tables.find(name).await {
                        Ok(Some(table)) => tables
                            .all_of(&table, Some(&prior.value))
                            .await
                            .ok()
                            .map(|besides| {
                                to_state(&table, &besides, &tables.tags, Some(&prior.value))
                            }),
                        _ => None,
                    };
                let object = Object {
                    value: there.unwrap_or_else(|| prior.value.clone()),
                    private: prior.private.clone(),
                };
                let advice = "Replicas that are gone stay gone; the others and the table itself are kept in state. Run again to go on.";
                let found = vec![problem_with_advice(&doing, &error, advice)];
                Err(ApplyOutcome::Failed(Some(object), found))
            }
        }
    }
}
