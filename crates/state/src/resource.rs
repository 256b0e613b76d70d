//! Resources and their instances, as the state holds them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use trueup_addrs::{InstanceKey, ProviderConfigAddr};

use crate::{Extra, Object};

/// All that is known of one resource: who serves it, and its instances.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceState {
    /// The provider configuration that last touched the resource.
    pub provider: ProviderConfigAddr,
    /// The instances by key, in the order of the file: none, numbers, texts.
    pub instances: BTreeMap<InstanceKey, InstanceState>,
    /// Keys of the file's entry that we do not know, kept for the next write.
    pub extra: Extra,
}

impl ResourceState {
    /// A resource without instances.
    pub fn new(provider: ProviderConfigAddr) -> Self {
        Self {
            provider,
            instances: BTreeMap::new(),
            extra: Extra::default(),
        }
    }
}

/// One instance: its current object, and former ones that are still to be deleted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstanceState {
    /// The object that the address stands for now.
    pub current: Option<Object>,
    /// Objects that were replaced and still exist.
    pub deposed: BTreeMap<DeposedKey, Object>,
}

impl InstanceState {
    /// An instance with a current object only.
    pub fn of(object: Object) -> Self {
        Self {
            current: Some(object),
            deposed: BTreeMap::new(),
        }
    }

    /// Whether there is no object left.
    pub fn is_empty(&self) -> bool {
        self.current.is_none() && self.deposed.is_empty()
    }

    /// Turns the current object into a deposed one under `key`. Does nothing where there is none.
    pub fn depose(&mut self, key: DeposedKey) {
        if let Some(object) = self.current.take() {
            self.deposed.insert(key, object);
        }
    }
}

/// The key of a deposed object: 8 characters, random lower-case hex where we made it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeposedKey(Arc<str>);

impl DeposedKey {
    /// The key written as `text`, unless it is not 8 bytes long.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 8).then(|| Self(text.into()))
    }

    /// The key made of 32 random bits.
    pub fn from_bits(bits: u32) -> Self {
        Self(format!("{bits:08x}").into())
    }

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DeposedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
