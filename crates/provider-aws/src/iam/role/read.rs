//! Reading a role: its description, then the policies that it has.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Error;
use trueup_value::Value;

use super::Roles;
use super::model::{Found, to_state};
use crate::failure::if_there;
use crate::lifecycle::{Look, Read};
use crate::members::filled;
use crate::timeouts::no_private;

impl Read for Roles {
    type Found = Found;
    type Seen = ();

    fn named(&self, value: &Value) -> Option<String> {
        let name = filled(value, "id").or_else(|| filled(value, "name"));
        name.map(str::to_owned)
    }

    /// The role with its policies, if there is one.
    async fn find(&self, value: &Value) -> Look<Found> {
        let name = self.named(value).unwrap_or_default();
        if_there(self.with_policies(&name).await)
    }

    fn state(&self, found: &Found, like: Option<&Value>) -> Value {
        to_state(found, &self.tags, like)
    }

    fn private(&self, _like: Option<&Value>) -> Arc<[u8]> {
        no_private()
    }
}

impl Roles {
    async fn with_policies(&self, name: &str) -> Result<Found, Error> {
        let role = self.iam.get_role(name).await?;
        let (names, attached) = futures::join!(
            self.iam.inline_policies(&role.name),
            self.iam.attached_policies(&role.name)
        );
        let mut inline = BTreeMap::new();
        for name in names? {
            let text = self.iam.get_inline_policy(&role.name, &name).await?;
            inline.insert(name, text);
        }
        Ok(Found {
            inline,
            attached: attached?.into_iter().collect(),
            role,
        })
    }
}
