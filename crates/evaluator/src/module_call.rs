//! Module calls: their instances, what they are given, and what they are worth to the module that calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{InstanceKey, Module, ModuleInstance};
use trueup_config::{ModuleNode, Repetition};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::{Literal, StepKind, Traversal};
use trueup_value::{Marks, Type, Value};

use crate::expansion::{Repeated, expand};
use crate::expression::Resolved;
use crate::{Evaluator, Expansion, variables};

impl Evaluator {
    /// The instances of a module, in order; none where its call has not been expanded.
    pub fn module_instances(&self, module: &Module) -> Arc<[ModuleInstance]> {
        self.instances.of(module)
    }

    /// Whether a module has such an instance.
    pub fn has_module_instance(&self, module: &ModuleInstance) -> bool {
        self.instances.contains(module)
    }

    /// Finds out which instances a module has, in every instance of the module that calls it.
    pub(crate) fn expand_call(&mut self, module: &Module) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let config = self.config().clone();
        let (Some(call), Some(parent)) = (config.call(module), module.parent()) else {
            return diagnostics;
        };
        let mut all = Vec::new();
        for parent in self.instances.of(&parent).iter() {
            let (expansion, found) = expand(self, parent, &call.repetition);
            if self.checking {
                // What is not known before values and objects are is no error yet.
                diagnostics.extend(found.into_iter().filter(|found| !found.unknown_caused));
                let repeated = match call.repetition {
                    Repetition::None => Repeated::None,
                    Repetition::Count(_) | Repetition::ForEach(_) => Repeated::Any,
                };
                all.push((parent.child(call.name.clone(), InstanceKey::None), repeated));
            } else {
                diagnostics.extend(found);
                for (key, repeated) in expansion.instances() {
                    let instance = parent.child(call.name.clone(), key);
                    if self.mocks.module(&instance).is_some() {
                        self.make_up_outputs(&instance);
                    } else {
                        all.push((instance, repeated));
                    }
                }
            }
            let known = self.instances.known_mut(parent);
            known.calls.insert(call.name.clone(), expansion);
        }
        self.instances.set(module.clone(), all);
        diagnostics
    }

    /// Gives the outputs of a module instance the values that a test has for them. What is in the module
    /// is not worked out.
    fn make_up_outputs(&mut self, instance: &ModuleInstance) {
        let config = self.config().clone();
        let Some(node) = config.module_of(instance) else {
            return;
        };
        for name in node.module.outputs.keys() {
            if let Some(value) = self.mocks.module_output(instance, name) {
                let known = self.instances.known_mut(instance);
                known.outputs.insert(name.clone(), value);
            }
        }
    }

    /// Gives a variable of a called module its value: what the call says, else the default.
    pub(crate) fn set_variable_from_call(
        &mut self,
        instance: &ModuleInstance,
        name: &Arc<str>,
    ) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let config = self.config().clone();
        let declared = config
            .module_of(instance)
            .and_then(|node| node.module.variables.get(name));
        let call = config.call(&instance.module());
        let (Some(declared), Some(call), Some(parent)) = (declared, call, instance.parent()) else {
            return diagnostics;
        };
        let written = call.body.attribute(name);
        let given = match written {
            None => None,
            Some(written) => {
                let repeated = self.instances.repeated(instance);
                let (value, found) = self.evaluate(&parent, &written.expr, repeated);
                let mut failed = found.has_errors();
                diagnostics.extend(found);
                if !declared.ephemeral && value.contains_mark(Marks::EPHEMERAL) {
                    failed = true;
                    diagnostics.push(
                        Diagnostic::error(
                            "Ephemeral value not allowed",
                            "This input variable is not declared as accepting a ephemeral values, so it cannot be set to a result derived from an ephemeral value.",
                        )
                        .at(written.expr.span),
                    );
                }
                let value = match failed {
                    true => Value::dynamic_unknown(),
                    false => value,
                };
                Some((value, written.expr.span))
            }
        };
        let addr = format!("{instance}.var.{name}");
        let (value, found) = variables::settle_passed(declared, given, &addr, self.sources());
        diagnostics.extend(found);
        if self.checking {
            // A configuration is checked for all values that its variables may have: what a value rules
            // out, by a condition or a count of 0, is no mistake.
            self.set_variable_unknown(instance, name);
            return diagnostics;
        }
        self.keep_variable(instance, declared, value);
        diagnostics
    }

    /// Evaluates an output of a called module and makes it known to the module that calls.
    pub(crate) fn set_output(&mut self, instance: &ModuleInstance, name: &Arc<str>) -> Diagnostics {
        let (value, diagnostics) = self.output(instance, name);
        let known = self.instances.known_mut(instance);
        known.outputs.insert(name.clone(), value);
        diagnostics
    }

    /// The outputs of called modules that have a value other than null, in every instance.
    pub fn module_outputs(&self) -> Vec<(ModuleInstance, Arc<str>)> {
        let mut found = Vec::new();
        for node in self.config().modules() {
            for instance in self.instances.of(&node.path).iter() {
                let Some(known) = self.instances.known(instance) else {
                    continue;
                };
                let has_value = |name: &&Arc<str>| {
                    let value = known.outputs.get(*name);
                    value.is_some_and(|value| !value.is_null())
                };
                let names = node.module.outputs.keys().filter(has_value);
                found.extend(names.map(|name| (instance.clone(), name.clone())));
            }
        }
        found
    }

    /// Keeps what a module call as a whole is worth, now that all of its outputs are known: so that it is
    /// put together once, and not for every reference.
    pub(crate) fn close_call(&mut self, module: &Module) {
        let (Some(name), Some(parent)) = (module.names().last(), module.parent()) else {
            return;
        };
        if self.checking {
            return;
        }
        for parent in self.instances.of(&parent).iter() {
            let value = self.call_value(parent, name);
            let known = self.instances.known_mut(parent);
            known.whole.insert(name.clone(), value);
        }
    }

    /// What a reference to a module call stands for, and how many steps of it were taken.
    pub(crate) fn resolve_call(
        &self,
        module: &ModuleInstance,
        name: &Arc<str>,
        traversal: &Traversal,
        consumed: usize,
    ) -> Resolved {
        if let Some(found) = self.resolve_output(module, name, traversal, consumed) {
            return found;
        }
        let whole = self
            .instances
            .known(module)
            .and_then(|known| known.whole.get(name));
        let value = match whole {
            Some(value) => value.clone(),
            None => self.call_value(module, name),
        };
        Resolved::new(value, consumed)
    }

    /// The value of a single output that a reference names, without putting the whole call together.
    fn resolve_output(
        &self,
        module: &ModuleInstance,
        name: &Arc<str>,
        traversal: &Traversal,
        consumed: usize,
    ) -> Option<Resolved> {
        if self.checking {
            return None;
        }
        let mut taken = consumed;
        let mut next = || {
            let step = traversal.steps.get(taken);
            taken += 1;
            step.map(|step| &step.kind)
        };
        let expansion = self.instances.known(module)?.calls.get(name)?;
        let key = match expansion {
            Expansion::Single => InstanceKey::None,
            Expansion::Unknown => return None,
            Expansion::Count(_) | Expansion::ForEach(_) => match next()? {
                StepKind::Index(Literal::String(key)) => InstanceKey::Str(key.clone()),
                StepKind::Index(Literal::Number(digits)) => InstanceKey::Int(digits.parse().ok()?),
                _ => return None,
            },
        };
        let StepKind::Attr(output) = next()? else {
            return None;
        };
        let instance = module.child(name.clone(), key);
        let value = self.instances.known(&instance)?.outputs.get(output)?;
        Some(Resolved::new(value.clone(), taken))
    }

    /// What a module call as a whole is worth: an object of its outputs, a tuple or an object of those.
    fn call_value(&self, module: &ModuleInstance, name: &Arc<str>) -> Value {
        let called = self.node(module).and_then(|node| node.children.get(name));
        let Some(called) = called else {
            return Value::dynamic_unknown();
        };
        let call = self
            .node(module)
            .and_then(|node| node.module.calls.get(name));
        if self.checking {
            // Repeated calls are said to be lists and maps, as Terraform does, to find more mistakes.
            let outputs = called.module.outputs.keys();
            let object = Type::object(outputs.map(|name| (name.clone(), Type::Dynamic)));
            return Value::unknown(match call.map(|call| &call.repetition) {
                Some(Repetition::Count(_)) => Type::list(object),
                Some(Repetition::ForEach(_)) => Type::map(object),
                _ => object,
            });
        }
        let expansion = self
            .instances
            .known(module)
            .and_then(|known| known.calls.get(name));
        let Some(expansion) = expansion else {
            return Value::dynamic_unknown();
        };
        let values = expansion
            .instances()
            .into_iter()
            .map(|(key, _)| {
                let instance = module.child(name.clone(), key.clone());
                (key, self.outputs_value(called, &instance))
            })
            .collect();
        Evaluator::assemble(expansion, values)
    }

    /// The outputs of one module instance as an object; those that are not known yet are unknown.
    fn outputs_value(&self, called: &ModuleNode, instance: &ModuleInstance) -> Value {
        let known = self.instances.known(instance);
        let outputs: BTreeMap<Arc<str>, Value> = called
            .module
            .outputs
            .iter()
            .map(|(name, declared)| {
                let value = known.and_then(|known| known.outputs.get(name));
                let mut value = value.cloned().unwrap_or_else(Value::dynamic_unknown);
                if declared.sensitive {
                    value = value.mark(Marks::SENSITIVE);
                }
                if declared.ephemeral {
                    value = value.mark(Marks::EPHEMERAL);
                }
                (name.clone(), value)
            })
            .collect();
        Value::object(outputs)
    }
}
