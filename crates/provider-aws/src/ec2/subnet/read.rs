//! Reading subnets: all of a batch in one description.

use std::sync::Arc;

use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Subnet};
use trueup_provider::Context;
use trueup_value::Value;

use super::model::to_state;
use super::{LIMITS, Subnets};
use crate::ec2::{look_all, one};
use crate::lifecycle::{Look, Read};
use crate::members::filled;

impl Subnets {
    /// The subnet of an id, if there is one.
    pub(super) async fn look(&self, id: &str) -> Look<Subnet> {
        one(self.ec2.describe_subnets(Asked::One(id)).await)
    }
}

impl Read for Subnets {
    type Found = Subnet;
    type Seen = Option<Subnet>;

    fn named(&self, value: &Value) -> Option<String> {
        filled(value, "id").map(str::to_owned)
    }

    async fn find(&self, value: &Value) -> Look<Subnet> {
        self.look(&self.named(value).unwrap_or_default()).await
    }

    async fn find_all(&self, _: &Context, values: &[&Value]) -> Result<Vec<Look<Subnet>>, Error> {
        let ids: Vec<String> = values
            .iter()
            .filter_map(|value| self.named(value))
            .collect();
        let found = look_all(
            &*self.ec2,
            &ids,
            "subnet-id",
            |found: &Subnet| &found.id,
            |ec2, asked| ec2.describe_subnets(asked),
        )
        .await?;
        Ok(ids.iter().map(|id| Ok(found.get(id).cloned())).collect())
    }

    async fn read_back(&self, seen: Option<Subnet>, _value: &Value) -> Look<Subnet> {
        Ok(seen)
    }

    fn state(&self, found: &Subnet, like: Option<&Value>) -> Value {
        to_state(found, &self.tags, like)
    }

    fn private(&self, like: Option<&Value>) -> Arc<[u8]> {
        LIMITS.private_bytes(like)
    }
}
