//! What lives only while a run does: resources that no provider here has, and outputs that nobody could read.

use trueup_addrs::ProviderAddr;
use trueup_config::{Config, ModuleNode};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_provider::Registry;

/// Refuses `ephemeral` blocks, whose types no provider has, and ephemeral outputs of the root module.
pub(crate) fn check(config: &Config, registry: &Registry, diagnostics: &mut Diagnostics) {
    for output in config.root.module.outputs.values() {
        if output.ephemeral {
            diagnostics.push(
                Diagnostic::error(
                    "Ephemeral output not allowed",
                    "Ephemeral outputs are not allowed in context of a root module",
                )
                .at(output.header),
            );
        }
    }
    for node in config.modules() {
        for ephemeral in node.module.ephemerals.values() {
            let addr = provider_of(node, ephemeral);
            diagnostics.push(match registry.find(&addr) {
                Some(_) => Diagnostic::error(
                    "Invalid ephemeral resource",
                    format!(
                        "The provider {} does not support ephemeral resource {:?}.",
                        addr.short(),
                        ephemeral.kind
                    ),
                )
                .at(ephemeral.kind_span),
                None => Diagnostic::error(
                    format!("Provider {} is not available", addr.short()),
                    format!(
                        "trueup carries its providers with it and loads no others, so that there is no ephemeral resource {:?}.",
                        ephemeral.kind
                    ),
                )
                .at(ephemeral.header),
            });
        }
    }
}

fn provider_of(node: &ModuleNode, ephemeral: &trueup_config::Ephemeral) -> ProviderAddr {
    let module = &node.module;
    if let Some(written) = &ephemeral.provider {
        return module.provider_addr(&written.name);
    }
    match &*ephemeral.kind {
        kind if kind.starts_with("terraform_") => module.provider_addr("terraform"),
        kind => module.provider_addr(kind.split('_').next().unwrap_or(kind)),
    }
}
