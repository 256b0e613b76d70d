//! The data source `aws_dynamodb_tables`: the names of all tables of an account in a region.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use trueup_provider::{DataSource, Problems};
use trueup_value::{Type, Value};

use crate::connection::Connection;
use crate::failure::problem;
use crate::lookup::{Looking, Lookup};
use crate::region::Place;
use crate::rules::{Body, Mode, text_list};

/// The name of the data source.
pub(crate) const KIND: &str = "aws_dynamodb_tables";

/// What is read.
pub(crate) fn body() -> &'static Body {
    static BODY: OnceLock<Body> = OnceLock::new();
    BODY.get_or_init(|| Body::new(vec![text_list("names", Mode::Computed)]))
}

/// The data source under one provider configuration.
pub(crate) struct TablesData(Connection);

impl TablesData {
    /// The data source in one region.
    pub(crate) fn made(place: &Place) -> Arc<dyn DataSource> {
        Arc::new(Looking(Self(place.aws.clone())))
    }
}

impl Lookup for TablesData {
    async fn look_up(&self, _config: &Value) -> Result<Value, Problems> {
        let names = self
            .0
            .dynamodb
            .list_tables()
            .await
            .map_err(|error| vec![problem("listing DynamoDB Tables", &error)])?;
        let names = names.iter().map(Value::string).collect();
        let said = BTreeMap::from([("names".into(), Value::list(Type::String, names))]);
        Ok(body().value(said))
    }
}
