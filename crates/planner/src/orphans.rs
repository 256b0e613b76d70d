//! Objects that the configuration no longer asks for: what is planned for them, and why.

use std::sync::Arc;

use trueup_addrs::{AbsInstance, ConfigResource, InstanceKey, ProviderConfigAddr};
use trueup_evaluator::Expansion;
use trueup_evaluator::marks::marked;
use trueup_plan::{Action, DeposedKey, Reason, ResourceChange};
use trueup_provider::ResourceType;
use trueup_schema::ResourceSchema;
use trueup_state::InstanceState;
use trueup_value::{Type, Value};

use crate::prior::{self, Prior};

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
    pub(crate) resource_type: &'a Arc<dyn ResourceType>,
    /// Whether a `removed` block says what becomes of them: `true` where they are destroyed. What the state says of
    /// an object counts where no block says anything.
    pub(crate) destroyed: Option<bool>,
}

impl Leaving<'_> {
    /// What goes of an instance: its object as it was found, where there is a reason to that, and what
    /// earlier replacements left.
    pub(crate) fn deletions(
        &self,
        addr: &AbsInstance,
        held: &InstanceState,
        current: Option<(Reason, &Prior)>,
    ) -> Vec<ResourceChange> {
        let current = held.current.as_ref().zip(current);
        let current = current.map(|(object, (reason, prior))| {
            self.deletion(addr, None, reason, prior, &object.dependencies)
        });
        let deposed = held.deposed.iter().filter_map(|(key, object)| {
            let (schema, ty) = (self.schema, self.ty);
            let prior = prior::decode(addr, object, schema, ty, self.resource_type).ok()?;
            let key = Some(key.clone());
            Some(self.deletion(addr, key, Reason::None, &prior, &object.dependencies))
        });
        current.into_iter().chain(deposed).collect()
    }

    /// The deletion of one of them; or that it stays in the world and is only let go of.
    fn deletion(
        &self,
        addr: &AbsInstance,
        deposed: Option<DeposedKey>,
        reason: Reason,
        prior: &Prior,
        dependencies: &Arc<[ConfigResource]>,
    ) -> ResourceChange {
        ResourceChange {
            addr: addr.clone(),
            previous_addr: None,
            deposed,
            provider: self.provider.clone(),
            action: match self.destroyed.unwrap_or(!prior.kept) {
                true => Action::Delete,
                false => Action::Forget,
            },
            reason,
            before: marked(&self.schema.block, &prior.value, &Vec::new()),
            after: Value::null(self.ty.clone()),
            required_replace: Vec::new(),
            importing: None,
            create_before_destroy: false,
            dependencies: Arc::clone(dependencies),
            private: prior.object.private.clone(),
            schema_version: self.schema.version,
        }
    }
}
