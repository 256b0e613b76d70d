//! Write-only attributes: handed to the provider with the configuration, and kept in no plan and no state.

use trueup_value::{Path, Value, ValueRef};

use crate::Block;

impl Block {
    /// Whether the block, or one in it, has a write-only attribute.
    pub fn has_write_only(&self) -> bool {
        let own = self.attributes.values().any(|one| one.write_only);
        own || self.blocks.values().any(|one| one.block.has_write_only())
    }

    /// The value with null in place of what is write-only: what plans and states may hold of it.
    #[must_use]
    pub fn without_write_only(&self, value: &Value) -> Value {
        let ValueRef::Object(members) = value.view() else {
            return value.clone();
        };
        if !self.has_write_only() {
            return value.clone();
        }
        let marks = value.unmark().1;
        let members = members.iter().map(|(name, held)| {
            let kept = match (self.attributes.get(name), self.blocks.get(name)) {
                (Some(attribute), _) if attribute.write_only => Value::null(attribute.ty.clone()),
                (_, Some(nested)) => match held.view() {
                    ValueRef::Object(_) => nested.block.without_write_only(held),
                    _ => held.rebuilt(&mut |one| nested.block.without_write_only(one)),
                },
                _ => held.clone(),
            };
            (name.clone(), kept)
        });
        Value::object(members.collect()).with_marks(marks)
    }

    /// Whether a path leads to or into a write-only attribute.
    pub fn is_write_only(&self, path: &Path) -> bool {
        self.attribute_at(path)
            .is_some_and(|attribute| attribute.write_only)
    }
}
