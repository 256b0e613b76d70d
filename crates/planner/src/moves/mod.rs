//! Moves: objects of the state that the configuration knows by another address. Stated by `moved` blocks,
//! or implied where a resource gains or loses `count` and so keeps its first object.

mod endpoint;
mod statements;
mod types;
mod validate;

use std::collections::{BTreeMap, BTreeSet};

use trueup_addrs::{AbsInstance, AbsResource, ModuleInstance, Target};
use trueup_diagnostics::Diagnostic;
use trueup_state::State;

use endpoint::Object;
pub(crate) use statements::{Statement, find, order};
pub(crate) use types::convert;
pub(crate) use validate::{Declared, check};

/// Where instances were before: the old address by the new one.
pub(crate) type Moves = BTreeMap<AbsInstance, AbsInstance>;

/// What became of the statements of a configuration.
pub(crate) struct Moved {
    /// The state with every object at its new address.
    pub(crate) state: State,
    /// What was moved; chains as one step from the first address to the last.
    pub(crate) moves: Moves,
    /// What could not be moved because the place is taken: the text of where it is, and of where it wants.
    pub(crate) blocked: BTreeMap<String, String>,
}

/// Moves the objects of `state` as the statements say, each after those that it builds on.
/// `None` where nothing is moved and nothing is in the way.
pub(crate) fn apply(statements: &[Statement], state: &State) -> Option<Moved> {
    if statements.is_empty() {
        return None;
    }
    // Statements that form a ring move nothing; the check after the walk says so.
    let order = order(statements).ok()?;
    let mut moved = Moved {
        state: state.clone(),
        moves: Moves::new(),
        blocked: BTreeMap::new(),
    };
    for n in order {
        let statement = &statements[n];
        if statement.from.is_module() {
            moved.modules(statement);
        } else {
            moved.resources(statement);
        }
    }
    (!moved.moves.is_empty() || !moved.blocked.is_empty()).then_some(moved)
}

impl Moved {
    fn modules(&mut self, statement: &Statement) {
        let held: BTreeSet<ModuleInstance> = self
            .state
            .resources
            .keys()
            .map(|addr| addr.module.clone())
            .collect();
        for module in &held {
            let Some(new) = statement.from.module_destination(&statement.to, module) else {
                continue;
            };
            if new == *module {
                continue;
            }
            let in_the_way = self.state.resources.keys().any(|addr| addr.module == new);
            if in_the_way {
                self.blocked.insert(module.to_string(), new.to_string());
                continue;
            }
            let resources: Vec<AbsResource> = self
                .state
                .resources
                .keys()
                .filter(|addr| addr.module == *module)
                .cloned()
                .collect();
            for old in resources {
                let to = AbsResource::new(new.clone(), old.resource.clone());
                self.whole(&old, to);
            }
        }
    }

    fn resources(&mut self, statement: &Statement) {
        let candidates: Vec<AbsResource> =
            match (statement.from.only_module(), statement.from.object()) {
                (Some(module), Object::Resource(resource) | Object::Instance(resource, _)) => {
                    vec![AbsResource::new(module, resource.clone())]
                }
                _ => self
                    .state
                    .resources
                    .keys()
                    .filter(|addr| statement.from.selects(addr))
                    .cloned()
                    .collect(),
            };
        for old in candidates {
            let Some((new, keys)) = statement.from.resource_destination(&statement.to, &old) else {
                continue;
            };
            let Some(held) = self.state.resources.get(&old) else {
                continue;
            };
            let Some((from, to)) = keys else {
                if new == old {
                    continue;
                }
                if self.state.resources.contains_key(&new) {
                    self.blocked.insert(old.to_string(), new.to_string());
                } else {
                    self.whole(&old, new);
                }
                continue;
            };
            if !held.instances.contains_key(from) {
                continue;
            }
            let (from, to) = (old.instance(from.clone()), new.instance(to.clone()));
            if from == to {
                continue;
            }
            if self.state.instance(&to).is_some() {
                self.blocked.insert(from.to_string(), to.to_string());
            } else {
                self.one(from, to);
            }
        }
    }

    /// Moves a resource with all of its instances.
    fn whole(&mut self, old: &AbsResource, new: AbsResource) {
        let Some(held) = self.state.resources.remove(old) else {
            return;
        };
        for key in held.instances.keys() {
            self.record(old.instance(key.clone()), new.instance(key.clone()));
        }
        self.state.resources.insert(new, held);
    }

    /// Moves one instance.
    fn one(&mut self, old: AbsInstance, new: AbsInstance) {
        let Some(provider) = self.state.provider_of(&old.resource).cloned() else {
            return;
        };
        let Some(instance) = self.state.remove_instance(&old) else {
            return;
        };
        self.state.set_instance(&new, &provider, instance);
        self.record(old, new);
    }

    fn record(&mut self, old: AbsInstance, new: AbsInstance) {
        let first = self.moves.remove(&old).unwrap_or(old);
        self.moves.insert(new, first);
    }
}

/// What could not be moved, and that it is destroyed for it.
pub(crate) fn blocked(blocked: &BTreeMap<String, String>) -> Option<Diagnostic> {
    if blocked.is_empty() {
        return None;
    }
    let items: String = blocked
        .iter()
        .map(|(actual, wanted)| format!("\n  - {actual} could not move to {wanted}"))
        .collect();
    Some(Diagnostic::warning(
        "Unresolved resource instance address changes",
        format!(
            "Terraform tried to adjust resource instance addresses in the prior state based on change information recorded in the configuration, but some adjustments did not succeed due to existing objects already at the intended addresses:{items}\n\nTerraform has planned to destroy these objects. If Terraform's proposed changes aren't appropriate, you must first resolve the conflicts using the \"terraform state\" subcommands and then create a new plan."
        ),
    ))
}

/// A narrowed plan must take in both ends of every move. Says which targets are missing.
pub(crate) fn excluded(
    moves: &Moves,
    targets: &[Target],
    excludes: &[Target],
) -> Option<Diagnostic> {
    if targets.is_empty() && excludes.is_empty() {
        return None;
    }
    let among =
        |targets: &[Target], addr: &AbsInstance| targets.iter().any(|target| target.covers(addr));
    let covered = |addr: &AbsInstance| match excludes.is_empty() {
        true => among(targets, addr),
        false => !among(excludes, addr),
    };
    let missing: BTreeSet<&AbsResource> = moves
        .iter()
        .flat_map(|(new, old)| [new, old])
        .filter(|addr| !covered(addr))
        .map(|addr| &addr.resource)
        .collect();
    if missing.is_empty() {
        return None;
    }
    if !excludes.is_empty() {
        let names: Vec<String> = missing.iter().map(ToString::to_string).collect();
        return Some(Diagnostic::error(
            "Moved resource instances excluded by targeting",
            format!(
                "Resource instances in your current state have moved to new addresses in the latest configuration, and your -exclude options leave out one end of the move: {}. Remove these options.",
                names.join(", ")
            ),
        ));
    }
    let options: String = missing
        .iter()
        .map(|addr| format!("\n  -target={:?}", addr.to_string()))
        .collect();
    Some(Diagnostic::error(
        "Moved resource instances excluded by targeting",
        format!(
            "Resource instances in your current state have moved to new addresses in the latest configuration. Terraform must include those resource instances while planning in order to ensure a correct result, but your -target=... options do not fully cover all of those resource instances.\n\nTo create a valid plan, either remove your -target=... options altogether or add the following additional target options:{options}\n\nNote that adding these options may include further additional resource instances in your plan, in order to respect object dependencies."
        ),
    ))
}
