//! Application Auto Scaling: targets, whose capacity the service moves within a band, and the policies
//! by which it does.

pub(crate) mod policy;
pub(crate) mod target;

use trueup_aws::autoscaling::TargetName;
use trueup_value::Value;

use crate::members::filled;

/// The target that a value names: the three members are the same in both types.
fn target_of(value: &Value) -> TargetName {
    let owned = |name: &str| filled(value, name).unwrap_or_default().to_owned();
    TargetName {
        namespace: owned("service_namespace"),
        resource: owned("resource_id"),
        dimension: owned("scalable_dimension"),
    }
}

/// The members that name a target.
fn said_of(name: &TargetName) -> [(&'static str, Value); 3] {
    [
        ("service_namespace", Value::string(&name.namespace)),
        ("resource_id", Value::string(&name.resource)),
        ("scalable_dimension", Value::string(&name.dimension)),
    ]
}
