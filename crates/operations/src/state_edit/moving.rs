//! Moving objects to other addresses, within a state or into another one.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Display;

use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, Mode, ModuleInstance, Target,
};
use trueup_diagnostics::Diagnostic;
use trueup_state::{Left, State};

use super::sort_for_lists;

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
    let mut moving = Moving {
        state,
        other: other.as_deref_mut(),
        moved: Vec::new(),
        places: Vec::new(),
    };
    match &source {
        Target::Module(from) => match destination {
            Target::Module(to) => moving.modules(from, to)?,
            _ => {
                return Err(invalid_target(format!(
                    "Cannot move {from} to {destination}: the target must also be a module."
                )));
            }
        },
        Target::Resource(from) => match destination {
            Target::Resource(to) => moving.resource(from, to)?,
            _ => {
                return Err(invalid_target(format!(
                    "Cannot move {from} to {destination}: the source is a whole resource (not a resource instance) so the target must also be a whole resource."
                )));
            }
        },
        Target::Instance(from) => match destination {
            Target::Instance(to) => moving.instance(from, to)?,
            Target::Resource(to) => moving.instance(from, &to.instance(InstanceKey::None))?,
            Target::Module(_) => {
                return Err(invalid_target(format!(
                    "Cannot move {from} to {destination}: the target must also be a resource instance."
                )));
            }
        },
    }
    let Moving { moved, places, .. } = moving;
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

/// A move under way.
struct Moving<'a> {
    state: &'a mut State,
    /// Where things go, if not within the state.
    other: Option<&'a mut State>,
    moved: Vec<Moved>,
    /// Each instance, where it was and where it is.
    places: Vec<(AbsInstance, AbsInstance)>,
}

impl Moving<'_> {
    /// The state that gains.
    fn there(&mut self) -> &mut State {
        self.other.as_deref_mut().unwrap_or(self.state)
    }

    fn note(&mut self, from: &impl Display, to: &impl Display) {
        self.moved.push(Moved {
            from: from.to_string(),
            to: to.to_string(),
        });
    }

    /// Moves a module and those within it, shallow ones first.
    fn modules(&mut self, from: &ModuleInstance, to: &ModuleInstance) -> Result<(), Diagnostic> {
        let mut held: BTreeMap<ModuleInstance, Vec<AbsResource>> = BTreeMap::new();
        for resource in self.state.resources.keys() {
            if from.contains(&resource.module) {
                let own = held.entry(resource.module.clone()).or_default();
                own.push(resource.clone());
            }
        }
        let mut modules: Vec<ModuleInstance> = held.keys().cloned().collect();
        sort_for_lists(&mut modules, |module| module);
        let mut taken: BTreeSet<ModuleInstance> = self
            .there()
            .resources
            .keys()
            .map(|resource| resource.module.clone())
            .collect();
        for module in modules {
            let rest = module.steps().get(from.steps().len()..).unwrap_or_default();
            let new = ModuleInstance::from_steps(to.steps().iter().chain(rest).cloned());
            if taken.contains(&new) {
                return Err(invalid_target(format!(
                    "Cannot move to {new}: there is already a module at that address in the current state."
                )));
            }
            if self.other.is_none() {
                taken.remove(&module);
            }
            for addr in held.remove(&module).unwrap_or_default() {
                self.carry(&addr, AbsResource::new(new.clone(), addr.resource.clone()))?;
            }
            self.note(&module, &new);
            taken.insert(new);
        }
        Ok(())
    }

    fn resource(&mut self, from: &AbsResource, to: &AbsResource) -> Result<(), Diagnostic> {
        fits(from, to)?;
        if self.there().resources.contains_key(to) {
            return Err(invalid_target(format!(
                "Cannot move to {to}: there is already a resource at that address in the current state."
            )));
        }
        self.carry(from, to.clone())?;
        self.note(from, to);
        Ok(())
    }

    /// Puts a resource with all its instances where nothing is.
    fn carry(&mut self, from: &AbsResource, to: AbsResource) -> Result<(), Diagnostic> {
        let Some(resource) = self.state.resources.remove(from) else {
            return Err(not_there(&from.to_string()));
        };
        for key in resource.instances.keys() {
            let place = (from.instance(key.clone()), to.instance(key.clone()));
            self.places.push(place);
        }
        self.there().resources.insert(to, resource);
        Ok(())
    }

    fn instance(&mut self, from: &AbsInstance, to: &AbsInstance) -> Result<(), Diagnostic> {
        fits(&from.resource, &to.resource)?;
        if self.there().instance(to).is_some() {
            return Err(invalid_target(format!(
                "Cannot move to {to}: there is already a resource instance at that address in the current state."
            )));
        }
        let provider = self.state.provider_of(&from.resource).cloned();
        let (Some(provider), Some(instance)) = (provider, self.state.remove_instance(from)) else {
            return Err(not_there(&from.to_string()));
        };
        let into = self.there();
        // A resource that is there already keeps its own provider.
        let provider = into.provider_of(&to.resource).cloned().unwrap_or(provider);
        into.set_instance(to, &provider, instance);
        self.places.push((from.clone(), to.clone()));
        self.note(from, to);
        Ok(())
    }
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
