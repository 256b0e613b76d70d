//! Expressions read from JSON to bodies: which names are blocks, and how the strings of arguments are read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};

use super::reading::{Reading, name_of, reread};
use crate::ast::{
    Attribute, Block, Body, BodyItem, Expr, ExprKind, Ident, Label, Literal, ObjectItem,
};

/// What the JSON of a body stands for.
#[derive(Debug)]
pub struct Shape {
    /// The names that are blocks.
    pub blocks: &'static [BlockShape],
    /// The arguments whose strings are no templates.
    pub arguments: &'static [(&'static str, Reading)],
    /// How the strings of all other arguments are read.
    pub otherwise: Reading,
    /// Whether there are arguments only: such a body is one object, never an array of them.
    pub arguments_only: bool,
}

/// A type of block.
#[derive(Debug)]
pub struct BlockShape {
    /// Its name.
    pub name: &'static str,
    /// What its labels are called in messages.
    pub labels: &'static [&'static str],
    /// What is in it.
    pub body: &'static Shape,
}

/// The body of a file.
pub(super) fn file_body(
    root: &Expr,
    shape: &Shape,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Body {
    Reader {
        sources: Some(sources),
        diagnostics,
    }
    .body(root, shape)
}

impl Body {
    /// The body with those arguments read from JSON that are blocks, as `labels` says: it answers what the
    /// labels of a type of block are called, and nothing for what is no block. A body without such arguments
    /// comes back as it is. What is in the blocks is not looked into.
    pub fn with_json_blocks(
        &self,
        labels: impl Fn(&str) -> Option<&'static [&'static str]>,
    ) -> (Cow<'_, Body>, Diagnostics) {
        let is_block =
            |attribute: &Attribute| attribute.expr.is_json() && labels(&attribute.name).is_some();
        let mut diagnostics = Diagnostics::new();
        if !self.attributes.iter().any(is_block) {
            return (Cow::Borrowed(self), diagnostics);
        }
        let mut body = Body {
            attributes: Vec::new(),
            blocks: Vec::new(),
            items: Vec::new(),
            ..*self
        };
        let mut reader = Reader {
            sources: None,
            diagnostics: &mut diagnostics,
        };
        for item in &self.items {
            match item {
                BodyItem::Block(at) => push_block(&mut body, self.blocks[*at].clone()),
                BodyItem::Attribute(at) => {
                    let attribute = &self.attributes[*at];
                    match labels(&attribute.name).filter(|_| attribute.expr.is_json()) {
                        Some(labels) => {
                            let kind = Ident {
                                name: attribute.name.clone(),
                                span: attribute.name_span,
                            };
                            let block = BlockOf {
                                kind: &kind,
                                shape: &FREE,
                            };
                            reader.blocks(
                                &attribute.expr,
                                block,
                                labels,
                                &mut Vec::new(),
                                &mut body,
                            );
                        }
                        None => push_attribute(&mut body, attribute.clone()),
                    }
                }
            }
        }
        (Cow::Owned(body), diagnostics)
    }
}

/// A body of which nothing is known but that it may have `dynamic` blocks.
static FREE: Shape = Shape {
    blocks: &[BlockShape {
        name: "dynamic",
        labels: &["type"],
        body: &DYNAMIC,
    }],
    arguments: &[],
    otherwise: Reading::Template,
    arguments_only: false,
};

static DYNAMIC: Shape = Shape {
    blocks: &[BlockShape {
        name: "content",
        labels: &[],
        body: &FREE,
    }],
    arguments: &[("iterator", Reading::Native)],
    otherwise: Reading::Template,
    arguments_only: false,
};

impl Shape {
    /// A body of which nothing is known but that it may have `dynamic` blocks.
    pub const fn free() -> &'static Shape {
        &FREE
    }

    /// How a `dynamic` block is read, for shapes of bodies that may have some.
    pub const fn dynamic() -> BlockShape {
        BlockShape {
            name: "dynamic",
            labels: &["type"],
            body: &DYNAMIC,
        }
    }
}

/// The block that is being read.
#[derive(Clone, Copy)]
struct BlockOf<'a> {
    kind: &'a Ident,
    shape: &'static Shape,
}

struct Reader<'a> {
    /// For messages that name another place.
    sources: Option<&'a Sources>,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn wrong_type(&mut self, detail: impl Into<String>, at: &Expr) {
        self.diagnostics
            .push(Diagnostic::error("Incorrect JSON value type", detail.into()).at(start_of(at)));
    }

    fn body(&mut self, value: &Expr, shape: &Shape) -> Body {
        let end = match &value.kind {
            ExprKind::Object { .. } => Span {
                start: value.span.end.saturating_sub(1).max(value.span.start),
                ..value.span
            },
            _ => start_of(value),
        };
        let mut body = Body {
            attributes: Vec::new(),
            blocks: Vec::new(),
            items: Vec::new(),
            span: value.span,
            end,
            json: true,
        };
        if shape.arguments_only && !matches!(value.kind, ExprKind::Object { .. }) {
            let detail = "A JSON object is required here, setting the arguments for this block.";
            self.wrong_type(detail, value);
            return body;
        }
        let mut seen: HashMap<Arc<str>, Span> = HashMap::new();
        for item in self.items(value, None) {
            let Some(name) = name_of(item).filter(|name| &**name != "//") else {
                continue;
            };
            let name_span = item.key.span();
            if let Some(known) = shape.blocks.iter().find(|known| known.name == &*name) {
                let kind = Ident {
                    name,
                    span: name_span,
                };
                let block = BlockOf {
                    kind: &kind,
                    shape: known.body,
                };
                self.blocks(&item.value, block, known.labels, &mut Vec::new(), &mut body);
                continue;
            }
            let attribute = self.attribute(item, name, shape);
            if let Some(first) = seen.get(&attribute.name) {
                self.diagnostics
                    .push(self.duplicate(&attribute, *first, shape));
                continue;
            }
            seen.insert(attribute.name.clone(), attribute.span);
            push_attribute(&mut body, attribute);
        }
        body
    }

    fn duplicate(&self, attribute: &Attribute, first: Span, shape: &Shape) -> Diagnostic {
        let summary = if shape.arguments_only {
            "Duplicate attribute definition"
        } else {
            "Duplicate argument"
        };
        let name = &attribute.name;
        let place = self
            .sources
            .map(|sources| format!(" at {}", sources.place(first)))
            .unwrap_or_default();
        Diagnostic::error(
            summary,
            format!("The argument {name:?} was already set{place}."),
        )
        .at(attribute.name_span)
        .within(attribute.span)
    }

    fn attribute(&self, item: &ObjectItem, name: Arc<str>, shape: &Shape) -> Attribute {
        let name_span = item.key.span();
        let reading = shape
            .arguments
            .iter()
            .find(|(known, _)| *known == &*name)
            .map_or(shape.otherwise, |(_, reading)| *reading);
        Attribute {
            name,
            name_span,
            equals_span: name_span.empty_at_end(),
            expr: Arc::new(reread(&item.value, reading)),
            span: name_span.to(item.value.span),
        }
    }

    /// The items of an object, or of all objects in an array. `label` is the label that their names are.
    fn items<'e>(&mut self, value: &'e Expr, label: Option<&str>) -> Vec<&'e ObjectItem> {
        let what = match label {
            Some(label) => format!("to specify {label} labels for this block"),
            None => "to define arguments and child blocks".to_string(),
        };
        match &value.kind {
            ExprKind::Literal(Literal::Null) => Vec::new(),
            ExprKind::Object { items, .. } => items.iter().collect(),
            ExprKind::Tuple(elements) => {
                let mut found = Vec::new();
                for element in elements {
                    match &element.kind {
                        ExprKind::Object { items, .. } => found.extend(items),
                        _ => {
                            self.wrong_type(
                                format!("A JSON object is required here, {what}."),
                                element,
                            );
                        }
                    }
                }
                found
            }
            _ => {
                let detail = format!(
                    "Either a JSON object or JSON array of objects is required here, {what}."
                );
                self.wrong_type(detail, value);
                Vec::new()
            }
        }
    }

    /// Adds the blocks that a value stands for, after `given` labels were read.
    fn blocks(
        &mut self,
        value: &Expr,
        of: BlockOf<'_>,
        labels: &[&str],
        given: &mut Vec<Label>,
        into: &mut Body,
    ) {
        if let Some((label, labels)) = labels.split_first() {
            let items = self.items(value, Some(label));
            if items.is_empty() {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Missing block label",
                        format!("At least one object property is required, whose name represents the {} block's {label}.", of.kind.name),
                    )
                    .at(start_of(value)),
                );
            }
            for item in items {
                let Some(text) = name_of(item) else { continue };
                given.push(Label {
                    text,
                    span: item.key.span(),
                    quoted: true,
                });
                self.blocks(&item.value, of, labels, given, into);
                given.pop();
            }
            return;
        }
        let open = start_of(value);
        let bodies = match &value.kind {
            ExprKind::Literal(Literal::Null) => return,
            ExprKind::Object { .. } => std::slice::from_ref(value),
            ExprKind::Tuple(elements) => elements,
            _ => {
                let kind = &of.kind.name;
                let detail = format!(
                    "Either a JSON object or a JSON array is required, representing the contents of one or more {kind:?} blocks."
                );
                return self.wrong_type(detail, value);
            }
        };
        for body in bodies {
            let contents = self.body(body, of.shape);
            let block = Block {
                kind: of.kind.clone(),
                labels: given.clone(),
                open_brace: open,
                close_brace: contents.end,
                span: body.span,
                body: contents,
            };
            push_block(into, block);
        }
    }
}

/// Where messages about the form of a value point: the bracket that opens it, else the whole of it.
fn start_of(value: &Expr) -> Span {
    match &value.kind {
        ExprKind::Object { .. } | ExprKind::Tuple(_) => Span {
            end: (value.span.start + 1).min(value.span.end),
            ..value.span
        },
        _ => value.span,
    }
}

fn push_attribute(body: &mut Body, attribute: Attribute) {
    body.items.push(BodyItem::Attribute(body.attributes.len()));
    body.attributes.push(attribute);
}

fn push_block(body: &mut Body, block: Block) {
    body.items.push(BodyItem::Block(body.blocks.len()));
    body.blocks.push(block);
}
