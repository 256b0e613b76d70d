//! `lifecycle` blocks of resources.

use std::sync::Arc;

use trueup_addrs::Mode;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_parser::{Block, Expr, ExprKind, Traversal};

use super::moved::not_static;
use super::{Condition, literal_bool, quoted_reference, static_list, triggers};
use crate::content::{self, BlockType, Expected};

/// Which differences between configuration and object are no change.
#[derive(Clone, Debug, Default)]
pub enum IgnoreChanges {
    /// None is ignored.
    #[default]
    Nothing,
    /// Every difference is ignored.
    All,
    /// Differences at or below these places of the block, relative to it.
    At(Vec<Traversal>),
}

/// Whether a plan that takes an object away is refused.
#[derive(Clone, Debug)]
pub enum PreventDestroy {
    /// It is written plainly, or not at all.
    Literal(bool),
    /// It follows from other values of the module (OpenTofu's extension). The same for all instances: an
    /// instance that the configuration no longer asks for has neither `count.index` nor `each.key`.
    Expr(Arc<Expr>),
}

impl Default for PreventDestroy {
    fn default() -> Self {
        Self::Literal(false)
    }
}

/// What `lifecycle` says of a resource.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// Whether a replacement exists before the old object goes; `None` where it is not said.
    pub create_before_destroy: Option<bool>,
    /// Whether a plan that takes an object away is refused.
    pub prevent_destroy: PreventDestroy,
    /// Which differences are ignored.
    pub ignore_changes: IgnoreChanges,
    /// References to what replaces the object when it changes: each names one managed resource.
    pub replace_triggered_by: Vec<Expr>,
    /// What must hold before the object is planned or changed.
    pub preconditions: Vec<Condition>,
    /// What must hold of the object as it is planned and as it became.
    pub postconditions: Vec<Condition>,
}

const LIFECYCLE: Expected = Expected {
    required: &[],
    optional: &[
        "create_before_destroy",
        "prevent_destroy",
        "ignore_changes",
        "replace_triggered_by",
    ],
    blocks: &[
        BlockType {
            name: "precondition",
            labels: &[],
        },
        BlockType {
            name: "postcondition",
            labels: &[],
        },
    ],
};

impl Lifecycle {
    pub(super) fn read(block: &Block, mode: Mode, diagnostics: &mut Diagnostics) -> Self {
        let content = content::take(&block.body, LIFECYCLE, diagnostics);
        let mut lifecycle = Self::default();
        for nested in &content.blocks {
            let condition = Condition::read(nested, diagnostics);
            match &*nested.kind.name {
                "precondition" => lifecycle.preconditions.extend(condition),
                _ => lifecycle.postconditions.extend(condition),
            }
        }
        if mode == Mode::Data {
            for (name, attribute) in &content.attributes {
                diagnostics.push(
                    Diagnostic::error(
                        "Invalid data resource lifecycle argument",
                        format!("The lifecycle argument {name:?} is defined only for managed resources (\"resource\" blocks), and is not valid for data resources."),
                    )
                    .at(attribute.name_span),
                );
            }
            return lifecycle;
        }
        if let Some(attribute) = content.get("replace_triggered_by") {
            lifecycle.replace_triggered_by = triggers::read(&attribute.expr, diagnostics);
        }
        if let Some(attribute) = content.get("create_before_destroy") {
            lifecycle.create_before_destroy = literal_bool(&attribute.expr, diagnostics);
        }
        if let Some(attribute) = content.get("prevent_destroy") {
            lifecycle.prevent_destroy = match &attribute.expr.without_parens().kind {
                ExprKind::Literal(_) | ExprKind::Tuple(_) | ExprKind::Object { .. } => {
                    PreventDestroy::Literal(
                        literal_bool(&attribute.expr, diagnostics).unwrap_or(false),
                    )
                }
                _ => PreventDestroy::Expr(attribute.expr.clone()),
            };
        }
        if let Some(attribute) = content.get("ignore_changes") {
            lifecycle.ignore_changes = read_ignore_changes(&attribute.expr, diagnostics);
        }
        lifecycle
    }
}

fn read_ignore_changes(expr: &trueup_parser::Expr, diagnostics: &mut Diagnostics) -> IgnoreChanges {
    if expr.as_keyword().as_deref() == Some("all") {
        return IgnoreChanges::All;
    }
    let Some(items) = static_list(expr, expr.span, diagnostics) else {
        return IgnoreChanges::Nothing;
    };
    let mut places = Vec::new();
    for item in items {
        if item.as_string_literal().is_some_and(|text| &**text == "*") {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid ignore_changes wildcard",
                    "The [\"*\"] form of ignore_changes wildcard is was deprecated and is now invalid. Use \"ignore_changes = all\" to ignore changes to all attributes.",
                )
                .at(expr.span),
            );
            continue;
        }
        if let Some(text) = item.as_string_literal() {
            places.extend(quoted_reference(text, item.span, diagnostics));
            continue;
        }
        match item.as_traversal() {
            Some(traversal) => places.push(traversal),
            None => diagnostics.push(not_static(item.span)),
        }
    }
    IgnoreChanges::At(places)
}
