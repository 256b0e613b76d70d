//! `output` blocks.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Expr, ExprKind, Literal, Traversal};

use super::{Condition, check_name, depends_on, literal_bool, literal_string};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// An `output` block.
#[derive(Clone, Debug)]
pub struct Output {
    /// Its name.
    pub name: Arc<str>,
    /// What it is, in the words of its author.
    pub description: Option<Arc<str>>,
    /// The value.
    pub value: Arc<Expr>,
    /// Whether its value is kept off the screen.
    pub sensitive: bool,
    /// Whether its value is kept out of state.
    pub ephemeral: bool,
    /// What must hold before its value is taken.
    pub preconditions: Vec<Condition>,
    /// What its users are told where the author wants them to leave it.
    pub deprecated: Option<Arc<str>>,
    /// What must be done before it is known.
    pub depends_on: Vec<Traversal>,
    /// The block's header.
    pub header: Span,
}

const OUTPUT: Expected = Expected {
    required: &["value"],
    optional: &[
        "description",
        "sensitive",
        "ephemeral",
        "depends_on",
        "deprecated",
    ],
    blocks: &[BlockType {
        name: "precondition",
        labels: &[],
    }],
};

pub(super) fn read(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let name = block.labels[0].text.clone();
    let header = block.header_span();
    let content = content::take(&block.body, OUTPUT, diagnostics);
    if !check_name(block, 0, "output", diagnostics) {
        return;
    }
    let mut preconditions = Vec::new();
    for nested in &content.blocks {
        preconditions.extend(Condition::read(nested, diagnostics));
    }
    // Without a value it is declared all the same: a second one of its name is one too many.
    let value = content.get("value").map_or_else(
        || Arc::new(Expr::new(ExprKind::Literal(Literal::Null), header)),
        |value| value.expr.clone(),
    );
    let output = Output {
        name: name.clone(),
        description: content
            .get("description")
            .and_then(|attribute| literal_string(&attribute.expr, diagnostics)),
        value,
        preconditions,
        deprecated: content
            .get("deprecated")
            .and_then(|attribute| literal_string(&attribute.expr, diagnostics)),
        sensitive: content
            .get("sensitive")
            .and_then(|attribute| literal_bool(&attribute.expr, diagnostics))
            .unwrap_or(false),
        ephemeral: content
            .get("ephemeral")
            .and_then(|attribute| literal_bool(&attribute.expr, diagnostics))
            .unwrap_or(false),
        depends_on: content
            .get("depends_on")
            .map(|attribute| depends_on(&attribute.expr, diagnostics))
            .unwrap_or_default(),
        header,
    };
    if let Some(first) = module.outputs.get(&name) {
        diagnostics.push(
            Diagnostic::error(
                "Duplicate output definition",
                format!("An output named {name:?} was already defined at {}. Output names must be unique within a module.", sources.place(first.header)),
            )
            .at(header),
        );
        return;
    }
    module.outputs.insert(name, output);
}
