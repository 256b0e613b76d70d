//! The providers that this program carries, found by their registry address.

use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr, ProviderConfigAddr};
use trueup_schema::ResourceSchema;
use trueup_value::Value;

use crate::mock::{Mocked, Mocks};
use crate::{Configured, Context, Problem, Provider, ProviderFunctions};

/// The providers at hand.
#[derive(Clone, Default)]
pub struct Registry {
    providers: Vec<Arc<dyn Provider>>,
    mocks: Arc<Mocks>,
}

impl Registry {
    /// The given providers.
    pub fn new(providers: impl IntoIterator<Item = Arc<dyn Provider>>) -> Self {
        Self {
            providers: providers.into_iter().collect(),
            mocks: Arc::default(),
        }
    }

    /// The same providers, with stand-ins before them.
    pub fn with_mocks(&self, mocks: Mocks) -> Self {
        Self {
            providers: self.providers.clone(),
            mocks: Arc::new(mocks),
        }
    }

    /// What is made up in this run.
    pub fn mocks(&self) -> &Arc<Mocks> {
        &self.mocks
    }

    /// Makes a provider ready under one of its configurations. A mocked one reaches nothing.
    pub async fn configure(
        &self,
        addr: &ProviderConfigAddr,
        provider: &Arc<dyn Provider>,
        cx: &Context,
        config: Value,
    ) -> Result<Arc<dyn Configured>, Problem> {
        if self.mocks.is_empty() {
            return provider.configure(cx, config).await;
        }
        let inner = match self.mocks.mocks(addr) {
            true => None,
            false => Some(provider.configure(cx, config).await?),
        };
        Ok(Arc::new(Mocked {
            provider: provider.clone(),
            addr: addr.clone(),
            inner,
            mocks: self.mocks.clone(),
        }))
    }

    /// The provider of that address, whatever registry host the address names: configurations and state
    /// files of OpenTofu name another host for the same provider.
    pub fn find(&self, address: &ProviderAddr) -> Option<&Arc<dyn Provider>> {
        self.providers
            .iter()
            .find(|provider| provider.address().same_provider(address))
    }

    /// The functions of all providers.
    pub fn functions(&self) -> ProviderFunctions {
        ProviderFunctions::new(
            self.providers
                .iter()
                .map(|provider| (provider.address(), provider.functions())),
        )
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
