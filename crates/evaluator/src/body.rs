//! A body and its schema to a value, with the errors that HCL and Terraform give for what does not fit.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::ModuleInstance;
use trueup_config::content;
use trueup_diagnostics::{Diagnostic, Diagnostics, Span, ValueNote};
use trueup_parser::{Attribute, Body, Expr};
use trueup_schema::{Attribute as SchemaAttribute, Block, NestedBlock, Nesting};
use trueup_value::{Marks, Type, Value, convert};

use crate::{Bindings, Evaluator, Repeated, Site};

/// Names in a body that are not the schema's: arguments and blocks that the language takes for itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meta<'a> {
    /// Arguments to pass over.
    pub arguments: &'a [&'a str],
    /// Blocks to pass over.
    pub blocks: &'a [&'a str],
}

/// What gives the expressions of a body their values.
pub trait Expressions {
    /// The value of an expression, with the names that blocks around it bind.
    fn evaluate(&self, expr: &Expr, bindings: &Bindings) -> (Value, Diagnostics);

    /// What the references in an expression stand for, to be said beside an error about its value.
    fn notes(&self, _expr: &Expr, _bindings: &Bindings) -> Vec<ValueNote> {
        Vec::new()
    }
}

/// Expressions without names, such as those of a backend's settings.
impl<F: Fn(&Expr) -> (Value, Diagnostics)> Expressions for F {
    fn evaluate(&self, expr: &Expr, _: &Bindings) -> (Value, Diagnostics) {
        self(expr)
    }
}

/// The expressions of one instance of a block.
pub struct OfInstance<'a> {
    /// What is known.
    pub evaluator: &'a Evaluator,
    /// The instance of the module.
    pub module: &'a ModuleInstance,
    /// The instance of the block.
    pub repeated: &'a Repeated,
}

impl OfInstance<'_> {
    fn site<'s>(&'s self, bindings: &'s Bindings) -> Site<'s> {
        Site {
            bindings,
            ..Site::new(self.module, self.repeated)
        }
    }
}

impl Expressions for OfInstance<'_> {
    fn evaluate(&self, expr: &Expr, bindings: &Bindings) -> (Value, Diagnostics) {
        self.evaluator.evaluate_at(self.site(bindings), expr)
    }

    fn notes(&self, expr: &Expr, bindings: &Bindings) -> Vec<ValueNote> {
        let site = self.site(bindings);
        self.evaluator.causes(site, expr, false, false)
    }
}

/// What the blocks around a body bring to it.
#[derive(Clone, Default)]
pub(crate) struct Frame {
    /// The iterators of `dynamic` blocks around it.
    pub(crate) bindings: Vec<(Arc<str>, Value)>,
    /// How many bodies there are like this is not known: nothing in it has a value yet.
    pub(crate) unknown: bool,
    /// The marks of the collections that it was made for.
    pub(crate) marks: Marks,
}

/// A block of a body: written out, or made by a `dynamic` block.
pub(crate) struct Made<'a> {
    pub(crate) body: &'a Body,
    pub(crate) header: Span,
    /// The label, of blocks that have one.
    pub(crate) key: Option<Arc<str>>,
    pub(crate) frame: Frame,
}

const UNCONFIGURABLE: &str = "Value for unconfigurable attribute";

/// Decodes `body` by `schema`. The value has every attribute of the schema, null where nothing is set,
/// and unknown where an expression failed.
pub fn decode(
    body: &Body,
    schema: &Block,
    meta: Meta<'_>,
    expressions: &dyn Expressions,
) -> (Value, Diagnostics) {
    let mut decoder = Decoder {
        expressions,
        diagnostics: Diagnostics::default(),
    };
    let value = decoder.body(body, schema, meta, &Frame::default());
    let mut diagnostics = decoder.diagnostics;
    // What a body sets although it may not is looked at once the body is read.
    let unreadable = |found: &Diagnostic| found.is_error() && found.summary != UNCONFIGURABLE;
    if diagnostics.iter().any(unreadable) {
        diagnostics.retain(|found| found.summary != UNCONFIGURABLE);
    }
    (value, diagnostics)
}

pub(crate) struct Decoder<'a> {
    pub(crate) expressions: &'a dyn Expressions,
    pub(crate) diagnostics: Diagnostics,
}

impl Decoder<'_> {
    fn body(&mut self, body: &Body, schema: &Block, meta: Meta<'_>, frame: &Frame) -> Value {
        // In JSON the schema decides what is a block.
        let (body, found) = body.with_json_blocks(|name| labels(schema, name));
        let body = &*body;
        self.diagnostics.extend(found);
        self.report_unexpected(body, schema, meta);
        let mut values: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for (name, attribute) in &schema.attributes {
            let value = match body.attribute(name) {
                Some(written) if !meta.arguments.contains(&&**name) => {
                    let value = self.attribute(written, attribute, frame);
                    value.with_marks(frame.marks)
                }
                _ => {
                    if attribute.required {
                        let problem = content::missing_argument(name, body);
                        self.diagnostics.push(problem);
                    }
                    Value::null(attribute.ty.clone())
                }
            };
            values.insert(name.clone(), value);
        }
        let mut made: BTreeMap<Arc<str>, Vec<Made<'_>>> = BTreeMap::new();
        for block in &body.blocks {
            let kind = &block.kind.name;
            if meta.blocks.contains(&&**kind) {
                continue;
            }
            if block.is_dynamic() {
                if let Some((kind, blocks)) = self.dynamic(block, schema, meta, frame) {
                    made.entry(kind).or_default().extend(blocks);
                }
                continue;
            }
            made.entry(kind.clone()).or_default().push(Made {
                body: &block.body,
                header: block.header_span(),
                key: block.label(0).cloned(),
                frame: frame.clone(),
            });
        }
        for (name, nested) in &schema.blocks {
            let blocks = made.remove(name).unwrap_or_default();
            let value = self.blocks(name, nested, blocks, body);
            values.insert(name.clone(), value);
        }
        Value::object(values)
    }

    fn attribute(&mut self, written: &Attribute, schema: &SchemaAttribute, frame: &Frame) -> Value {
        let unknown = || Value::unknown(schema.ty.clone());
        if frame.unknown {
            return unknown();
        }
        let (expr, name) = (&written.expr, &written.name);
        let (value, found) = self.expressions.evaluate(expr, &frame.bindings);
        let failed = found.has_errors();
        self.diagnostics.extend(found);
        if failed {
            return unknown();
        }
        if schema.required && value.is_null() {
            self.diagnostics.push(null_for_required(name, expr.span));
        }
        match convert::convert(&value, &schema.ty) {
            Ok(value) => value,
            Err(error) => {
                let mut problem = Diagnostic::error(
                    "Incorrect attribute value type",
                    format!("Inappropriate value for attribute {name:?}: {error}."),
                )
                .at(expr.span);
                problem.values = self.expressions.notes(expr, &frame.bindings);
                self.diagnostics.push(problem);
                unknown()
            }
        }
    }

    fn report_unexpected(&mut self, body: &Body, schema: &Block, meta: Meta<'_>) {
        let settable = || schema.attributes.keys().map(|name| &**name);
        for attribute in &body.attributes {
            let name = &*attribute.name;
            if meta.arguments.contains(&name) {
                continue;
            }
            match schema.attributes.get(name) {
                None if attribute.expr.is_json() => {
                    let blocks = schema.blocks.keys().map(|name| &**name);
                    let free = settable().filter(|name| body.attribute(name).is_none());
                    self.diagnostics
                        .push(content::extraneous_property(attribute, free.chain(blocks)));
                }
                None => self.diagnostics.push(content::unsupported_argument(
                    attribute,
                    settable(),
                    schema.blocks.contains_key(name),
                )),
                Some(known) if !known.required && !known.optional => self.diagnostics.push(
                    Diagnostic::error(
                        UNCONFIGURABLE,
                        format!("Can't configure a value for {name:?}: its value will be decided automatically based on the result of applying this configuration."),
                    )
                    .at(attribute.name_span),
                ),
                Some(_) => {}
            }
        }
        for block in &body.blocks {
            let name = &*block.kind.name;
            if meta.blocks.contains(&name) || block.is_dynamic() {
                continue;
            }
            let Some(nested) = schema.blocks.get(name) else {
                self.diagnostics.push(content::unsupported_block(
                    block,
                    schema.blocks.keys().map(|name| &**name),
                    schema.attributes.contains_key(name),
                ));
                continue;
            };
            if let Some(label) = block.labels.first()
                && !matches!(nested.nesting, Nesting::Map)
            {
                self.diagnostics.push(
                    Diagnostic::error(
                        format!("Extraneous label for {name}"),
                        format!("No labels are expected for {name} blocks."),
                    )
                    .at(label.span)
                    .within(block.header_span()),
                );
            }
        }
    }

    fn blocks(
        &mut self,
        name: &str,
        nested: &NestedBlock,
        blocks: Vec<Made<'_>>,
        body: &Body,
    ) -> Value {
        let element = nested.block.implied_type();
        let mut decoded: Vec<Value> = Vec::with_capacity(blocks.len());
        let mut unknown = None;
        for block in &blocks {
            let value = self.body(block.body, &nested.block, Meta::default(), &block.frame);
            decoded.push(value);
            if block.frame.unknown {
                unknown.get_or_insert(block.frame.marks);
            }
        }
        if let Some(marks) = unknown {
            // How many blocks there are is not known, so that they can't be counted.
            let whole = match nested.nesting {
                Nesting::Single | Nesting::Group => None,
                Nesting::List if element.has_dynamic() => Some(Value::dynamic_unknown()),
                Nesting::List => Some(Value::unknown(Type::list(element.clone()))),
                Nesting::Set => Some(Value::unknown(Type::set(element.clone()))),
                Nesting::Map => Some(Value::unknown(Type::map(element.clone()))),
            };
            if let Some(whole) = whole {
                return whole.with_marks(marks);
            }
        }
        count_blocks(name, nested, &blocks, body, &mut self.diagnostics);
        let mut decoded = decoded.into_iter();
        match nested.nesting {
            Nesting::Single => decoded.next().unwrap_or_else(|| Value::null(element)),
            Nesting::Group => decoded.next().unwrap_or_else(|| nested.block.empty_value()),
            Nesting::List if element.has_dynamic() => Value::tuple(decoded.collect()),
            Nesting::List => Value::list(element, decoded.collect()),
            Nesting::Set => Value::set(element, decoded.collect()),
            Nesting::Map => {
                let keyed = blocks
                    .iter()
                    .filter_map(|block| block.key.clone())
                    .zip(decoded);
                Value::map_from(element, keyed)
            }
        }
    }
}

/// What the labels of a schema's block are called; nothing where it has no such block.
fn labels(schema: &Block, name: &str) -> Option<&'static [&'static str]> {
    Some(match schema.blocks.get(name)?.nesting {
        Nesting::Map => &["key"],
        _ => &[],
    })
}

fn null_for_required(name: &str, at: Span) -> Diagnostic {
    Diagnostic::error(
        "Missing required argument",
        format!("The argument {name:?} is required, but no definition was found."),
    )
    .at(at)
}

fn count_blocks(
    name: &str,
    nested: &NestedBlock,
    blocks: &[Made<'_>],
    body: &Body,
    diagnostics: &mut Diagnostics,
) {
    let (count, min, max) = (
        blocks.len(),
        nested.min_items as usize,
        nested.max_items as usize,
    );
    let single = matches!(nested.nesting, Nesting::Single | Nesting::Group);
    if single && count > 1 {
        diagnostics.push(
            Diagnostic::error(
                format!("Duplicate {name} block"),
                format!("Only one block of type {name:?} is allowed."),
            )
            .at(blocks[1].header),
        );
    } else if !single && count < min {
        diagnostics.push(
            Diagnostic::error(
                format!("Insufficient {name} blocks"),
                format!("At least {min} {name:?} blocks are required."),
            )
            .at(body.missing_item_span()),
        );
    } else if !single && max > 0 && count > max {
        diagnostics.push(
            Diagnostic::error(
                format!("Too many {name} blocks"),
                format!("No more than {max} {name:?} blocks are allowed"),
            )
            .at(blocks[max].header),
        );
    }
}
