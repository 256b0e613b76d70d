//! Checks of a stream's block that need neither state nor AWS.

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use super::LIMITS;
use super::model::METRICS;
use super::schema::RECORD_SIZE;
use crate::members::{block, elements, text, whole};
use crate::satellite::check_word;
use crate::timeouts::bad_limits;

const ENCRYPTIONS: [&str; 2] = ["NONE", "KMS"];

const MODES: [&str; 2] = ["PROVISIONED", "ON_DEMAND"];

/// What is wrong with a block. Unknown parts are passed over.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = Problems::new();
    if text(config, "encryption_type")
        .is_some_and(|said| !ENCRYPTIONS.contains(&said.to_ascii_uppercase().as_str()))
    {
        check_word(config, "encryption_type", &ENCRYPTIONS, &mut found);
    }
    for (name, least, most) in [("retention_period", 24, 8760), (RECORD_SIZE, 1024, 10240)] {
        if let Some(said) = whole(config, name)
            && !(least..=most).contains(&said)
        {
            let summary =
                format!("expected {name} to be in the range ({least} - {most}), got {said}");
            found.push(Problem::error(summary, "").at(Path::new().attr(name)));
        }
    }
    for metric in elements(config, "shard_level_metrics") {
        if let Some(said) = metric.as_str()
            && said != "ALL"
            && !METRICS.contains(&said)
        {
            let listed: Vec<String> = METRICS.iter().map(|word| format!("{word:?}")).collect();
            let summary = format!(
                "expected shard_level_metrics to be one of [{} \"ALL\"], got {said}",
                listed.join(" ")
            );
            found.push(Problem::error(summary, "").at(Path::new().attr("shard_level_metrics")));
        }
    }
    if let Some(details) = block(config, "stream_mode_details") {
        check_word(details, "stream_mode", &MODES, &mut found);
    }
    let phases: Vec<&'static str> = LIMITS.phases.iter().map(|(phase, _)| *phase).collect();
    found.extend(bad_limits(config, &phases));
    found
}
