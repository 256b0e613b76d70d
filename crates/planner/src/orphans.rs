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

/// What the objects of one block have in common when they go.
pub(crate) struct Leaving<'a> {
    pub(crate) provider: &'a ProviderConfigAddr,
    pub(crate) schema: &'a ResourceSchema,
    pub(crate) ty: &'a Type,
    /// [`Action::Delete`], or [`Action::Forget`] where they stay in the world.
    pub(crate) action: Action,
}

impl Leaving<'_> {
    /// The deletion of one of them.
    pub(crate) fn deletion(
        &self,
        addr: AbsInstance,
        deposed: Option<DeposedKey>,
        reason: Reason,
        prior: &Prior,
        dependencies: Arc<[ConfigResource]>,
    ) -> ResourceChange {
        ResourceChange {
            addr,
            previous_addr: None,
            deposed,
            provider: self.provider.clone(),
            action: self.action,
            reason,
            before: marked(&self.schema.block, &prior.value, &Vec::new()),
            after: Value::null(self.ty.clone()),
            required_replace: Vec::new(),
            importing: None,
            create_before_destroy: false,
            dependencies,
            private: prior.object.private.clone(),
            schema_version: self.schema.version,
        }
    }
}
