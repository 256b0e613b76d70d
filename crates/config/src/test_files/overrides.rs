//! `override_resource`, `override_data` and `override_module` blocks: values that stand in for what a
//! provider or a module would give.

use std::sync::Arc;

use trueup_addrs::{Mode, Target, parse};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Attribute, Block, Expr};

use crate::content::{self, Expected};

/// What kind of block an override is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OverrideKind {
    /// `override_resource`
    Resource,
    /// `override_data`
    Data,
    /// `override_module`
    Module,
}

impl OverrideKind {
    /// The kind of a block, by its name.
    pub fn of(name: &str) -> Option<Self> {
        match name {
            "override_resource" => Some(Self::Resource),
            "override_data" => Some(Self::Data),
            "override_module" => Some(Self::Module),
            _ => None,
        }
    }

    fn expected(self) -> Expected {
        Expected {
            required: &[],
            optional: match self {
                Self::Module => &["target", "override_during", "outputs"],
                _ => &["target", "override_during", "values"],
            },
            blocks: &[],
        }
    }

    fn values(self) -> &'static str {
        match self {
            Self::Module => "outputs",
            _ => "values",
        }
    }

    fn targets(self) -> &'static str {
        match self {
            Self::Resource => "resources",
            Self::Data => "data sources",
            Self::Module => "modules",
        }
    }

    fn fits(self, target: &Target) -> bool {
        let mode = match target {
            Target::Module(_) => return self == Self::Module,
            Target::Resource(resource) => resource.resource.mode,
            Target::Instance(instance) => instance.resource.resource.mode,
        };
        match mode {
            Mode::Managed => self == Self::Resource,
            Mode::Data => self == Self::Data,
        }
    }
}

/// Values that stand in for an object's or a module's.
#[derive(Clone, Debug)]
pub struct Override {
    /// What kind of block it is.
    pub kind: OverrideKind,
    /// What it stands in for.
    pub target: Target,
    /// The argument that names the target.
    pub target_span: Span,
    /// The values: an object.
    pub values: Option<Arc<Expr>>,
    /// Where the values are written, for messages; the header where there are none.
    pub values_span: Span,
    /// Whether the values are known while planning; `None` where the block does not say.
    pub during_plan: Option<bool>,
    /// The block's header.
    pub header: Span,
}

/// Reads a block into `overrides`, unless one with the same target is there.
pub(super) fn read(
    block: &Block,
    kind: OverrideKind,
    sources: &Sources,
    overrides: &mut Vec<Override>,
    diagnostics: &mut Diagnostics,
) {
    let Some(found) = read_one(block, kind, diagnostics) else {
        return;
    };
    let name = &block.kind.name;
    if let Some(first) = overrides.iter().find(|first| first.target == found.target) {
        let (target, first) = (&found.target, sources.place(first.header));
        diagnostics.push(
            Diagnostic::error(
                format!("Duplicate {name} block"),
                format!("An {name} block targeting {target} has already been defined at {first}."),
            )
            .at(found.header),
        );
        return;
    }
    overrides.push(found);
}

fn read_one(block: &Block, kind: OverrideKind, diagnostics: &mut Diagnostics) -> Option<Override> {
    let content = content::take(&block.body, kind.expected(), diagnostics);
    let name = &block.kind.name;
    let header = block.header_span();
    let during_plan = content
        .get("override_during")
        .and_then(|attribute| during_plan(attribute, diagnostics));
    let values = content.get(kind.values());
    let values_span = values.map_or(header, |values| values.span);
    let Some(attribute) = content.get("target") else {
        diagnostics.push(
            Diagnostic::error(
                "Missing target attribute",
                format!("{name} blocks must specify a target address."),
            )
            .at(header),
        );
        return None;
    };
    let Some(traversal) = attribute.expr.as_traversal() else {
        diagnostics.push(
            Diagnostic::error("Invalid expression", "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.")
                .at(attribute.expr.span),
        );
        return None;
    };
    let target = match parse::target_of(&traversal) {
        Ok(target) => target,
        Err(error) => {
            diagnostics.push(
                Diagnostic::error("Invalid address", error.sentence()).at(attribute.expr.span),
            );
            return None;
        }
    };
    if !kind.fits(&target) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid override target",
                format!(
                    "You can only target {} from {name} blocks, not {target}.",
                    kind.targets()
                ),
            )
            .at(attribute.span),
        );
        return None;
    }
    Some(Override {
        kind,
        target,
        target_span: attribute.span,
        values: values.map(|values| values.expr.clone()),
        values_span,
        during_plan,
        header,
    })
}

/// What `override_during` says: whether the values hold while planning.
pub(super) fn during_plan(attribute: &Attribute, diagnostics: &mut Diagnostics) -> Option<bool> {
    match attribute.expr.as_keyword().as_deref() {
        Some("plan") => Some(true),
        Some("apply") => Some(false),
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid override_during value",
                    "The override_during attribute must be a value of plan or apply.",
                )
                .at(attribute.span),
            );
            None
        }
    }
}
