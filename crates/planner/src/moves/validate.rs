//! Checks of the statements, once it is known which instances the configuration asks for.

use std::collections::BTreeMap;

use trueup_addrs::{AbsResource, Module, ModuleInstance};
use trueup_config::{Config, Repetition};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};

use super::endpoint::Absolute;
use super::statements::{Statement, order};

/// What the configuration was found to ask for.
pub(crate) trait Declared {
    /// The instances of a module.
    fn instances_of(&self, module: &Module) -> Vec<ModuleInstance>;
    /// Whether there is such a module instance.
    fn has_module(&self, module: &ModuleInstance) -> bool;
    /// Whether the block of a resource stands in an existing module instance.
    fn has_resource(&self, resource: &AbsResource) -> bool;
    /// Whether there is such an instance.
    fn has_instance(&self, instance: &trueup_addrs::AbsInstance) -> bool;
}

/// What is wrong with the statements of a configuration.
pub(crate) fn check(
    statements: &[Statement],
    config: &Config,
    sources: &Sources,
    declared: &dyn Declared,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let mut from_of: BTreeMap<Absolute, (Absolute, Span)> = BTreeMap::new();
    let mut to_of: BTreeMap<Absolute, (Absolute, Span)> = BTreeMap::new();
    for statement in statements {
        let Some(header) = statement.header else {
            continue;
        };
        for module in declared.instances_of(&statement.from.declared_in()) {
            let from = statement.from.within(&module);
            let to = statement.to.within(&module);
            if from == to {
                diagnostics.push(
                    Diagnostic::error(
                        "Redundant move statement",
                        format!("This statement declares a move from {from} to the same address, which is the same as not declaring this move at all."),
                    )
                    .at(header),
                );
                continue;
            }
            let (noun, short) = from.nouns();
            if exists(&from, config, declared) {
                let place = declared_at(&from, config)
                    .map(|span| format!(" at {}", start(sources, span)))
                    .unwrap_or_default();
                diagnostics.push(
                    Diagnostic::error(
                        "Moved object still exists",
                        format!("This statement declares a move from {from}, but that {noun} is still declared{place}.\n\nChange your configuration so that this {short} will be declared as {to} instead."),
                    )
                    .at(header),
                );
            }
            match from_of.get(&from) {
                Some((other, at)) if *other != to => diagnostics.push(
                    Diagnostic::error(
                        "Ambiguous move statements",
                        format!("A statement at {} declared that {from} moved to {other}, but this statement instead declares that it moved to {to}.\n\nEach {noun} can move to only one destination {short}.", start(sources, *at)),
                    )
                    .at(header),
                ),
                Some(_) => {}
                None => {
                    from_of.insert(from.clone(), (to.clone(), header));
                }
            }
            match to_of.get(&to) {
                Some((other, at)) if *other != from => diagnostics.push(
                    Diagnostic::error(
                        "Ambiguous move statements",
                        format!("A statement at {} declared that {other} moved to {to}, but this statement instead declares that {from} moved there.\n\nEach {noun} can have moved from only one source {short}.", start(sources, *at)),
                    )
                    .at(header),
                ),
                Some(_) => {}
                None => {
                    to_of.insert(to, (from, header));
                }
            }
        }
    }
    if diagnostics.has_errors() {
        return diagnostics;
    }
    for ring in order(statements).err().unwrap_or_default() {
        let mut members: Vec<String> = ring
            .iter()
            .filter_map(|n| {
                let statement = statements.get(*n)?;
                let place = start(sources, statement.header?);
                Some(format!(
                    "\n  - {place}: {} → {}",
                    statement.from, statement.to
                ))
            })
            .collect();
        members.sort();
        diagnostics.push(Diagnostic::error(
            "Cyclic dependency in move statements",
            format!("The following chained move statements form a cycle, and so there is no final location to move objects to:{}\n\nA chain of move statements must end with an address that doesn't appear in any other statements, and which typically also refers to an object still declared in the configuration.", members.concat()),
        ));
    }
    diagnostics
}

/// Where something begins, in short: `main.tf:3,1`.
fn start(sources: &Sources, span: Span) -> String {
    let name = sources.find(span.source).map_or("", |source| source.name());
    let (start, _) = sources.position(span);
    format!("{name}:{},{}", start.line, start.column)
}

fn exists(addr: &Absolute, config: &Config, declared: &dyn Declared) -> bool {
    match addr {
        Absolute::Call(within, name) => {
            declared.has_module(within)
                && config
                    .module_of(within)
                    .is_some_and(|node| node.module.calls.contains_key(name))
        }
        Absolute::Module(module) => declared.has_module(module),
        Absolute::Resource(resource) => declared.has_resource(resource),
        Absolute::Instance(instance) => declared.has_instance(instance),
    }
}

/// Where what is still there is declared: an instance by what makes it one of several.
fn declared_at(addr: &Absolute, config: &Config) -> Option<Span> {
    let (resource, single) = match addr {
        Absolute::Call(within, name) => {
            return Some(config.module_of(within)?.module.calls.get(name)?.header);
        }
        Absolute::Module(module) => {
            let call = config.call(&module.module())?;
            return Some(match &call.repetition {
                Repetition::Count(expr) | Repetition::ForEach(expr) => expr.span,
                Repetition::None => call.header,
            });
        }
        Absolute::Resource(resource) => (resource, false),
        Absolute::Instance(instance) => (&instance.resource, true),
    };
    let node = config.module(&resource.module.module())?;
    let block = node.module.resources.get(&resource.resource)?;
    match &block.repetition {
        Repetition::Count(expr) | Repetition::ForEach(expr) if single => Some(expr.span),
        _ => Some(block.header),
    }
}
