//! `module` blocks: which module is called, how often, and what it is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Body, Expr, Traversal};

use super::{ProviderRef, Repetition, check_name, depends_on, escape, literal_string};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// A `module` block.
#[derive(Clone, Debug)]
pub struct ModuleCall {
    /// The name of the call.
    pub name: Arc<str>,
    /// The expression of `source`: where the module comes from.
    pub source: Option<Arc<Expr>>,
    /// The expression of `version`.
    pub version: Option<Arc<Expr>>,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// The `depends_on` argument.
    pub depends_on: Vec<Traversal>,
    /// The provider configurations that the module is given: by what it calls them, what the caller does.
    pub providers: BTreeMap<(Arc<str>, Option<Arc<str>>), PassedProvider>,
    /// The whole body; [`ModuleCall::META_ARGUMENTS`] are still in it.
    pub body: Arc<Body>,
    /// The block's header: how diagnostics point at it.
    pub header: Span,
}

/// An entry of `providers`.
#[derive(Clone, Debug)]
pub struct PassedProvider {
    /// What the called module calls it.
    pub child: ProviderRef,
    /// What the caller calls it.
    pub parent: ProviderRef,
}

impl ModuleCall {
    /// Arguments of the block that are the language's, not the module's.
    pub const META_ARGUMENTS: [&'static str; 6] = [
        "source",
        "version",
        "count",
        "for_each",
        "depends_on",
        "providers",
    ];

    /// The text of the source, where it is written plainly.
    pub fn source_text(&self) -> Option<&Arc<str>> {
        self.source.as_ref()?.without_parens().as_string_literal()
    }

    /// The source, where it is written plainly; an empty text where there is none.
    ///
    /// # Errors
    /// It is no plain text.
    pub fn literal_source(&self) -> Result<Arc<str>, Diagnostics> {
        let Some(expr) = &self.source else {
            return Ok("".into());
        };
        let mut diagnostics = Diagnostics::default();
        literal_string(expr, &mut diagnostics).ok_or(diagnostics)
    }
}

/// Whether a module source is a relative path.
pub fn is_local_source(source: &str) -> bool {
    ["./", "../", ".\\", "..\\"]
        .iter()
        .any(|start| source.starts_with(start))
        || source == "."
        || source == ".."
}

const MODULE: Expected = Expected {
    required: &["source"],
    optional: &["version", "count", "for_each", "depends_on", "providers"],
    blocks: &[
        BlockType {
            name: "lifecycle",
            labels: &[],
        },
        BlockType {
            name: "locals",
            labels: &[],
        },
        BlockType {
            name: "provider",
            labels: &["type"],
        },
        BlockType {
            name: "_",
            labels: &[],
        },
    ],
};

pub(super) fn read(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let name = block.labels[0].text.clone();
    let header = block.header_span();
    let content = content::take_partial(&block.body, MODULE, diagnostics);
    let named = check_name(block, 0, "module instance", diagnostics);
    let mut escape: Option<&Block> = None;
    for nested in &content.blocks {
        if &*nested.kind.name == "_" {
            match escape {
                Some(first) => {
                    diagnostics.push(escape::duplicate("module", nested, first, sources))
                }
                None => escape = Some(nested),
            }
            continue;
        }
        diagnostics.push(
            Diagnostic::error(
                "Reserved block type name in module block",
                format!(
                    "The block type name {:?} is reserved for use by Terraform in a future version.",
                    nested.kind.name
                ),
            )
            .at(nested.kind.span),
        );
    }
    let repetition = Repetition::read(&content, diagnostics);
    let call = ModuleCall {
        name: name.clone(),
        source: content
            .get("source")
            .map(|attribute| attribute.expr.clone()),
        version: content
            .get("version")
            .map(|attribute| attribute.expr.clone()),
        repetition,
        depends_on: content
            .get("depends_on")
            .map(|attribute| depends_on(&attribute.expr, diagnostics))
            .unwrap_or_default(),
        providers: content
            .get("providers")
            .map(|attribute| passed_providers(&attribute.expr, sources, diagnostics))
            .unwrap_or_default(),
        body: Arc::new(match escape {
            // What is the language's here has no meaning among the variables: their names are refused.
            Some(escape) => escape::merge(
                &block.body,
                &escape.body,
                (&[], &["_"]),
                sources,
                diagnostics,
            ),
            None => block.body.clone(),
        }),
        header,
    };
    if !named {
        return;
    }
    if let Some(first) = module.calls.get(&name) {
        diagnostics.push(
            Diagnostic::error(
                "Duplicate module call",
                format!("A module call named {name:?} was already defined at {}. Module calls must have unique names within a module.", sources.place(first.header)),
            )
            .at(header),
        );
        return;
    }
    module.calls.insert(name, call);
}

/// Reads a `providers` argument.
pub(crate) fn passed_providers(
    expr: &Expr,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<(Arc<str>, Option<Arc<str>>), PassedProvider> {
    let mut found: BTreeMap<_, PassedProvider> = BTreeMap::new();
    let Some(items) = expr.static_pairs() else {
        diagnostics.push(
            Diagnostic::error("Invalid expression", "A static map expression is required.").at(
                // Lists are pointed at by their bracket.
                match expr.static_list() {
                    Some(_) => Span::new(expr.span.source, expr.span.start, expr.span.start + 1),
                    None => expr.span,
                },
            ),
        );
        return found;
    };
    for item in items {
        let (Some(child), Some(parent)) = (
            ProviderRef::read_key(&item.key, diagnostics),
            ProviderRef::read(&item.value, diagnostics),
        ) else {
            continue;
        };
        let key = (child.name.clone(), child.alias.clone());
        if let Some(first) = found.get(&key) {
            diagnostics.push(
                Diagnostic::error(
                    "Duplicate provider address",
                    format!("A provider configuration was already passed to {} at {}. Each child provider configuration can be assigned only once.", child.text(), sources.place(first.child.span)),
                )
                .at(child.span),
            );
            continue;
        }
        found.insert(key, PassedProvider { child, parent });
    }
    found
}
