//! Deleting a key: AWS keeps it for some days, in which it can't be used and may be saved.

use trueup_aws::Error;
use trueup_value::Value;

use super::Keys;
use crate::lifecycle::{Delete, Read as _, Work};
use crate::members::whole;

impl Delete for Keys {
    /// Schedules the deletion.
    async fn end(&self, _work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let id = self.named(prior).unwrap_or_default();
        let days = whole(prior, "deletion_window_in_days").filter(|days| *days > 0);
        self.kms.schedule_key_deletion(&id, days).await
    }

    fn is_gone(error: &Error) -> bool {
        // Somebody was faster, or an answer of ours was lost.
        let pending = error.code() == "KMSInvalidStateException"
            && error.message().contains("is pending deletion");
        pending || error.is_not_found()
    }
}
