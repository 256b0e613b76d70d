//! Reading a role: its description, then the policies that it has.

use std::collections::BTreeMap;

use trueup_aws::Error;
use trueup_aws::iam::Role;
use trueup_provider::{Object, Problem, ReadOutcome};
use trueup_value::Value;

use super::Roles;
use super::model::{Found, to_state};
use crate::failure::problem;
use crate::members::filled;
use crate::rules::read_beside;
use crate::timeouts::no_private;

impl Roles {
    /// Reads the role again that `prior` tells of.
    pub(super) async fn read_again(&self, prior: Object) -> ReadOutcome {
        let Some(name) = filled(&prior.value, "id").or_else(|| filled(&prior.value, "name")) else {
            return ReadOutcome::Failed(Problem::error(
                "reading IAM Role: the state holds no id",
                "The object in state has neither id nor name, so there is nothing to look for.",
            ));
        };
        match self.find(name).await {
            Ok(Some(found)) => {
                let value = to_state(&found, &self.tags, Some(&prior.value));
                read_beside(prior, &value)
            }
            Ok(None) => ReadOutcome::Absent,
            Err(error) => ReadOutcome::Failed(problem(&doing(name), &error)),
        }
    }

    /// The role of a name with its policies, if there is one.
    pub(super) async fn find(&self, name: &str) -> Result<Option<Found>, Error> {
        let found = match self.iam.get_role(name).await {
            Ok(role) => self.besides(role).await,
            Err(error) => Err(error),
        };
        match found {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The policies of a role.
    pub(super) async fn besides(&self, role: Role) -> Result<Found, Error> {
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

    /// The whole object of a role as it is now; `like` is what was planned or believed.
    pub(super) fn object(&self, found: &Found, like: Option<&Value>) -> Object {
        Object {
            value: to_state(found, &self.tags, like),
            private: Some(no_private()),
        }
    }
}

pub(super) fn doing(name: &str) -> String {
    format!("reading IAM Role ({name})")
}
