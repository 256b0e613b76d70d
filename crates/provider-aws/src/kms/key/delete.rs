//! Deleting a key: AWS keeps it for some days, in which it can't be used and may be saved.

use trueup_provider::{ApplyOutcome, Problem, Problems, Step};

use super::Keys;
use crate::failure::problem;
use crate::members::{filled, whole};

impl Keys {
    /// Schedules the deletion of the key of a step.
    pub(super) async fn delete(&self, step: Step) -> ApplyOutcome {
        let Some(prior) = step.prior else {
            return ApplyOutcome::Done(None, Problems::new());
        };
        let value = &prior.value;
        let Some(id) = filled(value, "id").or_else(|| filled(value, "key_id")) else {
            let found = Problem::error(
                "deleting KMS Key: the state holds no id",
                "The object in state has neither id nor key_id, so nothing can be deleted.",
            );
            return ApplyOutcome::Failed(Some(prior.clone()), vec![found]);
        };
        let days = whole(value, "deletion_window_in_days").filter(|days| *days > 0);
        match self.kms.schedule_key_deletion(id, days).await {
            Ok(()) => ApplyOutcome::Done(None, Problems::new()),
            Err(error) if error.is_not_found() => ApplyOutcome::Done(None, Problems::new()),
            // Somebody was faster, or an answer of ours was lost.
            Err(error)
                if error.code() == "KMSInvalidStateException"
                    && error.message().contains("is pending deletion") =>
            {
                ApplyOutcome::Done(None, Problems::new())
            }
            Err(error) => {
                let found = problem(&format!("deleting KMS Key ({id})"), &error);
                ApplyOutcome::Failed(Some(prior.clone()), vec![found])
            }
        }
    }
}
