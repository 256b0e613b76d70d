//! `resource` and `data` blocks: the language's own arguments taken out, the provider's left as they are.

use std::sync::Arc;

use trueup_addrs::{Mode, Resource as ResourceAddr};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Block, Body, Traversal};

use super::{Lifecycle, ProviderRef, Repetition, check_name, depends_on, escape};
use crate::content::{self, BlockType, Expected};
use crate::module::Module;

/// A `resource` or `data` block.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its address within the module.
    pub addr: ResourceAddr,
    /// `count` or `for_each`.
    pub repetition: Repetition,
    /// The `provider` argument.
    pub provider: Option<ProviderRef>,
    /// The `depends_on` argument.
    pub depends_on: Vec<Traversal>,
    /// The `lifecycle` block.
    pub lifecycle: Lifecycle,
    /// The whole body; the names of [`Resource::meta`] are still in it. With an escape block only what is the
    /// provider's is left, the escape block's content among it.
    pub body: Arc<Body>,
    /// Whether there is an escape block `_ { }`: nothing in `body` is the language's then.
    pub escaped: bool,
    /// The `check` block that the data source belongs to: only its assertions may refer to it.
    pub check: Option<Arc<str>>,
    /// The label that is the type.
    pub kind_span: Span,
    /// The block's header: how diagnostics point at it.
    pub header: Span,
}

impl Resource {
    /// Arguments of the block that are the language's, not the provider's.
    pub const META_ARGUMENTS: [&'static str; 4] = ["count", "for_each", "provider", "depends_on"];
    /// Nested blocks that are the language's, not the provider's.
    pub const META_BLOCKS: [&'static str; 5] =
        ["lifecycle", "connection", "provisioner", "locals", "_"];

    /// The arguments and the nested blocks of the body that are the language's.
    pub fn meta(&self) -> (&'static [&'static str], &'static [&'static str]) {
        match self.escaped {
            true => (&[], &[]),
            false => (&Self::META_ARGUMENTS, &Self::META_BLOCKS),
        }
    }
}

const RESOURCE: Expected = Expected {
    required: &[],
    optional: &Resource::META_ARGUMENTS,
    blocks: &[
        BlockType {
            name: "lifecycle",
            labels: &[],
        },
        BlockType {
            name: "connection",
            labels: &[],
        },
        BlockType {
            name: "provisioner",
            labels: &["type"],
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

pub(super) fn read(
    block: &Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    if let Some(resource) = read_block(block, sources, diagnostics) {
        keep(resource, sources, module, diagnostics);
    }
}

/// Reads the data source of a `check` block; answers its address.
pub(super) fn read_scoped(
    block: &Block,
    check: &Arc<str>,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) -> Option<ResourceAddr> {
    for name in ["count", "for_each"] {
        if let Some(attribute) = block.body.attribute(name) {
            diagnostics.push(
                Diagnostic::error(
                    format!("Invalid {name:?} attribute"),
                    "The \"count\" and \"for_each\" meta-arguments are not supported within nested data blocks.",
                )
                .at(attribute.name_span),
            );
        }
    }
    if let Some(nested) = block.body.blocks_of("lifecycle").next() {
        diagnostics.push(
            Diagnostic::error(
                "Invalid lifecycle block",
                "Nested data blocks do not support \"lifecycle\" blocks as the lifecycle is managed by the containing block.",
            )
            .at(nested.header_span()),
        );
    }
    let mut resource = read_block(block, sources, diagnostics)?;
    resource.check = Some(check.clone());
    resource.repetition = Repetition::None;
    resource.lifecycle = Lifecycle::default();
    let addr = resource.addr.clone();
    keep(resource, sources, module, diagnostics).then_some(addr)
}

fn read_block(block: &Block, sources: &Sources, diagnostics: &mut Diagnostics) -> Option<Resource> {
    let (mode, what) = match &*block.kind.name {
        "data" => (Mode::Data, "data resource"),
        _ => (Mode::Managed, "resource"),
    };
    let kind = match mode {
        Mode::Data => "data source",
        _ => "resource type",
    };
    let named = check_name(block, 0, kind, diagnostics) & check_name(block, 1, what, diagnostics);
    let content = content::take_partial(&block.body, RESOURCE, diagnostics);
    let addr = ResourceAddr {
        mode,
        kind: block.labels[0].text.clone(),
        name: block.labels[1].text.clone(),
    };
    let mut lifecycle: Option<(Lifecycle, Span)> = None;
    let mut escape: Option<&Block> = None;
    for nested in &content.blocks {
        if !content::check_labels(nested, RESOURCE, diagnostics) {
            continue;
        }
        match &*nested.kind.name {
            "lifecycle" => match &lifecycle {
                Some((_, first)) => diagnostics.push(
                    Diagnostic::error(
                        "Duplicate lifecycle block",
                        format!(
                            "This resource already has a lifecycle block at {}.",
                            sources.place(*first)
                        ),
                    )
                    .at(nested.header_span()),
                ),
                None => {
                    let read = Lifecycle::read(nested, mode, diagnostics);
                    lifecycle = Some((read, nested.header_span()));
                }
            },
            "provisioner" | "connection" => diagnostics.push(
                Diagnostic::error(
                    "Provisioners are not supported",
                    format!("trueup does not run programs for a resource, and it does not pass over a {:?} block in silence either. Move the work out of the resource, or remove the block.", nested.kind.name),
                )
                .at(nested.header_span()),
            ),
            "_" => match escape {
                Some(first) => diagnostics.push(escape::duplicate("resource", nested, first, sources)),
                None => escape = Some(nested),
            },
            name => diagnostics.push(
                Diagnostic::error(
                    format!("Reserved block type name in {what} block"),
                    format!("The block type name {name:?} is reserved and can't be used here."),
                )
                .at(nested.kind.span),
            ),
        }
    }
    let repetition = Repetition::read(&content, diagnostics);
    let resource = Resource {
        repetition,
        provider: content
            .get("provider")
            .and_then(|attribute| ProviderRef::read(&attribute.expr, diagnostics)),
        depends_on: content
            .get("depends_on")
            .map(|attribute| depends_on(&attribute.expr, diagnostics))
            .unwrap_or_default(),
        lifecycle: lifecycle.map(|(read, _)| read).unwrap_or_default(),
        check: None,
        body: Arc::new(match escape {
            Some(escape) => escape::merge(
                &block.body,
                &escape.body,
                (&Resource::META_ARGUMENTS, &Resource::META_BLOCKS),
                sources,
                diagnostics,
            ),
            None => block.body.clone(),
        }),
        escaped: escape.is_some(),
        kind_span: block.labels[0].span,
        header: block.header_span(),
        addr,
    };
    named.then_some(resource)
}

/// Takes a block into the module; answers whether there was none of its address before.
fn keep(
    resource: Resource,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) -> bool {
    let addr = resource.addr.clone();
    if let Some(first) = module.resources.get(&addr) {
        let first = sources.place(first.header);
        let detail = match addr.mode {
            Mode::Managed => format!(
                "A {} resource named {:?} was already declared at {first}. Resource names must be unique per type in each module.",
                addr.kind, addr.name
            ),
            Mode::Data => format!(
                "A {} data resource named {:?} was already declared at {first}. Resource names must be unique per type in each module.",
                addr.kind, addr.name
            ),
        };
        diagnostics.push(
            Diagnostic::error(
                match addr.mode {
                    Mode::Managed => format!("Duplicate resource {:?} configuration", &*addr.kind),
                    Mode::Data => format!("Duplicate data {:?} configuration", &*addr.kind),
                },
                detail,
            )
            .at(resource.header),
        );
        return false;
    }
    module.resources.insert(addr, resource);
    true
}
