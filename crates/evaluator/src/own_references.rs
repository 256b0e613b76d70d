//! References of a block to itself. Terraform looks for those in a body when it plans the block, for those in
//! conditions when it reads them.

use trueup_addrs::{Reference, Subject};
use trueup_config::{Condition, ModuleNode, PreventDestroy, Repetition, Resource};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::Expr;

/// Where a resource's arguments, its repetition or its `prevent_destroy` name the resource.
pub fn in_body(resource: &Resource) -> Diagnostics {
    let own = Subject::Resource(resource.addr.clone());
    let mut diagnostics = Diagnostics::default();
    let mut found = |found: trueup_parser::Reference<'_>| {
        if let Ok(reference) = Reference::read(found.traversal)
            && reference.subject == own
        {
            diagnostics.push(
                Diagnostic::error(
                    "Self-referential block",
                    format!("Configuration for {own} may not refer to itself."),
                )
                .at(reference.span),
            );
        }
    };
    let repetition: Option<&Expr> = match &resource.repetition {
        Repetition::None => None,
        Repetition::Count(expr) | Repetition::ForEach(expr) => Some(expr),
    };
    let protection: Option<&Expr> = match &resource.lifecycle.prevent_destroy {
        PreventDestroy::Literal(_) => None,
        PreventDestroy::Expr(expr) => Some(expr),
    };
    for expr in repetition.into_iter().chain(protection) {
        expr.visit_references(&mut found);
    }
    let (arguments, blocks) = resource.meta();
    for attribute in &resource.body.attributes {
        if !arguments.contains(&&*attribute.name) {
            attribute.expr.visit_references(&mut found);
        }
    }
    for block in &resource.body.blocks {
        if !blocks.contains(&&*block.kind.name) {
            block.visit_references(&mut found);
        }
    }
    diagnostics
}

/// Where conditions of a module's resources name the resource that they belong to.
pub fn in_conditions(node: &ModuleNode) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for resource in node.module.resources.values() {
        let own = Subject::Resource(resource.addr.clone());
        let lifecycle = &resource.lifecycle;
        for (conditions, what) in [
            (&lifecycle.preconditions, "precondition"),
            (&lifecycle.postconditions, "postcondition"),
        ] {
            for expr in conditions.iter().flat_map(Condition::expressions) {
                expr.visit_references(&mut |found| {
                    let reference = Reference::read(found.traversal);
                    if reference.is_ok_and(|reference| reference.subject == own) {
                        diagnostics.push(
                            Diagnostic::error(
                                format!("Invalid reference in {what}"),
                                format!("Configuration for {own} may not refer to itself."),
                            )
                            .at(expr.span),
                        );
                    }
                });
            }
        }
    }
    diagnostics
}
