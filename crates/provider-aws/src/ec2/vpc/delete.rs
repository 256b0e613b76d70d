//! Deleting a VPC, once everything in it is gone.

use trueup_aws::Error;
use trueup_value::Value;

use super::Vpcs;
use crate::ec2::described::gone;
use crate::ec2::{SEEN, has_dependencies};
use crate::lifecycle::{Delete, Work};
use crate::members::filled;
use crate::patience::patiently;

impl Delete for Vpcs {
    const IN_THE_WAY: Option<&'static str> = Some(
        "Something is still in the VPC that this configuration does not know: a subnet, a gateway, a network interface. Delete it, then run again.",
    );

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
        gone(self, work.cx, id).await
    }
}
