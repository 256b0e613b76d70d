//! The attributes of `aws_appautoscaling_policy`.

use std::sync::OnceLock;

use crate::rules::{Body, Holding, Mode, Nested, boolean, number, text, text_list};

const O: Mode = Mode::Optional;
const R: Mode = Mode::Required;
const C: Mode = Mode::Computed;

/// The name of the type.
pub(crate) const KIND: &str = "aws_appautoscaling_policy";

/// The block of `StepScaling`.
pub(super) const STEPS: &str = "step_scaling_policy_configuration";

/// The block of `TargetTrackingScaling`.
pub(super) const TRACKING: &str = "target_tracking_scaling_policy_configuration";

/// What the block may say.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text_list("alarm_arns", C),
            text("arn", C),
            text("id", Mode::OptionalComputed),
            text("name", R).replaces(),
            text("policy_type", O).default("StepScaling"),
            text("resource_id", R).replaces(),
            text("scalable_dimension", R).replaces(),
            text("service_namespace", R).replaces(),
        ])
        .with_blocks(vec![one(STEPS, O, steps()), one(TRACKING, O, tracking())])
    })
}

fn one(name: &'static str, mode: Mode, body: Body) -> Nested {
    let nested = Nested::new(name, Holding::List, mode, body).at_most(1);
    if mode == R {
        nested.at_least(1)
    } else {
        nested
    }
}

fn steps() -> Body {
    Body::new(vec![
        text("adjustment_type", O),
        number("cooldown", O),
        text("metric_aggregation_type", O),
        number("min_adjustment_magnitude", O),
    ])
    .with_blocks(vec![Nested::new(
        "step_adjustment",
        Holding::Set(None),
        O,
        Body::new(vec![
            text("metric_interval_lower_bound", O),
            text("metric_interval_upper_bound", O),
            number("scaling_adjustment", R),
        ]),
    )])
}

fn tracking() -> Body {
    Body::new(vec![
        boolean("disable_scale_in", O).default(false),
        number("scale_in_cooldown", O),
        number("scale_out_cooldown", O),
        number("target_value", R),
    ])
    .with_blocks(vec![
        one("customized_metric_specification", O, customized()),
        one(
            "predefined_metric_specification",
            O,
            Body::new(vec![
                text("predefined_metric_type", R),
                text("resource_label", O),
            ]),
        ),
    ])
}

fn dimensions() -> Nested {
    Nested::new(
        "dimensions",
        Holding::Set(None),
        O,
        Body::new(vec![text("name", R), text("value", R)]),
    )
}

fn customized() -> Body {
    Body::new(vec![
        text("metric_name", O),
        text("namespace", O),
        text("statistic", O),
        text("unit", O),
    ])
    .with_blocks(vec![
        dimensions(),
        Nested::new(
            "metrics",
            Holding::Set(None),
            O,
            Body::new(vec![
                text("expression", O),
                text("id", R),
                text("label", O),
                boolean("return_data", O).default(true),
            ])
            .with_blocks(vec![one(
                "metric_stat",
                O,
                Body::new(vec![text("stat", R), text("unit", O)]).with_blocks(vec![one(
                    "metric",
                    R,
                    Body::new(vec![text("metric_name", R), text("namespace", R)])
                        .with_blocks(vec![dimensions()]),
                )]),
            )]),
        ),
    ])
}
