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

    /// The default of a variable as it is used, converted to the declared type, where that can be told.
    fn variable_default(&self, variable: &trueup_config::Variable) -> Option<trueup_value::Value> {
        let _ = variable;
        None
    }
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
