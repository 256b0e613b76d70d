//! State file format version 4: reading and writing its text.
//!
//! Shape and order of keys are those of Terraform 1.11. Numbers inside attributes never pass through
//! floats: attributes stay text.

mod error;
mod header;
mod older;
mod raw;
mod reader;
mod sensitive;
pub(crate) mod text;
mod writer;

use std::sync::Arc;

pub use error::ReadError;
pub use header::Header;
pub(crate) use reader::read;
pub(crate) use writer::write;

/// The format version that we read and write.
pub const FORMAT_VERSION: u64 = 4;

/// The `terraform_version` written into a new state: the level of compatibility.
pub const DEFAULT_TERRAFORM_VERSION: &str = "1.11.4";

/// Keys of a JSON object that we do not know, each with the compact text of its value, in the
/// order they were read in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extra(Option<Arc<[Pair]>>);

/// A key and the compact text of its value.
type Pair = (Arc<str>, Arc<str>);

impl Extra {
    pub(crate) fn from_pairs(pairs: Vec<Pair>) -> Self {
        Self((!pairs.is_empty()).then(|| pairs.into()))
    }

    /// The keys with the compact JSON text of their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|pairs| pairs.iter())
            .map(|(key, value)| (&**key, &**value))
    }

    /// The compact JSON text of a key's value.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.iter().find(|(name, _)| *name == key).map(|(_, v)| v)
    }

    /// The same without one key.
    pub(crate) fn without(&self, key: &str) -> Self {
        match self.get(key) {
            None => self.clone(),
            Some(_) => Self::from_pairs(
                self.0
                    .iter()
                    .flat_map(|pairs| pairs.iter())
                    .filter(|(name, _)| &**name != key)
                    .cloned()
                    .collect(),
            ),
        }
    }

    /// Whether there is no unknown key.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }
}
