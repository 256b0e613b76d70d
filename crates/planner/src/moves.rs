//! Moves that no block has to state: a resource that gains or loses `count` keeps its first object.

use std::collections::BTreeMap;

use trueup_addrs::{AbsInstance, InstanceKey, Mode};
use trueup_config::{Config, Repetition};
use trueup_state::State;

/// Where instances were before: the old address by the new one.
pub(crate) type Moves = BTreeMap<AbsInstance, AbsInstance>;

/// The state with such objects at their new addresses, and what was moved; `None` where nothing is.
pub(crate) fn implied(config: &Config, state: &State) -> Option<(State, Moves)> {
    let mut moves = Moves::new();
    for (addr, held) in &state.resources {
        let declared = config
            .module(&addr.module.module())
            .and_then(|node| node.module.resources.get(&addr.resource));
        let Some(declared) = declared.filter(|_| addr.resource.mode == Mode::Managed) else {
            continue;
        };
        let (from, to) = match declared.repetition {
            Repetition::Count(_) => (InstanceKey::None, InstanceKey::Int(0)),
            Repetition::None => (InstanceKey::Int(0), InstanceKey::None),
            Repetition::ForEach(_) => continue,
        };
        if held.instances.contains_key(&from) && !held.instances.contains_key(&to) {
            moves.insert(addr.instance(to), addr.instance(from));
        }
    }
    if moves.is_empty() {
        return None;
    }
    let mut moved = state.clone();
    for (to, from) in &moves {
        let Some(held) = moved.resources.get_mut(&from.resource) else {
            continue;
        };
        if let Some(instance) = held.instances.remove(&from.key) {
            held.instances.insert(to.key.clone(), instance);
        }
    }
    Some((moved, moves))
}
