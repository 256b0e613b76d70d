//! `import` blocks: objects that exist are found by their ids and taken in before their blocks are planned.

pub mod alone;
mod check;
pub mod generate;
pub(crate) mod resolve;
mod said;

use std::sync::Arc;

use trueup_addrs::{AbsInstance, ConfigResource, Mode as ResourceMode, ModuleInstance};
use trueup_config::Import;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::{Repeated, expansion, graph};
use trueup_plan::{Action, Event, Identity, Mode, Observer, Subject};
use trueup_provider::{Context, Imported, Object, Problem, ResourceType};
use trueup_state::{InstanceState, Object as StateObject};

use crate::prior::Prior;
use crate::walk::{Walk, declared};

pub(crate) use check::check;

/// An object to be taken in.
pub(crate) struct Wanted<'a> {
    pub(crate) addr: AbsInstance,
    pub(crate) id: String,
    pub(crate) import: &'a Import,
}

impl Walk<'_> {
    /// Takes in the objects that `import` blocks name for a block of the configuration.
    pub(crate) async fn take_in(&mut self, addr: &ConfigResource, diagnostics: &mut Diagnostics) {
        if self.request.mode != Mode::Normal || addr.resource.mode != ResourceMode::Managed {
            return;
        }
        let config = self.request.config.clone();
        let imports = &config.root.module.imports;
        let mut wanted: Vec<Wanted<'_>> = Vec::new();
        for import in imports.iter().filter(|import| import.to.config() == *addr) {
            for one in resolve::resolve(&self.evaluator, import, diagnostics) {
                // Of several blocks for one address the last counts.
                wanted.retain(|other| other.addr != one.addr);
                wanted.push(one);
            }
        }
        wanted.retain(|one| {
            let held = self.state.instance(&one.addr);
            self.targeting.includes(&one.addr) && held.is_none_or(|held| held.current.is_none())
        });
        wanted.retain(|one| {
            let exists = self.asks_for(&one.addr);
            if !exists {
                diagnostics.push(Diagnostic::error(
                    "Configuration for import target does not exist",
                    format!("The configuration for the given import {} does not exist. All target instances must have an associated configuration to be imported.", one.addr),
                ));
            }
            exists
        });
        if wanted.is_empty() {
            return;
        }
        let Some((node, resource)) = config
            .module(&addr.module)
            .and_then(|node| Some((node, node.module.resources.get(&addr.resource)?)))
        else {
            return;
        };
        let provider = graph::provider_config(&config, node, resource);
        let kind = &addr.resource.kind;
        let Some((schema, resource_type)) = self.managed_type(&provider, kind) else {
            // Said where the block is planned.
            return;
        };
        let ty = schema.block.implied_type();
        let observer = self.request.observer;
        let found = find_all(&wanted, &resource_type, &self.cx, observer).await;
        let dependencies = self.dependencies_of(addr);
        let new_first = self.create_before_destroy.contains(addr);
        for (one, found) in wanted.into_iter().zip(found) {
            let object = match found {
                Ok(Some(object)) => object,
                Ok(None) => {
                    diagnostics.push(nothing_found(&one.addr));
                    self.unreadable.insert(Arc::new(one.addr));
                    continue;
                }
                Err(problem) => {
                    let mut placed = Diagnostics::default();
                    place_problems([problem], Some(&one.addr), None, &mut placed);
                    for diagnostic in placed {
                        diagnostics.push(diagnostic.at(one.import.header));
                    }
                    self.unreadable.insert(Arc::new(one.addr));
                    continue;
                }
            };
            let mut stored = StateObject::encode(&object.value, &ty, schema.version);
            stored.private.clone_from(&object.private);
            stored.dependencies = dependencies.clone();
            stored.create_before_destroy = new_first;
            let mut instance = self.state.instance(&one.addr).cloned().unwrap_or_default();
            instance = InstanceState {
                current: Some(stored),
                ..instance
            };
            self.state.set_instance(&one.addr, &provider, instance);
            let prior = Prior {
                value: object.value.clone(),
                object,
                tainted: false,
                kept: false,
            };
            self.current.insert(Arc::new(one.addr.clone()), prior);
            self.importing.insert(one.addr, one.id);
        }
    }

    /// Whether the configuration asks for an instance.
    fn asks_for(&self, addr: &AbsInstance) -> bool {
        let module = &addr.resource.module;
        if !self.evaluator.has_module_instance(module) {
            return false;
        }
        declared(self.request, &addr.resource).is_some_and(|resource| {
            expansion::expand(&self.evaluator, module, &resource.repetition)
                .0
                .contains(&addr.key)
        })
    }

    /// Says so where a block names a resource that the configuration does not have.
    pub(crate) fn targets_without_block(&self, diagnostics: &mut Diagnostics) {
        if self.request.mode != Mode::Normal {
            return;
        }
        for import in &self.request.config.root.module.imports {
            let addr = import.to.config();
            let known = self
                .request
                .config
                .module(&addr.module)
                .is_some_and(|node| node.module.resources.contains_key(&addr.resource));
            if !known && addr.module.is_root() {
                diagnostics.push(
                    Diagnostic::error(
                        "Configuration for import target does not exist",
                        format!("The configuration for the given import target {addr} does not exist. If you wish to automatically generate config for this resource, use the -generate-config-out option within terraform plan. Otherwise, make sure the target resource exists within your configuration. For example:\n\n  terraform plan -generate-config-out=generated.tf"),
                    )
                    .at(import.to_span),
                );
            }
        }
    }
}

/// Finds objects, in one request to their type; answers in order.
async fn find_all(
    wanted: &[Wanted<'_>],
    resource_type: &Arc<dyn ResourceType>,
    cx: &Context,
    observer: &dyn Observer,
) -> Vec<Result<Option<Object>, Problem>> {
    for one in wanted {
        tell_search(&one.addr, &one.id, observer);
    }
    let ids = wanted.iter().map(|one| one.id.clone()).collect();
    let found = resource_type.import_many(cx, ids).await;
    wanted
        .iter()
        .zip(found)
        .map(|(one, found)| Ok(taken(&one.addr, found?, observer)))
        .collect()
}

/// Finds the object of one id, if there is one.
pub(crate) async fn find(
    addr: &AbsInstance,
    id: &str,
    resource_type: &Arc<dyn ResourceType>,
    cx: &Context,
    observer: &dyn Observer,
) -> Result<Option<Object>, Problem> {
    tell_search(addr, id, observer);
    let found = resource_type.import(cx, id).await?;
    Ok(taken(addr, found, observer))
}

fn tell_search(addr: &AbsInstance, id: &str, observer: &dyn Observer) {
    observer.observe(Event::Notice(format!(
        "{addr}: Preparing import... [id={id}]"
    )));
}

/// The object among those that were found, which is told of as one that was read.
fn taken(addr: &AbsInstance, found: Vec<Imported>, observer: &dyn Observer) -> Option<Object> {
    let imported = found.into_iter().next()?;
    let subject = Subject {
        addr: addr.clone(),
        deposed: None,
        action: Action::Read,
        identity: Identity::of(&imported.object.value),
    };
    observer.observe(Event::RefreshStarted(subject.clone()));
    observer.observe(Event::RefreshDone(subject));
    Some(imported.object)
}

/// There is nothing of that id. Like Terraform's, it stands beside no block: its text names the address.
pub(crate) fn nothing_found(addr: &AbsInstance) -> Diagnostic {
    Diagnostic::error(
        "Cannot import non-existent remote object",
        format!(
            "While attempting to import an existing object to {:?}, the provider detected that no object exists with the given id. Only pre-existing objects can be imported; check that the id is correct and that it is associated with the provider's configured region or endpoint, or use \"terraform apply\" to create a new remote object for this resource.",
            addr.to_string()
        ),
    )
}

/// The root module's only instance, in which all imports stand, and that they stand in no repetition.
pub(crate) fn place() -> (ModuleInstance, Repeated) {
    (ModuleInstance::root(), Repeated::None)
}
