//! `dynamic` blocks: one block made for each element of a collection.
//!
//! They are HCL's own extension, not the language's: the rules and the errors are those of its library.

use std::sync::Arc;

use trueup_config::content::{self, BlockType, Expected};
use trueup_diagnostics::Diagnostic;
use trueup_parser::{Block as SyntaxBlock, Expr};
use trueup_schema::{Block, Nesting};
use trueup_value::{Type, Value, ValueRef};

use crate::body::{Decoder, Frame, Made, Meta};

/// A `dynamic` block itself.
const DYNAMIC: Expected = Expected {
    required: &[],
    optional: &[],
    blocks: &[BlockType {
        name: "dynamic",
        labels: &["type"],
    }],
};

/// Its body, for blocks without labels.
const UNLABELLED: Expected = Expected {
    required: &["for_each"],
    optional: &["iterator"],
    blocks: &[BlockType {
        name: "content",
        labels: &[],
    }],
};

/// Its body, for blocks with labels.
const LABELLED: Expected = Expected {
    required: &["for_each", "labels"],
    ..UNLABELLED
};

/// An element to make a block for: what `.key` and `.value` of the iterator are.
type Element = (Value, Value);

impl Decoder<'_> {
    /// The blocks that a `dynamic` block makes, and their type; `None` where it is not as it should be.
    pub(crate) fn dynamic<'a>(
        &mut self,
        block: &'a SyntaxBlock,
        schema: &Block,
        meta: Meta<'_>,
        frame: &Frame,
    ) -> Option<(Arc<str>, Vec<Made<'a>>)> {
        if !content::check_labels(block, DYNAMIC, &mut self.diagnostics) {
            return None;
        }
        let kind = block.label(0)?.clone();
        let known = schema.blocks.get(&kind);
        let Some(nested) = known.filter(|_| !meta.blocks.contains(&&*kind)) else {
            self.diagnostics.push(
                Diagnostic::error(
                    "Unsupported block type",
                    format!("Blocks of type {kind:?} are not expected here."),
                )
                .at(block.labels[0].span),
            );
            return None;
        };
        let labelled = matches!(nested.nesting, Nesting::Map);
        let expected = if labelled { LABELLED } else { UNLABELLED };
        let before = self.diagnostics.errors().count();
        let written = content::take(&block.body, expected, &mut self.diagnostics);
        if self.diagnostics.errors().count() > before {
            return None;
        }
        let for_each = &written.get("for_each")?.expr;
        let (collection, found) = match frame.unknown {
            true => (Value::dynamic_unknown(), Default::default()),
            false => self.expressions.evaluate(for_each, &frame.bindings),
        };
        let failed = found.has_errors();
        self.diagnostics.extend(found);
        if failed {
            return None;
        }
        let (collection, marks) = collection.unmark();
        let elements = match elements_of(&collection) {
            Ok(elements) => elements,
            Err(detail) => {
                let mut problem =
                    Diagnostic::error("Invalid dynamic for_each value", detail).at(for_each.span);
                problem.values = self.expressions.notes(for_each, &frame.bindings);
                self.diagnostics.push(problem);
                return None;
            }
        };
        let iterator = self.iterator(block)?;
        let mut bodies = written.blocks.iter();
        let Some(body) = bodies.next() else {
            self.diagnostics.push(
                Diagnostic::error(
                    "Missing dynamic content block",
                    "A dynamic block must have a nested block of type \"content\" to describe the body of each generated block.",
                )
                .at(block.body.missing_item_span()),
            );
            return None;
        };
        if let Some(second) = bodies.next() {
            self.diagnostics.push(
                Diagnostic::error(
                    "Extraneous dynamic content block",
                    "Only one nested content block is allowed for each dynamic block.",
                )
                .at(second.header_span()),
            );
            return None;
        }
        let label = written.get("labels").map(|attribute| &*attribute.expr);
        let made = elements.map_or_else(
            || vec![None],
            |elements| elements.into_iter().map(Some).collect(),
        );
        let blocks = made.into_iter().map(|element| {
            let mut inner = frame.clone();
            inner.marks = frame.marks.union(marks);
            inner.unknown |= element.is_none();
            let (key, value) =
                element.unwrap_or_else(|| (Value::dynamic_unknown(), Value::dynamic_unknown()));
            let members = [(Arc::from("key"), key), (Arc::from("value"), value)];
            let members = Value::object(members.into_iter().collect());
            inner.bindings.push((iterator.clone(), members));
            Made {
                body: &body.body,
                header: block.header_span(),
                key: label.and_then(|labels| self.label(labels, &inner)),
                frame: inner,
            }
        });
        Some((kind, blocks.collect()))
    }

    /// The name that the block binds.
    fn iterator(&mut self, block: &SyntaxBlock) -> Option<Arc<str>> {
        let name = block.iterator();
        if name.is_none()
            && let Some(written) = block.body.attribute("iterator")
        {
            let problem = match written.expr.as_traversal() {
                Some(_) => Diagnostic::error(
                    "Invalid dynamic iterator name",
                    "Dynamic iterator must be a single variable name.",
                ),
                None => Diagnostic::error(
                    "Invalid expression",
                    "A single static variable reference is required: only attribute access and indexing with constant keys. No calculations, function calls, template expressions, etc are allowed here.",
                ),
            };
            self.diagnostics.push(problem.at(written.expr.span));
        }
        name
    }

    /// The label of a block that has one.
    fn label(&mut self, labels: &Expr, frame: &Frame) -> Option<Arc<str>> {
        let Some([label]) = labels.static_list() else {
            self.diagnostics.push(
                Diagnostic::error("Invalid dynamic block label", "One label is required here.")
                    .at(labels.span),
            );
            return None;
        };
        let (value, found) = self.expressions.evaluate(label, &frame.bindings);
        let failed = found.has_errors();
        self.diagnostics.extend(found);
        let (value, marks) = value.unmark();
        let problem = match value.as_str() {
            _ if failed => return None,
            Some(_) if !marks.is_empty() => "Cannot use a marked value as a dynamic block label.",
            Some(text) => return Some(text.into()),
            None if value.is_null() => "Cannot use a null value as a dynamic block label.",
            None if !value.is_known() => {
                "This value is not yet known. Dynamic block labels must be immediately-known values."
            }
            None => "A string is required as a dynamic block label.",
        };
        self.diagnostics
            .push(Diagnostic::error("Invalid dynamic block label", problem).at(label.span));
        None
    }
}

/// The elements to make blocks for, `None` where it is not known which they are.
fn elements_of(collection: &Value) -> Result<Option<Vec<Element>>, String> {
    let by_name = |members: &std::collections::BTreeMap<Arc<str>, Value>| {
        let members = members.iter();
        let pairs = members.map(|(key, value)| (Value::shared_string(key.clone()), value.clone()));
        Ok(Some(pairs.collect()))
    };
    let by_position = |elements: &[Value]| {
        let elements = elements.iter().zip(0_i64..);
        let pairs = elements.map(|(value, at)| (Value::number(at), value.clone()));
        Ok(Some(pairs.collect()))
    };
    let ty = collection.ty();
    if ty != Type::Dynamic && !ty.is_collection() && !ty.is_structural() {
        return Err(format!(
            "Cannot use a {} value in for_each. An iterable collection is required.",
            ty.friendly_name()
        ));
    }
    match collection.view() {
        ValueRef::Null(_) => Err("Cannot use a null value in for_each.".to_owned()),
        ValueRef::List { elements, .. } => by_position(elements),
        ValueRef::Tuple(elements) => by_position(elements),
        ValueRef::Set { elements, .. } => Ok(Some(
            elements
                .iter()
                .map(|element| (element.clone(), element.clone()))
                .collect(),
        )),
        ValueRef::Map { elements, .. } => by_name(elements),
        ValueRef::Object(attributes) => by_name(attributes),
        _ => Ok(None),
    }
}
