//! A key between its forms: what KMS tells, and the value that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::kms::{CreateKey, KeyMetadata, KeyRotation};
use trueup_value::Value;

use super::schema::body;
use crate::iam_policy;
use crate::members::{filled, flag, text, text_map};
use crate::tags::{TagPolicy, Tags, to_value};

/// A key and what takes calls of its own to read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(super) metadata: KeyMetadata,
    pub(super) policy: String,
    pub(super) rotation: KeyRotation,
    pub(super) tags: Tags,
}

/// CreateKey for a planned value.
pub(super) fn creation(wanted: &Value, tags: &TagPolicy) -> CreateKey {
    let owned = |name: &str| filled(wanted, name).map(str::to_owned);
    CreateKey {
        description: owned("description"),
        usage: owned("key_usage").unwrap_or_else(|| "ENCRYPT_DECRYPT".to_owned()),
        spec: owned("customer_master_key_spec").unwrap_or_else(|| "SYMMETRIC_DEFAULT".to_owned()),
        policy: owned("policy"),
        bypass: flag(wanted, "bypass_policy_lockout_safety_check") == Some(true),
        multi_region: flag(wanted, "multi_region").filter(|on| *on),
        custom_key_store: owned("custom_key_store_id"),
        xks_key: owned("xks_key_id"),
        tags: tags.to_send(&text_map(wanted, "tags")),
    }
}

/// The value of a key that is there. `prior` is what was believed or planned of it: it keeps what KMS
/// does not tell, and its policy where that means the same.
pub(super) fn to_state(found: &Found, tags: &TagPolicy, prior: Option<&Value>) -> Value {
    let mut said: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    let key = &found.metadata;
    say("arn", Value::string(&key.arn));
    say("id", Value::string(&key.key_id));
    say("key_id", Value::string(&key.key_id));
    say("description", Value::string(&key.description));
    say("customer_master_key_spec", Value::string(&key.spec));
    say("key_usage", Value::string(&key.usage));
    say("is_enabled", Value::bool(key.enabled));
    say("multi_region", Value::bool(key.multi_region));
    say("enable_key_rotation", Value::bool(found.rotation.enabled));
    if let Some(days) = found.rotation.days.filter(|_| found.rotation.enabled) {
        say("rotation_period_in_days", Value::number(days));
    }
    let store = key.custom_key_store.as_deref().unwrap_or_default();
    say("custom_key_store_id", Value::string(store));
    let xks = key.xks_key.as_deref().unwrap_or_default();
    say("xks_key_id", Value::string(xks));
    let believed = prior
        .and_then(|prior| text(prior, "policy"))
        .filter(|believed| iam_policy::equivalent(believed, &found.policy));
    let policy = believed.unwrap_or(&found.policy);
    say(
        "policy",
        Value::string(iam_policy::normalized(policy).unwrap_or_else(|| policy.to_owned())),
    );
    let own = prior
        .map(|prior| text_map(prior, "tags"))
        .unwrap_or_default();
    let (all, own) = tags.read(&found.tags, &own);
    say("tags_all", to_value(&all));
    say("tags", to_value(&own));
    if prior.is_none() {
        // What its block says where it says nothing: a plan after an import finds no difference then.
        say("bypass_policy_lockout_safety_check", Value::bool(false));
    }
    if let Some(members) = prior.and_then(Value::as_members) {
        for name in [
            "bypass_policy_lockout_safety_check",
            "deletion_window_in_days",
            "timeouts",
        ] {
            if let Some(kept) = members.get(name).filter(|kept| kept.is_wholly_known()) {
                say(name, kept.clone());
            }
        }
    }
    body().value(said)
}
