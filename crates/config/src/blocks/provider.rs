//! `provider` blocks, and references to them.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Body, Expr, ObjectKey, StepKind};

use super::{escape, literal_string, quoted_reference};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// A `provider` block.
#[derive(Clone, Debug)]
pub struct ProviderBlock {
    /// The provider's local name.
    pub name: Arc<str>,
    /// The alias, unless it is the default configuration.
    pub alias: Option<Arc<str>>,
    /// The settings; `alias` and `version` are still in it.
    pub body: Arc<Body>,
    /// The block's header.
    pub header: Span,
}

impl ProviderBlock {
    /// The arguments of the block that are the language's, not the provider's.
    pub const META: [&'static str; 2] = ["alias", "version"];

    /// Whether the block has no settings.
    pub fn is_empty(&self) -> bool {
        let mut arguments = self.body.attributes.iter();
        self.body.blocks.is_empty() && arguments.all(|one| Self::META.contains(&&*one.name))
    }
}

/// A `provider = aws.east` argument.
#[derive(Clone, Debug)]
pub struct ProviderRef {
    /// The provider's local name.
    pub name: Arc<str>,
    /// The alias.
    pub alias: Option<Arc<str>>,
    /// Where it is written.
    pub span: Span,
    /// Where its name is written.
    pub name_span: Span,
}

impl ProviderRef {
    /// The reference as it is written: `aws`, `aws.east`.
    pub fn text(&self) -> String {
        match &self.alias {
            Some(alias) => format!("{}.{alias}", self.name),
            None => self.name.to_string(),
        }
    }

    /// Reads the key of an entry of `providers`.
    pub(super) fn read_key(key: &ObjectKey, diagnostics: &mut Diagnostics) -> Option<Self> {
        match key {
            ObjectKey::Name(name) => Some(Self {
                name: name.name.clone(),
                alias: None,
                span: name.span,
                name_span: name.span,
            }),
            ObjectKey::Expr(expr) => Self::read(expr, diagnostics),
        }
    }

    /// Reads a static reference; the quoted form of old configurations counts too.
    pub(crate) fn read(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Self> {
        let span = expr.span;
        let traversal = match expr.as_string_literal() {
            Some(text) => quoted_reference(text, span, diagnostics),
            None => expr.as_traversal(),
        };
        if let Some(traversal) = traversal {
            let name_span = traversal.root.span;
            match &traversal.steps[..] {
                [] => {
                    return Some(Self {
                        name: traversal.root.name,
                        alias: None,
                        span,
                        name_span,
                    });
                }
                [step] => {
                    if let StepKind::Attr(alias) = &step.kind {
                        return Some(Self {
                            name: traversal.root.name.clone(),
                            alias: Some(alias.clone()),
                            span,
                            name_span,
                        });
                    }
                }
                _ => {}
            }
        }
        diagnostics.push(
            Diagnostic::error(
                "Invalid provider configuration reference",
                "The provider argument requires a provider type name, optionally followed by a period and then a configuration alias.",
            )
            .at(span),
        );
        None
    }
}

/// Says so where a local name of a provider is none. Answers whether it is one.
pub(super) fn check_local_name(name: &str, at: Span, diagnostics: &mut Diagnostics) -> bool {
    let allowed = name.chars().all(|c| c.is_alphanumeric() || c == '-');
    let detail = if !allowed || name.is_empty() || name.starts_with('-') || name.ends_with('-') {
        format!(
            "{name} is an invalid provider local name: must contain only letters, digits, and dashes, and may not use leading or trailing dashes"
        )
    } else if name.chars().any(char::is_uppercase) {
        format!(
            "Provider names must be normalized. Replace {name:?} with {:?} to fix this error.",
            name.to_lowercase()
        )
    } else {
        return true;
    };
    diagnostics.push(Diagnostic::error("Invalid provider local name", detail).at(at));
    false
}

const PROVIDER: Expected = Expected {
    required: &[],
    optional: &[
        "alias",
        "version",
        "count",
        "depends_on",
        "for_each",
        "source",
    ],
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
            name: "_",
            labels: &[],
        },
    ],
};

pub(crate) fn read(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let name = block.labels[0].text.clone();
    let content = content::take_partial(&block.body, PROVIDER, diagnostics);
    if !check_local_name(&name, block.header_span(), diagnostics) {
        return;
    }
    if let Some(version) = content.get("version") {
        diagnostics.push(
            Diagnostic::warning(
                "Version constraints inside provider configuration blocks are deprecated",
                "Terraform 0.13 and earlier allowed provider version constraints inside the provider configuration block, but that is now deprecated and will be removed in a future version of Terraform. To silence this warning, move the provider version constraint into the required_providers block.",
            )
            .at(version.expr.span),
        );
        super::terraform::read_constraints(&version.expr, diagnostics);
    }
    for reserved in ["count", "depends_on", "for_each", "source"] {
        if let Some(attribute) = content.get(reserved) {
            diagnostics.push(
                Diagnostic::error(
                    "Reserved argument name in provider block",
                    format!("The provider argument name {reserved:?} is reserved for use by Terraform in a future version."),
                )
                .at(attribute.name_span),
            );
        }
    }
    let mut escape: Option<&Block> = None;
    for nested in &content.blocks {
        if &*nested.kind.name == "_" {
            match escape {
                Some(first) => {
                    diagnostics.push(escape::duplicate("provider", nested, first, sources));
                }
                None => escape = Some(nested),
            }
            continue;
        }
        diagnostics.push(
            Diagnostic::error(
                "Reserved block type name in provider block",
                format!("The block type name {:?} is reserved for use by Terraform in a future version.", nested.kind.name),
            )
            .at(nested.kind.span),
        );
    }
    let alias = match content.get("alias") {
        None => None,
        Some(attribute) => {
            let alias = literal_string(&attribute.expr, diagnostics).unwrap_or_default();
            if !trueup_parser::is_identifier(&alias) {
                diagnostics.push(Diagnostic::error(
                    "Invalid provider configuration alias",
                    "An alias must be a valid name. A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.",
                ));
                return;
            }
            Some(alias)
        }
    };
    let header = block.header_span();
    let key = (name.clone(), alias.clone());
    if let Some(first) = module.providers.get(&key) {
        let first = sources.place(first.header);
        diagnostics.push(
            match &alias {
                None => Diagnostic::error(
                    "Duplicate provider configuration",
                    format!("A default (non-aliased) provider configuration for {name:?} was already given at {first}. If multiple configurations are required, set the \"alias\" argument for alternative configurations."),
                ),
                Some(alias) => Diagnostic::error(
                    "Duplicate provider configuration",
                    format!("A provider configuration for {name:?} with alias {alias:?} was already given at {first}. Each configuration for the same provider must have a distinct alias."),
                ),
            }
            .at(header),
        );
        return;
    }
    let body = match escape {
        Some(escape) => escape::merge(
            &block.body,
            &escape.body,
            (&[], &["_"]),
            sources,
            diagnostics,
        ),
        None => block.body.clone(),
    };
    let body = Arc::new(body);
    module.providers.insert(
        key,
        ProviderBlock {
            name,
            alias,
            body,
            header,
        },
    );
}
