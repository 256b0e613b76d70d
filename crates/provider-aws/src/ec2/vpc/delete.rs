//! Deleting a VPC, once everything in it is gone.

use trueup_aws::Error;
use trueup_provider::BoxFuture;
use trueup_value::Value;

use super::Vpcs;
use super::model::state;
use crate::ec2::{SEEN, gone, has_dependencies};
use crate::lifecycle::{Delete, Work};
use crate::members::filled;
use crate::patience::patiently;

impl Delete for Vpcs {
    async fn end(&self, work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let id = filled(prior, "id").unwrap_or_default();
        patiently(
            &self.aws,
            work.cx,
            &format!("everything in VPC {id} to be gone"),
            SEEN,
            has_dependencies,
            || self.ec2.delete_vpc(id),
        )
        .await?;
        let look = || -> BoxFuture<'_, _> { Box::pin(self.look(id)) };
        gone(&self.aws, work.cx, &format!("VPC {id}"), state, look).await
    }
}
