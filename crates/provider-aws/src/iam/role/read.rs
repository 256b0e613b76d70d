//! Reading a role: its description, then the policies that it has.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::Error;
use trueup_aws::iam::Role;
use trueup_value::Value;

use super::Roles;
use super::model::{Found, to_state};
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
        let found = match self.iam.get_role(&name).await {
            Ok(role) => self.besides(role).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn state(&self, found: &Found, like: Option<&Value>) -> Value {
        to_state(found, &self.tags, like)
    }

    fn private(&self, _like: Option<&Value>) -> Arc<[u8]> {
        no_private()
    }
}

impl Roles {
    /// The policies of a role.
    async fn besides(&self, role: Role) -> Result<Found, Error> {
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
