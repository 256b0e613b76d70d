//! The plan of `tags_all`.

use trueup_value::{Type, Value};

use super::{TagPolicy, to_value};
use crate::members::{member, text_map};
use crate::rules::Draft;

/// Plans `tags_all` from the drafted `tags` and the defaults. `config` is the block's configuration.
///
/// Known wherever it can be, with the published provider's one exception: with an empty tag value it
/// is said to be unknown.
pub(crate) fn plan_tags_all(
    policy: &TagPolicy,
    draft: &mut Draft,
    prior: Option<&Value>,
    config: &Value,
) {
    let unknown = Value::unknown(Type::map(Type::String));
    let unsure = member(config, "tags").is_some_and(|tags| !tags.is_wholly_known());
    if unsure {
        draft.set("tags_all", unknown, prior);
        return;
    }
    let planned = Value::object(draft.members.clone());
    let own = text_map(&planned, "tags");
    let all = policy.visible(&policy.merged(&own));
    let before = prior
        .map(|prior| text_map(prior, "tags"))
        .unwrap_or_default();
    let before_all = prior.map(|prior| text_map(prior, "tags_all"));
    let zero = all.values().any(String::is_empty);
    if own != before {
        // The exception concerns the block's own tags and the merged ones alike.
        let own_zero = own.values().any(String::is_empty);
        let value = if own_zero && zero {
            unknown
        } else {
            to_value(&all)
        };
        draft.set("tags_all", value, prior);
        return;
    }
    match before_all {
        // Nothing of ours on a new object: the draft already says that AWS will tell.
        None if all.is_empty() => {}
        None => {
            let value = if zero { unknown } else { to_value(&all) };
            draft.set("tags_all", value, prior);
        }
        Some(before_all) if before_all != all => {
            let value = if zero { unknown } else { to_value(&all) };
            draft.set("tags_all", value, prior);
        }
        Some(_) => {}
    }
}
