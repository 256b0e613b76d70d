//! Where the JSON forms and the views find schemas.

use std::sync::Arc;

use trueup_addrs::{Mode, ProviderAddr};
use trueup_schema::ResourceSchema;

/// Gives the schema of a resource type or data source.
pub trait SchemaSource {
    /// The schema of `kind`, if the provider is known and has it.
    fn schema(
        &self,
        provider: &ProviderAddr,
        mode: Mode,
        kind: &str,
    ) -> Option<Arc<ResourceSchema>>;
}

impl<T: SchemaSource + ?Sized> SchemaSource for &T {
    fn schema(
        &self,
        provider: &ProviderAddr,
        mode: Mode,
        kind: &str,
    ) -> Option<Arc<ResourceSchema>> {
        (**self).schema(provider, mode, kind)
    }
}

impl SchemaSource for trueup_provider::Registry {
    fn schema(
        &self,
        provider: &ProviderAddr,
        mode: Mode,
        kind: &str,
    ) -> Option<Arc<ResourceSchema>> {
        self.schema(provider, mode, kind)
    }
}
