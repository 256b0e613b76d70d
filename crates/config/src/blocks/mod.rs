//! The blocks of the language, each with its own room: what it declares, and how it is read.

mod check;
mod condition;
mod import;
mod lifecycle;
mod module_call;
mod moved;
mod output;
mod provider;
mod removed;
mod resource;
mod terraform;
mod triggers;
mod variable;

pub use check::Check;
pub use condition::Condition;
pub use import::{Import, ImportTarget};
pub use lifecycle::{IgnoreChanges, Lifecycle};
pub use module_call::{ModuleCall, PassedProvider, is_local_source};
pub use moved::Moved;
pub use output::Output;
pub use provider::{ProviderBlock, ProviderRef};
pub use removed::Removed;
pub use resource::{Repetition, Resource};
pub use terraform::RequiredProvider;
pub use variable::{Local, Variable};

pub(crate) use provider::read as read_provider;
pub(crate) use terraform::read_terraform;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_parser::{Block, Body, Expr, Literal, Traversal};

use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// Every block type of the language; the ones this version does not read yet are refused by name.
const TOP_LEVEL: Expected = Expected {
    required: &[],
    optional: &[],
    blocks: &[
        BlockType {
            name: "terraform",
            labels: &[],
        },
        BlockType {
            name: "provider",
            labels: &["name"],
        },
        BlockType {
            name: "variable",
            labels: &["name"],
        },
        BlockType {
            name: "locals",
            labels: &[],
        },
        BlockType {
            name: "output",
            labels: &["name"],
        },
        BlockType {
            name: "module",
            labels: &["name"],
        },
        BlockType {
            name: "resource",
            labels: &["type", "name"],
        },
        BlockType {
            name: "data",
            labels: &["type", "name"],
        },
        BlockType {
            name: "ephemeral",
            labels: &["type", "name"],
        },
        BlockType {
            name: "moved",
            labels: &[],
        },
        BlockType {
            name: "removed",
            labels: &[],
        },
        BlockType {
            name: "import",
            labels: &[],
        },
        BlockType {
            name: "check",
            labels: &["name"],
        },
    ],
};

/// Reads one file's blocks into `module`.
pub(crate) fn read_file(
    body: &Body,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    if let Some(block) = body.blocks_of("required_providers").next() {
        diagnostics.push(
            Diagnostic::error(
                "Invalid required_providers block",
                "A \"required_providers\" block must be nested inside a \"terraform\" block.",
            )
            .at(block.header_span()),
        );
    }
    let content = content::take(body, TOP_LEVEL, diagnostics);
    for block in content.blocks {
        match &*block.kind.name {
            "terraform" => read_terraform(block, sources, module, diagnostics),
            "provider" => provider::read(block, sources, module, diagnostics),
            "variable" => variable::read(block, sources, module, diagnostics),
            "locals" => variable::read_locals(block, sources, module, diagnostics),
            "output" => output::read(block, sources, module, diagnostics),
            "module" => module_call::read(block, sources, module, diagnostics),
            "resource" | "data" => resource::read(block, sources, module, diagnostics),
            "import" => import::read(block, sources, module, diagnostics),
            "moved" => moved::read(block, module, diagnostics),
            "removed" => removed::read(block, module, diagnostics),
            "check" => check::read(block, sources, module, diagnostics),
            kind => diagnostics.push(
                Diagnostic::error(
                    "Block type not supported yet",
                    format!("This version of trueup does not read {kind:?} blocks. docs/compatibility.md lists what it reads."),
                )
                .at(block.header_span()),
            ),
        }
    }
}

/// Says so where the name of a block is not an identifier. Answers whether it is one.
pub(crate) fn check_name(
    block: &Block,
    label: usize,
    what: &str,
    diagnostics: &mut Diagnostics,
) -> bool {
    let label = &block.labels[label];
    if trueup_parser::is_identifier(&label.text) {
        return true;
    }
    diagnostics.push(
        Diagnostic::error(
            format!("Invalid {what} name"),
            "A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.",
        )
        .at(label.span),
    );
    false
}

/// An argument that holds `true` or `false` and nothing else.
pub(crate) fn literal_bool(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<bool> {
    match &expr.without_parens().kind {
        trueup_parser::ExprKind::Literal(Literal::Bool(value)) => Some(*value),
        trueup_parser::ExprKind::Literal(Literal::String(text)) if &**text == "true" => Some(true),
        trueup_parser::ExprKind::Literal(Literal::String(text)) if &**text == "false" => {
            Some(false)
        }
        trueup_parser::ExprKind::Traversal(_) => {
            diagnostics.push(
                Diagnostic::error("Variables not allowed", "Variables may not be used here.")
                    .at(expr.span),
            );
            None
        }
        _ => {
            diagnostics.push(
                Diagnostic::error(
                    "Unsuitable value type",
                    "Unsuitable value: a bool is required",
                )
                .at(expr.span),
            );
            None
        }
    }
}

/// An argument that holds a plain string and nothing else.
pub(crate) fn literal_string(
    expr: &Expr,
    diagnostics: &mut Diagnostics,
) -> Option<std::sync::Arc<str>> {
    if let Some(text) = expr.without_parens().as_string_literal() {
        return Some(text.clone());
    }
    let mut references = false;
    expr.visit_references(&mut |_| references = true);
    diagnostics.push(if references {
        Diagnostic::error("Variables not allowed", "Variables may not be used here.").at(expr.span)
    } else {
        Diagnostic::error(
            "Unsuitable value type",
            "Unsuitable value: a string is required",
        )
        .at(expr.span)
    });
    None
}

/// The references of a `depends_on` list.
pub(crate) fn depends_on(expr: &Expr, diagnostics: &mut Diagnostics) -> Vec<Traversal> {
    let Some(items) = expr.static_list() else {
        diagnostics.push(
            Diagnostic::error(
                "Invalid expression",
                "A static list expression is required.",
            )
            .at(expr.span),
        );
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        match item.as_traversal() {
            Some(traversal) => found.push(traversal),
            None => diagnostics.push(
                Diagnostic::error("Invalid expression", "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.")
                    .at(item.span),
            ),
        }
    }
    found
}
