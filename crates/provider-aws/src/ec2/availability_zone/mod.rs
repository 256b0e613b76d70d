//! The data source `aws_availability_zone`: what is known of one zone.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use trueup_aws::ec2::{Ec2, Filter, Zone};
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::Value;

use super::filters;
use crate::ec2::problem;
use crate::lookup::{Looking, Lookup};
use crate::members::{filled, flag};
use crate::region::Place;
use crate::rules::{Body, Mode, boolean, text};
use crate::timeouts::bad_limits;

/// The name of the data source.
pub(crate) const KIND: &str = "aws_availability_zone";

/// What the block may say, and what is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        let mut attributes = vec![boolean("all_availability_zones", Mode::Optional)];
        for name in ["id", "name", "state", "zone_id"] {
            attributes.push(text(name, Mode::OptionalComputed));
        }
        for name in [
            "group_name",
            "name_suffix",
            "network_border_group",
            "opt_in_status",
            "parent_zone_id",
            "parent_zone_name",
            "region",
            "zone_type",
        ] {
            attributes.push(text(name, Mode::Computed));
        }
        Body::new(attributes)
            .with_blocks(vec![filters::nested()])
            .with_timeouts(&["read"])
    })
}

/// What is wrong with a block.
pub(crate) fn validate(config: &Value) -> Problems {
    bad_limits(config, &["read"])
}

/// The data source under one provider configuration.
pub(crate) struct ZoneData(Arc<dyn Ec2>);

impl ZoneData {
    /// The data source.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(place.aws.session.ec2())))
    }
}

impl Lookup for ZoneData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let mut filters = filters::said(config);
        filters.extend(filled(config, "state").map(|state| Filter::new("state", [state])));
        let one = |name: &str| -> Vec<String> {
            filled(config, name)
                .map(str::to_owned)
                .into_iter()
                .collect()
        };
        let all = flag(config, "all_availability_zones") == Some(true);
        let doing = "reading EC2 Availability Zone";
        let mut zones = self
            .0
            .describe_zones(all, &one("name"), &one("zone_id"), &filters)
            .await
            .map_err(|error| vec![problem(doing, &error)])?;
        let zone = match (zones.pop(), zones.is_empty()) {
            (Some(zone), true) => zone,
            (None, _) => {
                return Err(vec![Problem::error(
                    format!("{doing}: no matching EC2 Availability Zone found"),
                    "No zone is let through by what the block says.",
                )]);
            }
            (Some(_), false) => {
                return Err(vec![Problem::error(
                    format!(
                        "{doing}: multiple EC2 Availability Zones matched; use additional constraints to reduce matches to a single EC2 Availability Zone"
                    ),
                    "Say its name, its zone_id, or a filter that lets one through.",
                )]);
            }
        };
        let said = config.as_members().cloned().unwrap_or_default();
        Ok(body().value(with_zone(said, &zone)))
    }
}

fn with_zone(mut said: BTreeMap<Arc<str>, Value>, zone: &Zone) -> BTreeMap<Arc<str>, Value> {
    for (name, value) in [
        ("group_name", zone.group.as_str()),
        ("id", &zone.name),
        ("name", &zone.name),
        ("name_suffix", suffix(zone)),
        ("network_border_group", &zone.border_group),
        ("opt_in_status", &zone.opt_in_status),
        ("parent_zone_id", &zone.parent_id),
        ("parent_zone_name", &zone.parent_name),
        ("region", &zone.region),
        ("state", &zone.state),
        ("zone_id", &zone.id),
        ("zone_type", &zone.kind),
    ] {
        said.insert(name.into(), Value::string(value));
    }
    said
}

/// What a zone's name has behind its region's: `a` of `eu-west-1a`, `lax-1a` of `us-west-2-lax-1a`.
fn suffix(zone: &Zone) -> &str {
    let rest = zone.name.strip_prefix(&zone.region).unwrap_or_default();
    rest.strip_prefix('-').unwrap_or(rest)
}
