//! The providers that this program carries, found by their registry address.

use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_schema::ResourceSchema;

use crate::Provider;

/// The providers at hand.
#[derive(Clone, Default)]
pub struct Registry {
    providers: Vec<Arc<dyn Provider>>,
}

impl Registry {
    /// The given providers.
    pub fn new(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Self {
        Self {
            providers: providers.into_iter().collect(),
        }
    }

    /// The provider of that address, whatever registry host the address names: configurations and state
    /// files of OpenTofu name another host for the same provider.
    pub fn find(&self, address: &ProviderAddr) -> Option<&Arc<dyn Provider>> {
        self.providers
            .iter()
            .find(|provider| provider.address().same_provider(address))
    }

    /// The schema of a type of a provider.
    pub fn schema(
        &self,
        address: &ProviderAddr,
        mode: Mode,
        kind: &str,
    ) -> Option<Arc<ResourceSchema>> {
        self.find(address)?.schema().of(mode, kind).cloned()
    }

    /// Every provider, in the order they were given.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn Provider>> {
        self.providers.iter()
    }
}
