//! An object that a `moved` block takes to a resource of another type.

use trueup_addrs::ProviderAddr;

/// An object of another type, and often of another provider, as the state holds it.
#[derive(Clone, Copy, Debug)]
pub struct MovedObject<'a> {
    /// Who served it.
    pub provider: &'a ProviderAddr,
    /// The type it was of.
    pub kind: &'a str,
    /// The version of that type's schema.
    pub schema_version: u64,
    /// Its attributes, as JSON of that type.
    pub attributes: &'a str,
    /// The type it is to be of.
    pub target: &'a str,
}
