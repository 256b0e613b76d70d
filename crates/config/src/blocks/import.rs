//! `import` blocks: objects that exist and are to be taken into the state.

use std::sync::Arc;

use trueup_addrs::{ConfigResource, Mode, Module as ModulePath, Resource, located};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_parser::{Expr, ExprKind, Literal, Step, StepKind};

use super::ProviderRef;
use super::moved::not_static;
use crate::content::{self, Expected};
use crate::module::Module;

/// An `import` block.
#[derive(Clone, Debug)]
pub struct Import {
    /// The resource that takes the object in.
    pub to: ImportTarget,
    /// Where `to` is written.
    pub to_span: Span,
    /// The id by which the provider finds the object.
    pub id: Expr,
    /// `for_each`: one import for each element.
    pub for_each: Option<Expr>,
    /// The `provider` argument, and where it is written: for resources without a block only.
    pub provider: Option<(ProviderRef, Span)>,
    /// The block's header.
    pub header: Span,
}

/// The address that an `import` block names; its keys may be computed from `each`.
#[derive(Clone, Debug)]
pub struct ImportTarget {
    /// The calls that lead to the module, each with its key.
    pub module: Vec<(Arc<str>, Option<Expr>)>,
    /// The resource in that module.
    pub resource: Resource,
    /// The key of the instance.
    pub key: Option<Expr>,
}

impl ImportTarget {
    /// The block of the resource.
    pub fn config(&self) -> ConfigResource {
        let names = self.module.iter().map(|(name, _)| name.clone());
        ConfigResource::new(ModulePath::from_names(names), self.resource.clone())
    }
}

const IMPORT: Expected = Expected {
    required: &["id", "to"],
    optional: &["for_each", "provider"],
    blocks: &[],
};

pub(super) fn read(
    block: &trueup_parser::Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let mut found = Diagnostics::default();
    read_sound(block, sources, module, &mut found);
    diagnostics.extend(found);
}

/// Keeps an import that nothing is wrong with.
fn read_sound(
    block: &trueup_parser::Block,
    sources: &Sources,
    module: &mut Module,
    diagnostics: &mut Diagnostics,
) {
    let content = content::take(&block.body, IMPORT, diagnostics);
    let for_each = content.get("for_each").map(|found| (*found.expr).clone());
    let provider = content.get("provider").and_then(|found| {
        let reference = ProviderRef::read(&found.expr, diagnostics)?;
        Some((reference, found.name_span.to(found.expr.span)))
    });
    let (Some(to), Some(id)) = (content.get("to"), content.get("id")) else {
        return;
    };
    let written = to.name_span.to(to.expr.span);
    let Some(target) = target(&to.expr, written, for_each.is_some(), diagnostics) else {
        return;
    };
    if diagnostics.has_errors() {
        return;
    }
    let import = Import {
        to: target,
        to_span: to.expr.span,
        id: (*id.expr).clone(),
        for_each,
        provider,
        header: block.header_span(),
    };
    let first = module.imports.iter().find(|other| {
        import.for_each.is_none() && other.for_each.is_none() && text(&other.to) == text(&import.to)
    });
    if let Some(first) = first {
        let addr = text(&import.to);
        diagnostics.push(
            Diagnostic::error(
                format!("Duplicate import configuration for {addr:?}"),
                format!("An import block for the resource {addr:?} was already declared at {}. A resource can have only one import block.", sources.place(first.header)),
            )
            .at(import.to_span),
        );
        return;
    }
    module.imports.push(import);
}

fn target(
    expr: &Expr,
    written: Span,
    may_compute: bool,
    diagnostics: &mut Diagnostics,
) -> Option<ImportTarget> {
    if let Some(traversal) = expr.as_traversal() {
        // What is wrong with the address is told as for every address.
        let read = match located::instance(&traversal) {
            Ok(instance) => Some(instance),
            Err(diagnostic) => {
                diagnostics.push(*diagnostic);
                None
            }
        };
        if read.is_none_or(|addr| addr.resource.resource.mode != Mode::Managed) {
            diagnostics.push(only_managed(written));
            return None;
        }
    }
    let mut parts = Vec::new();
    let found = match flatten(expr, &mut parts) {
        true => assemble(parts),
        false => None,
    };
    let is_computed = expr.as_traversal().is_none();
    if found.is_none() || (is_computed && !may_compute) {
        diagnostics.push(not_static(expr.span));
        if !matches!(expr.kind, ExprKind::Index { .. }) {
            diagnostics.push(only_managed(written));
        }
        return None;
    }
    found
}

fn only_managed(at: Span) -> Diagnostic {
    Diagnostic::error(
        "Invalid import address",
        "Only managed resources can be imported.",
    )
    .at(at)
}

enum Part {
    Name(Arc<str>),
    Key(Expr),
}

type Parts = std::iter::Peekable<std::vec::IntoIter<Part>>;

fn flatten(expr: &Expr, parts: &mut Vec<Part>) -> bool {
    match &expr.kind {
        ExprKind::Traversal(traversal) => {
            parts.push(Part::Name(traversal.root.name.clone()));
            add_steps(&traversal.steps, parts)
        }
        ExprKind::RelativeTraversal { source, steps } => {
            flatten(source, parts) && add_steps(steps, parts)
        }
        ExprKind::Index {
            collection, key, ..
        } => {
            let known = flatten(collection, parts);
            parts.push(Part::Key((**key).clone()));
            known
        }
        _ => false,
    }
}

fn add_steps(steps: &[Step], parts: &mut Vec<Part>) -> bool {
    for step in steps {
        parts.push(match &step.kind {
            StepKind::Attr(name) => Part::Name(name.clone()),
            StepKind::Index(key) => Part::Key(Expr::new(ExprKind::Literal(key.clone()), step.span)),
            StepKind::Splat => return false,
        });
    }
    true
}

fn assemble(parts: Vec<Part>) -> Option<ImportTarget> {
    let mut parts = parts.into_iter().peekable();
    let mut module = Vec::new();
    let take = |parts: &mut Parts| match parts.next() {
        Some(Part::Name(name)) => Some(name),
        _ => None,
    };
    let key = |parts: &mut Parts| match parts.next_if(|part| matches!(part, Part::Key(_))) {
        Some(Part::Key(key)) => Some(key),
        _ => None,
    };
    while matches!(parts.peek(), Some(Part::Name(name)) if &**name == "module") {
        parts.next();
        let name = take(&mut parts)?;
        module.push((name, key(&mut parts)));
    }
    let mut kind = take(&mut parts)?;
    if &*kind == "resource" {
        kind = take(&mut parts)?;
    }
    let resource = Resource::managed(kind, take(&mut parts)?);
    let key = key(&mut parts);
    parts.next().is_none().then_some(ImportTarget {
        module,
        resource,
        key,
    })
}

/// The address as text; computed keys as `[…]`.
fn text(target: &ImportTarget) -> String {
    let key = |key: &Option<Expr>| match key.as_ref().map(|key| &key.kind) {
        None => String::new(),
        Some(ExprKind::Literal(Literal::String(text))) => format!("[{text:?}]"),
        Some(ExprKind::Literal(Literal::Number(text))) => format!("[{text}]"),
        Some(_) => "[…]".to_owned(),
    };
    let modules: String = target
        .module
        .iter()
        .map(|(name, at)| format!("module.{name}{}.", key(at)))
        .collect();
    format!("{modules}{}{}", target.resource, key(&target.key))
}
