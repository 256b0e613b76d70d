//! `terraform` blocks: required versions, required providers, the backend.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::ProviderAddr;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Expr, ExprKind, Literal};

use super::provider::check_local_name;
use super::{ProviderRef, start_of, static_list};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;
use crate::{Backend, Constraints, Encryption};

/// One entry of `required_providers`.
#[derive(Clone, Debug)]
pub struct RequiredProvider {
    /// The provider named by `source`; `None` where none is given.
    pub source: Option<ProviderAddr>,
    /// The version constraints.
    pub constraints: Option<Constraints>,
    /// The `configuration_aliases`: configurations that whoever calls the module has to pass.
    pub aliases: Vec<ProviderRef>,
    /// The whole entry.
    pub span: Span,
}

const TERRAFORM: Expected = Expected {
    required: &[],
    optional: &["required_version", "experiments", "language"],
    blocks: &[
        BlockType {
            name: "required_providers",
            labels: &[],
        },
        BlockType {
            name: "backend",
            labels: &["type"],
        },
        BlockType {
            name: "cloud",
            labels: &[],
        },
        BlockType {
            name: "provider_meta",
            labels: &["provider"],
        },
        BlockType {
            name: "language",
            labels: &[],
        },
        BlockType {
            name: "encryption",
            labels: &[],
        },
    ],
};

pub(crate) fn read_terraform(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let content = content::take(&block.body, TERRAFORM, diagnostics);
    if let Some(attribute) = content.get("required_version")
        && let Some(constraints) = read_constraints(&attribute.expr, diagnostics)
    {
        check_required_version(&constraints, attribute.span, diagnostics);
        module.required_version.push(constraints);
    }
    if let Some(attribute) = content.get("language") {
        check_edition(&attribute.expr, diagnostics);
    }
    if let Some(attribute) = content.get("experiments")
        && attribute
            .expr
            .static_list()
            .is_none_or(|items| !items.is_empty())
    {
        diagnostics.push(
            Diagnostic::error(
                "Module uses experimental features",
                "Experimental features are intended only for gathering early feedback on new language designs, and so are available only in alpha releases of Terraform.",
            )
            .at(attribute.name_span),
        );
    }
    let mut metas: BTreeMap<&str, Span> = BTreeMap::new();
    for nested in content.blocks {
        match &*nested.kind.name {
            "provider_meta" => {
                let (provider, header) = (&*nested.labels[0].text, nested.header_span());
                if let Some(first) = metas.insert(provider, header) {
                    diagnostics.push(
                        Diagnostic::error(
                            "Duplicate provider_meta block",
                            format!("A provider_meta block for provider {provider:?} was already declared at {}. Providers may only have one provider_meta block per module.", sources.place(first)),
                        )
                        .at(header),
                    );
                }
            }
            "required_providers" => match module.required_providers_header {
                Some(first) => {
                    let what = ("required providers", "were");
                    diagnostics.push(second(what, nested, sources, first));
                }
                None => {
                    module.required_providers_header = Some(nested.header_span());
                    read_required_providers(nested, module, diagnostics);
                }
            },
            "backend" => match &module.backend {
                Some(first) => {
                    diagnostics.push(second(("backend", "was"), nested, sources, first.header));
                }
                None => {
                    module.backend = Some(Backend {
                        kind: nested.labels[0].text.clone(),
                        kind_span: nested.labels[0].span,
                        body: Arc::new(nested.body.clone()),
                        header: nested.header_span(),
                    });
                }
            },
            "encryption" => match &module.encryption {
                Some(first) => {
                    diagnostics.push(second(("encryption", "was"), nested, sources, first.header));
                }
                None => {
                    module.encryption = Some(Encryption {
                        body: Arc::new(nested.body.clone()),
                        header: nested.header_span(),
                    });
                }
            },
            "cloud" => diagnostics.push(
                Diagnostic::error(
                    "HCP Terraform is not supported",
                    "trueup keeps its state in a local file or in S3. Replace the \"cloud\" block by a \"backend\" block.",
                )
                .at(nested.header_span()),
            ),
            _ => {}
        }
    }
}

/// A second block of which a module may have one. `what` is said of it, with the verb that goes with that.
fn second((what, verb): (&str, &str), block: &Block, sources: &Sources, first: Span) -> Diagnostic {
    let first = sources.place(first);
    Diagnostic::error(
        format!("Duplicate {what} configuration"),
        format!("A module may have only one {what} configuration. The {what} {verb} previously configured at {first}."),
    )
    .at(block.header_span())
}

/// The version of Terraform whose language this is: what `required_version` is held against.
const COMPATIBLE_WITH: &str = "1.11.4";

/// The one edition of the language that there is.
const EDITION: &str = "TF2021";

fn check_edition(expr: &Expr, diagnostics: &mut Diagnostics) {
    let problem = match expr.as_keyword() {
        Some(edition) if &*edition == EDITION => return,
        Some(_) => Diagnostic::error(
            "Unsupported language edition",
            format!(
                "Only language edition {EDITION} is supported. This module requires a different version of Terraform CLI."
            ),
        ),
        None => Diagnostic::error(
            "Invalid language edition",
            format!(
                "The language argument expects a bare language edition keyword. Only language edition {EDITION} is supported, which is the default."
            ),
        ),
    };
    diagnostics.push(problem.at(expr.span));
}

fn check_required_version(constraints: &Constraints, at: Span, diagnostics: &mut Diagnostics) {
    if constraints.any_prerelease() {
        diagnostics.push(
            Diagnostic::error(
                "Invalid required_version constraint",
                format!("Prerelease version constraints are not supported: {}. Remove the prerelease information from the constraint. Prerelease versions of terraform will match constraints using their version core only.", constraints.text),
            )
            .at(at),
        );
        return;
    }
    let version = crate::Version::parse(COMPATIBLE_WITH).expect("the constant is a version");
    if constraints.allow(&version) {
        return;
    }
    diagnostics.push(
        Diagnostic::error(
            "Unsupported Terraform Core version",
            format!("This configuration does not support Terraform version {COMPATIBLE_WITH}, whose language trueup speaks. Either use another release of trueup or update this version constraint ({}).", constraints.text),
        )
        .at(at),
    );
}

pub(super) fn read_constraints(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Constraints> {
    if matches!(expr.kind, ExprKind::Literal(Literal::Null)) {
        return None;
    }
    let text = super::constant_string(expr, diagnostics)?;
    let constraints = Constraints::parse(&text);
    if constraints.is_none() {
        diagnostics.push(
            Diagnostic::error(
                "Invalid version constraint",
                "This string does not use correct version constraint syntax.",
            )
            .at(expr.span),
        );
    }
    constraints
}

fn read_required_providers(block: &Block, module: &mut Module, diagnostics: &mut Diagnostics) {
    for nested in &block.body.blocks {
        let kind = &nested.kind.name;
        diagnostics.push(
            Diagnostic::error(
                format!("Unexpected {kind:?} block"),
                "Blocks are not allowed here.",
            )
            .at(nested.kind.span),
        );
    }
    for attribute in &block.body.attributes {
        if !check_local_name(&attribute.name, attribute.expr.span, diagnostics) {
            continue;
        }
        let mut required = RequiredProvider {
            source: None,
            constraints: None,
            aliases: Vec::new(),
            span: attribute.span,
        };
        // The form before 0.13: the constraint alone.
        if let ExprKind::Literal(_) = attribute.expr.kind {
            required.constraints = read_constraints(&attribute.expr, diagnostics);
        } else if let Some(items) = attribute.expr.static_pairs() {
            for item in items {
                match item.key.as_static_str().map(|key| &**key) {
                    Some("source") => {
                        let Some(text) = item.value.as_string_literal() else {
                            diagnostics.push(
                                Diagnostic::error(
                                    "Invalid source",
                                    "Source must be specified as a string.",
                                )
                                .at(item.value.span),
                            );
                            continue;
                        };
                        required.source = ProviderAddr::parse_source(text);
                        if required.source.is_none() {
                            diagnostics.push(
                                Diagnostic::error(
                                    "Invalid provider source string",
                                    "The \"source\" attribute must be in the format \"[hostname/][namespace/]name\"",
                                )
                                .at(item.value.span),
                            );
                        }
                    }
                    Some("version") if item.value.as_string_literal().is_none() => {
                        diagnostics.push(
                            Diagnostic::error("Invalid version constraint", "Version must be specified as a string.")
                                .at(item.value.span),
                        );
                    }
                    Some("version") => required.constraints = read_constraints(&item.value, diagnostics),
                    Some("configuration_aliases") => {
                        let name = &attribute.name;
                        required.aliases = configuration_aliases(&item.value, name, diagnostics);
                    }
                    _ => diagnostics.push(
                        Diagnostic::error(
                            "Invalid required_providers object",
                            "required_providers objects can only contain \"version\", \"source\" and \"configuration_aliases\" attributes. To configure a provider, use a \"provider\" block.",
                        )
                        .at(item.key.span()),
                    ),
                }
            }
        } else {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid required_providers object",
                    "required_providers entries must be strings or objects.",
                )
                .at(attribute.expr.span),
            );
            continue;
        }
        module
            .required_providers
            .insert(attribute.name.clone(), required);
    }
}

fn configuration_aliases(
    expr: &Expr,
    provider: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<ProviderRef> {
    let Some(items) = static_list(expr, start_of(expr), diagnostics) else {
        return Vec::new();
    };
    let mut aliases = Vec::new();
    for item in items {
        let Some(alias) = ProviderRef::read(item, diagnostics) else {
            continue;
        };
        if &*alias.name == provider {
            aliases.push(alias);
            continue;
        }
        diagnostics.push(
            Diagnostic::error(
                "Invalid configuration_aliases value",
                format!("Configuration aliases must be prefixed with the provider name. Expected {provider:?}, but found {:?}.", alias.name),
            )
            .at(expr.span),
        );
    }
    aliases
}
