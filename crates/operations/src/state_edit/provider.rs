//! Putting another provider in the place of one.

use trueup_addrs::{AbsResource, ProviderAddr};
use trueup_diagnostics::Diagnostic;
use trueup_state::State;

use super::sort_for_lists;

/// Reads a provider's source address, as `side` ("from", "to") of a replacement.
///
/// # Errors
/// Why it is none.
pub fn provider_source(side: &str, text: &str) -> Result<ProviderAddr, Diagnostic> {
    ProviderAddr::parse_source(text).ok_or_else(|| {
        Diagnostic::error(
            format!("Invalid {side:?} provider {text:?}"),
            "Invalid provider source string: The \"source\" attribute must be in the format \"[hostname/][namespace/]name\"",
        )
    })
}

/// The resources that a provider serves, in the order of lists.
pub fn resources_of(state: &State, provider: &ProviderAddr) -> Vec<AbsResource> {
    let mut found: Vec<AbsResource> = state
        .resources
        .iter()
        .filter(|(_, resource)| resource.provider.provider == *provider)
        .map(|(addr, _)| addr.clone())
        .collect();
    sort_for_lists(&mut found, |addr| &addr.module);
    found
}

/// Says that another provider serves these resources; aliases and modules of its configuration stay.
pub fn set_provider(state: &mut State, resources: &[AbsResource], provider: &ProviderAddr) {
    for addr in resources {
        if let Some(resource) = state.resources.get_mut(addr) {
            resource.provider.provider = provider.clone();
        }
    }
}
