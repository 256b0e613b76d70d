//! `replace_triggered_by`: whether something that an instance names changes, so that it is replaced.

use std::sync::Arc;

use trueup_addrs::{AbsInstance, AbsResource, InstanceKey, Mode, ModuleInstance, Resource};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::{Evaluator, Repeated};
use trueup_parser::{Expr, ExprKind, Literal, StepKind, Traversal};
use trueup_plan::{Action, ResourceChange};
use trueup_value::{Path, Value};

use crate::walk::Walk;

/// A part of a reference, its key evaluated.
enum Part {
    Name(Arc<str>),
    Key(Value),
}

impl Walk<'_> {
    /// Whether one of the references of the block asks to replace this instance. `None` with errors.
    pub(crate) fn is_triggered(
        &self,
        resource: &trueup_config::Resource,
        module: &ModuleInstance,
        repeated: &Repeated,
        diagnostics: &mut Diagnostics,
    ) -> Option<bool> {
        let mut triggered = false;
        for expr in &resource.lifecycle.replace_triggered_by {
            triggered |= self.triggers(expr, module, repeated, diagnostics)?;
        }
        Some(triggered)
    }

    fn triggers(
        &self,
        expr: &Expr,
        module: &ModuleInstance,
        repeated: &Repeated,
        diagnostics: &mut Diagnostics,
    ) -> Option<bool> {
        let mut parts = Vec::new();
        let before = diagnostics.errors().count();
        if !flatten(
            &self.evaluator,
            expr,
            module,
            repeated,
            &mut parts,
            diagnostics,
        ) {
            if diagnostics.errors().count() == before {
                diagnostics.push(
                    Diagnostic::error(
                        "Invalid replace_triggered_by expression",
                        "Unexpected expression found in replace_triggered_by.",
                    )
                    .at(expr.span),
                );
            }
            return None;
        }
        let (named, rest) = resource_of(&parts)?;
        let abs = AbsResource::new(module.clone(), named);
        if crate::walk::declared(self.request, &abs).is_none() {
            let within = match module.is_root() {
                true => "the root module".to_owned(),
                false => module.module().to_string(),
            };
            diagnostics.push(
                Diagnostic::error(
                    "Reference to undeclared resource",
                    format!(
                        "A resource {} has not been declared in {within}",
                        abs.resource
                    ),
                )
                .at(expr.span),
            );
            return None;
        }
        if rest.is_empty() {
            let planned = self.planned_for(&abs);
            if planned.is_empty() {
                diagnostics.push(not_found(&abs.instance(InstanceKey::None)));
                return None;
            }
            return Some(planned.iter().any(is_change));
        }
        let (key, rest) = match rest.split_first() {
            Some((Part::Key(key), rest)) => (key_of(key)?, rest),
            _ => (InstanceKey::None, rest),
        };
        let instance = abs.instance(key);
        let change = self
            .planned_for(&abs)
            .iter()
            .find(|change| change.addr == instance && change.deposed.is_none());
        let Some(change) = change else {
            if !self.targeting.includes(&instance) {
                return Some(false);
            }
            diagnostics.push(not_found(&instance));
            return None;
        };
        if !is_change(change) {
            return Some(false);
        }
        if rest.is_empty() {
            return Some(true);
        }
        let mut path = Path::new();
        for part in rest {
            path = match part {
                Part::Name(name) => path.attr(name.clone()),
                Part::Key(key) => path.index(key.clone()),
            };
        }
        let at = |value: &Value| path.apply(&value.without_marks_inside());
        Some(match (at(&change.before), at(&change.after)) {
            (Ok(before), Ok(after)) => !before.raw_equals(&after),
            (Err(_), Err(_)) => false,
            _ => true,
        })
    }

    /// What is planned so far for a resource.
    fn planned_for(&self, addr: &AbsResource) -> &[ResourceChange] {
        let range = self.planned.get(addr).cloned().unwrap_or_default();
        self.plan.changes.get(range).unwrap_or_default()
    }
}

/// Whether a change triggers replacements elsewhere: objects that come or go do not.
fn is_change(change: &ResourceChange) -> bool {
    change.deposed.is_none() && (change.action == Action::Update || change.action.is_replace())
}

fn not_found(instance: &AbsInstance) -> Diagnostic {
    let module = &instance.resource.module;
    let within = match module.is_root() {
        true => "the root module".to_owned(),
        false => module.to_string(),
    };
    Diagnostic::error(
        format!("no change found for {} in {within}", instance.local_text()),
        "",
    )
    .hint("replace_triggered_by names an instance that the plan does not have.")
}

/// Takes a reference apart; `false` where the expression is none.
fn flatten(
    evaluator: &Evaluator,
    expr: &Expr,
    module: &ModuleInstance,
    repeated: &Repeated,
    parts: &mut Vec<Part>,
    diagnostics: &mut Diagnostics,
) -> bool {
    match &expr.kind {
        ExprKind::Traversal(Traversal { root, steps }) => {
            parts.push(Part::Name(root.name.clone()));
            add_steps(steps, parts)
        }
        ExprKind::RelativeTraversal { source, steps } => {
            flatten(evaluator, source, module, repeated, parts, diagnostics)
                && add_steps(steps, parts)
        }
        ExprKind::Index {
            collection, key, ..
        } => {
            if !flatten(evaluator, collection, module, repeated, parts, diagnostics) {
                return false;
            }
            let (value, found) = evaluator.evaluate(module, key, repeated);
            let broken = found.has_errors();
            diagnostics.extend(found);
            parts.push(Part::Key(value.without_marks_inside()));
            !broken
        }
        _ => false,
    }
}

fn add_steps(steps: &[trueup_parser::Step], parts: &mut Vec<Part>) -> bool {
    for step in steps {
        parts.push(match &step.kind {
            StepKind::Attr(name) => Part::Name(name.clone()),
            StepKind::Index(Literal::String(key)) => Part::Key(Value::string(key)),
            StepKind::Index(Literal::Number(text)) => match text.parse::<u64>() {
                Ok(index) => Part::Key(Value::number(index)),
                Err(_) => return false,
            },
            StepKind::Index(Literal::Null | Literal::Bool(_)) | StepKind::Splat => return false,
        });
    }
    true
}

/// The resource that the first parts name, and the others.
fn resource_of(parts: &[Part]) -> Option<(Resource, &[Part])> {
    let name = |at: usize| match parts.get(at) {
        Some(Part::Name(name)) => Some(name.clone()),
        _ => None,
    };
    let (mode, skipped) = match name(0).as_deref() {
        Some("data") => (Mode::Data, 1),
        Some("resource") => (Mode::Managed, 1),
        _ => (Mode::Managed, 0),
    };
    let resource = Resource {
        mode,
        kind: name(skipped)?,
        name: name(skipped + 1)?,
    };
    Some((resource, &parts[skipped + 2..]))
}

fn key_of(value: &Value) -> Option<InstanceKey> {
    if let Some(text) = value.as_str() {
        return Some(InstanceKey::Str(text.into()));
    }
    value
        .as_number()
        .and_then(|number| u64::try_from(number.to_i64()?).ok())
        .map(InstanceKey::Int)
}
