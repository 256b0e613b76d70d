//! Attaching and detaching: one call each.

use trueup_aws::Error;
use trueup_value::Value;

use super::{Attachment, Attachments, ends};
use crate::iam::PROPAGATION;
use crate::lifecycle::{Create, Delete, Read as _, Update, Work};
use crate::made_up;
use crate::patience::patiently;

impl Create for Attachments {
    fn chosen(&self, wanted: &Value, _token: &str) -> Option<String> {
        self.named(wanted)
    }

    async fn make(&self, work: &Work<'_>, wanted: &Value) -> Result<Attachment, Error> {
        let [role, policy] = ends(wanted);
        patiently(
            &self.aws,
            work.cx,
            "role and policy to be known",
            PROPAGATION,
            // What was just made is not known everywhere at once.
            |error| error.code() == "ConcurrentModification",
            || self.iam.attach_policy(&role, &policy),
        )
        .await?;
        let id = made_up::name(&format!("{role}-"), work.token);
        Ok(Attachment { role, policy, id })
    }
}

impl Update for Attachments {
    /// Every change replaces it: one that is made in place all the same is another attachment.
    async fn change(
        &self,
        work: &Work<'_>,
        _old: &Value,
        new: &Value,
    ) -> Result<Option<Attachment>, Error> {
        self.make(work, new).await.map(Some)
    }
}

impl Delete for Attachments {
    async fn end(&self, _work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let [role, policy] = ends(prior);
        self.iam.detach_policy(&role, &policy).await
    }
}
