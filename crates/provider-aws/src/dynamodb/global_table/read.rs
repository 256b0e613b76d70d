//! Reading a global table: one call.

use std::sync::Arc;

use trueup_aws::dynamodb::GlobalTable;
use trueup_value::Value;

use super::GlobalTables;
use super::state::{private_bytes, to_state};
use crate::failure::if_there;
use crate::lifecycle::{Look, Read};
use crate::members::filled;

impl GlobalTables {
    /// The global table of that name, if there is one.
    pub(super) async fn look(&self, name: &str) -> Look<GlobalTable> {
        if_there(self.aws.dynamodb.describe_global_table(name).await)
    }
}

impl Read for GlobalTables {
    type Found = GlobalTable;
    type Seen = Option<GlobalTable>;

    fn named(&self, value: &Value) -> Option<String> {
        let name = filled(value, "id").or_else(|| filled(value, "name"));
        name.map(str::to_owned)
    }

    async fn find(&self, value: &Value) -> Look<GlobalTable> {
        let name = self.named(value).unwrap_or_default();
        self.look(&name).await
    }

    async fn read_back(&self, seen: Option<GlobalTable>, _value: &Value) -> Look<GlobalTable> {
        Ok(seen)
    }

    fn state(&self, found: &GlobalTable, like: Option<&Value>) -> Value {
        to_state(found, like)
    }

    fn private(&self, like: Option<&Value>) -> Arc<[u8]> {
        private_bytes(like)
    }

    fn missing(&self, name: &str) -> Option<String> {
        let region = &self.aws.region;
        Some(format!(
            "There is no DynamoDB global table of version 2017.11.29 named {name:?} in {region}."
        ))
    }
}
