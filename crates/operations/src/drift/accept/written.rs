//! Where a value stands in the text, and what is to stand there instead.

use trueup_config::Resource;
use trueup_diagnostics::Span;
use trueup_parser::edit::{At, Notation};
use trueup_parser::{Block, Body, Expr};
use trueup_planner::generate;
use trueup_schema::Block as Schema;
use trueup_value::{Step, Value};

use super::super::differences::{NAMES, name_of};
use super::super::place::position_of;
use super::reasons::{Refusal, explained};
use super::within::is_plain;
use super::{Accepting, Attribute, Drifted};

/// Changes the text so that it says the live value of one attribute.
pub(super) fn write(
    accepting: &mut Accepting<'_>,
    block: &Resource,
    schema: &Schema,
    object: &Drifted,
    attribute: &Attribute,
) -> Result<(), Refusal> {
    let mut writing = Writing {
        accepting,
        object,
        attribute,
        kind: &block.addr.kind,
        block,
    };
    if block.escaped {
        return Err(writing.refused(block.header, "it is written in an escape block"));
    }
    let labels = [&*block.addr.kind, &*block.addr.name];
    let edit = writing.edit(block.header)?;
    let Some(at) = edit.find(&At::default(), "resource", &labels, 0) else {
        return Err(writing.refused(block.header, "its block is not in that file"));
    };
    let steps = attribute.difference.path.steps();
    writing.in_body(&block.body, &at, schema, steps, &object.after)
}

/// The change of one attribute.
pub(super) struct Writing<'a, 'p> {
    pub(super) accepting: &'a mut Accepting<'p>,
    pub(super) object: &'a Drifted,
    pub(super) attribute: &'a Attribute,
    kind: &'a str,
    block: &'a Resource,
}

impl<'p> Writing<'_, 'p> {
    pub(super) fn refused(&self, at: Span, why: &str) -> Refusal {
        Refusal::of(self.object, self.attribute, Some(at), why)
    }

    pub(super) fn edit(&mut self, at: Span) -> Result<&mut trueup_parser::edit::Edit<'p>, Refusal> {
        let (object, attribute) = (self.object, self.attribute);
        self.accepting
            .edit(at.source)
            .map_err(|why| Refusal::of(object, attribute, Some(at), &why))
    }

    /// Why a splice that the editor refused is not made.
    pub(super) fn failed(&self, at: Span) -> Refusal {
        self.refused(at, "the text there can't be changed by itself")
    }

    /// Why an expression that is no plain value is not changed.
    pub(super) fn explained(&self, expr: &Expr) -> Refusal {
        explained(self.accepting.project, self.object, self.attribute, expr)
    }

    /// The live value of this attribute.
    pub(super) fn after(&self) -> &Value {
        &self.attribute.difference.after
    }

    /// `live` is the value of the whole body as it is now.
    fn in_body(
        &mut self,
        body: &Body,
        at: &At,
        schema: &Schema,
        steps: &[Step],
        live: &Value,
    ) -> Result<(), Refusal> {
        let header = self.block.header;
        let Some((Step::Attr(name), rest)) = steps.split_first() else {
            return Err(self.refused(header, "the object differs as a whole"));
        };
        if let Some(described) = schema.attributes.get(name) {
            if !described.optional && !described.required {
                let why = match &**name {
                    "tags_all" => {
                        "it follows from tags and from the default_tags of the provider".to_owned()
                    }
                    _ => format!("{name} is set by {}, not by the configuration", self.kind),
                };
                return Err(self.refused(header, &why));
            }
            return match body.attribute(name) {
                Some(written) if rest.is_empty() => self.argument(&written.expr, at, name),
                Some(written) => self.in_expression(&written.expr, rest, Notation::Language),
                None => {
                    let whole = live
                        .member(name)
                        .cloned()
                        .unwrap_or_else(Value::dynamic_null);
                    self.put_once(header, name, at, &whole)
                }
            };
        }
        let Some(nested) = schema.blocks.get(name) else {
            return Err(self.refused(header, "it is no argument"));
        };
        if let Some(made) = body
            .blocks
            .iter()
            .find(|block| block.is_dynamic() && block.label(0) == Some(name))
        {
            let why = "its blocks are made by a dynamic block: change what that goes over";
            return Err(self.refused(made.header_span(), why));
        }
        let blocks: Vec<&Block> = body.blocks_of(name).collect();
        let elements = live
            .member(name)
            .and_then(Value::as_slice)
            .unwrap_or_default();
        let Some((Step::Index(key), rest)) = rest.split_first() else {
            return match (blocks.is_empty(), elements.is_empty()) {
                (true, _) => elements
                    .iter()
                    .try_for_each(|element| self.insert(header, at, name, &nested.block, element)),
                (false, true) => self.remove_all(header, at, name, blocks.len()),
                _ => Err(self.refused(
                    header,
                    "its blocks have no names by which they could be told apart",
                )),
            };
        };
        let position = position_of(key);
        let written = match position {
            Some(position) => blocks.get(position).map(|_| position),
            None => key
                .as_str()
                .and_then(|name| blocks.iter().position(|block| says(&block.body, name))),
        };
        let element = match position {
            Some(position) => elements.get(position),
            None => elements
                .iter()
                .find(|element| name_of(element) == key.as_str()),
        };
        match (written, element) {
            (Some(nth), None) => self.remove(header, at, name, nth),
            (None, Some(element)) => self.insert(header, at, name, &nested.block, element),
            (None, None) => Ok(()),
            (Some(nth), Some(element)) => {
                let inner = blocks[nth];
                let found = self.edit(inner.header_span())?.find(at, name, &[], nth);
                let Some(found) = found.filter(|_| !rest.is_empty()) else {
                    return Err(self.refused(inner.header_span(), "the block differs as a whole"));
                };
                self.in_body(&inner.body, &found, &nested.block, rest, element)
            }
        }
    }

    /// An argument that differs as a whole.
    fn argument(&mut self, expr: &Expr, at: &At, name: &str) -> Result<(), Refusal> {
        if !is_plain(expr) {
            return Err(self.explained(expr));
        }
        let after = self.after().clone();
        let span = expr.span;
        let changed = match after.is_null() {
            true => self.edit(span)?.remove(at, name),
            false => {
                let text = generate::value(&after);
                self.edit(span)?.replace(span.range(), &text)
            }
        };
        changed.map_err(|_| self.failed(span))
    }

    /// An argument that is not written: all of it is, once.
    fn put_once(&mut self, at: Span, name: &str, block: &At, whole: &Value) -> Result<(), Refusal> {
        let once = format!("{:?} {block:?} {name}", at.source);
        if whole.is_null() || !self.accepting.once.insert(once) {
            return Ok(());
        }
        let text = generate::value(whole);
        let changed = self.edit(at)?.set(block, name, &text);
        changed.map_err(|_| self.failed(at))
    }

    fn insert(
        &mut self,
        at: Span,
        within: &At,
        kind: &str,
        schema: &Schema,
        element: &Value,
    ) -> Result<(), Refusal> {
        let text = generate::nested(kind, schema, element);
        let once = format!("{:?} {within:?} {text}", at.source);
        if !self.accepting.once.insert(once) {
            return Ok(());
        }
        let changed = self.edit(at)?.insert(within, &text);
        changed.map_err(|_| self.failed(at))
    }

    fn remove(&mut self, at: Span, within: &At, kind: &str, nth: usize) -> Result<(), Refusal> {
        let once = format!("{:?} {within:?} -{kind} {nth}", at.source);
        if !self.accepting.once.insert(once) {
            return Ok(());
        }
        let edit = self.edit(at)?;
        if let Some(found) = edit.find(within, kind, &[], nth) {
            edit.remove_block(&found);
        }
        Ok(())
    }

    fn remove_all(
        &mut self,
        at: Span,
        within: &At,
        kind: &str,
        count: usize,
    ) -> Result<(), Refusal> {
        (0..count).try_for_each(|nth| self.remove(at, within, kind, nth))
    }
}

/// Whether a block's own name is written as this text.
fn says(body: &Body, wanted: &str) -> bool {
    NAMES
        .iter()
        .filter_map(|name| body.attribute(name)?.expr.as_string_literal())
        .any(|text| &**text == wanted)
}
