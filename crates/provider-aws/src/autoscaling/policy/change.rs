//! Putting and taking away a policy. Putting replaces what is there, so a call whose answer was lost may
//! be made again.

use trueup_aws::Error;
use trueup_aws::autoscaling::ScalingPolicy;
use trueup_value::Value;

use super::Policies;
use super::model::{name_of, request};
use crate::autoscaling::target_of;
use crate::lifecycle::{Create, Delete, Read as _, Update, Work};
use crate::patience::patiently;

/// How many first pauses a target that was just registered may stay unknown: 2 minutes on AWS.
const PAUSES: u32 = 1200;

impl Create for Policies {
    fn chosen(&self, wanted: &Value, _token: &str) -> Option<String> {
        self.named(wanted)
    }

    async fn make(&self, work: &Work<'_>, wanted: &Value) -> Result<ScalingPolicy, Error> {
        let policy = request(wanted);
        self.put(work, &policy).await?;
        Ok(policy)
    }
}

impl Update for Policies {
    async fn change(&self, work: &Work<'_>, _old: &Value, new: &Value) -> Result<(), Error> {
        self.put(work, &request(new)).await
    }
}

impl Delete for Policies {
    /// It may be gone with its target already.
    async fn end(&self, _work: &Work<'_>, prior: &Value) -> Result<(), Error> {
        let target = target_of(prior);
        self.autoscaling
            .delete_scaling_policy(&target, name_of(prior))
            .await
    }
}

impl Policies {
    async fn put(&self, work: &Work<'_>, policy: &ScalingPolicy) -> Result<(), Error> {
        patiently(
            &self.aws,
            work.cx,
            "the policy's target and alarms to be known",
            // Two minutes on AWS, and as long in pauses where AWS is in this process.
            self.aws.first_pause * PAUSES,
            passes,
            || self.autoscaling.put_scaling_policy(policy.clone()),
        )
        .await
    }
}

/// A target that was just registered, and alarms that were just made, are not known everywhere at once.
fn passes(error: &Error) -> bool {
    match error.code() {
        "FailedResourceAccessException" => {
            let message = error.message();
            message.contains("token included in the request is invalid")
                || message.contains("is not authorized to perform")
                || message.contains("Rate exceeded")
        }
        "ObjectNotFoundException" => true,
        _ => false,
    }
}
