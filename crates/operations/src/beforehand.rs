//! What can be told before anything is planned: the values of variables, for the backend's settings, for encryption
//! and for the sources of modules.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_config::{Config, Module, ModuleNode};
use trueup_evaluator::Environment;
use trueup_evaluator::early::{Early, Inputs};
use trueup_value::Value;

use crate::storage::selected_workspace;
use crate::{Project, World, inputs};

/// The values of the root module's variables, and what functions see.
pub(crate) struct Beforehand {
    pub(crate) values: BTreeMap<Arc<str>, Value>,
    pub(crate) environment: Environment,
}

impl Beforehand {
    /// Collects what the world gives to the variables of a root module.
    pub(crate) fn collect(world: &World, root: &Module) -> Self {
        let node = ModuleNode {
            module: root.clone(),
            ..ModuleNode::default()
        };
        let mut project = Project {
            config: Arc::new(Config { root: node }),
            ..Project::default()
        };
        // What is wrong with the values is said where a plan is made.
        let (values, _) = inputs::collect(world, &mut project);
        Self {
            values,
            environment: world.environment(&selected_workspace(world), "", false),
        }
    }

    /// The root module as far as it can be evaluated with that.
    pub(crate) fn of_root<'a>(&'a self, root: &'a Module) -> Early<'a> {
        Early {
            secret: false,
            module: root,
            dir: ".",
            inputs: Inputs::Given(&self.values),
            environment: &self.environment,
        }
    }
}
