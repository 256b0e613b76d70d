//! Reading a policy: its description, then the text of the version that counts.

use std::sync::Arc;

use trueup_aws::Error;
use trueup_value::Value;

use super::Policies;
use super::model::{Found, to_state};
use crate::failure::if_there;
use crate::lifecycle::{Look, Read};
use crate::members::filled;
use crate::timeouts::no_private;

impl Policies {
    async fn with_text(&self, arn: &str) -> Result<Found, Error> {
        let policy = self.iam.get_policy(arn).await?;
        let text = self.iam.policy_text(arn, &policy.version).await?;
        Ok(Found { policy, text })
    }
}

impl Read for Policies {
    type Found = Found;
    type Seen = ();

    /// Its ARN.
    fn named(&self, value: &Value) -> Option<String> {
        filled(value, "id").map(str::to_owned)
    }

    async fn find(&self, value: &Value) -> Look<Found> {
        let arn = self.named(value).unwrap_or_default();
        if_there(self.with_text(&arn).await)
    }

    fn state(&self, found: &Found, like: Option<&Value>) -> Value {
        to_state(found, &self.tags, like)
    }

    fn private(&self, _like: Option<&Value>) -> Arc<[u8]> {
        no_private()
    }
}
