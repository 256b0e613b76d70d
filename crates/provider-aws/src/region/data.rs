//! The data source `aws_region`: the region of the provider configuration, or one that is named.

use std::sync::{Arc, OnceLock};

use trueup_aws::{dns_suffix, partition};
use trueup_provider::{DataSource, Problem, Problems};
use trueup_value::{Path, Value};

use super::{Place, names};
use crate::connection::Connection;
use crate::lookup::{Looking, Lookup};
use crate::members::filled;
use crate::rules::{Body, Mode, text};

/// What the block may say, and what is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("description", Mode::Computed),
            text("endpoint", Mode::OptionalComputed),
            text("id", Mode::OptionalComputed),
            text("name", Mode::OptionalComputed),
        ])
    })
}

/// The data source under one provider configuration.
pub(crate) struct RegionData(Connection);

impl RegionData {
    /// The data source.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(place.aws.clone())))
    }
}

impl Lookup for RegionData {
    async fn look_up(&self, config: &Value) -> Result<Value, Problems> {
        let by_endpoint = filled(config, "endpoint").and_then(|endpoint| {
            let rest = endpoint.strip_prefix("ec2.")?;
            let (region, _) = rest.split_once('.')?;
            (endpoint_of(region) == endpoint).then(|| region.to_owned())
        });
        let asked = filled(config, "endpoint");
        let name = match (filled(config, "name"), asked) {
            (Some(name), Some(endpoint)) if by_endpoint.as_deref() != Some(name) => {
                return Err(vec![
                    Problem::error(
                        format!("multiple regions matched; use additional constraints to reduce matches to a single region ({name}, {endpoint})"),
                        "name and endpoint name different regions.",
                    )
                    .at(Path::new().attr("endpoint")),
                ]);
            }
            (Some(name), _) => name.to_owned(),
            (None, Some(endpoint)) => by_endpoint.ok_or_else(|| {
                vec![
                    Problem::error(
                        format!("region not found for endpoint \"{endpoint}\""),
                        "Give an EC2 endpoint such as ec2.eu-west-1.amazonaws.com.",
                    )
                    .at(Path::new().attr("endpoint")),
                ]
            })?,
            (None, None) => self.0.region.clone(),
        };
        let described = names::description(&name);
        // The connection's own region is used whatever its name; emulators have odd ones.
        if described.is_none() && partition(&name).is_none() && name != self.0.region {
            return Err(vec![
                Problem::error(
                    format!("region not found for name \"{name}\""),
                    "There is no AWS region of this name.",
                )
                .at(Path::new().attr("name")),
            ]);
        }
        Ok(Value::object_from([
            ("description", Value::string(described.unwrap_or(&name))),
            ("endpoint", Value::string(endpoint_of(&name))),
            ("id", Value::string(&name)),
            ("name", Value::string(&name)),
        ]))
    }
}

fn endpoint_of(region: &str) -> String {
    let suffix = dns_suffix(partition(region).unwrap_or("aws"));
    format!("ec2.{region}.{suffix}")
}
