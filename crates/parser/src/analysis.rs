//! What can be said of an expression without evaluating it: which names it refers to, and whether it has a
//! form that is read statically (a reference, a keyword, a list of expressions, a call).

use std::sync::Arc;

use trueup_diagnostics::Span;

use crate::ast::{Block, Body, Call, Expr, ExprKind, For, Ident, Literal, ObjectItem, Traversal};

/// A reference found in an expression.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Reference<'a> {
    /// The root name and its constant steps. Where a computed index follows, the steps end before it.
    pub traversal: &'a Traversal,
    /// The bytes of the traversal.
    pub span: Span,
}

impl Expr {
    /// Every reference from a root name, in the order of the text, without those to names that a `for`
    /// around them binds. The same name comes as often as it is written.
    pub fn references(&self) -> Vec<Reference<'_>> {
        let mut found = Vec::new();
        self.visit_references(&mut |reference| found.push(reference));
        found
    }

    /// Calls `visit` with every reference, as [`Expr::references`] lists them.
    pub fn visit_references<'a>(&'a self, visit: &mut dyn FnMut(Reference<'a>)) {
        walk(self, &mut Vec::new(), visit);
    }

    /// Calls `visit` with every function call in the expression, outer calls first.
    pub fn visit_calls<'a>(&'a self, visit: &mut dyn FnMut(&'a Call)) {
        if let ExprKind::Call(call) = &self.kind {
            visit(call);
        }
        self.kind
            .for_each_child(&mut |child| child.visit_calls(visit));
    }

    /// The expression read as a reference. `null`, `true` and `false` are plain names here, as they are in
    /// Terraform where a reference is expected.
    pub fn as_traversal(&self) -> Option<Traversal> {
        let root = |name: &str| {
            let root = Ident {
                name: name.into(),
                span: self.span,
            };
            Some(Traversal {
                root,
                steps: Vec::new(),
            })
        };
        match &self.kind {
            ExprKind::Traversal(traversal) => Some(traversal.clone()),
            ExprKind::Literal(Literal::Null) => root("null"),
            ExprKind::Literal(Literal::Bool(true)) => root("true"),
            ExprKind::Literal(Literal::Bool(false)) => root("false"),
            _ => None,
        }
    }

    /// The expression read as a single bare word.
    pub fn as_keyword(&self) -> Option<Arc<str>> {
        self.as_traversal()
            .filter(|traversal| traversal.steps.is_empty())
            .map(|traversal| traversal.root.name)
    }

    /// The text of a plain string without sequences.
    pub fn as_string_literal(&self) -> Option<&Arc<str>> {
        match &self.kind {
            ExprKind::Literal(Literal::String(text)) => Some(text),
            _ => None,
        }
    }

    /// The elements of a tuple written out, `[a, b]`.
    pub fn static_list(&self) -> Option<&[Expr]> {
        match &self.kind {
            ExprKind::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The items of an object written out, `{ a = b }`.
    pub fn static_pairs(&self) -> Option<&[ObjectItem]> {
        match &self.kind {
            ExprKind::Object { items, .. } => Some(items),
            _ => None,
        }
    }

    /// The function call that the expression is.
    pub fn static_call(&self) -> Option<&Call> {
        match &self.kind {
            ExprKind::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The expression without parentheses around it.
    pub fn without_parens(&self) -> &Expr {
        let mut inner = self;
        while let ExprKind::Parens(next) = &inner.kind {
            inner = next;
        }
        inner
    }
}

impl Body {
    /// Calls `visit` with every reference in the arguments and blocks, without those to the iterators of
    /// `dynamic` blocks around them.
    pub fn visit_references<'a>(&'a self, visit: &mut dyn FnMut(Reference<'a>)) {
        walk_body(self, &mut Vec::new(), visit);
    }
}

impl Block {
    /// Calls `visit` with every reference in the block, as [`Body::visit_references`] does.
    pub fn visit_references<'a>(&'a self, visit: &mut dyn FnMut(Reference<'a>)) {
        walk_block(self, &mut Vec::new(), visit);
    }

    /// Whether the block stands for others: `dynamic "attribute"` for any number of `attribute` blocks.
    pub fn is_dynamic(&self) -> bool {
        &*self.kind.name == "dynamic"
    }

    /// The name that a `dynamic` block binds for its `content`: what its `iterator` says, else the type of
    /// the blocks that it makes. `None` where it is not written as one name.
    pub fn iterator(&self) -> Option<Arc<str>> {
        match self.body.attribute("iterator") {
            Some(written) => written.expr.as_keyword(),
            None => self.label(0).cloned(),
        }
    }
}

fn walk_body<'a>(body: &'a Body, bound: &mut Vec<Arc<str>>, visit: &mut dyn FnMut(Reference<'a>)) {
    for attribute in &body.attributes {
        walk_unbound(&attribute.expr, bound, visit);
    }
    for block in &body.blocks {
        walk_block(block, bound, visit);
    }
}

fn walk_block<'a>(
    block: &'a Block,
    bound: &mut Vec<Arc<str>>,
    visit: &mut dyn FnMut(Reference<'a>),
) {
    if !block.is_dynamic() {
        return walk_body(&block.body, bound, visit);
    }
    if let Some(for_each) = block.body.attribute("for_each") {
        walk_unbound(&for_each.expr, bound, visit);
    }
    let outer = bound.len();
    bound.extend(block.iterator());
    if let Some(labels) = block.body.attribute("labels") {
        walk_unbound(&labels.expr, bound, visit);
    }
    for content in block.body.blocks_of("content") {
        walk_body(&content.body, bound, visit);
    }
    bound.truncate(outer);
}

fn walk_unbound<'a>(expr: &'a Expr, bound: &[Arc<str>], visit: &mut dyn FnMut(Reference<'a>)) {
    expr.visit_references(&mut |reference| {
        if !bound.contains(&reference.traversal.root.name) {
            visit(reference);
        }
    });
}

fn walk<'a>(expr: &'a Expr, bound: &mut Vec<&'a str>, visit: &mut dyn FnMut(Reference<'a>)) {
    match &expr.kind {
        ExprKind::Traversal(traversal) => {
            if !bound.contains(&&*traversal.root.name) {
                visit(Reference {
                    traversal,
                    span: expr.span,
                });
            }
        }
        ExprKind::For(each) => walk_for(each, bound, visit),
        kind => kind.for_each_child(&mut |child| walk(child, bound, visit)),
    }
}

fn walk_for<'a>(each: &'a For, bound: &mut Vec<&'a str>, visit: &mut dyn FnMut(Reference<'a>)) {
    walk(&each.collection, bound, visit);
    let outer = bound.len();
    bound.extend(each.key_name.iter().map(|name| &*name.name));
    bound.push(&each.value_name.name);
    for inner in each
        .key
        .iter()
        .chain([&each.value])
        .chain(each.condition.iter())
    {
        walk(inner, bound, visit);
    }
    bound.truncate(outer);
}
