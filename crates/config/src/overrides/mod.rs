//! Override files: their blocks change those of the same header in a module's other files.
//!
//! Bodies are merged as they are written, before anything is read from them: an argument takes the place of
//! the argument, the nested blocks of a type take the place of all blocks of that type, `lifecycle` is merged
//! by its arguments, `locals` by its values and `terraform` by its parts.

mod merging;

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_parser::{Block, Body, BodyItem};

pub use merging::merge_body;
use merging::{push, retain, set};

/// Merges the bodies of override files into those of the primary files, in their order.
pub(crate) fn merge(primary: &mut Vec<Body>, overrides: Vec<Body>, diagnostics: &mut Diagnostics) {
    if overrides.is_empty() {
        return;
    }
    let mut merger = Merger::new(primary);
    let mut added = Body {
        attributes: Vec::new(),
        blocks: Vec::new(),
        items: Vec::new(),
        ..overrides[0].clone()
    };
    for body in overrides {
        for block in body.blocks {
            merger.block(primary, block, &mut added, diagnostics);
        }
        // There are no arguments in a file; reading says so.
        for attribute in body.attributes {
            set(&mut added, attribute);
        }
    }
    primary.push(added);
}

/// Where a block of the primary files stands: body and index of the block in it.
type Place = (usize, usize);

struct Merger {
    /// The first block with each header. A provider's alias belongs to its header.
    blocks: BTreeMap<(Arc<str>, Vec<Arc<str>>), Place>,
    /// Where each local value stands: the block and the index of the argument.
    locals: BTreeMap<Arc<str>, (Place, usize)>,
}

impl Merger {
    fn new(primary: &[Body]) -> Self {
        let mut merger = Self {
            blocks: BTreeMap::new(),
            locals: BTreeMap::new(),
        };
        for (file, body) in primary.iter().enumerate() {
            for (at, block) in body.blocks.iter().enumerate() {
                merger.blocks.entry(header(block)).or_insert((file, at));
                if &*block.kind.name == "locals" {
                    for (index, local) in block.body.attributes.iter().enumerate() {
                        let place = ((file, at), index);
                        merger.locals.entry(local.name.clone()).or_insert(place);
                    }
                }
            }
        }
        merger
    }

    fn block(
        &mut self,
        primary: &mut [Body],
        mut block: Block,
        added: &mut Body,
        diagnostics: &mut Diagnostics,
    ) {
        let kind = block.kind.name.clone();
        match &*kind {
            "terraform" => return merge_terraform(primary, block, added),
            "locals" => return self.locals(primary, &block, diagnostics),
            "moved" | "import" | "check" => {
                diagnostics.push(not_here(&kind, block.header_span()));
                return;
            }
            "removed" => return,
            _ => {}
        }
        if labels_of(&kind).is_some_and(|labels| labels != block.labels.len()) {
            // Reading says so.
            return push(added, block);
        }
        let base = self.blocks.get(&header(&block)).copied();
        let Some((file, at)) = base else {
            match missing(&block) {
                Some(diagnostic) => diagnostics.push(diagnostic),
                // A default provider configuration needs none to override; what is no block of the language
                // is said when it is read.
                None => {
                    let place = (usize::MAX, added.blocks.len());
                    self.blocks.entry(header(&block)).or_insert(place);
                    push(added, block);
                }
            }
            return;
        };
        let into = match file {
            usize::MAX => &mut added.blocks[at],
            file => &mut primary[file].blocks[at],
        };
        refuse_parts(&mut block.body, &kind, diagnostics);
        merge_body(&mut into.body, block.body, &["lifecycle"]);
    }

    fn locals(&self, primary: &mut [Body], block: &Block, diagnostics: &mut Diagnostics) {
        for local in &block.body.attributes {
            match self.locals.get(&local.name) {
                Some(((file, at), index)) => {
                    primary[*file].blocks[*at].body.attributes[*index].expr = local.expr.clone();
                }
                None => diagnostics.push(
                    Diagnostic::error(
                        "Missing base local value definition to override",
                        format!("There is no local value named {:?}. An override file can only override a local value that was already defined in a primary configuration file.", local.name),
                    )
                    .at(local.span),
                ),
            }
        }
    }
}

/// How many labels blocks of a type have.
fn labels_of(kind: &str) -> Option<usize> {
    match kind {
        "resource" | "data" | "ephemeral" => Some(2),
        "variable" | "output" | "module" | "provider" => Some(1),
        _ => None,
    }
}

/// What must be the same for one block to override another.
fn header(block: &Block) -> (Arc<str>, Vec<Arc<str>>) {
    let mut names: Vec<Arc<str>> = block
        .labels
        .iter()
        .map(|label| label.text.clone())
        .collect();
    if &*block.kind.name == "provider" {
        names.extend(alias(block));
    }
    (block.kind.name.clone(), names)
}

fn alias(block: &Block) -> Option<Arc<str>> {
    let written = block.body.attribute("alias")?;
    written.expr.as_string_literal().cloned()
}

/// There is nothing to override.
fn missing(block: &Block) -> Option<Diagnostic> {
    let label = |at: usize| block.label(at).map_or("", |text| &**text);
    let (summary, detail) = match &*block.kind.name {
        "variable" => (
            "Missing base variable declaration to override",
            format!(
                "There is no variable named {:?}. An override file can only override a variable that was already declared in a primary configuration file.",
                label(0)
            ),
        ),
        "output" => (
            "Missing base output definition to override",
            format!(
                "There is no output named {:?}. An override file can only override an output that was already defined in a primary configuration file.",
                label(0)
            ),
        ),
        "module" => (
            "Missing module call to override",
            format!(
                "There is no module call named {:?}. An override file can only override a module call that was defined in a primary configuration file.",
                label(0)
            ),
        ),
        "resource" => (
            "Missing resource to override",
            format!(
                "There is no {} resource named {:?}. An override file can only override a resource block defined in a primary configuration file.",
                label(0),
                label(1)
            ),
        ),
        "data" => (
            "Missing data resource to override",
            format!(
                "There is no {} data resource named {:?}. An override file can only override a data block defined in a primary configuration file.",
                label(0),
                label(1)
            ),
        ),
        "ephemeral" => (
            "Missing ephemeral resource to override",
            format!(
                "There is no {} ephemeral resource named {:?}. An override file can only override an ephemeral block defined in a primary configuration file.",
                label(0),
                label(1)
            ),
        ),
        "provider" => {
            let alias = alias(block)?;
            (
                "Missing base provider configuration for override",
                format!(
                    "There is no {} provider configuration with the alias {alias:?}. An override file can only override an aliased provider configuration that was already defined in a primary configuration file.",
                    label(0)
                ),
            )
        }
        _ => return None,
    };
    Some(Diagnostic::error(summary, detail).at(block.header_span()))
}

/// A block that override files cannot have.
fn not_here(kind: &str, at: Span) -> Diagnostic {
    match kind {
        "check" => Diagnostic::error(
            "Can't override check blocks",
            "Override files cannot override check blocks.",
        ),
        "moved" => Diagnostic::error(
            "Cannot override 'moved' blocks",
            "Records of moved objects can appear only in normal files, not in override files.",
        ),
        _ => Diagnostic::error(
            "Cannot override 'import' blocks",
            "Import blocks can appear only in normal files, not in override files.",
        ),
    }
    .at(at)
}

/// Takes away and reports what an override cannot change: conditions and `depends_on`.
fn refuse_parts(body: &mut Body, kind: &str, diagnostics: &mut Diagnostics) {
    const CONDITIONS: [&str; 3] = ["validation", "precondition", "postcondition"];
    let mut refuse = |body: &mut Body| {
        let conditions = |block: &Block| CONDITIONS.contains(&&*block.kind.name);
        for block in body.blocks.iter().filter(|block| conditions(block)) {
            let name = &block.kind.name;
            diagnostics.push(
                Diagnostic::error(
                    format!("Can't override {name} blocks"),
                    format!("Override files cannot override {name:?} blocks."),
                )
                .at(block.header_span()),
            );
        }
        retain(body, |_| true, |block| !conditions(block));
    };
    match kind {
        "variable" | "output" => refuse(body),
        "resource" | "data" | "ephemeral" => {
            for block in &mut body.blocks {
                if &*block.kind.name == "lifecycle" {
                    refuse(&mut block.body);
                }
            }
        }
        _ => {}
    }
    if !["resource", "data", "ephemeral", "output", "module"].contains(&kind) {
        return;
    }
    if let Some(written) = body.attribute("depends_on") {
        let first = written.expr.static_list().and_then(<[_]>::first);
        let at = first.map_or(written.expr.span, |first| first.span);
        diagnostics.push(
            Diagnostic::error(
                "Unsupported override",
                "The depends_on argument may not be overridden.",
            )
            .at(at),
        );
        retain(body, |attribute| &*attribute.name != "depends_on", |_| true);
    }
}

/// `required_version`, `backend` and `cloud` take the place of all that the primary files say;
/// `required_providers` is merged by its entries.
fn merge_terraform(primary: &mut [Body], mut block: Block, added: &mut Body) {
    let stores = |block: &Block| matches!(&*block.kind.name, "backend" | "cloud");
    let store = block.body.blocks.iter().any(stores);
    let mut earlier: Vec<&mut Block> = primary
        .iter_mut()
        .chain([&mut *added])
        .flat_map(|body| &mut body.blocks)
        .filter(|block| &*block.kind.name == "terraform")
        .collect();
    for base in &mut earlier {
        retain(
            &mut base.body,
            |attribute| block.body.attribute(&attribute.name).is_none(),
            |written| !(store && stores(written)),
        );
    }
    let mut base_providers = earlier
        .into_iter()
        .flat_map(|base| &mut base.body.blocks)
        .find(|nested| &*nested.kind.name == "required_providers");
    let mut kept = Vec::new();
    for nested in std::mem::take(&mut block.body.blocks) {
        match &mut base_providers {
            Some(base) if &*nested.kind.name == "required_providers" => {
                merge_body(&mut base.body, nested.body, &[]);
            }
            _ => kept.push(nested),
        }
    }
    block
        .body
        .items
        .retain(|item| matches!(item, BodyItem::Attribute(_)));
    for nested in kept {
        push(&mut block.body, nested);
    }
    push(added, block);
}
