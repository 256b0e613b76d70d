//! The blocks of the language, each with its own room: what it declares, and how it is read.

mod check;
mod condition;
mod ephemeral;
mod escape;
mod import;
mod lifecycle;
mod module_call;
mod moved;
mod output;
mod provider;
mod removed;
mod repetition;
mod resource;
mod terraform;
mod triggers;
mod variable;

pub use check::Check;
pub use condition::Condition;
pub use ephemeral::Ephemeral;
pub use import::{Import, ImportTarget};
pub use lifecycle::{IgnoreChanges, Lifecycle, PreventDestroy};
pub use module_call::{ModuleCall, PassedProvider, is_local_source};
pub use moved::Moved;
pub use output::Output;
pub use provider::{ProviderBlock, ProviderRef};
pub use removed::Removed;
pub use repetition::Repetition;
pub use resource::Resource;
pub use terraform::RequiredProvider;
pub use variable::{Local, Variable};

pub(crate) use module_call::passed_providers;
pub(crate) use provider::read as read_provider;
pub(crate) use terraform::read_terraform;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Body, Expr, ExprKind, Literal, Traversal};

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
    let misplaced = body.blocks_of("required_providers").next();
    if let Some(block) = misplaced {
        diagnostics.push(
            Diagnostic::error(
                "Invalid required_providers block",
                "A \"required_providers\" block must be nested inside a \"terraform\" block.",
            )
            .at(block.header_span()),
        );
    }
    let mut found = Diagnostics::default();
    let content = content::take(body, TOP_LEVEL, &mut found);
    // What was said of a block above is not said again.
    let header = misplaced.map(|block| block.kind.span);
    let again = |one: &Diagnostic| header.is_some() && one.subject == header;
    diagnostics.extend(found.iter().filter(|one| !again(one)).cloned());
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
            "ephemeral" => ephemeral::read(block, sources, module, diagnostics),
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

/// An argument that holds a constant bool, or what becomes one.
pub(crate) fn literal_bool(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<bool> {
    let unsuitable = |why: &str| {
        Diagnostic::error("Unsuitable value type", format!("Unsuitable value: {why}"))
            .at(start_of(expr))
            .within(expr.span)
    };
    let why = match &expr.without_parens().kind {
        ExprKind::Literal(Literal::Bool(value)) => return Some(*value),
        ExprKind::Literal(Literal::String(text)) => match &**text {
            "true" | "1" => return Some(true),
            "false" | "0" => return Some(false),
            _ => "a bool is required",
        },
        ExprKind::Literal(Literal::Null) => "null value is not allowed",
        _ if not_constant(expr, diagnostics) => "value must be known",
        _ => "bool required",
    };
    diagnostics.push(unsuitable(why));
    None
}

/// An argument that holds a constant string, or what becomes one. What can't be evaluated is told twice, as
/// Terraform does: why, and that a value is needed.
pub(crate) fn literal_string(
    expr: &Expr,
    diagnostics: &mut Diagnostics,
) -> Option<std::sync::Arc<str>> {
    let why = match constant_text(expr) {
        Ok(text) => return Some(text),
        Err(_) if not_constant(expr, diagnostics) => "value must be known",
        Err(why) => why,
    };
    diagnostics.push(
        Diagnostic::error("Unsuitable value type", format!("Unsuitable value: {why}"))
            .at(start_of(expr))
            .within(expr.span),
    );
    None
}

/// As [`literal_string`], where a value that can't be evaluated is told once.
pub(crate) fn constant_string(
    expr: &Expr,
    diagnostics: &mut Diagnostics,
) -> Option<std::sync::Arc<str>> {
    match constant_text(expr) {
        Ok(text) => return Some(text),
        Err(_) if not_constant(expr, diagnostics) => {}
        Err(why) => diagnostics.push(
            Diagnostic::error("Unsuitable value type", format!("Unsuitable value: {why}"))
                .at(expr.span),
        ),
    }
    None
}

/// The text of a constant, or why it has none.
fn constant_text(expr: &Expr) -> Result<std::sync::Arc<str>, &'static str> {
    match &expr.without_parens().kind {
        ExprKind::Literal(Literal::String(text) | Literal::Number(text)) => Ok(text.clone()),
        ExprKind::Literal(Literal::Bool(truth)) => Ok(truth.to_string().into()),
        ExprKind::Literal(Literal::Null) => Err("null value is not allowed"),
        _ => Err("string required"),
    }
}

/// Says what in an expression needs more than constants. Answers whether there is any.
fn not_constant(expr: &Expr, diagnostics: &mut Diagnostics) -> bool {
    let references = expr.references();
    for found in &references {
        diagnostics.push(
            Diagnostic::error("Variables not allowed", "Variables may not be used here.")
                .at(found.traversal.root.span),
        );
    }
    if !references.is_empty() {
        return true;
    }
    let called = expr.without_parens().static_call().is_some();
    if called {
        diagnostics.push(
            Diagnostic::error(
                "Function calls not allowed",
                "Functions may not be called here.",
            )
            .at(expr.span),
        );
    }
    called
}

/// Where an expression begins: its first word or, of a quoted string, what is in the quotes.
pub(crate) fn start_of(expr: &Expr) -> Span {
    let mut span = expr.span;
    match &expr.kind {
        ExprKind::Literal(Literal::String(_)) if span.len() > 2 && !expr.is_json() => {
            span.start += 1;
            span.end -= 1;
        }
        ExprKind::Tuple(_) | ExprKind::Object { .. } => span.end = (span.start + 1).min(span.end),
        ExprKind::Call(call) => span = call.name_span,
        _ => {}
    }
    span
}

/// The elements of a list that is written out; `at` is where it is told that it is none.
pub(crate) fn static_list<'a>(
    expr: &'a Expr,
    at: Span,
    diagnostics: &mut Diagnostics,
) -> Option<&'a [Expr]> {
    let items = expr.static_list();
    if items.is_none() {
        diagnostics.push(
            Diagnostic::error(
                "Invalid expression",
                "A static list expression is required.",
            )
            .at(at),
        );
    }
    items
}

/// The references of a `depends_on` list.
pub(crate) fn depends_on(expr: &Expr, diagnostics: &mut Diagnostics) -> Vec<Traversal> {
    let Some(items) = static_list(expr, start_of(expr), diagnostics) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in items {
        if let Some(text) = item.as_string_literal() {
            found.extend(quoted_reference(text, item.span, diagnostics));
            continue;
        }
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

/// A reference in quotes, as old configurations have them.
fn quoted_reference(text: &str, span: Span, diagnostics: &mut Diagnostics) -> Option<Traversal> {
    // Its bytes begin behind the quote, which is true of what holds no escapes.
    let (traversal, found) = trueup_parser::parse_traversal(span.source, text, span.start + 1);
    let failed = found.has_errors();
    diagnostics.extend(found);
    if failed {
        return None;
    }
    diagnostics.push(
        Diagnostic::warning(
            "Quoted references are deprecated",
            "In this context, references are expected literally rather than in quotes. Terraform 0.11 and earlier required quotes, but quoted references are now deprecated and will be removed in a future version of Terraform. Remove the quotes surrounding this reference to silence this warning.",
        )
        .at(span),
    );
    traversal
}
