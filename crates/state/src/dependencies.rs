//! What objects depend on, kept whole while objects leave or move: an object names the resources that it reaches
//! without passing through another one, so what lies further down is found through the objects that it names.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use trueup_addrs::{AbsInstance, ConfigResource};

use crate::{DeposedKey, Object, State};

/// What the objects that leave a state depend on, by their block. Objects that name the block and stay are their
/// heirs ([`State::inherit`]): they depend on the same from then on.
#[derive(Clone, Debug, Default)]
pub struct Left {
    by_block: BTreeMap<ConfigResource, BTreeSet<ConfigResource>>,
}

impl Left {
    /// What those objects of a state depend on for which `leaves` holds, without what other objects of
    /// their block, that stay, depend on too: it is still found through these.
    pub fn of(state: &State, leaves: impl Fn(&AbsInstance, Option<&DeposedKey>) -> bool) -> Self {
        let mut by_block: BTreeMap<ConfigResource, BTreeSet<ConfigResource>> = BTreeMap::new();
        let mut stays: BTreeMap<ConfigResource, BTreeSet<ConfigResource>> = BTreeMap::new();
        for (addr, resource) in &state.resources {
            let block = addr.config();
            let mut last: [Option<&Arc<[ConfigResource]>>; 2] = [None, None];
            for (key, instance) in &resource.instances {
                let addr = addr.instance(key.clone());
                for (deposed, object) in instance.objects() {
                    let gone = leaves(&addr, deposed);
                    let last = &mut last[usize::from(gone)];
                    // Instances of a block share one list, as a rule.
                    if last.is_some_and(|last| Arc::ptr_eq(last, &object.dependencies)) {
                        continue;
                    }
                    *last = Some(&object.dependencies);
                    let into = if gone { &mut by_block } else { &mut stays };
                    let known = into.entry(block.clone()).or_default();
                    known.extend(object.dependencies.iter().cloned());
                }
            }
        }
        by_block.retain(|block, needs| {
            if let Some(stays) = stays.get(block) {
                needs.retain(|need| !stays.contains(need));
            }
            needs.remove(block);
            !needs.is_empty()
        });
        Self { by_block }
    }

    /// What the objects of `before` depend on that `after` has no longer.
    pub fn since(before: &State, after: &State) -> Self {
        Self::of(before, |addr, deposed| {
            !after.instance(addr).is_some_and(|held| match deposed {
                Some(key) => held.deposed.contains_key(key),
                None => held.current.is_some(),
            })
        })
    }

    /// Whether nothing is handed on.
    pub fn is_empty(&self) -> bool {
        self.by_block.is_empty()
    }

    /// What one who names `first` inherits: also from what left below it.
    fn below(&self, first: &ConfigResource) -> BTreeSet<&ConfigResource> {
        let mut found = BTreeSet::new();
        let mut waiting = vec![first];
        while let Some(next) = waiting.pop() {
            for need in self.by_block.get(next).into_iter().flatten() {
                if found.insert(need) {
                    waiting.push(need);
                }
            }
        }
        found
    }
}

impl State {
    /// Hands what left on to the objects that name it and for which `heir` holds. Names of blocks that have no
    /// objects any more stay in the lists: the block may come back.
    pub fn inherit(
        &mut self,
        left: &Left,
        heir: impl Fn(&AbsInstance, Option<&DeposedKey>) -> bool,
    ) {
        if left.is_empty() {
            return;
        }
        self.rewrite(heir, |own, needs| {
            let mut all: BTreeSet<&ConfigResource> = needs.iter().collect();
            let known = all.len();
            for need in needs.iter().filter(|need| *need != own) {
                all.extend(left.below(need).into_iter().filter(|need| *need != own));
            }
            (all.len() > known).then(|| all.into_iter().cloned().collect())
        });
    }

    /// Follows moves: who depends on a block (a key of `moved`) some of whose objects went to other blocks (its
    /// value) depends on these; and on the first one still where it has objects left.
    pub fn follow(
        &mut self,
        moved: &BTreeMap<ConfigResource, BTreeSet<ConfigResource>>,
        follows: impl Fn(&AbsInstance, Option<&DeposedKey>) -> bool,
    ) {
        if moved.is_empty() {
            return;
        }
        let held: BTreeSet<ConfigResource> = self
            .resources
            .iter()
            .filter(|(_, resource)| !resource.instances.is_empty())
            .map(|(addr, _)| addr.config())
            .filter(|block| moved.contains_key(block))
            .collect();
        self.rewrite(follows, |own, needs| {
            if !needs.iter().any(|need| moved.contains_key(need)) {
                return None;
            }
            let mut all = BTreeSet::new();
            for need in needs {
                let to = moved.get(need);
                all.extend(to.into_iter().flatten());
                if to.is_none() || held.contains(need) {
                    all.insert(need);
                }
            }
            all.remove(own);
            Some(all.into_iter().cloned().collect())
        });
    }

    /// Writes lists of dependencies anew, where `anew` has another one for a block and its list. Objects that
    /// shared a list share the new one.
    fn rewrite(
        &mut self,
        whose: impl Fn(&AbsInstance, Option<&DeposedKey>) -> bool,
        anew: impl Fn(&ConfigResource, &[ConfigResource]) -> Option<Vec<ConfigResource>>,
    ) {
        for (addr, resource) in &mut self.resources {
            let own = addr.config();
            // The old list is held beside the new one: its place in memory stands for it.
            let mut known: HashMap<*const ConfigResource, (Shared, Option<Shared>)> =
                HashMap::new();
            for (key, instance) in &mut resource.instances {
                let addr = addr.instance(key.clone());
                for (deposed, object) in instance.objects_mut() {
                    if object.dependencies.is_empty() || !whose(&addr, deposed) {
                        continue;
                    }
                    let (_, new) = known
                        .entry(object.dependencies.as_ptr())
                        .or_insert_with(|| {
                            let new = anew(&own, &object.dependencies).map(|mut new| {
                                new.sort_by_cached_key(ToString::to_string);
                                new.into()
                            });
                            (object.dependencies.clone(), new)
                        });
                    if let Some(new) = new {
                        object.dependencies = new.clone();
                    }
                }
            }
        }
    }
}

type Shared = Arc<[ConfigResource]>;

impl crate::InstanceState {
    /// Its objects: the current one, then the deposed ones with their keys.
    pub fn objects(&self) -> impl Iterator<Item = (Option<&DeposedKey>, &Object)> {
        let current = self.current.iter().map(|object| (None, object));
        current.chain(self.deposed.iter().map(|(key, object)| (Some(key), object)))
    }

    fn objects_mut(&mut self) -> impl Iterator<Item = (Option<&DeposedKey>, &mut Object)> {
        let current = self.current.iter_mut().map(|object| (None, object));
        let deposed = self.deposed.iter_mut();
        current.chain(deposed.map(|(key, object)| (Some(key), object)))
    }
}
