//! A role between its forms: what IAM tells, and the value that stands in state.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_aws::iam::{CreateRole, Role};
use trueup_value::{Type, Value};

use super::schema::{body, inline_policy};
use crate::iam::as_believed;
use crate::made_up;
use crate::members::{elements, filled, flag, text, text_map, texts, whole};
use crate::tags::{TagPolicy, to_value};

/// A role and the policies that it has.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(super) role: Role,
    /// The policies that are part of it, by name.
    pub(super) inline: BTreeMap<String, String>,
    /// The ARNs of those that hang on it.
    pub(super) attached: BTreeSet<String>,
}

/// CreateRole for a planned value.
pub(super) fn creation(wanted: &Value, name: String, tags: &TagPolicy) -> CreateRole {
    let owned = |name: &str| filled(wanted, name).map(str::to_owned);
    CreateRole {
        name,
        path: owned("path").unwrap_or_else(|| "/".to_owned()),
        assume_role_policy: owned("assume_role_policy").unwrap_or_default(),
        description: owned("description"),
        max_session: whole(wanted, "max_session_duration").unwrap_or(3600),
        permissions_boundary: owned("permissions_boundary"),
        tags: tags.to_send(&text_map(wanted, "tags")),
    }
}

/// The policies that are part of the role of a value, by name.
pub(super) fn inline(value: &Value) -> BTreeMap<String, String> {
    elements(value, "inline_policy")
        .iter()
        .filter_map(|policy| {
            let name = filled(policy, "name")?;
            Some((name.to_owned(), filled(policy, "policy")?.to_owned()))
        })
        .collect()
}

/// The policies that hang on the role of a value.
pub(super) fn attached(value: &Value) -> BTreeSet<String> {
    texts(value, "managed_policy_arns").into_iter().collect()
}

/// The value of a role that is there. `prior` is what was believed or planned of it.
pub(super) fn to_state(found: &Found, tags: &TagPolicy, prior: Option<&Value>) -> Value {
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    let role = &found.role;
    let believed = |name: &str| prior.and_then(|prior| text(prior, name));
    let prefix = believed("name_prefix").filter(|prefix| role.name.starts_with(*prefix));
    let trust = as_believed(&role.assume_role_policy, believed("assume_role_policy"));
    for (name, value) in [
        ("arn", role.arn.as_str()),
        ("assume_role_policy", &trust),
        ("create_date", &role.created),
        ("description", &role.description),
        ("id", &role.name),
        ("name", &role.name),
        (
            "name_prefix",
            prefix.unwrap_or(made_up::prefix_of(&role.name)),
        ),
        ("path", &role.path),
        ("permissions_boundary", &role.permissions_boundary),
        ("unique_id", &role.id),
    ] {
        say(name, Value::string(value));
    }
    say("max_session_duration", Value::number(role.max_session));
    let force = prior.and_then(|prior| flag(prior, "force_detach_policies"));
    say("force_detach_policies", Value::bool(force == Some(true)));
    let before = prior.map(inline).unwrap_or_default();
    let policies = found.inline.iter().map(|(name, policy)| {
        let policy = as_believed(policy, before.get(name).map(String::as_str));
        Value::object_from([
            ("name", Value::string(name)),
            ("policy", Value::string(policy)),
        ])
    });
    say("inline_policy", inline_policy().of(policies.collect()));
    let arns = found.attached.iter().map(Value::string).collect();
    say("managed_policy_arns", Value::set(Type::String, arns));
    let own = prior
        .map(|prior| text_map(prior, "tags"))
        .unwrap_or_default();
    let (all, own) = tags.read(&role.tags, &own);
    say("tags_all", to_value(&all));
    say("tags", to_value(&own));
    body().value(said)
}
