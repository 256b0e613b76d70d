//! Where a value stands in the text, and what is to stand there instead.

use trueup_config::Resource;
use trueup_diagnostics::Span;
use trueup_parser::edit::{At, EditError, Notation};
use trueup_parser::{Block, Body, Expr, ExprKind, Literal};
use trueup_planner::generate;
use trueup_schema::Block as Schema;
use trueup_value::{Path, Step, Value, json};

use super::reasons::{Refusal, explained};
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

struct Writing<'a, 'p> {
    accepting: &'a mut Accepting<'p>,
    object: &'a Drifted,
    attribute: &'a Attribute,
    kind: &'a str,
    block: &'a Resource,
}

impl<'p> Writing<'_, 'p> {
    fn refused(&self, at: Span, why: &str) -> Refusal {
        Refusal::of(self.object, self.attribute, Some(at), why)
    }

    fn edit(&mut self, at: Span) -> Result<&mut trueup_parser::edit::Edit<'p>, Refusal> {
        let (object, attribute) = (self.object, self.attribute);
        self.accepting
            .edit(at.source)
            .map_err(|why| Refusal::of(object, attribute, Some(at), &why))
    }

    fn failed(&self, at: Span, _error: EditError) -> Refusal {
        self.refused(at, "the text there can't be changed by itself")
    }

    /// The live value of this attribute.
    fn after(&self) -> &Value {
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
        let position = key
            .as_number()
            .and_then(|number| number.to_i64())
            .and_then(|number| usize::try_from(number).ok());
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
                .find(|element| named(element) == key.as_str()),
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
            return Err(explained(
                self.accepting.project,
                self.object,
                self.attribute,
                expr,
            ));
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
        changed.map_err(|error| self.failed(span, error))
    }

    /// An argument that is not written: all of it is, once.
    fn put_once(&mut self, at: Span, name: &str, block: &At, whole: &Value) -> Result<(), Refusal> {
        let once = format!("{:?} {block:?} {name}", at.source);
        if whole.is_null() || !self.accepting.once.insert(once) {
            return Ok(());
        }
        let text = generate::value(whole);
        let changed = self.edit(at)?.set(block, name, &text);
        changed.map_err(|error| self.failed(at, error))
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
        changed.map_err(|error| self.failed(at, error))
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

    /// A place within an argument's expression.
    fn in_expression(
        &mut self,
        expr: &Expr,
        steps: &[Step],
        notation: Notation,
    ) -> Result<(), Refusal> {
        let expr = expr.without_parens();
        let after = self.after().clone();
        let Some((first, rest)) = steps.split_first() else {
            if !is_plain(expr) {
                return Err(explained(
                    self.accepting.project,
                    self.object,
                    self.attribute,
                    expr,
                ));
            }
            let text = self.text(expr.span, &after, notation)?;
            let changed = self.edit(expr.span)?.replace(expr.span.range(), &text);
            return changed.map_err(|error| self.failed(expr.span, error));
        };
        let name = match first {
            Step::Attr(name) => Some(&**name),
            Step::Index(key) => key.as_str(),
        };
        match (&expr.kind, name) {
            (ExprKind::Call(call), _) if &*call.name == "jsonencode" && call.args.len() == 1 => {
                self.in_expression(&call.args[0], steps, notation)
            }
            (ExprKind::Literal(Literal::String(_)), _) => self.in_text(expr, steps),
            (ExprKind::Object { items, .. }, Some(name)) => {
                let found = items
                    .iter()
                    .rposition(|item| item.key.as_static_str().is_some_and(|key| &**key == name));
                let changed = match found {
                    Some(at) if rest.is_empty() && after.is_null() => {
                        let value = &items[at].value;
                        if !is_plain(value) {
                            return Err(explained(
                                self.accepting.project,
                                self.object,
                                self.attribute,
                                value,
                            ));
                        }
                        self.edit(expr.span)?.remove_member(expr, at, notation)
                    }
                    Some(at) => return self.in_expression(&items[at].value, rest, notation),
                    None if after.is_null() => Ok(()),
                    None if rest.is_empty() => {
                        let text = self.text(expr.span, &after, notation)?;
                        self.edit(expr.span)?
                            .add_member(expr, name, &text, notation)
                    }
                    None => {
                        return Err(
                            self.refused(expr.span, "what is around it is not written there")
                        );
                    }
                };
                changed.map_err(|error| self.failed(expr.span, error))
            }
            (ExprKind::Tuple(elements), None) => {
                let at = match first {
                    Step::Index(key) => key.as_number().and_then(|number| number.to_i64()),
                    Step::Attr(_) => None,
                };
                match at
                    .and_then(|at| usize::try_from(at).ok())
                    .and_then(|at| elements.get(at))
                {
                    Some(element) => self.in_expression(element, rest, notation),
                    None => Err(self.refused(expr.span, "it has no such element")),
                }
            }
            _ => Err(explained(
                self.accepting.project,
                self.object,
                self.attribute,
                expr,
            )),
        }
    }

    /// A place within a text of JSON, written as a heredoc or between quotes.
    fn in_text(&mut self, expr: &Expr, steps: &[Step]) -> Result<(), Refusal> {
        let span = expr.span;
        let project = self.accepting.project;
        let raw = project
            .sources
            .find(span.source)
            .map_or("", |file| file.slice(span));
        if raw.starts_with("<<") {
            let body = raw
                .find('\n')
                .map(|at| at + 1)
                .zip(raw.trim_end().rfind('\n'));
            if let Some((start, end)) = body.filter(|(start, end)| start <= end) {
                let lead = raw[start..end].len() - raw[start..end].trim_start().len();
                let start = start + lead;
                let inner = raw[start..end].trim_end();
                let (said, found) =
                    trueup_parser::parse_expression(span.source, inner, span.start + start as u32);
                let escapes = inner.contains("$${") || inner.contains("%%{");
                if !found.has_errors() && !escapes {
                    return self.in_expression(&said, steps, Notation::Json);
                }
            }
            return Err(self.refused(span, "its text can't be changed in part"));
        }
        // A text between quotes is one value: all that differs in it goes along.
        let argument = match self.attribute.difference.path.steps().first() {
            Some(Step::Attr(name)) => self.object.after.member(name),
            _ => None,
        };
        let Some(live) = argument.and_then(Value::as_str).map(trueup_parser::quoted) else {
            return Err(self.refused(span, "its text can't be changed in part"));
        };
        if !self.accepting.once.insert(format!("{span:?}")) {
            return Ok(());
        }
        let changed = self.edit(span)?.replace(span.range(), &live);
        changed.map_err(|error| self.failed(span, error))
    }

    fn text(&self, at: Span, value: &Value, notation: Notation) -> Result<String, Refusal> {
        match notation {
            Notation::Language => {
                let around = self.accepting.project.sources.find(at.source);
                let on_one_line = around.is_some_and(|file| !file.slice(at).contains('\n'));
                Ok(match on_one_line {
                    true => generate::value_on_one_line(value),
                    false => generate::value(value),
                })
            }
            Notation::Json => {
                let text = json::encode(value).unwrap_or_default();
                match text.contains("${") || text.contains("%{") {
                    true => {
                        Err(self.refused(at, "its live value would be read as a template there"))
                    }
                    false => Ok(text),
                }
            }
        }
    }
}

/// The expression on the way to a place that is no plain value and no object written out.
pub(super) fn worked_out<'b>(body: &'b Body, path: &Path) -> Option<&'b Expr> {
    let (first, rest) = path.steps().split_first()?;
    let Step::Attr(name) = first else {
        return None;
    };
    let mut expr: &Expr = &body.attribute(name)?.expr;
    for step in rest {
        let name = match step {
            Step::Attr(name) => Some(&**name),
            Step::Index(key) => key.as_str(),
        };
        let ExprKind::Object { items, .. } = &expr.without_parens().kind else {
            break;
        };
        let found =
            |item: &&trueup_parser::ObjectItem| item.key.as_static_str().map(|key| &**key) == name;
        expr = &items.iter().rev().find(found)?.value;
    }
    (!is_plain(expr)).then_some(expr)
}

/// Whether an expression is a value written out: it says the same everywhere and always.
fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Parens(inner) | ExprKind::Unary { operand: inner, .. } => is_plain(inner),
        ExprKind::Tuple(elements) => elements.iter().all(is_plain),
        ExprKind::Object { items, .. } => items
            .iter()
            .all(|item| item.key.as_static_str().is_some() && is_plain(&item.value)),
        _ => false,
    }
}

/// Whether a block's own name is written as this text.
fn says(body: &Body, wanted: &str) -> bool {
    ["name", "region_name"]
        .iter()
        .filter_map(|name| body.attribute(name)?.expr.as_string_literal())
        .any(|text| &**text == wanted)
}

/// The name of an element.
fn named(element: &Value) -> Option<&str> {
    ["name", "region_name"]
        .iter()
        .find_map(|name| element.member(name)?.as_str())
}
