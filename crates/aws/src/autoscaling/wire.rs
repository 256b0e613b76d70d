//! Targets and policies between our structs and the service's JSON.
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{
    CustomizedMetric, MetricQuery, MetricStat, PredefinedMetric, RegisterTarget, ScalableTarget,
    ScalingPolicy, StepAdjustment, StepScaling, Suspended, TargetName, TargetTracking,
};
use crate::json::{flag, list, text, text_or_empty, whole};

/// The members that are said; null ones are left out.
fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    let said = members.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(Map::from_iter(
        said.map(|(name, value)| (name.to_owned(), value)),
    ))
}

/// The three members that name a target.
pub(super) fn named(target: &TargetName) -> Value {
    json!({
        "ServiceNamespace": target.namespace,
        "ResourceId": target.resource,
        "ScalableDimension": target.dimension,
    })
}

fn name_of(value: &Value) -> TargetName {
    TargetName {
        namespace: text_or_empty(value, "ServiceNamespace"),
        resource: text_or_empty(value, "ResourceId"),
        dimension: text_or_empty(value, "ScalableDimension"),
    }
}

fn with(mut body: Value, more: Value) -> Value {
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

pub(super) fn registration(request: &RegisterTarget) -> Value {
    let tags: BTreeMap<_, _> = request.tags.iter().collect();
    with(
        named(&request.name),
        object([
            ("MinCapacity", json!(request.min)),
            ("MaxCapacity", json!(request.max)),
            ("RoleARN", json!(request.role)),
            (
                "SuspendedState",
                request.suspended.map_or(Value::Null, |suspended| {
                    json!({
                        "DynamicScalingInSuspended": suspended.dynamic_in,
                        "DynamicScalingOutSuspended": suspended.dynamic_out,
                        "ScheduledScalingSuspended": suspended.scheduled,
                    })
                }),
            ),
            (
                "Tags",
                match tags.is_empty() {
                    true => Value::Null,
                    false => json!(tags),
                },
            ),
        ]),
    )
}

pub(super) fn target(value: &Value) -> ScalableTarget {
    ScalableTarget {
        name: name_of(value),
        arn: text(value, "ScalableTargetARN"),
        min: whole(value, "MinCapacity").unwrap_or(0),
        max: whole(value, "MaxCapacity").unwrap_or(0),
        role: text_or_empty(value, "RoleARN"),
        suspended: value.get("SuspendedState").map(|state| Suspended {
            dynamic_in: flag(state, "DynamicScalingInSuspended") == Some(true),
            dynamic_out: flag(state, "DynamicScalingOutSuspended") == Some(true),
            scheduled: flag(state, "ScheduledScalingSuspended") == Some(true),
        }),
    }
}

fn dimensions(dimensions: &[(String, String)]) -> Value {
    if dimensions.is_empty() {
        return Value::Null;
    }
    dimensions
        .iter()
        .map(|(name, value)| json!({"Name": name, "Value": value}))
        .collect()
}

fn dimensions_of(value: &Value) -> Vec<(String, String)> {
    list(value, "Dimensions")
        .map(|dimension| {
            (
                text_or_empty(dimension, "Name"),
                text_or_empty(dimension, "Value"),
            )
        })
        .collect()
}

pub(super) fn policy(request: &ScalingPolicy) -> Value {
    with(
        named(&request.target),
        object([
            ("PolicyName", json!(request.name)),
            ("PolicyType", json!(request.kind)),
            (
                "StepScalingPolicyConfiguration",
                request.steps.as_ref().map_or(Value::Null, step_scaling),
            ),
            (
                "TargetTrackingScalingPolicyConfiguration",
                request
                    .tracking
                    .as_ref()
                    .map_or(Value::Null, target_tracking),
            ),
        ]),
    )
}

fn step_scaling(steps: &StepScaling) -> Value {
    let adjustments: Vec<Value> = steps
        .steps
        .iter()
        .map(|step| {
            object([
                ("MetricIntervalLowerBound", json!(step.lower)),
                ("MetricIntervalUpperBound", json!(step.upper)),
                ("ScalingAdjustment", json!(step.adjustment)),
            ])
        })
        .collect();
    object([
        ("AdjustmentType", json!(steps.adjustment_type)),
        ("Cooldown", json!(steps.cooldown)),
        ("MetricAggregationType", json!(steps.aggregation)),
        ("MinAdjustmentMagnitude", json!(steps.min_magnitude)),
        ("StepAdjustments", json!(adjustments)),
    ])
}

fn target_tracking(tracking: &TargetTracking) -> Value {
    let predefined = tracking.predefined.as_ref().map_or(Value::Null, |metric| {
        object([
            ("PredefinedMetricType", json!(metric.kind)),
            ("ResourceLabel", json!(metric.label)),
        ])
    });
    object([
        ("TargetValue", json!(tracking.target)),
        ("ScaleInCooldown", json!(tracking.scale_in_cooldown)),
        ("ScaleOutCooldown", json!(tracking.scale_out_cooldown)),
        ("DisableScaleIn", json!(tracking.disable_scale_in)),
        ("PredefinedMetricSpecification", predefined),
        (
            "CustomizedMetricSpecification",
            tracking.customized.as_ref().map_or(Value::Null, customized),
        ),
    ])
}

fn customized(metric: &CustomizedMetric) -> Value {
    let metrics: Vec<Value> = metric.metrics.iter().map(query).collect();
    object([
        ("Dimensions", dimensions(&metric.dimensions)),
        ("MetricName", json!(metric.name)),
        ("Namespace", json!(metric.namespace)),
        ("Statistic", json!(metric.statistic)),
        ("Unit", json!(metric.unit)),
        (
            "Metrics",
            match metrics.is_empty() {
                true => Value::Null,
                false => json!(metrics),
            },
        ),
    ])
}

fn query(query: &MetricQuery) -> Value {
    let stat = query.stat.as_ref().map_or(Value::Null, |stat| {
        object([
            (
                "Metric",
                object([
                    ("Dimensions", dimensions(&stat.dimensions)),
                    ("MetricName", json!(stat.name)),
                    ("Namespace", json!(stat.namespace)),
                ]),
            ),
            ("Stat", json!(stat.stat)),
            ("Unit", json!(stat.unit)),
        ])
    });
    object([
        ("Id", json!(query.id)),
        ("Expression", json!(query.expression)),
        ("Label", json!(query.label)),
        ("ReturnData", json!(query.return_data)),
        ("MetricStat", stat),
    ])
}

pub(super) fn policy_of(value: &Value) -> ScalingPolicy {
    ScalingPolicy {
        name: text_or_empty(value, "PolicyName"),
        target: name_of(value),
        kind: text_or_empty(value, "PolicyType"),
        arn: text_or_empty(value, "PolicyARN"),
        alarms: list(value, "Alarms")
            .filter_map(|alarm| text(alarm, "AlarmARN"))
            .collect(),
        steps: value
            .get("StepScalingPolicyConfiguration")
            .map(|steps| StepScaling {
                adjustment_type: text(steps, "AdjustmentType"),
                cooldown: whole(steps, "Cooldown"),
                aggregation: text(steps, "MetricAggregationType"),
                min_magnitude: whole(steps, "MinAdjustmentMagnitude"),
                steps: list(steps, "StepAdjustments")
                    .map(|step| StepAdjustment {
                        lower: step.get("MetricIntervalLowerBound").and_then(Value::as_f64),
                        upper: step.get("MetricIntervalUpperBound").and_then(Value::as_f64),
                        adjustment: whole(step, "ScalingAdjustment").unwrap_or(0),
                    })
                    .collect(),
            }),
        tracking: value
            .get("TargetTrackingScalingPolicyConfiguration")
            .map(tracking_of),
    }
}

fn tracking_of(value: &Value) -> TargetTracking {
    TargetTracking {
        target: value
            .get("TargetValue")
            .and_then(Value::as_f64)
            .unwrap_or(0.0),
        scale_in_cooldown: whole(value, "ScaleInCooldown"),
        scale_out_cooldown: whole(value, "ScaleOutCooldown"),
        disable_scale_in: flag(value, "DisableScaleIn"),
        predefined: value
            .get("PredefinedMetricSpecification")
            .map(|metric| PredefinedMetric {
                kind: text_or_empty(metric, "PredefinedMetricType"),
                label: text(metric, "ResourceLabel"),
            }),
        customized: value
            .get("CustomizedMetricSpecification")
            .map(|metric| CustomizedMetric {
                dimensions: dimensions_of(metric),
                name: text(metric, "MetricName"),
                namespace: text(metric, "Namespace"),
                statistic: text(metric, "Statistic"),
                unit: text(metric, "Unit"),
                metrics: list(metric, "Metrics").map(query_of).collect(),
            }),
    }
}

fn query_of(value: &Value) -> MetricQuery {
    MetricQuery {
        id: text_or_empty(value, "Id"),
        expression: text(value, "Expression"),
        label: text(value, "Label"),
        return_data: flag(value, "ReturnData"),
        stat: value.get("MetricStat").map(|stat| {
            let metric = stat.get("Metric").unwrap_or(&Value::Null);
            MetricStat {
                dimensions: dimensions_of(metric),
                name: text_or_empty(metric, "MetricName"),
                namespace: text_or_empty(metric, "Namespace"),
                stat: text_or_empty(stat, "Stat"),
                unit: text(stat, "Unit"),
            }
        }),
    }
}
