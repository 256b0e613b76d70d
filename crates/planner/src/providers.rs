//! What is said where a provider or one of its configurations is missing.

use trueup_addrs::ProviderConfigAddr;
use trueup_config::Config;
use trueup_diagnostics::Diagnostic;
use trueup_evaluator::provider_block;
use trueup_provider::Registry;

/// No provider of that address is at hand.
pub(crate) fn not_available(registry: &Registry, addr: &ProviderConfigAddr) -> Diagnostic {
    let known: Vec<String> = registry
        .iter()
        .map(|provider| provider.address().short())
        .collect();
    Diagnostic::error(
        format!("Provider {} is not available", addr.provider.short()),
        format!(
            "trueup carries its providers with it and loads no others. It has {}.",
            known.join(" and ")
        ),
    )
    .hint("Move the resources of this provider to a configuration of their own, and pass what is needed between the two in variables.")
}

/// No configuration of the provider stands under that alias.
pub(crate) fn not_configured(addr: &ProviderConfigAddr) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration not present",
        format!(
            "There is no configuration {addr}: add a \"provider\" block with this alias, or change the reference to it."
        ),
    )
}

/// A provider can't be reached by settings that only an apply will tell.
pub(crate) fn not_known(config: &Config, addr: &ProviderConfigAddr) -> Diagnostic {
    Diagnostic::error(
        "Provider configuration is not known yet",
        format!("The settings of {addr} depend on values that are decided only when the plan is applied, so that its objects can't be looked at now."),
    )
    .hint("Take the settings from variables or local values, or create what they depend on first with -target.")
    .at_some(provider_block::block(config, addr).map(|block| block.header))
}
