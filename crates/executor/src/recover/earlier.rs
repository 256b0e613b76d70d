//! What a run that broke off did to the places of the state before its last intents: an object that was to be
//! replaced had been deleted, or set aside, and the state that is stored does not say so yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, parse};
use trueup_backend::{IntentKind, IntentRecord};
use trueup_state::{DeposedKey, Object, State};

use crate::intents::id_of;

/// What was set aside here for objects that may never have come.
pub(super) struct MadeWay(Vec<(Arc<AbsInstance>, DeposedKey)>);

/// Brings the state to where the broken run had it when it began its creations: an object whose deletion comes
/// before a creation at its address is gone, since the creation waited for that; one that a creation sets aside
/// stands under the key that the intent names.
pub(super) fn make_way(intents: &[&IntentRecord], state: &mut State) -> MadeWay {
    let mut deleted: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    let mut made = Vec::new();
    for intent in intents {
        let Ok(address) = parse::abs_instance(&intent.address) else {
            continue;
        };
        match intent.kind {
            IntentKind::Delete if intent.deposed.is_none() => {
                deleted.insert(&intent.address, intent.goes.as_deref());
            }
            IntentKind::Create => {
                if let Some(gone) = deleted.remove(intent.address.as_str()) {
                    drop_current(state, &address, gone);
                } else if let Some(key) = intent.sets_aside.as_deref().and_then(DeposedKey::parse)
                    && set_aside(state, &address, &key, intent.goes.as_deref())
                {
                    made.push((Arc::new(address), key));
                }
            }
            _ => {}
        }
    }
    MadeWay(made)
}

impl MadeWay {
    /// Gives objects their places back where no replacement came.
    pub(super) fn undo_where_nothing_came(self, state: &mut State) {
        for (address, key) in self.0 {
            if let Some(instance) = state.instance_mut(&address)
                && instance.current.is_none()
                && let Some(object) = instance.deposed.remove(&key)
            {
                instance.current = Some(object);
            }
        }
    }
}

/// Whether an object of the state is the one that an intent means; without an id on either side there is none
/// that contradicts.
pub(super) fn is_the_one(object: Option<&Object>, id: Option<&str>) -> bool {
    match (object.and_then(id_of), id) {
        (Some(held), Some(id)) => held == id,
        _ => true,
    }
}

fn drop_current(state: &mut State, address: &AbsInstance, id: Option<&str>) {
    let Some(instance) = state.instance_mut(address) else {
        return;
    };
    if is_the_one(instance.current.as_ref(), id) {
        instance.current = None;
        if instance.is_empty() {
            state.remove_instance(address);
        }
    }
}

fn set_aside(state: &mut State, address: &AbsInstance, key: &DeposedKey, id: Option<&str>) -> bool {
    let Some(instance) = state.instance_mut(address) else {
        return false;
    };
    let due = instance.current.is_some()
        && !instance.deposed.contains_key(key)
        && is_the_one(instance.current.as_ref(), id);
    if due {
        instance.depose(key.clone());
    }
    due
}
