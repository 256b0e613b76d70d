//! The data source `aws_partition`: the part of AWS that the provider's region belongs to.

use std::sync::{Arc, OnceLock};

use trueup_aws::dns_suffix;
use trueup_provider::{DataSource, Problems};
use trueup_value::Value;

use super::Place;
use crate::connection::Connection;
use crate::lookup::{Looking, Lookup};
use crate::rules::{Body, Mode, text};

/// What is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("dns_suffix", Mode::Computed),
            text("id", Mode::OptionalComputed),
            text("partition", Mode::Computed),
            text("reverse_dns_prefix", Mode::Computed),
        ])
    })
}

/// The data source under one provider configuration.
pub(crate) struct PartitionData(Connection);

impl PartitionData {
    /// The data source.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(place.aws.clone())))
    }
}

impl Lookup for PartitionData {
    async fn look_up(&self, _config: &Value) -> Result<Value, Problems> {
        let partition = self.0.session.partition();
        let suffix = dns_suffix(&partition);
        let mut words: Vec<&str> = suffix.split('.').collect();
        words.reverse();
        let value = Value::object_from([
            ("dns_suffix", Value::string(suffix)),
            ("id", Value::string(&partition)),
            ("partition", Value::string(&partition)),
            ("reverse_dns_prefix", Value::string(words.join("."))),
        ]);
        Ok(value)
    }
}
