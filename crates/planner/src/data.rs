//! Data sources: read now where that is possible, planned to be read at apply otherwise.

use std::sync::Arc;

use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, ModuleInstance, Reference, Subject,
};
use trueup_config::{ModuleNode, Resource};
use trueup_diagnostics::Diagnostics;
use trueup_evaluator::instance::configuration;
use trueup_evaluator::instance_conditions::Reports;
use trueup_evaluator::marks::{Marked, marked};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::{Evaluator, Repeated, graph};
use trueup_plan::{Action, Reason, ResourceChange};
use trueup_provider::{DataRequest, DataSource, Provider};
use trueup_schema::ResourceSchema;
use trueup_value::{Type, Value};

/// A data source block, about to be read.
pub(crate) struct DataBlock {
    pub(crate) resource: AbsResource,
    pub(crate) source: Arc<dyn DataSource>,
    pub(crate) schema: Arc<ResourceSchema>,
    pub(crate) ty: Type,
    pub(crate) provider: trueup_addrs::ProviderConfigAddr,
    pub(crate) served_by: Arc<dyn Provider>,
    /// Whether something that it waits for is about to change.
    pub(crate) pending: bool,
}

/// One instance that can be read now.
pub(crate) struct Readable {
    pub(crate) key: InstanceKey,
    pub(crate) request: DataRequest,
    pub(crate) marks: Marked,
    pub(crate) repeated: Repeated,
}

/// What is to be done with one instance.
pub(crate) enum Decision {
    /// Ask the world now.
    Read(Readable),
    /// Ask at apply.
    Defer(Box<ResourceChange>),
    /// Its configuration has errors.
    Failed,
}

/// The managed resources that a data source's own expressions and `depends_on` name.
pub(crate) fn waits_for(node: &ModuleNode, resource: &Resource) -> Vec<ConfigResource> {
    let mut found = Vec::new();
    let mut add = |subject: &Subject| {
        if let Subject::Resource(named) = subject
            && named.mode == trueup_addrs::Mode::Managed
        {
            found.push(ConfigResource::new(node.path.clone(), named.clone()));
        }
    };
    for traversal in &resource.depends_on {
        if let Ok(reference) = Reference::read(traversal) {
            add(&reference.subject);
        }
    }
    resource.body.visit_references(&mut |found| {
        if let Some(subject) = graph::subject_of(found.traversal) {
            add(&subject);
        }
    });
    found
}

impl DataBlock {
    /// Decides for one instance.
    pub(crate) fn decide(
        &self,
        evaluator: &Evaluator,
        declared: &Resource,
        key: InstanceKey,
        repeated: &Repeated,
        reports: &mut Reports,
        diagnostics: &mut Diagnostics,
    ) -> Decision {
        let addr = self.resource.instance(key.clone());
        let module: &ModuleInstance = &self.resource.module;
        if !reports.before(evaluator, declared, &addr, repeated, diagnostics) {
            return Decision::Failed;
        }
        let Some(config) = configuration(
            evaluator,
            module,
            declared,
            &self.schema,
            repeated,
            Some(&addr),
            diagnostics,
        ) else {
            return Decision::Failed;
        };
        let (config, marks) = config.unmark_deep();
        let found = self
            .served_by
            .validate(trueup_addrs::Mode::Data, &declared.addr.kind, &config);
        let invalid = found.iter().any(trueup_provider::Problem::is_error);
        place_problems(found, Some(&addr), Some(&declared.body), diagnostics);
        if invalid {
            return Decision::Failed;
        }
        let reason = if !config.is_wholly_known() {
            Reason::ReadConfigUnknown
        } else if self.pending {
            Reason::ReadDependencyPending
        } else {
            return Decision::Read(Readable {
                key,
                request: DataRequest {
                    address: Arc::new(addr),
                    config,
                },
                marks,
                repeated: repeated.clone(),
            });
        };
        let after = marked(&self.schema.block, &deferred(&self.schema, &config), &marks);
        reports.after(evaluator, declared, &addr, repeated, &after, diagnostics);
        Decision::Defer(Box::new(self.reading(addr, reason, after)))
    }

    /// The read of an instance at apply.
    pub(crate) fn reading(
        &self,
        addr: AbsInstance,
        reason: Reason,
        after: Value,
    ) -> ResourceChange {
        ResourceChange {
            addr,
            previous_addr: None,
            deposed: None,
            provider: self.provider.clone(),
            action: Action::Read,
            reason,
            before: Value::null(self.ty.clone()),
            after,
            required_replace: Vec::new(),
            importing: None,
            create_before_destroy: false,
            dependencies: Arc::new([]),
            private: None,
            schema_version: self.schema.version,
        }
    }

    /// What is known of an instance that could not be read.
    pub(crate) fn unread(&self, one: &Readable) -> Value {
        let value = deferred(&self.schema, &one.request.config);
        marked(&self.schema.block, &value, &one.marks)
    }
}

/// What is known of a data source before it is read: its configuration; the rest is unknown.
fn deferred(schema: &ResourceSchema, config: &Value) -> Value {
    let attributes = schema.block.attributes.iter().map(|(name, attribute)| {
        let value = config
            .member(name)
            .cloned()
            .unwrap_or_else(|| Value::null(attribute.ty.clone()));
        let value = if attribute.computed && value.is_null() {
            Value::unknown(attribute.ty.clone())
        } else {
            value
        };
        (name.clone(), value)
    });
    let blocks = schema.block.blocks.iter().filter_map(|(name, nested)| {
        let value = config.member(name)?.clone();
        let empty = value.is_null() || value.as_slice().is_some_and(<[Value]>::is_empty);
        let value = if nested.computed && empty {
            Value::unknown(value.ty())
        } else {
            value
        };
        Some((name.clone(), value))
    });
    Value::object(attributes.chain(blocks).collect())
}

/// The value of one instance that was read: its problems are placed, its marks put back.
pub(crate) fn settle(
    block: &DataBlock,
    declared: &Resource,
    addr: &AbsInstance,
    marks: &Marked,
    answer: Result<Value, trueup_provider::Problems>,
    diagnostics: &mut Diagnostics,
) -> Option<Value> {
    match answer {
        Ok(value) => Some(marked(&block.schema.block, &value, marks)),
        Err(problems) => {
            place_problems(problems, Some(addr), Some(&declared.body), diagnostics);
            None
        }
    }
}
