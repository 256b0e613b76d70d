//! Replicas in a plan: matched by region, so that only what differs is planned to change.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::same_but_for_zero;
use trueup_value::{Type, Value};

use super::check::key_goes;
use super::{Common, STRONG, said_of, strong_regions};
use crate::dynamodb::table::model::blocks;
use crate::members::{elements, filled, is_unknown, member};
use crate::rules::Draft;

/// What AWS or an earlier configuration said where this one says nothing.
const KEPT: &[&str] = &[
    "arn",
    "deletion_protection_enabled",
    "kms_key_arn",
    "stream_arn",
    "stream_label",
];

/// The proposed replicas with what the prior object has of the same region where nothing is said: a
/// block is told apart by all it says, and an unset key would else look like another replica. `None`
/// where there is nothing to fill in.
pub(crate) fn same_where_unset(proposed: &Value, prior: Option<&Value>) -> Option<Value> {
    let prior = elements(prior?, "replica");
    let blocks = member(proposed, "replica")?;
    let Type::Set(element) = blocks.ty() else {
        return None;
    };
    let filled_in = blocks.as_slice()?.iter().map(|block| {
        let before = filled(block, "region_name").and_then(|region| {
            prior
                .iter()
                .find(|before| filled(before, "region_name") == Some(region))
        });
        match (before, block.as_members()) {
            (Some(before), Some(members)) => {
                let mut members: BTreeMap<Arc<str>, Value> = members.clone();
                for name in KEPT {
                    if members.get(*name).is_none_or(Value::is_null)
                        && let Some(kept) = member(before, name)
                    {
                        members.insert((*name).into(), kept.clone());
                    }
                }
                Value::object(members)
            }
            _ => block.clone(),
        }
    });
    Some(Value::set((*element).clone(), filled_in.collect()))
}

/// The stream of a table with replicas, where the configuration says nothing of it: AWS turns it on with
/// the first replica and keeps it on. Empty where there is nothing to keep.
pub(crate) fn stream_of_replicas(
    proposed: &Value,
    prior: Option<&Value>,
) -> Option<(Arc<str>, Value)> {
    let replicas = elements(proposed, "replica");
    let kept = member(prior?, "stream_enabled")?;
    let eventual = |replica: &Value| filled(replica, "consistency_mode") != Some(STRONG);
    let silent = member(proposed, "stream_enabled").is_none();
    (silent && replicas.iter().any(eventual)).then(|| ("stream_enabled".into(), kept.clone()))
}

/// The drafted replicas with what stays as it is where the draft leaves it open: it writes every block
/// of a changed set anew, and a replica that nobody touches would look like another one. Where the draft
/// takes the customer's key from the table, AWS takes theirs from the replicas: the kind of encryption is
/// one for all regions.
pub(crate) fn unchanged_stay(draft: &mut Draft, proposed: &Value, config: &Value, prior: &Value) {
    let before = elements(prior, "replica");
    let said = elements(proposed, "replica");
    let configured = elements(config, "replica");
    let planned = Value::object(draft.members.clone());
    let keys_go = key_goes(prior, &planned);
    let common = Common::between(prior, &planned);
    let drafted = draft.get("replica");
    let (Type::Set(element), Some(blocks)) = (drafted.ty(), drafted.as_slice()) else {
        return;
    };
    let of_region = |blocks: &'_ [Value], region: &str| {
        let found = blocks
            .iter()
            .find(|block| filled(block, "region_name") == Some(region));
        found.cloned()
    };
    let kept = blocks.iter().map(|block| {
        let Some(region) = filled(block, "region_name") else {
            return block.clone();
        };
        let (Some(before), Some(said), Some(members)) = (
            of_region(before, region),
            of_region(said, region),
            block.as_members(),
        ) else {
            return block.clone();
        };
        let mut members: BTreeMap<Arc<str>, Value> = members.clone();
        for name in KEPT {
            let open = members.get(*name).is_some_and(|value| !value.is_known());
            let asked = member(&said, name).is_some_and(|value| !value.is_known());
            if open
                && !asked
                && let Some(was) = before.as_members().and_then(|before| before.get(*name))
            {
                members.insert((*name).into(), was.clone());
            }
        }
        let names_a_key = of_region(configured, region)
            .is_some_and(|block| member(&block, "kms_key_arn").is_some());
        if keys_go && !names_a_key {
            members.insert("kms_key_arn".into(), Value::string(""));
        }
        // Another table in that region has another stream.
        let wanted = Value::object(members.clone());
        if let (Some(had), Some(wanted)) = (said_of(&before), said_of(&wanted))
            && had.is_rebuilt(&wanted, common)
        {
            for name in ["stream_arn", "stream_label"] {
                members.insert(name.into(), Value::unknown(Type::String));
            }
        }
        let block = Value::object(members);
        if same_but_for_zero(&block, &before) {
            return before;
        }
        block
    });
    let kept = Value::set((*element).clone(), kept.collect());
    if draft.changed {
        draft.members.insert("replica".into(), kept);
    }
}

/// Takes the witness out of a draft where no block says it any more: it votes beside one strongly
/// consistent replica, and goes where there is none, or are two.
pub(crate) fn witness_goes(draft: &mut Draft, config: &Value, prior: &Value) {
    let said = |value: &Value| {
        member(value, "global_table_witness").is_some_and(|witness| {
            !witness.is_known() || witness.as_slice().is_some_and(|blocks| !blocks.is_empty())
        })
    };
    let planned = Value::object(draft.members.clone());
    let unsure = !draft.get("replica").is_known()
        || elements(&planned, "replica").iter().any(|replica| {
            is_unknown(replica, "region_name") || is_unknown(replica, "consistency_mode")
        });
    if said(config) || !said(prior) || unsure {
        return;
    }
    if strong_regions(&planned).len() != 1 {
        let name = "global_table_witness";
        draft.set(name, blocks(name, Vec::new()), Some(prior));
    }
}
