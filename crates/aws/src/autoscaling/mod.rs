//! Application Auto Scaling: the bands in which a service moves capacity by itself, and by what rules.
mod client;
mod wire;

use std::collections::BTreeMap;

use crate::Answer;
pub(crate) use client::Client;

/// The Application Auto Scaling calls the program makes. The two registering calls replace what is
/// there, so they may be repeated.
pub trait AutoScaling: Send + Sync {
    /// Registers a target, or changes one. Answers its ARN where the service tells it.
    fn register_scalable_target(&self, request: RegisterTarget) -> Answer<'_, Option<String>>;

    /// The targets of a namespace: of all resources where none is named, of all dimensions where none is.
    fn describe_scalable_targets<'a>(
        &'a self,
        namespace: &'a str,
        resources: &'a [String],
        dimension: Option<&'a str>,
    ) -> Answer<'a, Vec<ScalableTarget>>;

    /// Takes a target away, and its policies with it.
    fn deregister_scalable_target<'a>(&'a self, target: &'a TargetName) -> Answer<'a, ()>;

    /// Puts a policy on a target, or changes one.
    fn put_scaling_policy(&self, request: ScalingPolicy) -> Answer<'_, ()>;

    /// The policies of a target.
    fn describe_scaling_policies<'a>(
        &'a self,
        target: &'a TargetName,
    ) -> Answer<'a, Vec<ScalingPolicy>>;

    /// Takes a policy away.
    fn delete_scaling_policy<'a>(&'a self, target: &'a TargetName, name: &'a str)
    -> Answer<'a, ()>;

    /// The tags of a target.
    fn list_tags<'a>(&'a self, arn: &'a str) -> Answer<'a, BTreeMap<String, String>>;

    /// Puts tags on a target.
    fn tag<'a>(&'a self, arn: &'a str, tags: &'a BTreeMap<String, String>) -> Answer<'a, ()>;

    /// Takes tags off a target.
    fn untag<'a>(&'a self, arn: &'a str, keys: &'a [String]) -> Answer<'a, ()>;
}

/// What a target is told apart by.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetName {
    /// `dynamodb`, `ecs`, …
    pub namespace: String,
    /// `table/orders`, `table/orders/index/by_status`, …
    pub resource: String,
    /// `dynamodb:table:ReadCapacityUnits`, …
    pub dimension: String,
}

/// Which scaling is held back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Suspended {
    /// Scaling in by policies.
    pub dynamic_in: bool,
    /// Scaling out by policies.
    pub dynamic_out: bool,
    /// Scaling by schedules.
    pub scheduled: bool,
}

/// A target to be registered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterTarget {
    /// What it is.
    pub name: TargetName,
    /// The least capacity.
    pub min: Option<i64>,
    /// The most capacity.
    pub max: Option<i64>,
    /// The role that may move it; the service's own where none is given.
    pub role: Option<String>,
    /// Which scaling is held back.
    pub suspended: Option<Suspended>,
    /// Tags, for a new target only.
    pub tags: BTreeMap<String, String>,
}

/// A registered target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScalableTarget {
    /// What it is.
    pub name: TargetName,
    /// ARN; older emulators have none.
    pub arn: Option<String>,
    /// The least capacity.
    pub min: i64,
    /// The most capacity.
    pub max: i64,
    /// The role that may move it.
    pub role: String,
    /// Which scaling is held back.
    pub suspended: Option<Suspended>,
}

/// A scaling policy.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ScalingPolicy {
    /// Its name.
    pub name: String,
    /// The target.
    pub target: TargetName,
    /// `TargetTrackingScaling` or `StepScaling`.
    pub kind: String,
    /// ARN; not sent.
    pub arn: String,
    /// ARNs of the alarms that drive it; not sent.
    pub alarms: Vec<String>,
    /// For `StepScaling`.
    pub steps: Option<StepScaling>,
    /// For `TargetTrackingScaling`.
    pub tracking: Option<TargetTracking>,
}

/// Steps by the distance from an alarm's threshold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StepScaling {
    /// `ChangeInCapacity`, `ExactCapacity`, `PercentChangeInCapacity`.
    pub adjustment_type: Option<String>,
    /// Seconds.
    pub cooldown: Option<i64>,
    /// `Minimum`, `Maximum`, `Average`.
    pub aggregation: Option<String>,
    /// The least change, for percentages.
    pub min_magnitude: Option<i64>,
    /// The steps.
    pub steps: Vec<StepAdjustment>,
}

/// One step.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StepAdjustment {
    /// From this distance on; `None` for minus infinity.
    pub lower: Option<f64>,
    /// Up to this distance; `None` for infinity.
    pub upper: Option<f64>,
    /// By how much.
    pub adjustment: i64,
}

/// A metric kept at a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TargetTracking {
    /// The value.
    pub target: f64,
    /// Seconds before scaling in again.
    pub scale_in_cooldown: Option<i64>,
    /// Seconds before scaling out again.
    pub scale_out_cooldown: Option<i64>,
    /// Whether scaling in is left out.
    pub disable_scale_in: Option<bool>,
    /// A metric of the service.
    pub predefined: Option<PredefinedMetric>,
    /// Any metric.
    pub customized: Option<CustomizedMetric>,
}

/// A metric that the service knows by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PredefinedMetric {
    /// `DynamoDBReadCapacityUtilization`, …
    pub kind: String,
    /// Which load balancer's, for the metric that needs it.
    pub label: Option<String>,
}

/// A metric of CloudWatch, or an expression over several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CustomizedMetric {
    /// Dimensions, name and value.
    pub dimensions: Vec<(String, String)>,
    /// Its name.
    pub name: Option<String>,
    /// Its namespace.
    pub namespace: Option<String>,
    /// `Average`, `Sum`, …
    pub statistic: Option<String>,
    /// Its unit.
    pub unit: Option<String>,
    /// The metrics of an expression.
    pub metrics: Vec<MetricQuery>,
}

/// One metric of an expression, or the expression itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetricQuery {
    /// Its name among the others.
    pub id: String,
    /// The expression, over the ids of others.
    pub expression: Option<String>,
    /// A label for people.
    pub label: Option<String>,
    /// Whether it is the one whose data counts.
    pub return_data: Option<bool>,
    /// The metric and how it is summed up.
    pub stat: Option<MetricStat>,
}

/// A metric and how it is summed up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MetricStat {
    /// Dimensions, name and value.
    pub dimensions: Vec<(String, String)>,
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// `Average`, `p99`, …
    pub stat: String,
    /// Its unit.
    pub unit: Option<String>,
}
