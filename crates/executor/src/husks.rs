//! Resources without instances in the state: a run that failed leaves one for each block that it came to,
//! a run that succeeded leaves none. Terraform's states are the same.

use std::collections::BTreeSet;

use trueup_addrs::{AbsResource, ConfigResource};
use trueup_evaluator::{Evaluator, graph};
use trueup_state::{ResourceState, State};

use crate::work::Index;

/// The blocks whose turn came in a run.
#[derive(Default)]
pub(crate) struct Reached {
    blocks: BTreeSet<ConfigResource>,
    /// Those of which some call was made.
    begun: BTreeSet<ConfigResource>,
}

impl Reached {
    /// The turn of a block has come.
    pub(crate) fn turn_of(&mut self, addr: &ConfigResource) {
        self.blocks.insert(addr.clone());
    }

    /// A batch with calls of a block was sent, or the journal refused it. A block of which nothing was begun leaves no
    /// trace in the state.
    pub(crate) fn batch(&mut self, addr: &ConfigResource, begun: bool) {
        if begun {
            self.begun.insert(addr.clone());
            self.blocks.insert(addr.clone());
        } else if !self.begun.contains(addr) {
            self.blocks.remove(addr);
        }
    }
}

/// Notes in the state of a failed run which blocks it came to.
pub(crate) fn leave(state: &mut State, reached: &Reached, evaluator: &Evaluator, index: &Index) {
    let config = evaluator.config();
    for addr in &reached.blocks {
        let declared = config
            .module(&addr.module)
            .and_then(|node| Some((node, node.module.resources.get(&addr.resource)?)));
        let Some((node, resource)) = declared else {
            continue;
        };
        let provider = index.as_stored(&graph::provider_config(config, node, resource));
        for module in evaluator.module_instances(&addr.module).iter() {
            state
                .resources
                .entry(AbsResource::new(module.clone(), addr.resource.clone()))
                .or_insert_with(|| ResourceState::new(provider.clone()));
        }
    }
}

/// Takes them out again.
pub(crate) fn prune(state: &mut State) {
    state
        .resources
        .retain(|_, resource| !resource.instances.is_empty());
}
