//! Reading subnets: all of a batch in one description.

use std::sync::Arc;

use trueup_aws::Error;
use trueup_aws::ec2::{Asked, Ipv6Block, Subnet};
use trueup_provider::{BoxFuture, Context};
use trueup_value::Value;

use super::model::to_state;
use super::{LIMITS, Subnets};
use crate::connection::Connection;
use crate::ec2::described::{Described, all, one};
use crate::lifecycle::{Look, Read};
use crate::members::filled;

impl Subnets {
    /// The subnet of an id, if there is one.
    pub(super) async fn look(&self, id: &str) -> Look<Subnet> {
        one(self, id).await
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
        let found = all(self, values).await?;
        Ok(found.into_iter().map(Ok).collect())
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

impl Described for Subnets {
    type One = Subnet;
    const FILTER: &'static str = "subnet-id";

    fn aws(&self) -> &Connection {
        &self.aws
    }

    fn describe<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Vec<Subnet>, Error>> {
        self.ec2.describe_subnets(asked)
    }

    fn parts(one: &Subnet) -> (&str, &str, &[Ipv6Block]) {
        (&one.id, &one.state, &one.ipv6)
    }
}
