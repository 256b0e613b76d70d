//! What we believe exists: resources, their instances and objects, outputs; state file v4 in and out.
//!
//! A [`State`] is plain data. Attributes stay as the JSON text they were read as, and are decoded
//! only when a type is given ([`Object::decode`]), so that a large state costs one pass over its text.

mod attributes;
mod content;
mod dependencies;
mod file;
mod flat;
mod object;
mod resource;
mod state;

pub use attributes::{Attributes, DecodeError};
pub use dependencies::Left;
pub use file::{DEFAULT_TERRAFORM_VERSION, Extra, FORMAT_VERSION, Header, ReadError};
pub use object::Object;
pub use resource::{DeposedKey, InstanceState, ResourceState};
pub use state::{Output, State};
pub use trueup_addrs::{CheckKind, CheckObject, CheckResult, CheckStatus};
