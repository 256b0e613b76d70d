//! Checks of a policy's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::schema::{STEPS, TRACKING};
use crate::members::{block, elements, filled, text};

const KINDS: &[&str] = &["StepScaling", "TargetTrackingScaling"];

/// The longest name that AWS takes.
const NAME: usize = 255;

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    let root = Path::new();
    if let Some(name) = text(config, "name")
        && name.len() > NAME
    {
        found.push(
            Problem::error(
                format!("expected length of name to be in the range (0 - {NAME}), got {name}"),
                "",
            )
            .at(root.attr("name")),
        );
    }
    if let Some(kind) = text(config, "policy_type")
        && !KINDS.contains(&kind)
    {
        let later = match kind {
            "PredictiveScaling" => {
                "Predictive scaling is for services of ECS alone, and is not supported here."
            }
            _ => "",
        };
        found.push(
            Problem::error(
                format!(
                    "expected policy_type to be one of [\"StepScaling\" \"TargetTrackingScaling\"], got {kind}"
                ),
                later,
            )
            .at(root.attr("policy_type")),
        );
    }
    for tracking in elements(config, TRACKING) {
        one_metric(tracking, &mut found);
    }
    for steps in elements(config, STEPS) {
        bounds(steps, &mut found);
    }
    found
}

fn one_metric(tracking: &Value, found: &mut Problems) {
    let names = [
        "customized_metric_specification",
        "predefined_metric_specification",
    ];
    let at = Path::new().attr(TRACKING);
    if names.iter().all(|name| block(tracking, name).is_some()) {
        let [first, second] = names.map(|name| format!("{TRACKING}.0.{name}"));
        found.push(
            Problem::error(
                "Conflicting configuration arguments",
                format!("\"{first}\": conflicts with {second}"),
            )
            .at(at.clone()),
        );
    }
    // A metric is said, or an expression over several.
    let Some(customized) = block(tracking, names[0]) else {
        return;
    };
    let several = !elements(customized, "metrics").is_empty();
    for name in ["metric_name", "namespace", "statistic", "unit"] {
        if several && filled(customized, name).is_some() {
            let prefix = format!("{TRACKING}.0.customized_metric_specification.0");
            found.push(
                Problem::error(
                    "Conflicting configuration arguments",
                    format!("\"{prefix}.{name}\": conflicts with {prefix}.metrics"),
                )
                .at(at.clone()),
            );
        }
    }
}

fn bounds(steps: &Value, found: &mut Problems) {
    for step in elements(steps, "step_adjustment") {
        for name in ["metric_interval_lower_bound", "metric_interval_upper_bound"] {
            if let Some(said) = filled(step, name)
                && said.parse::<f64>().is_err()
            {
                found.push(
                    Problem::error(
                        format!("expected {name} to be a valid float, got {said:?}"),
                        "A bound is a number; leave it out for infinity.",
                    )
                    .at(Path::new().attr(STEPS)),
                );
            }
        }
    }
}
