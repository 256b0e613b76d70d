//! Moving objects to other addresses, within a state or into another one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, Mode, ModuleInstance, Target,
};
use trueup_diagnostics::Diagnostic;
use trueup_state::{Left, State};

/// One move that was made, or would be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Moved {
    /// The address before.
    pub from: String,
    /// The address after.
    pub to: String,
}

/// Moves what `source` names to `destination`: within `state`, or into `other` where one is given. Answers what was
/// moved.
///
/// # Errors
/// Addresses that don't fit each other or the state; then the states may not be used any more.
pub fn move_objects(
    state: &mut State,
    mut other: Option<&mut State>,
    source: &Target,
    destination: &Target,
) -> Result<Vec<Moved>, Diagnostic> {
    let source = single(state, source)?;
    let before = state.clone();
    let mut moved = Vec::new();
    // Each instance, where it was and where it is.
    let mut places: Vec<(AbsInstance, AbsInstance)> = Vec::new();
    match &source {
        Target::Module(module) => {
            let Target::Module(to) = destination else {
                return Err(invalid_target(format!(
                    "Cannot move {module} to {destination}: the target must also be a module."
                )));
            };
            for from in modules_in(state, module) {
                let rest = from.steps().get(module.steps().len()..).unwrap_or_default();
                let to = ModuleInstance::from_steps(to.steps().iter().chain(rest).cloned());
                for addr in move_module(state, other.as_deref_mut(), &from, &to)? {
                    let new = AbsResource::new(to.clone(), addr.resource.resource.clone());
                    places.push((addr.clone(), new.instance(addr.key)));
                }
                moved.push(Moved {
                    from: from.to_string(),
                    to: to.to_string(),
                });
            }
        }
        Target::Resource(from) => {
            let Target::Resource(to) = destination else {
                return Err(invalid_target(format!(
                    "Cannot move {from} to {destination}: the source is a whole resource (not a resource instance) so the target must also be a whole resource."
                )));
            };
            fits(from, to)?;
            if other.as_deref().unwrap_or(state).resources.contains_key(to) {
                return Err(invalid_target(format!(
                    "Cannot move to {to}: there is already a resource at that address in the current state."
                )));
            }
            let Some(resource) = state.resources.remove(from) else {
                return Err(not_there(&from.to_string()));
            };
            let keys = resource.instances.keys();
            places.extend(keys.map(|key| (from.instance(key.clone()), to.instance(key.clone()))));
            let into = other.as_deref_mut().unwrap_or(state);
            into.resources.insert(to.clone(), resource);
            moved.push(Moved {
                from: from.to_string(),
                to: to.to_string(),
            });
        }
        Target::Instance(from) => {
            let to = match destination {
                Target::Instance(to) => to.clone(),
                Target::Resource(to) => to.instance(InstanceKey::None),
                Target::Module(_) => {
                    return Err(invalid_target(format!(
                        "Cannot move {from} to {destination}: the target must also be a resource instance."
                    )));
                }
            };
            move_instance(state, other.as_deref_mut(), from, &to)?;
            places.push((from.clone(), to.clone()));
            moved.push(Moved {
                from: from.to_string(),
                to: to.to_string(),
            });
        }
    }
    if moved.is_empty() {
        return Err(no_match(&source));
    }
    keep_dependencies(&before, state, other, &places);
    Ok(moved)
}

/// A resource that has one instance without key is taken for that instance.
fn single(state: &State, source: &Target) -> Result<Target, Diagnostic> {
    let Target::Resource(resource) = source else {
        return Ok(source.clone());
    };
    match state.resources.get(resource) {
        Some(known) if known.instances.contains_key(&InstanceKey::None) => {
            Ok(Target::Instance(resource.instance(InstanceKey::None)))
        }
        Some(_) => Ok(source.clone()),
        None => Err(no_match(source)),
    }
}

/// The module and the modules within it that hold something, shallow ones first.
fn modules_in(state: &State, module: &ModuleInstance) -> Vec<ModuleInstance> {
    let mut found: Vec<ModuleInstance> = state
        .resources
        .keys()
        .map(|resource| resource.module.clone())
        .filter(|other| module.contains(other))
        .collect();
    found.sort_by(|left, right| {
        left.steps()
            .len()
            .cmp(&right.steps().len())
            .then_with(|| left.cmp(right))
    });
    found.dedup();
    found
}

/// Moves what a module instance holds; answers its instances by their old addresses.
fn move_module(
    state: &mut State,
    other: Option<&mut State>,
    from: &ModuleInstance,
    to: &ModuleInstance,
) -> Result<Vec<AbsInstance>, Diagnostic> {
    let there = other.as_deref().unwrap_or(state);
    if there
        .resources
        .keys()
        .any(|resource| resource.module == *to)
    {
        return Err(invalid_target(format!(
            "Cannot move to {to}: there is already a module at that address in the current state."
        )));
    }
    let addrs: Vec<AbsResource> = state
        .resources
        .keys()
        .filter(|resource| resource.module == *from)
        .cloned()
        .collect();
    let taken: Vec<_> = addrs
        .into_iter()
        .filter_map(|addr| {
            state
                .resources
                .remove(&addr)
                .map(|resource| (addr, resource))
        })
        .collect();
    let into = other.unwrap_or(state);
    let mut held = Vec::new();
    for (addr, resource) in taken {
        let keys = resource.instances.keys();
        held.extend(keys.map(|key| addr.instance(key.clone())));
        into.resources
            .insert(AbsResource::new(to.clone(), addr.resource), resource);
    }
    Ok(held)
}

fn move_instance(
    state: &mut State,
    other: Option<&mut State>,
    from: &AbsInstance,
    to: &AbsInstance,
) -> Result<(), Diagnostic> {
    fits(&from.resource, &to.resource)?;
    if other.as_deref().unwrap_or(state).instance(to).is_some() {
        return Err(invalid_target(format!(
            "Cannot move to {to}: there is already a resource instance at that address in the current state."
        )));
    }
    let provider = state.provider_of(&from.resource).cloned();
    let (Some(provider), Some(instance)) = (provider, state.remove_instance(from)) else {
        return Err(not_there(&from.to_string()));
    };
    let into = other.unwrap_or(state);
    // A resource that is there already keeps its own provider.
    let provider = into.provider_of(&to.resource).cloned().unwrap_or(provider);
    into.set_instance(to, &provider, instance);
    Ok(())
}

/// Whether one resource may become the other.
fn fits(from: &AbsResource, to: &AbsResource) -> Result<(), Diagnostic> {
    let request = |text: String| Err(Diagnostic::error("Invalid state move request", text));
    let (before, after) = (&from.resource, &to.resource);
    if before.mode != after.mode {
        let kind = match before.mode {
            Mode::Managed => "managed",
            Mode::Data => "data",
        };
        return request(format!(
            "Cannot move {from} to {to}: a {kind} resource can be moved only to another {kind} resource address."
        ));
    }
    if before.kind != after.kind {
        return request(format!(
            "Cannot move {from} to {to}: resource types don't match."
        ));
    }
    Ok(())
}

/// Objects that depend on what was moved depend on it under its new address. Where it went to another state, those
/// that stay depend on what it depended on, and those that went with it find it under its new address.
fn keep_dependencies(
    before: &State,
    state: &mut State,
    other: Option<&mut State>,
    places: &[(AbsInstance, AbsInstance)],
) {
    let mut moved: BTreeMap<ConfigResource, BTreeSet<ConfigResource>> = BTreeMap::new();
    for (from, to) in places {
        let (from, to) = (from.config(), to.config());
        if from != to {
            moved.entry(from).or_default().insert(to);
        }
    }
    match other {
        None => state.follow(&moved, |_, _| true),
        Some(other) => {
            let left = Left::since(before, state);
            state.inherit(&left, |_, _| true);
            let came: HashSet<&AbsInstance> = places.iter().map(|(_, to)| to).collect();
            other.follow(&moved, |addr, _| came.contains(addr));
        }
    }
}

fn no_match(source: &Target) -> Diagnostic {
    Diagnostic::error(
        "Invalid source address",
        format!("Cannot move {source}: does not match anything in the current state."),
    )
}

fn not_there(addr: &str) -> Diagnostic {
    Diagnostic::error(
        "Invalid source address",
        format!("The current state does not contain {addr}."),
    )
}

fn invalid_target(text: String) -> Diagnostic {
    Diagnostic::error("Invalid target address", text)
}
