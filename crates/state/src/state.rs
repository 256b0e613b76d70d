//! The state as a whole: header, outputs, resources.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, AbsResource, ProviderConfigAddr};
use trueup_value::Value;

use crate::file::{self, DEFAULT_TERRAFORM_VERSION};
use crate::{CheckResult, Extra, InstanceState, ReadError, ResourceState};

/// What we believe exists. Equality is by content and header; see [`State::same_content`] for
/// the comparison that decides whether a write is needed.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The version of the program that wrote the state, a bare `1.2.3`; may be empty.
    pub terraform_version: String,
    /// Counts the writes of one lineage.
    pub serial: u64,
    /// Names the history that the serial counts; empty where none was given yet.
    pub lineage: String,
    /// The root module's outputs.
    pub outputs: BTreeMap<Arc<str>, Output>,
    /// The resources. One without instances may stand here after its last instance was removed
    /// by hand; [`State::remove_instance`] drops it.
    pub resources: BTreeMap<AbsResource, ResourceState>,
    /// The results of conditions; `None` where none was recorded.
    pub check_results: Option<Vec<CheckResult>>,
    /// Top-level keys that we do not know, kept for the next write.
    pub extra: Extra,
}

/// A root module output.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The value, without marks: `sensitive` says whether it is to be hidden.
    pub value: Value,
    /// Whether the output is declared sensitive.
    pub sensitive: bool,
    /// Keys of the entry that we do not know, kept for the next write.
    pub extra: Extra,
}

impl Output {
    /// An output.
    pub fn new(value: Value, sensitive: bool) -> Self {
        Self {
            value,
            sensitive,
            extra: Extra::default(),
        }
    }
}

impl State {
    /// An empty state of the given lineage, serial 0.
    pub fn new(lineage: impl Into<String>) -> Self {
        Self {
            terraform_version: DEFAULT_TERRAFORM_VERSION.to_owned(),
            serial: 0,
            lineage: lineage.into(),
            outputs: BTreeMap::new(),
            resources: BTreeMap::new(),
            check_results: None,
            extra: Extra::default(),
        }
    }

    /// Reads the text of a state file, format version 4. An empty text is an error here:
    /// whoever stores states takes it for "no state".
    pub fn read(bytes: &[u8]) -> Result<Self, ReadError> {
        file::read(bytes)
    }

    /// The text of the state file, format version 4: two-space JSON and a newline.
    pub fn write(&self) -> Vec<u8> {
        file::write(self)
    }

    /// Whether the two differ in nothing that is worth a write: outputs, resources and check
    /// results (in any order); header and lineage aside.
    pub fn same_content(&self, other: &Self) -> bool {
        crate::content::same(self, other)
    }

    /// Whether there is neither a resource instance nor an output.
    pub fn is_empty(&self) -> bool {
        self.outputs.is_empty() && self.instances().next().is_none()
    }

    /// The instance at an address.
    pub fn instance(&self, address: &AbsInstance) -> Option<&InstanceState> {
        self.resources
            .get(&address.resource)?
            .instances
            .get(&address.key)
    }

    /// The instance at an address, to be changed in place.
    pub fn instance_mut(&mut self, address: &AbsInstance) -> Option<&mut InstanceState> {
        self.resources
            .get_mut(&address.resource)?
            .instances
            .get_mut(&address.key)
    }

    /// Puts an instance at an address, served by `provider` (which becomes the resource's).
    /// An instance without objects is removed instead.
    pub fn set_instance(
        &mut self,
        address: &AbsInstance,
        provider: &ProviderConfigAddr,
        instance: InstanceState,
    ) {
        if instance.is_empty() {
            self.remove_instance(address);
            return;
        }
        match self.resources.get_mut(&address.resource) {
            Some(resource) => {
                if resource.provider != *provider {
                    resource.provider = provider.clone();
                }
                resource.instances.insert(address.key.clone(), instance);
            }
            None => {
                let mut resource = ResourceState::new(provider.clone());
                resource.instances.insert(address.key.clone(), instance);
                self.resources.insert(address.resource.clone(), resource);
            }
        }
    }

    /// Removes an instance, and its resource with the last one. Answers what stood there.
    pub fn remove_instance(&mut self, address: &AbsInstance) -> Option<InstanceState> {
        let resource = self.resources.get_mut(&address.resource)?;
        let removed = resource.instances.remove(&address.key);
        if resource.instances.is_empty() {
            self.resources.remove(&address.resource);
        }
        removed
    }

    /// Every instance with its address, in the order of [`State::resources`].
    pub fn instances(&self) -> impl Iterator<Item = (AbsInstance, &InstanceState)> {
        self.resources.iter().flat_map(|(address, resource)| {
            resource
                .instances
                .iter()
                .map(|(key, instance)| (address.instance(key.clone()), instance))
        })
    }

    /// The provider configuration that serves a resource.
    pub fn provider_of(&self, resource: &AbsResource) -> Option<&ProviderConfigAddr> {
        Some(&self.resources.get(resource)?.provider)
    }
}
