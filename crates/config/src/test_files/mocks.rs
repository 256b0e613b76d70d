//! `mock_provider` blocks and `.tfmock.hcl` files: providers whose objects exist only in the test.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::Mode;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Body, Expr};

use super::overrides::{self, Override, OverrideKind};
use crate::blocks::{check_name, literal_string};
use crate::content::{self, BlockType, Expected};
use crate::files::Files;

/// The values that a mocked type's objects get where the provider would decide.
#[derive(Clone, Debug)]
pub struct MockDefaults {
    /// The `defaults` object.
    pub defaults: Option<Arc<Expr>>,
    /// Where the defaults are written, for messages; the header where there are none.
    pub defaults_span: Span,
    /// Whether the defaults are known while planning; `None` where the block does not say.
    pub during_plan: Option<bool>,
    /// The block's header.
    pub header: Span,
    /// The block's label.
    pub kind_span: Span,
}

/// Where a mocked provider takes further values from.
#[derive(Clone, Debug)]
pub struct MockSource {
    /// The folder, as written.
    pub dir: Arc<str>,
    /// The argument.
    pub span: Span,
}

/// A `mock_provider` block.
#[derive(Clone, Debug)]
pub struct MockProvider {
    /// The provider's local name.
    pub name: Arc<str>,
    /// The alias, unless it is the default configuration.
    pub alias: Option<Arc<str>>,
    /// Defaults by resource type.
    pub resources: BTreeMap<(Mode, Arc<str>), MockDefaults>,
    /// Overrides for the objects of this provider.
    pub overrides: Vec<Override>,
    /// A folder of `.tfmock.hcl` files.
    pub source: Option<MockSource>,
    /// Whether values are known while planning, for blocks that do not say.
    pub during_plan: Option<bool>,
    /// The block's header.
    pub header: Span,
    /// The braces of the block.
    pub body: Span,
}

const MOCK_PROVIDER: Expected = Expected {
    required: &[],
    optional: &["alias", "source", "override_during"],
    blocks: MOCK_DATA.blocks,
};

const MOCK_DATA: Expected = Expected {
    required: &[],
    optional: &[],
    blocks: &[
        BlockType {
            name: "mock_resource",
            labels: &["type"],
        },
        BlockType {
            name: "mock_data",
            labels: &["type"],
        },
        BlockType {
            name: "override_resource",
            labels: &[],
        },
        BlockType {
            name: "override_data",
            labels: &[],
        },
    ],
};

const MOCK_RESOURCE: Expected = Expected {
    required: &[],
    optional: &["defaults", "override_during"],
    blocks: &[],
};

impl MockProvider {
    pub(super) fn read(
        block: &Block,
        sources: &Sources,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        if !check_name(block, 0, "provider", diagnostics) {
            return None;
        }
        let content = content::take(&block.body, MOCK_PROVIDER, diagnostics);
        let alias = match content.get("alias") {
            None => None,
            Some(attribute) => literal_string(&attribute.expr, diagnostics),
        };
        if alias
            .as_deref()
            .is_some_and(|alias| !trueup_parser::is_identifier(alias))
        {
            diagnostics.push(Diagnostic::error(
                "Invalid provider configuration alias",
                "An alias must be a valid name. A name must start with a letter or underscore and may contain only letters, digits, underscores, and dashes.",
            ));
        }
        let during_plan = content
            .get("override_during")
            .and_then(|attribute| overrides::during_plan(attribute, diagnostics));
        let source = content.get("source").and_then(|attribute| {
            let dir = literal_string(&attribute.expr, diagnostics)?;
            Some(MockSource {
                dir,
                span: attribute.span,
            })
        });
        let mut provider = Self {
            name: block.labels[0].text.clone(),
            alias,
            resources: BTreeMap::new(),
            overrides: Vec::new(),
            source,
            during_plan,
            header: block.header_span(),
            body: block.body.span,
        };
        provider.data(&content.blocks, sources, diagnostics);
        Some(provider)
    }

    fn data(&mut self, blocks: &[&Block], sources: &Sources, diagnostics: &mut Diagnostics) {
        for block in blocks {
            let name = &*block.kind.name;
            if let Some(kind) = OverrideKind::of(name) {
                overrides::read(block, kind, sources, &mut self.overrides, diagnostics);
                continue;
            }
            let mode = match name {
                "mock_resource" => Mode::Managed,
                _ => Mode::Data,
            };
            let label = &block.labels[0];
            let content = content::take(&block.body, MOCK_RESOURCE, diagnostics);
            let during_plan = content
                .get("override_during")
                .and_then(|attribute| overrides::during_plan(attribute, diagnostics));
            let defaults = content.get("defaults");
            let header = block.header_span();
            let key = (mode, label.text.clone());
            if let Some(first) = self.resources.get(&key) {
                let first = sources.place(first.header);
                diagnostics.push(
                    Diagnostic::error(
                        format!("Duplicate {name} block"),
                        format!(
                            "A {name} block for {} has already been defined at {first}.",
                            label.text
                        ),
                    )
                    .at(label.span),
                );
                continue;
            }
            self.resources.insert(
                key,
                MockDefaults {
                    defaults: defaults.map(|defaults| defaults.expr.clone()),
                    defaults_span: defaults.map_or(header, |defaults| defaults.span),
                    during_plan,
                    header,
                    kind_span: label.span,
                },
            );
        }
    }

    /// Takes over what files of mock data say; what the block itself says wins.
    fn merge(&mut self, other: Self) {
        for (key, defaults) in other.resources {
            self.resources.entry(key).or_insert(defaults);
        }
        for found in other.overrides {
            if !self.overrides.iter().any(|own| own.target == found.target) {
                self.overrides.push(found);
            }
        }
    }
}

/// Reads the files of mock data that a provider names, relative to the root module.
pub fn read_mock_files(
    provider: &mut MockProvider,
    files: &dyn Files,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) {
    let Some(source) = provider.source.clone() else {
        return;
    };
    let dir = source.dir.trim_end_matches('/').trim_start_matches("./");
    let dir = if dir.is_empty() { "." } else { dir };
    let mut names = match files.list(dir) {
        Ok(names) => names,
        Err(_) => {
            diagnostics.push(
                Diagnostic::error(
                    "Failed to read mock data directory",
                    format!(
                        "Mock data directory {} does not exist or cannot be read.",
                        source.dir
                    ),
                )
                .at(provider.header),
            );
            return;
        }
    };
    names.retain(|name| name.ends_with(".tfmock.hcl") || name.ends_with(".tfmock.json"));
    names.sort();
    let mut all = MockProvider {
        resources: BTreeMap::new(),
        overrides: Vec::new(),
        ..provider.clone()
    };
    for name in names {
        let path = match dir {
            "." => name,
            dir => format!("{dir}/{name}"),
        };
        let Some(body) = super::discovery::body(files, &path, sources, diagnostics) else {
            continue;
        };
        read_mock_body(&body, &mut all, sources, diagnostics);
    }
    provider.merge(all);
}

fn read_mock_body(
    body: &Body,
    into: &mut MockProvider,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) {
    let content = content::take(body, MOCK_DATA, diagnostics);
    into.data(&content.blocks, sources, diagnostics);
}
