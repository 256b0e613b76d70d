//! Deleting a table: refused while it is protected, then waited for until it is gone.

use std::time::Duration;

use trueup_aws::Error;
use trueup_aws::dynamodb::UpdateTable;
use trueup_provider::{ApplyOutcome, Context, Problem, Problems, Progress, Step};
use trueup_value::Value;

use super::Tables;
use super::private::limit;
use super::replicas::{OnReplicas, protected_replica};
use crate::failure::{problem, problem_with_advice};
use crate::members::{filled, flag};

impl Tables {
    /// Deletes the table of a step.
    pub(crate) async fn delete(
        &self,
        cx: &Context,
        step: Step,
        progress: &dyn Progress,
    ) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let value = &prior.value;
        let Some(name) = filled(value, "id").or_else(|| filled(value, "name")) else {
            return ApplyOutcome::Failed(
                Some(prior.clone()),
                vec![Problem::error(
                    "deleting DynamoDB Table: the state holds no name",
                    "The object in state has neither id nor name, so nothing can be deleted.",
                )],
            );
        };
        let doing = format!("deleting DynamoDB Table ({name})");
        let protected = || {
            format!(
                "The table has deletion protection, and nothing of it was touched. Set deletion_protection_enabled = false for {name:?}, apply that, and delete it then."
            )
        };
        let time = limit(Some(value), "delete");
        let protection = |value: &Value| flag(value, "deletion_protection_enabled") == Some(true);
        // The change that replaces the table may lift its protection too: then that comes first.
        let lifted = step
            .successor
            .as_ref()
            .is_some_and(|next| !protection(next));
        if let Some(found) = protected_replica(&doing, value, step.successor.as_ref()) {
            return ApplyOutcome::Failed(Some(prior.clone()), vec![found]);
        }
        if protection(value) && lifted {
            if let Err(error) = self.lift_protection(cx, name, time, progress).await {
                return ApplyOutcome::Failed(Some(prior.clone()), vec![problem(&doing, &error)]);
            }
        } else if protection(value) {
            let summary = format!(
                "{doing}: ValidationException: Table '{name}' can't be deleted while DeletionProtectionEnabled is set to True"
            );
            return ApplyOutcome::Failed(
                Some(prior.clone()),
                vec![Problem::error(summary, protected())],
            );
        }
        let replicas = OnReplicas {
            tables: self,
            cx,
            name,
            time,
            progress,
        };
        if let Err(found) = replicas.delete(&prior, step.successor.as_ref()).await {
            return found;
        }
        let what = format!("table {name} to accept its deletion");
        let asked = self
            .patiently(cx, &what, time, || self.aws.dynamodb.delete_table(name))
            .await;
        match asked {
            Ok(_) => {}
            Err(error) if error.is_not_found() => {
                return ApplyOutcome::Done(None, Problems::new());
            }
            Err(error) if error.message().contains("DeletionProtection") => {
                let found = problem_with_advice(&doing, &error, &protected());
                return ApplyOutcome::Failed(Some(prior.clone()), vec![found]);
            }
            Err(error) if error.lost_answer() => {
                return ApplyOutcome::Unknown(problem(&doing, &error));
            }
            Err(error) => {
                return ApplyOutcome::Failed(Some(prior.clone()), vec![problem(&doing, &error)]);
            }
        }
        match self.wait_gone(cx, name, time, progress).await {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error) => {
                let found = problem(&doing, &error);
                ApplyOutcome::Failed(Some(prior.clone()), vec![found])
            }
        }
    }

    async fn lift_protection(
        &self,
        cx: &Context,
        name: &str,
        time: Duration,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let request = UpdateTable {
            table: name.to_owned(),
            deletion_protection: Some(false),
            ..UpdateTable::default()
        };
        match self.change(cx, request, time).await {
            Ok(_) => self.wait_active(cx, name, time, progress).await.map(drop),
            // It is gone already: nothing protects it.
            Err(error) if error.is_not_found() => Ok(()),
            Err(error) => Err(error),
        }
    }
}
