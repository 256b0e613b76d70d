//! EC2: VPCs and subnets, and the zones they lie in.

pub(crate) mod availability_zone;
pub(crate) mod availability_zones;
mod block;
mod cidr;
mod described;
mod filters;
pub(crate) mod subnet;
pub(crate) mod vpc;

use std::time::Duration;

use trueup_aws::ec2::Ec2;
use trueup_aws::{Class, Error};
use trueup_provider::Problem;
use trueup_value::Value;

use crate::failure::problem_with_request;
use crate::tags::{TagPolicy, Tags, changes};

/// How long a new resource may be unknown, a setting may take to be seen, and a deleted one be told of.
const SEEN: Duration = Duration::from_secs(300);

/// Turns the tags of a resource into those that are wanted.
async fn retag(
    ec2: &dyn Ec2,
    policy: &TagPolicy,
    id: &str,
    old: &Value,
    new: &Value,
) -> Result<(), Error> {
    let (remove, put) = changes(policy, old, new);
    if !remove.is_empty() {
        let before = crate::members::text_map(old, "tags_all");
        let leaving: Tags = remove
            .into_iter()
            .map(|key| {
                let value = before.get(&key).cloned().unwrap_or_default();
                (key, value)
            })
            .collect();
        ec2.delete_tags(id, &leaving).await?;
    }
    if !put.is_empty() {
        ec2.create_tags(id, &put).await?;
    }
    Ok(())
}

/// Something is still in what was to be deleted; it may be on its way out.
fn has_dependencies(error: &Error) -> bool {
    error.code() == "DependencyViolation"
}

/// What an emulator or a region does not know is not set.
fn is_unsupported(error: &Error) -> bool {
    error.class() == Class::Unsupported || error.code() == "InvalidAction"
}

/// The problem of a failed call, with a word of advice of its own where there is one.
fn problem_with(doing: &str, error: &Error, advice: Option<&str>) -> Problem {
    problem_with_request(doing, error, advice.unwrap_or_default())
}

/// The problem of a failed call.
fn problem(doing: &str, error: &Error) -> Problem {
    problem_with_request(doing, error, "")
}
