//! Checks of references before anything is evaluated: does what is named exist, may it stand here.

use std::sync::Arc;

use trueup_addrs::{Reference, Resource, Subject};
use trueup_config::{Config, Local, ModuleNode, PreventDestroy, ProviderBlock, Repetition};
use trueup_diagnostics::{Diagnostic, Diagnostics, Span, did_you_mean};
use trueup_parser::{Body, Expr, StepKind, Traversal};
use trueup_schema::ResourceSchema;

use crate::condition_references::Each;
use crate::place::{PLAIN, Place};
use crate::{Node, provider_block};

/// Finds the schema of a resource of a module; `None` where the type is not known, which is said elsewhere.
pub type Schemas<'a> = dyn Fn(&ModuleNode, &Resource) -> Option<Arc<ResourceSchema>> + 'a;

/// Checks every reference of one node of a configuration's graph.
pub fn check_node(config: &Config, node: &Node, schemas: &Schemas<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let holder = match node {
        Node::Variable(path, _) | Node::ModuleCall(path) => path.parent(),
        Node::Local(path, _)
        | Node::Output(path, _)
        | Node::Validation(path, _)
        | Node::Check(path, _) => Some(path.clone()),
        Node::Provider(addr) => Some(addr.module.clone()),
        Node::Resource(addr) => Some(addr.module.clone()),
        Node::ModuleEnd(_) | Node::ResourcesEnd => None,
    };
    let Some(holder) = holder.and_then(|path| config.module(&path)) else {
        return diagnostics;
    };
    let mut checker = Checker {
        node: holder,
        schemas,
        diagnostics: &mut diagnostics,
    };
    checker.graph_node(config, node);
    diagnostics
}

/// Checks the references of one expression that stands outside the configuration, such as one typed at a console.
pub fn check_expression(node: &ModuleNode, expr: &Expr, schemas: &Schemas<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    Checker {
        node,
        schemas,
        diagnostics: &mut diagnostics,
    }
    .expression(expr, PLAIN);
    diagnostics
}

/// Checks the references of one expression of a block that may be repeated by `for_each`.
pub fn check_repeated(
    node: &ModuleNode,
    expr: &Expr,
    repeated: bool,
    schemas: &Schemas<'_>,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let place = Place {
        each: repeated,
        ..PLAIN
    };
    Checker {
        node,
        schemas,
        diagnostics: &mut diagnostics,
    }
    .expression(expr, place);
    diagnostics
}

/// As [`check_expression`], for an expression that knows names which modules do not: `other` answers for
/// those, with what is wrong with the reference, and `None` for names of modules.
pub(crate) fn check_expression_but(
    node: &ModuleNode,
    expr: &Expr,
    schemas: &Schemas<'_>,
    other: &dyn Fn(&Traversal) -> Option<Option<Diagnostic>>,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let mut checker = Checker {
        node,
        schemas,
        diagnostics: &mut diagnostics,
    };
    expr.visit_references(&mut |found| match other(found.traversal) {
        Some(problem) => checker.diagnostics.extend(problem),
        None => match Reference::read(found.traversal) {
            Ok(reference) => checker.reference(found.traversal, &reference, PLAIN),
            Err(diagnostic) => checker.diagnostics.push(diagnostic),
        },
    });
    diagnostics
}

pub(crate) struct Checker<'a> {
    pub(crate) node: &'a ModuleNode,
    pub(crate) schemas: &'a Schemas<'a>,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn graph_node(&mut self, config: &Config, node: &Node) {
        let holder = self.node;
        let module = &holder.module;
        match node {
            Node::Local(_, name) => {
                if let Some(local) = module.locals.get(name) {
                    self.local(name, local);
                }
            }
            Node::Output(_, name) => {
                if let Some(output) = module.outputs.get(name) {
                    self.expression(&output.value, PLAIN);
                    self.conditions(&output.preconditions, PLAIN, Each::Alone);
                    self.depends_on(&output.depends_on);
                }
            }
            Node::Provider(addr) => {
                if let Some(block) = provider_block::block(config, addr) {
                    self.body(&block.body, PLAIN, &ProviderBlock::META, &[]);
                }
            }
            Node::ModuleCall(path) => {
                if let Some(call) = config.call(path) {
                    self.repetition(&call.repetition);
                    self.depends_on(&call.depends_on);
                }
            }
            Node::Variable(path, name) => {
                let call = config.call(path);
                let given = call.and_then(|call| Some((call, call.body.attribute(name)?)));
                if let Some((call, given)) = given {
                    self.expression(&given.expr, Place::of(&call.repetition));
                }
            }
            Node::Resource(addr) => {
                if let Some(resource) = module.resources.get(&addr.resource) {
                    self.resource(resource);
                }
            }
            Node::Validation(_, name) => {
                if let Some(variable) = module.variables.get(name) {
                    self.conditions(&variable.validations, PLAIN, Each::Never);
                }
            }
            Node::Check(_, name) => {
                if let Some(check) = module.checks.get(name) {
                    let place = Place {
                        check: Some(name),
                        ..PLAIN
                    };
                    self.conditions(&check.assertions, place, Each::Together);
                }
            }
            Node::ModuleEnd(_) | Node::ResourcesEnd => {}
        }
    }

    fn local(&mut self, name: &Arc<str>, local: &Local) {
        self.expression(&local.expr, PLAIN);
        let own = Subject::Local(name.clone());
        self.refuse_own(&local.expr, &own, |own| {
            Diagnostic::error(
                "Self-referencing local value",
                format!("Local value {own} cannot use its own result as part of its expression."),
            )
        });
    }

    fn resource(&mut self, resource: &trueup_config::Resource) {
        self.repetition(&resource.repetition);
        self.depends_on(&resource.depends_on);
        self.ignored(resource);
        self.conditions_of(resource, Place::of(&resource.repetition));
        if let PreventDestroy::Expr(expr) = &resource.lifecycle.prevent_destroy {
            self.expression(expr, PLAIN);
        }
        let (arguments, blocks) = resource.meta();
        let place = Place::of(&resource.repetition);
        self.body(&resource.body, place, arguments, blocks);
    }

    fn repetition(&mut self, repetition: &Repetition) {
        if let Repetition::Count(expr) | Repetition::ForEach(expr) = repetition {
            self.expression(expr, PLAIN);
        }
    }

    fn body(&mut self, body: &Body, place: Place<'_>, skip: &[&str], skip_blocks: &[&str]) {
        for attribute in &body.attributes {
            if !skip.contains(&&*attribute.name) {
                self.expression(&attribute.expr, place);
            }
        }
        for block in &body.blocks {
            if !skip_blocks.contains(&&*block.kind.name) {
                block.visit_references(&mut |found| self.found(found, place));
            }
        }
    }

    fn depends_on(&mut self, traversals: &[Traversal]) {
        for traversal in traversals {
            match Reference::read(traversal) {
                Ok(reference) => {
                    self.reference(traversal, &reference, PLAIN);
                    let rest = &traversal.steps[reference.consumed..];
                    let keyed = rest
                        .first()
                        .is_some_and(|step| matches!(step.kind, StepKind::Index(_)));
                    let rest = &rest[usize::from(keyed)..];
                    if let (Some(first), Some(last)) = (rest.first(), rest.last()) {
                        self.diagnostics.push(
                            Diagnostic::error(
                                "Invalid depends_on reference",
                                "References in depends_on must be to a whole object (resource, etc), not to an attribute of an object.",
                            )
                            .at(first.span.to(last.span)),
                        );
                    }
                }
                Err(diagnostic) => self.diagnostics.push(diagnostic),
            }
        }
    }

    /// Refuses an expression that needs the very thing it makes.
    fn refuse_own(&mut self, expr: &Expr, own: &Subject, problem: impl Fn(&Subject) -> Diagnostic) {
        expr.visit_references(&mut |found| {
            if let Ok(reference) = Reference::read(found.traversal)
                && reference.subject == *own
            {
                self.diagnostics.push(problem(own).at(reference.span));
            }
        });
    }

    pub(crate) fn expression(&mut self, expr: &Expr, place: Place<'_>) {
        expr.visit_references(&mut |found| self.found(found, place));
    }

    pub(crate) fn found(&mut self, found: trueup_parser::Reference<'_>, place: Place<'_>) {
        match Reference::read(found.traversal) {
            Ok(reference) => self.reference(found.traversal, &reference, place),
            Err(diagnostic) => self.diagnostics.push(diagnostic),
        }
    }

    fn reference(&mut self, traversal: &Traversal, reference: &Reference, place: Place<'_>) {
        let module = &self.node.module;
        let at = reference.span;
        match &reference.subject {
            Subject::Variable(name) if !module.variables.contains_key(name) => {
                let near = suggestion(name, module.variables.keys());
                let detail = format!(
                    "An input variable with the name {name:?} has not been declared.{}",
                    near.unwrap_or_else(|| format!(
                        " This variable can be declared with a variable {name:?} {{}} block."
                    ))
                );
                self.undeclared("input variable", detail, at);
            }
            Subject::Local(name) if !module.locals.contains_key(name) => {
                let near = suggestion(name, module.locals.keys()).unwrap_or_default();
                let detail = format!("A local value with the name {name:?} has not been declared.{near}");
                self.undeclared("local value", detail, at);
            }
            Subject::ModuleCall(name) if !module.calls.contains_key(name) => {
                let near = suggestion(name, module.calls.keys()).unwrap_or_default();
                let detail = format!(
                    "No module call named {name:?} is declared in {}.{near}",
                    module_name(self.node)
                );
                self.undeclared("module", detail, at);
            }
            Subject::ModuleCall(name) => self.deprecated_output(name, traversal, at),
            Subject::Resource(resource) => match module.resources.get(resource) {
                Some(declared) => {
                    let scoped = declared.check.as_deref();
                    if scoped.is_some() && scoped != place.check {
                        self.scoped(resource, at);
                    } else {
                        self.resource_path(traversal, reference, resource);
                    }
                }
                None => self.undeclared_resource(module, traversal, resource, at),
            },
            Subject::Ephemeral(kind, name) => {
                let key = (kind.clone(), name.clone());
                if !module.ephemerals.contains_key(&key) {
                    let module = module_name(self.node);
                    let detail = format!(
                        "An ephemeral resource {kind:?} {name:?} has not been declared in {module}."
                    );
                    self.undeclared("resource", detail, at);
                }
            }
            Subject::Count(name) => self.repetition_name(
                place.count && &**name == "index",
                || crate::scope::count_problem(name),
                at,
            ),
            Subject::Each(name) => self.repetition_name(
                place.each && matches!(&**name, "key" | "value"),
                || crate::scope::each_problem(name),
                at,
            ),
            Subject::SelfObject if place.own.is_some() => {
                if let Some(own) = place.own {
                    self.own_path(traversal, &own.addr);
                }
            }
            Subject::SelfObject => self.diagnostics.push(
                Diagnostic::error(
                    "Invalid \"self\" reference",
                    "The \"self\" object is not available in this context. This object can be used only in resource provisioner, connection, and postcondition blocks.",
                )
                .at(at),
            ),
            _ => {}
        }
    }

    /// Warns where the output of a called module is one that its author wants callers to leave (OpenTofu's
    /// extension).
    fn deprecated_output(&mut self, call: &Arc<str>, traversal: &Traversal, at: Span) {
        let Some(called) = self.node.children.get(call) else {
            return;
        };
        let mut steps = traversal.steps.iter().skip(1);
        let name = steps.find_map(|step| match &step.kind {
            StepKind::Attr(name) => Some(name),
            _ => None,
        });
        let output = name.and_then(|name| called.module.outputs.get(name));
        if let Some((output, message)) =
            output.and_then(|output| Some((output, output.deprecated.as_ref()?)))
        {
            self.diagnostics.push(
                Diagnostic::warning(
                    "Value derived from a deprecated source",
                    format!(
                        "This value is derived from module.{call}.{}, which is deprecated with the following message:\n\n{message}",
                        output.name
                    ),
                )
                .at(at),
            );
        }
    }

    fn repetition_name(&mut self, fine: bool, problem: impl FnOnce() -> Diagnostic, at: Span) {
        if !fine {
            self.diagnostics.push(problem().at(at));
        }
    }

    pub(crate) fn undeclared(&mut self, what: &str, detail: String, at: Span) {
        self.diagnostics
            .push(Diagnostic::error(format!("Reference to undeclared {what}"), detail).at(at));
    }
}

pub(crate) fn suggestion<'a>(
    given: &str,
    known: impl Iterator<Item = &'a Arc<str>>,
) -> Option<String> {
    did_you_mean(given, known.map(|name| &**name)).map(|near| format!(" Did you mean {near:?}?"))
}

pub(crate) fn module_name(node: &ModuleNode) -> String {
    if node.path.is_root() {
        "the root module".into()
    } else {
        node.path.to_string()
    }
}
