//! Addresses as a small language: modules, resources, instance keys, targets, providers, references.
//!
//! Each address has one text form, given by its `Display`, and one reader of that form in [`parse`].
//! Addresses are ordered the way plans and state files list them.

mod checks;
mod instance;
pub mod located;
mod module;
pub mod parse;
mod provider;
mod reference;
mod resource;
mod target;

pub use checks::{CheckKind, CheckObject, CheckResult, CheckStatus};
pub use instance::{AbsInstance, InstanceKey};
pub use module::{Module, ModuleInstance, ModuleStep};
pub use provider::{ProviderAddr, ProviderConfigAddr};
pub use reference::{Reference, Subject};
pub use resource::{AbsResource, ConfigResource, Mode, Resource};
pub use target::Target;
