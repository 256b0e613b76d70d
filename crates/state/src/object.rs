//! One object: what a provider made, as it was last seen.

use std::sync::Arc;

use trueup_addrs::ConfigResource;
use trueup_value::{Path, Type, Value};

use crate::{Attributes, DecodeError, Extra, flat};

/// One remote object. Cheap to clone: its large parts are shared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// The version of the resource type's schema that the attributes follow.
    pub schema_version: u64,
    /// The attributes, as JSON text.
    pub attributes: Attributes,
    /// Where values are that must not be shown, in the order of the file.
    pub sensitive_paths: Vec<Path>,
    /// The provider's own bytes, kept for it and never looked into.
    pub private: Option<Arc<[u8]>>,
    /// The blocks that the object's block referred to when it was made, sorted.
    pub dependencies: Arc<[ConfigResource]>,
    /// Whether the object is to be replaced because its making did not finish.
    pub tainted: bool,
    /// Whether a replacement is made before this object is deleted.
    pub create_before_destroy: bool,
    /// Keys of the file's entry that we do not know, kept for the next write.
    pub extra: Extra,
}

impl Object {
    /// Whether it is never destroyed, only let go of: so OpenTofu marks the objects of resources whose `lifecycle` says
    /// `destroy = false`, for the time when their block is gone (`skip_destroy`).
    pub fn is_kept(&self) -> bool {
        self.extra.get("skip_destroy") == Some("true")
    }

    /// The object whose attributes are `value`, of the type `ty` that the schema implies.
    /// Values marked sensitive are stored plainly and their places recorded; unknown values
    /// are stored as null. Nothing else of the object is set.
    pub fn encode(value: &Value, ty: &Type, schema_version: u64) -> Self {
        let (attributes, sensitive_paths) = Attributes::encode(value, ty);
        Self {
            schema_version,
            attributes,
            sensitive_paths,
            ..Self::default()
        }
    }

    /// The same object with other attributes. Where value and sensitive places are what they were,
    /// the text stays as it is.
    #[must_use]
    pub fn with_value(&self, value: &Value, ty: &Type, schema_version: u64) -> Self {
        if self.schema_version == schema_version
            && self.decode(ty).is_ok_and(|stored| stored == *value)
        {
            return self.clone();
        }
        let new = Self::encode(value, ty, schema_version);
        Self {
            schema_version,
            attributes: new.attributes,
            sensitive_paths: new.sensitive_paths,
            extra: self.extra.without(flat::KEY),
            ..self.clone()
        }
    }

    /// The attributes as a value of type `ty`, with the recorded sensitive places marked.
    /// Attributes that the text lacks are null; attributes that the type lacks are passed over.
    pub fn decode(&self, ty: &Type) -> Result<Value, DecodeError> {
        let value = self.decode_unmarked(ty)?;
        if self.sensitive_paths.is_empty() {
            return Ok(value);
        }
        let marks: Vec<_> = self
            .sensitive_paths
            .iter()
            .map(|path| (path.clone(), trueup_value::Marks::SENSITIVE))
            .collect();
        Ok(value.mark_paths(&marks))
    }

    /// As [`Object::decode`], without marks.
    pub fn decode_unmarked(&self, ty: &Type) -> Result<Value, DecodeError> {
        match self.extra.get(flat::KEY) {
            Some(text) if self.attributes.json().is_none() => from_flat(text, ty),
            _ => self.attributes.decode(ty),
        }
    }
}

/// The value that attributes of a format before 4 stand for.
fn from_flat(text: &str, ty: &Type) -> Result<Value, DecodeError> {
    let flat: flat::Flat =
        serde_json::from_str(text).map_err(|error| DecodeError(error.to_string()))?;
    let tree = flat::tree(&flat, ty).map_err(DecodeError)?;
    trueup_value::json::unmarshal_tree(&tree, ty).map_err(|error| DecodeError(error.to_string()))
}
