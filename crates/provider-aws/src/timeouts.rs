//! Time limits of a type: its defaults, what a `timeouts` block says, and the bytes that keep them in
//! state as the published provider does.

use std::sync::Arc;
use std::time::Duration;

use trueup_provider::{Problem, Problems};
use trueup_value::{Path, Value};

use crate::configuration::duration;
use crate::members::{filled, member, text};

/// The key under which the time limits stand.
const TIMEOUTS_KEY: &str = "e2bfb730-ecaa-11e6-8f88-34363bc7c4c0";

/// The phases of a type that have limits, with their defaults.
pub(crate) struct Limits {
    /// In the order of their names.
    pub(crate) phases: &'static [(&'static str, Duration)],
    /// The version of the attributes' form in state; 0 is not written.
    pub(crate) version: u64,
}

impl Limits {
    /// How long a phase may take: what the `timeouts` block of a value says, else the default.
    pub(crate) fn of(&self, value: Option<&Value>, phase: &str) -> Duration {
        let usual = self.phases.iter().find(|(name, _)| *name == phase);
        value
            .and_then(|value| member(value, "timeouts"))
            .and_then(|timeouts| text(timeouts, phase))
            .and_then(duration)
            .or_else(|| usual.map(|(_, usual)| *usual))
            .unwrap_or_default()
    }

    /// The bytes for an object with the time limits of its value.
    pub(crate) fn private_bytes(&self, value: Option<&Value>) -> Arc<[u8]> {
        let limits: Vec<String> = self
            .phases
            .iter()
            .map(|(phase, _)| format!("\"{phase}\":{}", self.of(value, phase).as_nanos()))
            .collect();
        let version = match self.version {
            0 => String::new(),
            version => format!(",\"schema_version\":\"{version}\""),
        };
        format!("{{\"{TIMEOUTS_KEY}\":{{{}}}{version}}}", limits.join(","))
            .into_bytes()
            .into()
    }
}

/// What is wrong with the durations of a `timeouts` block.
pub(crate) fn bad_limits(config: &Value, phases: &[&'static str]) -> Problems {
    let mut found = Problems::new();
    for name in phases {
        let said = member(config, "timeouts").and_then(|timeouts| filled(timeouts, name));
        if let Some(said) = said
            && duration(said).is_none()
        {
            found.push(
                Problem::error(
                    format!("timeouts.{name}: time: invalid duration {said:?}"),
                    "Write it with units, such as 30m or 1h30m.",
                )
                .at(Path::new().attr("timeouts").attr(*name)),
            );
        }
    }
    found
}

/// The bytes of a type without time limits, at a version above 0.
pub(crate) fn no_limits(version: u64) -> Arc<[u8]> {
    format!("{{\"schema_version\":\"{version}\"}}")
        .into_bytes()
        .into()
}

/// The bytes of a type without time limits and with version 0: a JSON null.
pub(crate) fn no_private() -> Arc<[u8]> {
    Arc::from(&b"null"[..])
}
