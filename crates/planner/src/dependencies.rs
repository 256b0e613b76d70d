//! What objects are said to depend on: the nearest resources, as long as the way goes on through their objects.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use trueup_addrs::{AbsInstance, AbsResource, ConfigResource};
use trueup_evaluator::{Expansion, graph};
use trueup_plan::{Action, DeposedKey, Plan};
use trueup_state::{Left, State};

use crate::moves::Moves;
use crate::walk::Walk;

impl Walk<'_> {
    /// What the objects of a block will remember to depend on. What the block needs was worked on before it, so
    /// that it is known which blocks have instances.
    pub(crate) fn dependencies_of(&self, addr: &ConfigResource) -> Arc<[ConfigResource]> {
        graph::resource_dependencies(&self.graph, addr, |other| {
            let modules = self.evaluator.module_instances(&other.module);
            modules.iter().any(|module| {
                let resource = AbsResource::new(module.clone(), other.resource.clone());
                let expansion = self.expansions.get(&resource);
                expansion.is_some_and(|expansion| !Expansion::is_empty(expansion))
            })
        })
    }
}

/// Whether a list that an object holds says what `nearest` does: it is that list, or it names all that is reached, as
/// Terraform writes it.
pub(crate) fn order_the_same<'a>(
    held: &[ConfigResource],
    nearest: &[ConfigResource],
    reach: impl FnOnce() -> &'a BTreeSet<ConfigResource>,
) -> bool {
    if held.len() == nearest.len() {
        return held == nearest;
    }
    let reach = reach();
    held.len() == reach.len() && held.iter().all(|need| reach.contains(need))
}

/// Objects that depend on what was moved depend on it under its new address.
pub(crate) fn follow(moves: &Moves, state: &mut State) {
    let mut moved: BTreeMap<ConfigResource, BTreeSet<ConfigResource>> = BTreeMap::new();
    for (new, old) in moves {
        let (new, old) = (new.config(), old.config());
        if new != old {
            moved.entry(old).or_default().insert(new);
        }
    }
    state.follow(&moved, |_, _| true);
}

/// Hands what goes with this plan on to the objects that name it and stay, where the plan is not about these: what it is
/// about has just been told by the configuration what it depends on.
pub(crate) fn bequeath(plan: &mut Plan) {
    let mut told: HashSet<&AbsInstance> = HashSet::new();
    let mut going: HashMap<(&AbsInstance, Option<&DeposedKey>), Action> = HashMap::new();
    for change in &plan.changes {
        match change.action {
            Action::Delete | Action::Forget => {
                going.insert((&change.addr, change.deposed.as_ref()), change.action);
            }
            _ => {
                told.insert(&change.addr);
            }
        }
    }
    let lost = |addr: &AbsInstance, deposed: Option<&DeposedKey>| {
        let found = plan.prior_state.instance(addr);
        let there = found.is_some_and(|found| match deposed {
            Some(key) => found.deposed.contains_key(key),
            None => found.current.is_some(),
        });
        !there && (deposed.is_some() || !told.contains(addr))
    };
    let all = Left::of(&plan.prev_run_state, |addr, deposed| {
        going.contains_key(&(addr, deposed)) || lost(addr, deposed)
    });
    if all.is_empty() {
        return;
    }
    // What is destroyed waits for what names it; what is let go of, or gone already, does not.
    let at_once = Left::of(&plan.prev_run_state, |addr, deposed| {
        going.get(&(addr, deposed)) == Some(&Action::Forget) || lost(addr, deposed)
    });
    let state = &mut plan.prior_state;
    state.inherit(&all, |addr, deposed| {
        !going.contains_key(&(addr, deposed)) && (deposed.is_some() || !told.contains(addr))
    });
    state.inherit(&at_once, |addr, deposed| {
        going.get(&(addr, deposed)) == Some(&Action::Delete)
    });
}
