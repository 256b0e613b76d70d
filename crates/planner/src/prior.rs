//! What the state holds of an instance, decoded by its schema.

use std::sync::Arc;

use trueup_addrs::AbsInstance;
use trueup_diagnostics::Diagnostic;
use trueup_provider::{Object, ResourceType};
use trueup_schema::ResourceSchema;
use trueup_state::Object as StateObject;
use trueup_value::{Type, Value};

/// An object of the state, decoded.
#[derive(Clone)]
pub(crate) struct Prior {
    /// The value with the marks that the state remembers.
    pub(crate) value: Value,
    /// The same without marks, as providers see it.
    pub(crate) object: Object,
    /// Whether a failed creation left it.
    pub(crate) tainted: bool,
    /// Whether it is let go of where it would be destroyed.
    pub(crate) kept: bool,
}

/// Decodes an object of the state, brought up to the schema's version.
pub(crate) fn decode(
    addr: &AbsInstance,
    stored: &StateObject,
    schema: &ResourceSchema,
    ty: &Type,
    resource_type: &Arc<dyn ResourceType>,
) -> Result<Prior, Diagnostic> {
    if stored.schema_version > schema.newest {
        return Err(Diagnostic::error(
            "Resource instance managed by newer provider version",
            format!("The current state of {addr} was created by a newer provider version (schema {}) than trueup knows (schema {}).", stored.schema_version, schema.version),
        )
        .hint("Use a newer trueup for this state."));
    }
    let value = stored.decode(ty).map_err(|error| {
        Diagnostic::error(
            "Unreadable object in state",
            format!(
                "What the state holds of {addr} doesn't fit the schema of {}: {error}.",
                addr.resource.resource.kind
            ),
        )
        .hint(
            "If somebody edited the state by hand, restore the backup. If not, please report this.",
        )
    })?;
    let mut object = Object {
        value: value.without_marks_inside(),
        private: stored.private.clone(),
    };
    let mut value = value;
    if stored.schema_version < schema.version {
        object = resource_type
            .upgrade(stored.schema_version, object)
            .map_err(|problem| problem.to_diagnostic().with_address(addr.to_string()))?;
        value = object.value.clone();
    }
    Ok(Prior {
        value,
        object,
        tainted: stored.tainted,
        kept: stored.is_kept(),
    })
}
