//! Data sources: read now where that is possible, planned to be read at apply otherwise.

use std::collections::BTreeSet;
use std::sync::Arc;

use trueup_addrs::{
    AbsInstance, AbsResource, ConfigResource, InstanceKey, ModuleInstance, Reference, Subject,
};
use trueup_config::{Config, ModuleNode, Resource};
use trueup_diagnostics::Diagnostics;
use trueup_evaluator::instance::configuration;
use trueup_evaluator::instance_conditions::Reports;
use trueup_evaluator::marks::{Marked, marked};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::{Evaluator, Node, Repeated, graph};
use trueup_graph::Graph;
use trueup_parser::Traversal;
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

/// The managed resources that a data source waits for: those that its own expressions name, and those
/// that `depends_on` names, its own or that of a call of a module around it, directly or through others.
pub(crate) fn waits_for(
    config: &Config,
    needs: &Graph<Node>,
    node: &ModuleNode,
    resource: &Resource,
) -> BTreeSet<ConfigResource> {
    let mut waits = Waits {
        needs,
        found: BTreeSet::new(),
    };
    resource.body.visit_references(&mut |found| {
        if let Some(Subject::Resource(named)) = graph::subject_of(found.traversal) {
            let named = ConfigResource::new(node.path.clone(), named);
            waits.add(&Node::Resource(named));
        }
    });
    for traversal in &resource.depends_on {
        let Some(on) = target(node, traversal) else {
            continue;
        };
        // What is no resource itself stands for the resources that it comes from.
        match on {
            Node::Resource(_) => waits.add(&on),
            _ => waits.add_with_needs(&on),
        }
    }
    let mut path = node.path.clone();
    while let (Some(call), Some(above)) = (config.call(&path), path.parent()) {
        if let Some(caller) = config.module(&above) {
            let all = call.depends_on.iter();
            for on in all.filter_map(|traversal| target(caller, traversal)) {
                waits.add_with_needs(&on);
            }
        }
        path = above;
    }
    waits.found
}

fn target(node: &ModuleNode, traversal: &Traversal) -> Option<Node> {
    let reference = Reference::read(traversal).ok()?;
    graph::referred(node, traversal, &reference)
}

struct Waits<'a> {
    needs: &'a Graph<Node>,
    found: BTreeSet<ConfigResource>,
}

impl Waits<'_> {
    fn add(&mut self, node: &Node) {
        if let Node::Resource(addr) = node
            && addr.resource.mode == trueup_addrs::Mode::Managed
        {
            self.found.insert(addr.clone());
        }
    }

    fn add_with_needs(&mut self, node: &Node) {
        for need in self.needs.transitive_dependencies([node]) {
            self.add(&need);
        }
    }
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
