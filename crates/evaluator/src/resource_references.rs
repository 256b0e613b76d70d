//! References to resources: declared or not, with the instance key that their block asks for, and to an
//! attribute that their schema has.

use trueup_addrs::{Mode, Reference, Resource};
use trueup_config::{IgnoreChanges, Module, Repetition};
use trueup_diagnostics::{Diagnostic, Span, did_you_mean};
use trueup_parser::{Literal, StepKind, Traversal};
use trueup_value::Type;

use crate::references::{Checker, module_name, suggestion};

impl Checker<'_> {
    /// Checks the places that `ignore_changes` names.
    pub(crate) fn ignored(&mut self, resource: &trueup_config::Resource) {
        let IgnoreChanges::At(places) = &resource.lifecycle.ignore_changes else {
            return;
        };
        let Some(schema) = (self.schemas)(self.node, &resource.addr) else {
            return;
        };
        let ty = schema.block.implied_type();
        for place in places {
            let name = &place.root.name;
            self.attribute(&ty, name, place.root.span);
            let decided_by_provider = schema
                .block
                .attributes
                .get(name)
                .is_some_and(|attribute| attribute.computed && !attribute.optional);
            if decided_by_provider && place.steps.is_empty() {
                self.diagnostics.push(
                    Diagnostic::warning(
                        "Redundant ignore_changes element",
                        format!("Adding an attribute name to ignore_changes tells Terraform to ignore future changes to the argument in configuration after the object has been created, retaining the value originally configured.\n\nThe attribute {name} is decided by the provider alone and therefore there can be no configured value to compare with. Including this attribute in ignore_changes has no effect. Remove the attribute from ignore_changes to quiet this warning."),
                    )
                    .at(resource.kind_span),
                );
            }
        }
    }

    pub(crate) fn undeclared_resource(
        &mut self,
        module: &Module,
        traversal: &Traversal,
        resource: &Resource,
        at: Span,
    ) {
        let (kind, name) = (&resource.kind, &resource.name);
        let module_name = module_name(self.node);
        let what = match resource.mode {
            Mode::Managed => "managed",
            Mode::Data => "data",
        };
        let mut detail =
            format!("A {what} resource {kind:?} {name:?} has not been declared in {module_name}.");
        let other = Resource {
            mode: Mode::Data,
            ..resource.clone()
        };
        if resource.mode == Mode::Managed && module.resources.contains_key(&other) {
            detail.push_str(&format!("\n\nDid you mean the data resource {other}?"));
        } else {
            let same_kind = module
                .resources
                .keys()
                .filter(|known| known.mode == resource.mode && known.kind == *kind)
                .map(|known| &*known.name);
            if let Some(near) = did_you_mean(name, same_kind) {
                detail.push_str(&format!(" Did you mean {near:?}?"));
            }
        }
        let _ = traversal;
        self.undeclared("resource", detail, at);
    }

    /// Checks the steps that follow a resource: the instance key fits the block's repetition, and the
    /// schema has what is asked for.
    pub(crate) fn resource_path(
        &mut self,
        traversal: &Traversal,
        reference: &Reference,
        resource: &Resource,
    ) {
        let Some(declared) = self.node.module.resources.get(resource) else {
            return;
        };
        let mut rest = &traversal.steps[reference.consumed..];
        let repeated = !matches!(declared.repetition, Repetition::None);
        let keyed = matches!(
            rest.first().map(|step| &step.kind),
            Some(StepKind::Index(Literal::Number(_) | Literal::String(_)))
        );
        match (repeated, keyed) {
            (true, true) => rest = &rest[1..],
            (true, false) => {
                if let Some(step) = rest.first()
                    && let StepKind::Attr(_) = step.kind
                {
                    let example = match declared.repetition {
                        Repetition::Count(_) => "count",
                        _ => "for_each",
                    };
                    let key = match declared.repetition {
                        Repetition::Count(_) => "count.index",
                        _ => "each.key",
                    };
                    self.diagnostics.push(
                        Diagnostic::error(
                            "Missing resource instance key",
                            format!("Because {resource} has {example:?} set, its attributes must be accessed on specific instances.\n\nFor example, to correlate with indices of a referring resource, use:\n    {resource}[{key}]"),
                        )
                        .at(reference.span),
                    );
                }
                return;
            }
            (false, true) => {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Unexpected resource instance key",
                        format!("Because {resource} does not have \"count\" or \"for_each\" set, references to it must not include an index key. Remove the bracketed index to refer to the single instance of this resource."),
                    )
                    .at(reference.span),
                );
                return;
            }
            (false, false) => {}
        }
        if let Some(schema) = (self.schemas)(self.node, resource)
            && let Some(step) = rest.first()
            && let StepKind::Attr(name) = &step.kind
        {
            let ty = schema.block.implied_type();
            self.attribute(&ty, name, step.span);
        }
    }

    pub(crate) fn attribute(&mut self, ty: &Type, name: &str, at: Span) {
        let Some(object) = ty.as_object() else { return };
        if object.attributes.contains_key(name) {
            return;
        }
        let near = suggestion(name, object.attributes.keys()).unwrap_or_default();
        self.diagnostics.push(
            Diagnostic::error(
                "Unsupported attribute",
                format!("This object has no argument, nested block, or exported attribute named {name:?}.{near}"),
            )
            .at(at),
        );
    }
}
