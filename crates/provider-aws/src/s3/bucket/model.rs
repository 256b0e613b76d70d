//! A bucket between its forms: what S3 tells of it, and the value that stands in state.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_aws::s3::{BucketSetting, Said};
use trueup_value::Value;

use super::inline;
use super::inline::lifecycle::tags_in;
use super::names::{arn, domain, hosted_zone, regional_domain, website_domain};
use super::schema::body;
use crate::made_up;
use crate::members::text_map;
use crate::tags::{TagPolicy, Tags, to_value};

/// A bucket and its settings, as far as they are made.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Found {
    pub(super) name: String,
    pub(super) region: String,
    pub(super) partition: String,
    pub(super) settings: BTreeMap<BucketSetting, Said>,
}

impl Found {
    /// Its tags.
    pub(super) fn tags(&self) -> Tags {
        let said = self.settings.get(&BucketSetting::Tagging);
        let set = said.and_then(|said| said.document.get("TagSet"));
        set.map(tags_in).unwrap_or_default()
    }
}

/// The value of a bucket. `like` is what was believed or planned of it: it keeps what S3 does not
/// tell, and its policy where that means the same.
pub(super) fn to_state(found: &Found, tags: &TagPolicy, like: Option<&Value>) -> Value {
    let (name, region) = (found.name.as_str(), found.region.as_str());
    let mut said: BTreeMap<Arc<str>, Value> = inline::members(found, like)
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect();
    let mut say = |name: &str, value: Value| {
        said.insert(name.into(), value);
    };
    say("arn", Value::string(arn(name, &found.partition)));
    say("bucket", Value::string(name));
    say("bucket_domain_name", Value::string(domain(name, region)));
    say("bucket_prefix", Value::string(made_up::prefix_of(name)));
    say(
        "bucket_regional_domain_name",
        Value::string(regional_domain(name, region)),
    );
    say("hosted_zone_id", Value::string(hosted_zone(region)));
    say("id", Value::string(name));
    if found.settings.contains_key(&BucketSetting::Website) {
        let host = website_domain(region);
        say("website_endpoint", Value::string(format!("{name}.{host}")));
        say("website_domain", Value::string(host));
    }
    let own = like.map(|like| text_map(like, "tags")).unwrap_or_default();
    let (all, own) = tags.read(&found.tags(), &own);
    say("tags_all", to_value(&all));
    say("tags", to_value(&own));
    if let Some(members) = like.and_then(Value::as_members) {
        for name in ["acl", "force_destroy", "timeouts"] {
            if let Some(kept) = members.get(name).filter(|kept| kept.is_wholly_known()) {
                say(name, kept.clone());
            }
        }
    }
    body().value(said)
}
