//! Resources without instances in the state: a run that failed leaves one for each block that it came to,
//! a run that succeeded leaves none. Terraform's states are the same.

use std::collections::BTreeSet;

use trueup_addrs::{AbsResource, ConfigResource};
use trueup_evaluator::{Evaluator, graph};
use trueup_state::{ResourceState, State};

use crate::work::Index;

/// Notes in the state of a failed run which blocks it came to.
pub(crate) fn leave(
    state: &mut State,
    reached: &BTreeSet<ConfigResource>,
    evaluator: &Evaluator,
    index: &Index,
) {
    let config = evaluator.config();
    for addr in reached {
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
