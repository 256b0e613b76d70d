//! Reading an attachment: whether its policy is among those of its role.

use std::sync::Arc;

use trueup_provider::Problem;
use trueup_value::Value;

use super::schema::body;
use super::{Attachment, Attachments, ends};
use crate::failure::if_there;
use crate::lifecycle::{Look, Read};
use crate::made_up;
use crate::members::filled;
use crate::satellite::said;
use crate::timeouts::no_private;

/// Role and policy of an import id.
fn named(id: &str) -> Option<(&str, &str)> {
    id.split_once('/').filter(|(role, _)| !role.is_empty())
}

impl Read for Attachments {
    type Found = Attachment;
    type Seen = Option<Attachment>;

    fn named(&self, value: &Value) -> Option<String> {
        let [role, policy] = ends(value);
        (!role.is_empty()).then(|| format!("{role}:{policy}"))
    }

    async fn find(&self, value: &Value) -> Look<Attachment> {
        let [role, policy] = ends(value);
        let attached = if_there(self.iam.attached_policies(&role).await)?;
        if !attached.is_some_and(|attached| attached.contains(&policy)) {
            return Ok(None);
        }
        let id = match filled(value, "id") {
            Some(id) => id.to_owned(),
            None => made_up::name(&format!("{role}-"), &format!("{role}/{policy}")),
        };
        Ok(Some(Attachment { role, policy, id }))
    }

    /// What was attached hangs there: nothing is read.
    async fn read_back(&self, seen: Option<Attachment>, value: &Value) -> Look<Attachment> {
        let [role, policy] = ends(value);
        let id = filled(value, "id").unwrap_or_default().to_owned();
        Ok(Some(seen.unwrap_or(Attachment { role, policy, id })))
    }

    fn state(&self, found: &Attachment, _like: Option<&Value>) -> Value {
        said(
            body(),
            [
                ("id", Value::string(&found.id)),
                ("policy_arn", Value::string(&found.policy)),
                ("role", Value::string(&found.role)),
            ],
        )
    }

    fn private(&self, _like: Option<&Value>) -> Arc<[u8]> {
        no_private()
    }

    fn of_import_id(&self, id: &str) -> Result<Value, Problem> {
        let Some((role, policy)) = named(id) else {
            return Err(Problem::error(
                format!("unexpected format of ID ({id:?}), expected <role-name>/<policy_arn>"),
                "Such as worker/arn:aws:iam::123456789012:policy/orders.",
            ));
        };
        Ok(Value::object_from([
            ("role", Value::string(role)),
            ("policy_arn", Value::string(policy)),
        ]))
    }
}
