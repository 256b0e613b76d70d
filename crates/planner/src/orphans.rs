//! Objects that the configuration no longer asks for: what is planned for them, and why.

use std::sync::Arc;

use trueup_addrs::{AbsInstance, ConfigResource, InstanceKey, ProviderConfigAddr};
use trueup_evaluator::Expansion;
use trueup_evaluator::marks::marked;
use trueup_plan::{Action, DeposedKey, Reason, ResourceChange};
use trueup_schema::ResourceSchema;
use trueup_value::{Type, Value};

use crate::prior::Prior;

/// Why an instance of a block that is still there goes.
pub(crate) fn reason(expansion: &Expansion, key: &InstanceKey) -> Reason {
    match (expansion, key) {
        (Expansion::Count(_), InstanceKey::Int(_)) => Reason::CountIndex,
        (Expansion::ForEach(_), InstanceKey::Str(_)) => Reason::EachKey,
        _ => Reason::WrongRepetition,
    }
}

/// The deletion of an object.
pub(crate) fn deletion(
    addr: AbsInstance,
    deposed: Option<DeposedKey>,
    reason: Reason,
    provider: ProviderConfigAddr,
    prior: &Prior,
    schema: &ResourceSchema,
    ty: &Type,
    dependencies: Arc<[ConfigResource]>,
) -> ResourceChange {
    ResourceChange {
        addr,
        previous_addr: None,
        deposed,
        provider,
        action: Action::Delete,
        reason,
        before: marked(&schema.block, &prior.value, &Vec::new()),
        after: Value::null(ty.clone()),
        required_replace: Vec::new(),
        importing: None,
        create_before_destroy: false,
        dependencies,
        private: prior.object.private.clone(),
        schema_version: schema.version,
    }
}
