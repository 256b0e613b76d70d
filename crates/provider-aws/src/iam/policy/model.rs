//! A policy between its forms: what IAM tells, and the value that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::iam::Policy;
use trueup_value::Value;

use super::schema::body;
use crate::iam::as_believed;
use crate::made_up;
use crate::members::{text, text_map};
use crate::tags::{TagPolicy, to_value};

/// A policy with the text that counts.
pub(crate) struct Found {
    pub(super) policy: Policy,
    pub(super) text: String,
}

/// The value of a policy that is there; `like` is what was planned or believed of it.
pub(super) fn to_state(found: &Found, tags: &TagPolicy, like: Option<&Value>) -> Value {
    let policy = &found.policy;
    let believed = |name: &str| like.and_then(|like| text(like, name));
    let prefix = believed("name_prefix").filter(|prefix| policy.name.starts_with(*prefix));
    let document = as_believed(&found.text, believed("policy"));
    let mut said = BTreeMap::new();
    for (name, value) in [
        ("arn", policy.arn.as_str()),
        ("description", &policy.description),
        ("id", &policy.arn),
        ("name", &policy.name),
        (
            "name_prefix",
            prefix.unwrap_or(made_up::prefix_of(&policy.name)),
        ),
        ("path", &policy.path),
        ("policy", &document),
        ("policy_id", &policy.id),
    ] {
        said.insert(Arc::from(name), Value::string(value));
    }
    said.insert("attachment_count".into(), Value::number(policy.attachments));
    let own = like.map(|like| text_map(like, "tags")).unwrap_or_default();
    let (all, own) = tags.read(&policy.tags, &own);
    said.insert("tags_all".into(), to_value(&all));
    said.insert("tags".into(), to_value(&own));
    body().value(said)
}
