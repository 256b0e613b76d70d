//! Deleting a subnet, once everything in it is gone.

use trueup_aws::Error;
use trueup_value::Value;

use super::{LIMITS, Subnets};
use crate::ec2::described::gone;
use crate::ec2::has_dependencies;
use crate::lifecycle::{Delete, Work};
use crate::members::filled;
use crate::patience::patiently;

/// How the interfaces are described that functions leave behind: the service takes them away only
/// after a long while.
const OF_FUNCTIONS: &str = "AWS Lambda VPC ENI";

impl Delete for Subnets {
    const IN_THE_WAY: Option<&'static str> = Some(
        "Something is still in the subnet that this configuration does not know, such as an instance or a network interface. Delete it, then run again.",
    );

    async fn end(&self, work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let id = filled(prior, "id").unwrap_or_default();
        patiently(
            &self.aws,
            work.cx,
            &format!("everything in subnet {id} to be gone"),
            LIMITS.of(Some(prior), "delete"),
            has_dependencies,
            || Box::pin(self.try_delete(id)),
        )
        .await?;
        gone(self, work.cx, id).await
    }
}

impl Subnets {
    /// One attempt. Where something is in the way, what functions left there is cleared for the next.
    async fn try_delete(&self, id: &str) -> Result<(), Error> {
        let refused = match self.ec2.delete_subnet(id).await {
            Err(error) if has_dependencies(&error) => error,
            other => return other,
        };
        // Who may not look at interfaces can still wait for them to go.
        for left in self.ec2.interfaces_in(id).await.unwrap_or_default() {
            if left.status == "available" && left.description.starts_with(OF_FUNCTIONS) {
                match self.ec2.delete_interface(&left.id).await {
                    Err(error) if !error.is_not_found() => return Err(error),
                    _ => {}
                }
            }
        }
        Err(refused)
    }
}
