//! A policy between its forms: what the service tells, and the value that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::autoscaling::{
    CustomizedMetric, MetricQuery, MetricStat, PredefinedMetric, ScalingPolicy, StepAdjustment,
    StepScaling, TargetTracking,
};
use trueup_value::{Type, Value};

use super::schema::{STEPS, TRACKING, body};
use crate::autoscaling::{said_of, target_of};
use crate::members::{block, elements, filled, flag, member, text, whole};
use crate::rules::{Body, Nested};

fn owned(value: &Value, name: &str) -> Option<String> {
    filled(value, name).map(str::to_owned)
}

fn texts(value: &Value, name: &str) -> String {
    owned(value, name).unwrap_or_default()
}

/// PutScalingPolicy for a planned value.
pub(super) fn request(wanted: &Value) -> ScalingPolicy {
    ScalingPolicy {
        name: texts(wanted, "name"),
        target: target_of(wanted),
        kind: owned(wanted, "policy_type").unwrap_or_else(|| "StepScaling".to_owned()),
        steps: block(wanted, STEPS).map(steps),
        tracking: block(wanted, TRACKING).map(tracking),
        ..ScalingPolicy::default()
    }
}

fn steps(value: &Value) -> StepScaling {
    let bound = |step: &Value, name: &str| filled(step, name).and_then(|text| text.parse().ok());
    StepScaling {
        adjustment_type: owned(value, "adjustment_type"),
        cooldown: whole(value, "cooldown"),
        aggregation: owned(value, "metric_aggregation_type"),
        min_magnitude: whole(value, "min_adjustment_magnitude").filter(|least| *least > 0),
        steps: elements(value, "step_adjustment")
            .iter()
            .map(|step| StepAdjustment {
                lower: bound(step, "metric_interval_lower_bound"),
                upper: bound(step, "metric_interval_upper_bound"),
                adjustment: whole(step, "scaling_adjustment").unwrap_or(0),
            })
            .collect(),
    }
}

fn tracking(value: &Value) -> TargetTracking {
    let number = |name: &str| member(value, name).and_then(Value::as_number);
    TargetTracking {
        target: number("target_value").map_or(0.0, trueup_value::Number::to_f64),
        // Unset is 0, and is sent: else the service would take times of its own.
        scale_in_cooldown: Some(whole(value, "scale_in_cooldown").unwrap_or(0)),
        scale_out_cooldown: Some(whole(value, "scale_out_cooldown").unwrap_or(0)),
        disable_scale_in: Some(flag(value, "disable_scale_in") == Some(true)),
        predefined: block(value, "predefined_metric_specification").map(|metric| {
            PredefinedMetric {
                kind: texts(metric, "predefined_metric_type"),
                label: owned(metric, "resource_label"),
            }
        }),
        customized: block(value, "customized_metric_specification").map(|metric| {
            CustomizedMetric {
                dimensions: dimensions(metric),
                name: owned(metric, "metric_name"),
                namespace: owned(metric, "namespace"),
                statistic: owned(metric, "statistic"),
                unit: owned(metric, "unit"),
                metrics: elements(metric, "metrics").iter().map(query).collect(),
            }
        }),
    }
}

fn dimensions(value: &Value) -> Vec<(String, String)> {
    elements(value, "dimensions")
        .iter()
        .map(|dimension| (texts(dimension, "name"), texts(dimension, "value")))
        .collect()
}

fn query(value: &Value) -> MetricQuery {
    MetricQuery {
        id: texts(value, "id"),
        expression: owned(value, "expression"),
        label: owned(value, "label"),
        return_data: Some(flag(value, "return_data") != Some(false)),
        stat: block(value, "metric_stat").map(|stat| {
            let metric = block(stat, "metric");
            let said = |name: &str| metric.map(|metric| texts(metric, name)).unwrap_or_default();
            MetricStat {
                dimensions: metric.map(dimensions).unwrap_or_default(),
                name: said("metric_name"),
                namespace: said("namespace"),
                stat: texts(stat, "stat"),
                unit: owned(stat, "unit"),
            }
        }),
    }
}

/// Members that are texts: unset ones are empty, as the plugin kit kept them.
fn said<const N: usize>(members: [(&str, Option<&String>); N]) -> BTreeMap<Arc<str>, Value> {
    members
        .into_iter()
        .map(|(name, value)| {
            let text = value.map_or("", String::as_str);
            (Arc::from(name), Value::string(text))
        })
        .collect()
}

fn nested<'b>(body: &'b Body, name: &str) -> Option<&'b Nested> {
    body.blocks.iter().find(|nested| nested.name == name)
}

/// Puts blocks under a name, each a whole value of the block's body.
fn put(
    body: &Body,
    said: &mut BTreeMap<Arc<str>, Value>,
    name: &str,
    blocks: impl IntoIterator<Item = BTreeMap<Arc<str>, Value>>,
) {
    if let Some(nested) = nested(body, name) {
        let blocks = blocks
            .into_iter()
            .map(|said| nested.body.value(said))
            .collect();
        said.insert(name.into(), nested.of(blocks));
    }
}

/// The value of a policy that is there.
pub(super) fn to_state(policy: &ScalingPolicy) -> Value {
    let body = body();
    let mut all = said([
        ("arn", Some(&policy.arn)),
        ("id", Some(&policy.name)),
        ("name", Some(&policy.name)),
        ("policy_type", Some(&policy.kind)),
    ]);
    for (name, value) in said_of(&policy.target) {
        all.insert(name.into(), value);
    }
    all.insert(
        "alarm_arns".into(),
        Value::list(
            Type::String,
            policy.alarms.iter().map(Value::string).collect(),
        ),
    );
    if let Some(nested) = nested(body, STEPS) {
        let steps = policy
            .steps
            .iter()
            .map(|steps| steps_said(&nested.body, steps));
        put(body, &mut all, STEPS, steps);
    }
    if let Some(nested) = nested(body, TRACKING) {
        let tracking = policy
            .tracking
            .iter()
            .map(|tracking| tracking_said(&nested.body, tracking));
        put(body, &mut all, TRACKING, tracking);
    }
    body.value(all)
}

fn steps_said(body: &Body, steps: &StepScaling) -> BTreeMap<Arc<str>, Value> {
    let mut all = said([
        ("adjustment_type", steps.adjustment_type.as_ref()),
        ("metric_aggregation_type", steps.aggregation.as_ref()),
    ]);
    for (name, value) in [
        ("cooldown", steps.cooldown),
        ("min_adjustment_magnitude", steps.min_magnitude),
    ] {
        all.insert(name.into(), Value::number(value.unwrap_or(0)));
    }
    let adjustments = steps.steps.iter().map(|step| {
        let bound = |bound: Option<f64>| bound.map(|bound| bound.to_string());
        let (lower, upper) = (bound(step.lower), bound(step.upper));
        let mut one = said([
            ("metric_interval_lower_bound", lower.as_ref()),
            ("metric_interval_upper_bound", upper.as_ref()),
        ]);
        one.insert("scaling_adjustment".into(), Value::number(step.adjustment));
        one
    });
    put(body, &mut all, "step_adjustment", adjustments);
    all
}

fn tracking_said(body: &Body, tracking: &TargetTracking) -> BTreeMap<Arc<str>, Value> {
    let mut all = BTreeMap::new();
    for (name, value) in [
        ("scale_in_cooldown", tracking.scale_in_cooldown),
        ("scale_out_cooldown", tracking.scale_out_cooldown),
    ] {
        all.insert(Arc::from(name), Value::number(value.unwrap_or(0)));
    }
    all.insert(
        "disable_scale_in".into(),
        Value::bool(tracking.disable_scale_in == Some(true)),
    );
    all.insert("target_value".into(), Value::number(tracking.target));
    let predefined = tracking.predefined.iter().map(|metric| {
        said([
            ("predefined_metric_type", Some(&metric.kind)),
            ("resource_label", metric.label.as_ref()),
        ])
    });
    put(
        body,
        &mut all,
        "predefined_metric_specification",
        predefined,
    );
    const CUSTOMIZED: &str = "customized_metric_specification";
    if let Some(nested) = nested(body, CUSTOMIZED) {
        let customized = tracking
            .customized
            .iter()
            .map(|metric| customized_said(&nested.body, metric));
        put(body, &mut all, CUSTOMIZED, customized);
    }
    all
}

fn dimensions_said(
    body: &Body,
    all: &mut BTreeMap<Arc<str>, Value>,
    dimensions: &[(String, String)],
) {
    let dimensions = dimensions
        .iter()
        .map(|(name, value)| said([("name", Some(name)), ("value", Some(value))]));
    put(body, all, "dimensions", dimensions);
}

fn customized_said(body: &Body, metric: &CustomizedMetric) -> BTreeMap<Arc<str>, Value> {
    let mut all = said([
        ("metric_name", metric.name.as_ref()),
        ("namespace", metric.namespace.as_ref()),
        ("statistic", metric.statistic.as_ref()),
        ("unit", metric.unit.as_ref()),
    ]);
    dimensions_said(body, &mut all, &metric.dimensions);
    if let Some(nested) = nested(body, "metrics") {
        let metrics = metric
            .metrics
            .iter()
            .map(|query| query_said(&nested.body, query));
        put(body, &mut all, "metrics", metrics);
    }
    all
}

fn query_said(body: &Body, query: &MetricQuery) -> BTreeMap<Arc<str>, Value> {
    let mut all = said([
        ("expression", query.expression.as_ref()),
        ("id", Some(&query.id)),
        ("label", query.label.as_ref()),
    ]);
    all.insert(
        "return_data".into(),
        Value::bool(query.return_data != Some(false)),
    );
    if let Some(nested) = nested(body, "metric_stat") {
        let stat = query.stat.iter().map(|stat| {
            let mut all = said([("stat", Some(&stat.stat)), ("unit", stat.unit.as_ref())]);
            if let Some(inner) = self::nested(&nested.body, "metric") {
                let mut metric = said([
                    ("metric_name", Some(&stat.name)),
                    ("namespace", Some(&stat.namespace)),
                ]);
                dimensions_said(&inner.body, &mut metric, &stat.dimensions);
                put(&nested.body, &mut all, "metric", [metric]);
            }
            all
        });
        put(body, &mut all, "metric_stat", stat);
    }
    all
}

/// The name of a value's policy.
pub(super) fn name_of(value: &Value) -> &str {
    text(value, "name").unwrap_or_default()
}
