//! Tags: those of a block, those of the provider's defaults, and those that are none of our business.

mod plan;

pub(crate) use plan::plan_tags_all;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_value::{Type, Value};

use crate::members::{is_unknown, text_map};

/// Tag keys to values.
pub(crate) type Tags = BTreeMap<String, String>;

/// What the provider block says about tags.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TagPolicy {
    /// Put on everything, unless a block says otherwise.
    pub(crate) defaults: Tags,
    /// Keys that are never looked at.
    pub(crate) ignored_keys: BTreeSet<String>,
    /// Beginnings of keys that are never looked at.
    pub(crate) ignored_prefixes: BTreeSet<String>,
}

impl TagPolicy {
    fn ignores(&self, key: &str) -> bool {
        self.ignored_keys.contains(key)
            || self
                .ignored_prefixes
                .iter()
                .any(|prefix| key.starts_with(prefix.as_str()))
    }

    /// The defaults overlaid by a block's tags.
    pub(crate) fn merged(&self, own: &Tags) -> Tags {
        let mut merged = self.defaults.clone();
        merged.extend(own.iter().map(|(key, value)| (key.clone(), value.clone())));
        merged
    }

    /// What `tags_all` holds of these.
    pub(crate) fn visible(&self, tags: &Tags) -> Tags {
        tags.iter()
            .filter(|(key, _)| !self.ignores(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// The tags of an object that are ours to look at and to change.
    pub(crate) fn own(&self, tags: &Tags) -> Tags {
        let mut own = self.visible(tags);
        own.retain(|key, _| !key.starts_with("aws:"));
        own
    }

    /// What is sent to AWS when an object is created with these tags of its own.
    pub(crate) fn to_send(&self, own: &Tags) -> Tags {
        let mut merged = self.merged(own);
        merged.retain(|key, _| !key.starts_with("aws:"));
        merged
    }

    /// `tags_all` and `tags` of an object that has these tags. `own` are the tags that its block says
    /// (or the prior state said): a default that is repeated there is kept in `tags`.
    pub(crate) fn read(&self, remote: &Tags, own: &Tags) -> (Tags, Tags) {
        let mut all = self.visible(remote);
        all.retain(|key, _| !key.starts_with("aws:"));
        let mut tags = all.clone();
        tags.retain(|key, value| {
            self.defaults.get(key) != Some(value) || own.get(key) == Some(value)
        });
        (all, tags)
    }
}

/// Tags as a value.
pub(crate) fn to_value(tags: &Tags) -> Value {
    Value::map(
        Type::String,
        tags.iter()
            .map(|(key, value)| (Arc::from(key.as_str()), Value::string(value)))
            .collect(),
    )
}

/// The calls that turn the `tags_all` of one value of an object into that of another: keys to remove,
/// tags to put. What was unknown when it was planned is worked out by now.
pub(crate) fn changes(policy: &TagPolicy, old: &Value, new: &Value) -> (Vec<String>, Tags) {
    let wanted = if is_unknown(new, "tags_all") {
        policy.visible(&policy.merged(&text_map(new, "tags")))
    } else {
        text_map(new, "tags_all")
    };
    difference(&text_map(old, "tags_all"), &wanted)
}

/// The calls that turn one set of tags into another: keys to remove, tags to put.
pub(crate) fn difference(old: &Tags, new: &Tags) -> (Vec<String>, Tags) {
    let removed = old
        .keys()
        .filter(|key| !new.contains_key(*key) && !key.starts_with("aws:"))
        .cloned()
        .collect();
    let put = new
        .iter()
        .filter(|(key, value)| old.get(*key) != Some(*value) && !key.starts_with("aws:"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    (removed, put)
}
