//! Provider configurations: the block that gives one, evaluated.

use trueup_addrs::{InstanceKey, ModuleInstance, ModuleStep, ProviderConfigAddr};
use trueup_config::{Config, ProviderBlock};
use trueup_diagnostics::Diagnostics;
use trueup_provider::Provider;
use trueup_value::Value;

use crate::body::{Meta, OfInstance, decode};
use crate::problems::place_problems;
use crate::{Evaluator, Repeated};

/// The block of a provider configuration, if the configuration has one.
pub fn block<'a>(config: &'a Config, addr: &ProviderConfigAddr) -> Option<&'a ProviderBlock> {
    let module = &config.module(&addr.module)?.module;
    module
        .providers
        .iter()
        .find(|((name, alias), _)| {
            *alias == addr.alias && module.provider_addr(name).same_provider(&addr.provider)
        })
        .map(|(_, block)| block)
}

/// The value of a provider's block, marks removed: all null where the configuration has none.
pub fn provider_config(
    evaluator: &Evaluator,
    provider: &dyn Provider,
    addr: &ProviderConfigAddr,
) -> (Value, Diagnostics) {
    let schema = &provider.schema().config;
    let config = evaluator.config().clone();
    let Some(block) = block(&config, addr) else {
        return (schema.empty_value(), Diagnostics::default());
    };
    let meta = Meta {
        arguments: &ProviderBlock::META,
        blocks: &[],
    };
    // A module with provider blocks of its own is called once: it has this one instance.
    let module = ModuleInstance::from_steps(addr.module.names().iter().map(|name| ModuleStep {
        name: name.clone(),
        key: InstanceKey::None,
    }));
    let expressions = OfInstance {
        evaluator,
        module: &module,
        repeated: &Repeated::None,
    };
    let (value, mut diagnostics) = decode(&block.body, schema, meta, &expressions);
    let value = value.without_marks_inside();
    if !diagnostics.has_errors() {
        place_problems(
            provider.validate_provider(&value),
            Some(addr),
            Some(&block.body),
            &mut diagnostics,
        );
    }
    (value, diagnostics)
}
