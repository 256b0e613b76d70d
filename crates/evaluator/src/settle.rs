//! Nodes that need nothing of the world: worked out in every instance of their module.

use std::sync::Arc;

use trueup_diagnostics::Diagnostics;
use trueup_value::Value;

use crate::{Evaluator, Node};

impl Evaluator {
    /// Works out a variable, a local value, an output of a called module, or which instances a module has,
    /// in every instance of the module that holds it. `given` are the values of the root module's
    /// variables. Resources and provider configurations are not its business.
    pub fn settle(&mut self, node: &Node, given: &dyn Fn(&str) -> Option<Value>) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        match node {
            Node::Variable(module, name) if module.is_root() => {
                for root in self.instances.of(module).iter() {
                    if self.checking {
                        self.set_variable_unknown(root, name);
                    } else {
                        diagnostics.extend(self.set_variable(root, name, given(name)));
                    }
                }
            }
            Node::Variable(module, name) => {
                for instance in self.instances.of(module).iter() {
                    diagnostics.extend(self.set_variable_from_call(instance, name));
                }
            }
            Node::Local(module, name) => {
                for instance in self.instances.of(module).iter() {
                    diagnostics.extend(self.set_local(instance, name));
                }
            }
            Node::Output(module, name) => self.settle_output(module, name, &mut diagnostics),
            Node::ModuleCall(module) => diagnostics.extend(self.expand_call(module)),
            Node::ModuleEnd(module) => self.close_call(module),
            Node::Validation(module, name) => self.validate(module, name, &mut diagnostics),
            Node::Check(module, name) => self.check(module, name, &mut diagnostics),
            Node::Provider(_) | Node::Resource(_) | Node::ResourcesEnd => {}
        }
        diagnostics
    }

    /// Outputs of the root module are asked for when a plan or a state is written; they are worked out
    /// here only where a configuration is checked.
    fn settle_output(
        &mut self,
        module: &trueup_addrs::Module,
        name: &Arc<str>,
        diagnostics: &mut Diagnostics,
    ) {
        for instance in self.instances.of(module).iter() {
            let fine = self.output_preconditions(instance, name, diagnostics);
            if fine && (self.checking || !module.is_root()) {
                diagnostics.extend(self.set_output(instance, name));
            }
        }
    }
}
