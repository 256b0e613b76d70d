//! Which attributes of which objects a plan's outcome depended on: decides what drift is worth showing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use trueup_addrs::{AbsInstance, AbsResource, InstanceKey, ModuleInstance, Reference, Subject};
use trueup_config::{Config, ModuleNode, Repetition, Resource};
use trueup_parser::{Block, Expr, Literal, Step as WrittenStep, StepKind, Traversal};
use trueup_value::{Number, Path, Step, Value};

use crate::{Action, Plan, Relevant};

/// The attributes that the changes of a plan and of its outputs refer to, directly or through locals,
/// modules and the configuration of what they refer to, in order of their text. `module_outputs` are the
/// outputs of called modules: no state remembers them, so that each counts as a change.
pub fn relevant_attributes(
    plan: &Plan,
    config: &Config,
    module_outputs: &[(ModuleInstance, Arc<str>)],
) -> Vec<Relevant> {
    let mut search = Search {
        config,
        waiting: Vec::new(),
        visited: BTreeSet::new(),
        found: BTreeMap::new(),
    };
    // Instances of one block refer to the same things.
    let mut blocks: BTreeSet<&AbsResource> = BTreeSet::new();
    let changed = |action: Action| action != Action::NoOp;
    for change in plan.changes.iter().filter(|change| changed(change.action)) {
        if blocks.insert(&change.addr.resource) {
            search.whole_block(&change.addr.resource);
        }
    }
    let root = ModuleInstance::root();
    for (name, _) in plan.outputs.iter().filter(|(_, one)| changed(one.action)) {
        if let Some(output) = config.root.module.outputs.get(name) {
            search.expr(&root, &output.value);
        }
    }
    for (module, name) in module_outputs {
        let declared = search
            .node(module)
            .and_then(|node| node.module.outputs.get(name));
        if let Some(output) = declared {
            search.expr(module, &output.value);
        }
    }
    search.run();
    search.found.into_values().collect()
}

struct Search<'a> {
    config: &'a Config,
    waiting: Vec<(ModuleInstance, Traversal)>,
    visited: BTreeSet<String>,
    found: BTreeMap<String, Relevant>,
}

impl<'a> Search<'a> {
    fn node(&self, module: &ModuleInstance) -> Option<&'a ModuleNode> {
        self.config.module_of(module)
    }

    fn block(&self, resource: &AbsResource) -> Option<&'a Resource> {
        let node = self.node(&resource.module)?;
        node.module.resources.get(&resource.resource)
    }

    fn whole_block(&mut self, resource: &AbsResource) {
        let Some(block) = self.block(resource) else {
            return;
        };
        let (arguments, blocks) = block.meta();
        for attribute in &block.body.attributes {
            if !arguments.contains(&&*attribute.name) {
                self.expr(&resource.module, &attribute.expr);
            }
        }
        for nested in &block.body.blocks {
            if !blocks.contains(&&*nested.kind.name) {
                self.nested(&resource.module, nested);
            }
        }
        match &block.repetition {
            Repetition::None => {}
            Repetition::Count(expr) | Repetition::ForEach(expr) => {
                self.expr(&resource.module, expr);
            }
        }
    }

    fn nested(&mut self, module: &ModuleInstance, block: &Block) {
        block.visit_references(&mut |reference| {
            self.waiting
                .push((module.clone(), reference.traversal.clone()));
        });
    }

    fn expr(&mut self, module: &ModuleInstance, expr: &Expr) {
        expr.visit_references(&mut |reference| {
            self.waiting
                .push((module.clone(), reference.traversal.clone()));
        });
    }

    fn run(&mut self) {
        while let Some((module, traversal)) = self.waiting.pop() {
            let Ok(reference) = Reference::read(&traversal) else {
                continue;
            };
            match &reference.subject {
                Subject::Local(name) => self.local(&module, name),
                Subject::Variable(name) => self.variable(&module, name),
                Subject::ModuleCall(name) => {
                    let steps = traversal.steps.get(reference.consumed..);
                    self.call(&module, name, steps.unwrap_or_default());
                }
                Subject::Resource(resource) => {
                    let resource = AbsResource::new(module, resource.clone());
                    self.resource(&resource, &traversal, reference.consumed);
                }
                _ => {}
            }
        }
    }

    fn local(&mut self, module: &ModuleInstance, name: &Arc<str>) {
        if !self.visited.insert(format!("{module} local.{name}")) {
            return;
        }
        let local = self
            .node(module)
            .and_then(|node| node.module.locals.get(name));
        if let Some(local) = local {
            self.expr(module, &local.expr);
        }
    }

    /// A variable of a called module comes from the call.
    fn variable(&mut self, module: &ModuleInstance, name: &Arc<str>) {
        let (Some(parent), Some(call)) = (module.parent(), self.config.call(&module.module()))
        else {
            return;
        };
        if !self.visited.insert(format!("{module} var.{name}")) {
            return;
        }
        if let Some(given) = call.body.attribute(name) {
            self.expr(&parent, &given.expr);
        }
    }

    /// An output of a called module, or all of them.
    fn call(&mut self, module: &ModuleInstance, name: &Arc<str>, steps: &[WrittenStep]) {
        let (key, steps) = instance_key(steps);
        let called = module.child(name.clone(), key);
        let Some(node) = self.node(&called) else {
            return;
        };
        let output = match steps.first().map(|step| &step.kind) {
            Some(StepKind::Attr(output)) => Some(output),
            _ => None,
        };
        for (name, declared) in &node.module.outputs {
            if output.is_none_or(|wanted| *wanted == *name)
                && self.visited.insert(format!("{called} output.{name}"))
            {
                self.expr(&called, &declared.value);
            }
        }
    }

    fn resource(&mut self, resource: &AbsResource, traversal: &Traversal, consumed: usize) {
        let (key, steps) = instance_key(traversal.steps.get(consumed..).unwrap_or_default());
        let path: Vec<Step> = steps
            .iter()
            .map_while(|step| path_step(&step.kind))
            .collect();
        let relevant = Relevant {
            resource: AbsInstance::new(resource.clone(), key),
            path: Path(path),
        };
        let text = format!("{} {}", relevant.resource, relevant.path);
        if !self.visited.insert(text.clone()) {
            return;
        }
        let first = match relevant.path.steps().first() {
            Some(Step::Attr(name)) => Some(name.clone()),
            _ => None,
        };
        self.found.insert(text, relevant);
        // What the attribute itself was made from mattered too.
        let Some(block) = self.block(resource) else {
            return;
        };
        let Some(name) = first else {
            return self.whole_block(resource);
        };
        if let Some(attribute) = block.body.attribute(&name) {
            self.expr(&resource.module, &attribute.expr);
        }
        for nested in &block.body.blocks {
            let made = nested.is_dynamic() && nested.label(0) == Some(&name);
            if made || nested.kind.name == name {
                self.nested(&resource.module, nested);
            }
        }
    }
}

/// The instance key that steps begin with, and the rest of them.
fn instance_key(steps: &[WrittenStep]) -> (InstanceKey, &[WrittenStep]) {
    let Some((first, rest)) = steps.split_first() else {
        return (InstanceKey::None, steps);
    };
    let StepKind::Index(literal) = &first.kind else {
        return (InstanceKey::None, steps);
    };
    let key = match literal {
        Literal::String(text) => InstanceKey::Str(text.clone()),
        Literal::Number(digits) => digits.parse().map(InstanceKey::Int).unwrap_or_default(),
        _ => InstanceKey::None,
    };
    (key, rest)
}

fn path_step(kind: &StepKind) -> Option<Step> {
    Some(match kind {
        StepKind::Attr(name) => Step::Attr(name.clone()),
        StepKind::Index(Literal::String(key)) => Step::Index(Value::from(key.clone())),
        StepKind::Index(Literal::Number(digits)) => {
            Step::Index(Value::number(Number::parse(digits).ok()?))
        }
        StepKind::Index(_) | StepKind::Splat => return None,
    })
}
