//! Functions that providers bring along: which there are, found by provider and name.

use std::sync::Arc;

use trueup_addrs::ProviderAddr;
use trueup_functions::Function;

/// The functions of all providers at hand, called as `provider::NAME::…`. Clones share everything.
#[derive(Clone, Default)]
pub struct ProviderFunctions(Arc<[OfProvider]>);

/// A provider and its functions.
type OfProvider = (ProviderAddr, &'static [&'static Function]);

impl ProviderFunctions {
    /// The functions of these providers.
    pub fn new(all: impl IntoIterator<Item = OfProvider>) -> Self {
        Self(all.into_iter().collect())
    }

    /// The function of this name that a provider has.
    pub fn find(&self, provider: &ProviderAddr, name: &str) -> Option<&'static Function> {
        self.0
            .iter()
            .find(|(address, _)| address.same_provider(provider))
            .and_then(|(_, functions)| functions.iter().find(|function| function.name == name))
            .copied()
    }
}
