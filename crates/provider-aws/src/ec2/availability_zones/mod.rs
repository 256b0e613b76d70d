//! The data source `aws_availability_zones`: names and ids of a region's zones.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use trueup_aws::ec2::{Ec2, Filter};
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Type, Value};

use super::filters;
use crate::ec2::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::{filled, flag, texts};
use crate::region::Place;
use crate::rules::{Body, Mode, boolean, text, text_list, text_set};
use crate::timeouts::bad_limits;

/// The name of the data source.
pub(crate) const KIND: &str = "aws_availability_zones";

const STATES: [&str; 5] = [
    "available",
    "information",
    "impaired",
    "unavailable",
    "constrained",
];

/// What the block may say, and what is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            boolean("all_availability_zones", Mode::Optional),
            text_set("exclude_names", Mode::Optional),
            text_set("exclude_zone_ids", Mode::Optional),
            text_set("group_names", Mode::Computed),
            text("id", Mode::OptionalComputed),
            text_list("names", Mode::Computed),
            text("state", Mode::Optional),
            text_list("zone_ids", Mode::Computed),
        ])
        .with_blocks(vec![filters::nested()])
        .with_timeouts(&["read"])
    })
}

/// What is wrong with a block.
pub(crate) fn validate(config: &Value) -> Problems {
    let mut found = bad_limits(config, &["read"]);
    if let Some(said) = filled(config, "state")
        && !STATES.contains(&said)
    {
        let listed: Vec<String> = STATES.iter().map(|state| format!("{state:?}")).collect();
        found.push(
            Problem::error(
                format!(
                    "expected state to be one of [{}], got {said}",
                    listed.join(" ")
                ),
                "",
            )
            .at(Path::new().attr("state")),
        );
    }
    found
}

/// The data source in one region.
pub(crate) struct ZonesData {
    ec2: Arc<dyn Ec2>,
    region: String,
}

impl ZonesData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self {
            ec2: place.aws.session.ec2(),
            region: place.aws.region.clone(),
        }))
    }
}

impl Lookup for ZonesData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let mut filters = filters::said(config);
        filters.extend(filled(config, "state").map(|state| Filter::new("state", [state])));
        let all = flag(config, "all_availability_zones") == Some(true);
        let doing = "reading EC2 Availability Zones";
        let mut zones = self
            .ec2
            .describe_zones(all, &[], &[], &filters)
            .await
            .map_err(|error| vec![problem(doing, &error)])?;
        let (names, ids) = (
            texts(config, "exclude_names"),
            texts(config, "exclude_zone_ids"),
        );
        zones.retain(|zone| !names.contains(&zone.name) && !ids.contains(&zone.id));
        zones.sort_by(|a, b| a.name.cmp(&b.name));
        if zones.is_empty() {
            return Err(vec![Problem::error(
                format!("{doing}: no matching AZ found"),
                format!("No zone of {} is let through.", self.region),
            )]);
        }
        let mut said: BTreeMap<Arc<str>, Value> = config.as_members().cloned().unwrap_or_default();
        let names = zones.iter().map(|zone| Value::string(&zone.name)).collect();
        let ids = zones.iter().map(|zone| Value::string(&zone.id)).collect();
        let groups = zones
            .iter()
            .map(|zone| Value::string(&zone.group))
            .collect();
        said.insert("group_names".into(), Value::set(Type::String, groups));
        said.insert("id".into(), Value::string(&self.region));
        said.insert("names".into(), Value::list(Type::String, names));
        said.insert("zone_ids".into(), Value::list(Type::String, ids));
        Ok(body().value(said))
    }
}
