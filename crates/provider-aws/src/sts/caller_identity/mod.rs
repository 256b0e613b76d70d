//! The data source `aws_caller_identity`: asked anew at every read.

use std::sync::{Arc, OnceLock};

use trueup_provider::{DataSource, Problems};
use trueup_value::Value;

use crate::connection::Connection;
use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::region::Place;
use crate::rules::{Body, Mode, text};

/// What is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| {
        Body::new(vec![
            text("account_id", Mode::Computed),
            text("arn", Mode::Computed),
            text("id", Mode::OptionalComputed),
            text("user_id", Mode::Computed),
        ])
    })
}

/// The data source under one provider configuration.
pub(crate) struct CallerIdentityData(Connection);

impl CallerIdentityData {
    /// The data source.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(place.aws.clone())))
    }
}

impl Lookup for CallerIdentityData {
    async fn look_up(&self, _config: &Value) -> Result<Value, Problems> {
        let who = self
            .0
            .sts
            .get_caller_identity()
            .await
            .map_err(|error| vec![problem("reading STS Caller Identity", &error)])?;
        Ok(Value::object_from([
            ("account_id", Value::string(&who.account_id)),
            ("arn", Value::string(&who.arn)),
            ("id", Value::string(&who.account_id)),
            ("user_id", Value::string(&who.user_id)),
        ]))
    }
}
