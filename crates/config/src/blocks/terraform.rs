//! `terraform` blocks: required versions, required providers, the backend.

use std::sync::Arc;

use trueup_addrs::ProviderAddr;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Expr};

use super::ProviderRef;
use crate::content::{self, BlockType, Expected};
use crate::module::Module;
use crate::{Backend, Constraints};

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
    for nested in content.blocks {
        match &*nested.kind.name {
            "required_providers" => read_required_providers(nested, module, diagnostics),
            "backend" => {
                if let Some(first) = &module.backend {
                    let first = sources.place(first.header);
                    diagnostics.push(
                        Diagnostic::error(
                            "Duplicate backend configuration",
                            format!("A module may have only one backend configuration. The backend was previously configured at {first}."),
                        )
                        .at(nested.header_span()),
                    );
                    continue;
                }
                module.backend = Some(Backend {
                    kind: nested.labels[0].text.clone(),
                    kind_span: nested.labels[0].span,
                    body: Arc::new(nested.body.clone()),
                    header: nested.header_span(),
                });
            }
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

/// The version of Terraform whose language this is: what `required_version` is held against.
const COMPATIBLE_WITH: &str = "1.11.4";

fn check_required_version(constraints: &Constraints, at: Span, diagnostics: &mut Diagnostics) {
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

fn read_constraints(expr: &Expr, diagnostics: &mut Diagnostics) -> Option<Constraints> {
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
    for attribute in &block.body.attributes {
        let mut required = RequiredProvider {
            source: None,
            constraints: None,
            aliases: Vec::new(),
            span: attribute.span,
        };
        // The form before 0.13: the constraint alone.
        if attribute.expr.as_string_literal().is_some() {
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
                    Some("version") => required.constraints = read_constraints(&item.value, diagnostics),
                    Some("configuration_aliases") => {
                        required.aliases = configuration_aliases(&item.value, diagnostics);
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
        if module.required_providers.contains_key(&attribute.name) {
            diagnostics.push(
                Diagnostic::error(
                    "Duplicate required providers configuration",
                    "A module may have only one required providers configuration.",
                )
                .at(attribute.span),
            );
            continue;
        }
        module
            .required_providers
            .insert(attribute.name.clone(), required);
    }
}

fn configuration_aliases(expr: &Expr, diagnostics: &mut Diagnostics) -> Vec<ProviderRef> {
    let Some(items) = expr.static_list() else {
        diagnostics.push(
            Diagnostic::error(
                "Invalid configuration_aliases value",
                "The configuration_aliases value must be a static list of provider configuration references.",
            )
            .at(expr.span),
        );
        return Vec::new();
    };
    items
        .iter()
        .filter_map(|item| ProviderRef::read(item, diagnostics))
        .collect()
}
