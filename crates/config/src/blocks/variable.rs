//! `variable` and `locals` blocks.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Expr};

use super::{Condition, check_name, literal_bool, literal_string};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// A `variable` block.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// What it is for, in the words of its author.
    pub description: Option<Arc<str>>,
    /// The type constraint as written; any type where there is none.
    pub ty: Option<Arc<Expr>>,
    /// The value used when none is given.
    pub default: Option<Arc<Expr>>,
    /// Whether its value is kept off the screen.
    pub sensitive: bool,
    /// Whether its value is kept out of plan and state.
    pub ephemeral: bool,
    /// What must hold of its value.
    pub validations: Vec<Condition>,
    /// What callers are told where the author wants them to leave it.
    pub deprecated: Option<Arc<str>>,
    /// Whether null may stand in place of the default.
    pub nullable: bool,
    /// Whether it may be used before anything is planned, where that is said: OpenTofu's `const`.
    pub constant: Option<bool>,
    /// The block's header.
    pub header: Span,
}

/// One value of a `locals` block.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name.
    pub name: Arc<str>,
    /// The expression.
    pub expr: Arc<Expr>,
    /// The whole argument.
    pub span: Span,
    /// Where the name is written.
    pub name_span: Span,
}

const VARIABLE: Expected = Expected {
    required: &[],
    optional: &[
        "description",
        "default",
        "type",
        "sensitive",
        "nullable",
        "ephemeral",
        "deprecated",
        "const",
    ],
    blocks: &[BlockType {
        name: "validation",
        labels: &[],
    }],
};

/// Names that module blocks use for themselves.
const RESERVED: [&str; 8] = [
    "source",
    "version",
    "providers",
    "count",
    "for_each",
    "lifecycle",
    "depends_on",
    "locals",
];

pub(super) fn read(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let name = block.labels[0].text.clone();
    let header = block.header_span();
    let content = content::take(&block.body, VARIABLE, diagnostics);
    if !check_name(block, 0, "variable", diagnostics) {
        return;
    }
    if RESERVED.contains(&&*name) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid variable name",
                format!("The variable name {name:?} is reserved due to its special meaning inside module blocks."),
            )
            .at(block.labels[0].span),
        );
        return;
    }
    let mut validations = Vec::new();
    for nested in &content.blocks {
        validations.extend(Condition::read_validation(nested, &name, diagnostics));
    }
    let mut flag = |name: &str, absent: bool| {
        content
            .get(name)
            .and_then(|attribute| literal_bool(&attribute.expr, diagnostics))
            .unwrap_or(absent)
    };
    let (sensitive, ephemeral, nullable) = (
        flag("sensitive", false),
        flag("ephemeral", false),
        flag("nullable", true),
    );
    let constant = content
        .get("const")
        .and_then(|attribute| literal_bool(&attribute.expr, diagnostics));
    let variable = Variable {
        constant,
        description: content
            .get("description")
            .and_then(|attribute| literal_string(&attribute.expr, diagnostics)),
        ty: content.get("type").map(|attribute| attribute.expr.clone()),
        default: content
            .get("default")
            .map(|attribute| attribute.expr.clone()),
        sensitive,
        ephemeral,
        validations,
        deprecated: content
            .get("deprecated")
            .and_then(|attribute| literal_string(&attribute.expr, diagnostics)),
        nullable,
        header,
        name: name.clone(),
    };
    if let Some(first) = module.variables.get(&name) {
        diagnostics.push(
            Diagnostic::error(
                "Duplicate variable declaration",
                format!("A variable named {name:?} was already declared at {}. Variable names must be unique within a module.", sources.place(first.header)),
            )
            .at(header),
        );
        return;
    }
    module.variables.insert(name, variable);
}

pub(super) fn read_locals(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    for nested in &block.body.blocks {
        diagnostics.push(
            Diagnostic::error(
                format!("Unexpected {:?} block", nested.kind.name),
                "Blocks are not allowed here.",
            )
            .at(nested.kind.span),
        );
    }
    for attribute in &block.body.attributes {
        if !trueup_parser::is_identifier(&attribute.name) {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid local value name",
                    "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.",
                )
                .at(attribute.name_span),
            );
            continue;
        }
        if let Some(first) = module.locals.get(&attribute.name) {
            diagnostics.push(
                Diagnostic::error(
                    "Duplicate local value definition",
                    format!(
                        "A local value named {:?} was already defined at {}. Local value names must be unique within a module.",
                        attribute.name,
                        sources.place(first.span)
                    ),
                )
                .at(attribute.span),
            );
            continue;
        }
        module.locals.insert(
            attribute.name.clone(),
            Local {
                name: attribute.name.clone(),
                expr: attribute.expr.clone(),
                span: attribute.span,
                name_span: attribute.name_span,
            },
        );
    }
}
