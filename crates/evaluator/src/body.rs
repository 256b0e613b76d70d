//! A body and its schema to a value, with the errors that HCL and Terraform give for what does not fit.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_config::content;
use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_parser::{Block as SyntaxBlock, Body, Expr};
use trueup_schema::{Block, NestedBlock, Nesting};
use trueup_value::{Value, convert};

/// Names in a body that are not the schema's: arguments and blocks that the language takes for itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meta<'a> {
    /// Arguments to pass over.
    pub arguments: &'a [&'a str],
    /// Blocks to pass over.
    pub blocks: &'a [&'a str],
}

/// What decodes the expressions of a body: usually [`crate::Evaluator::evaluate`] for one instance.
pub type Evaluate<'a> = dyn FnMut(&Expr) -> (Value, Diagnostics) + 'a;

/// Decodes `body` by `schema`. The value has every attribute of the schema, null where nothing is set,
/// and unknown where an expression failed.
pub fn decode(
    body: &Body,
    schema: &Block,
    meta: Meta<'_>,
    evaluate: &mut Evaluate<'_>,
) -> (Value, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let value = decode_body(body, schema, meta, evaluate, &mut diagnostics);
    (value, diagnostics)
}

fn decode_body(
    body: &Body,
    schema: &Block,
    meta: Meta<'_>,
    evaluate: &mut Evaluate<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    report_unexpected(body, schema, meta, diagnostics);
    let mut values: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let value = match body.attribute(name) {
            Some(written) if !meta.arguments.contains(&&**name) => {
                let (value, found) = evaluate(&written.expr);
                let failed = found.has_errors();
                diagnostics.extend(found);
                if failed {
                    Value::unknown(attribute.ty.clone())
                } else {
                    if attribute.required && value.is_null() {
                        diagnostics.push(null_for_required(name, written.expr.span));
                    }
                    fit(&value, name, &attribute.ty, written.expr.span, diagnostics)
                }
            }
            _ => {
                if attribute.required {
                    diagnostics.push(content::missing_argument(name, body));
                }
                Value::null(attribute.ty.clone())
            }
        };
        values.insert(name.clone(), value);
    }
    let mut written: BTreeMap<&str, Vec<&SyntaxBlock>> = BTreeMap::new();
    for block in &body.blocks {
        written.entry(&block.kind.name).or_default().push(block);
    }
    for (name, nested) in &schema.blocks {
        let blocks = match meta.blocks.contains(&&**name) {
            true => &[][..],
            false => written.get(&**name).map_or(&[][..], Vec::as_slice),
        };
        count_blocks(name, nested, blocks, body, diagnostics);
        let value = decode_blocks(nested, blocks, evaluate, diagnostics);
        values.insert(name.clone(), value);
    }
    Value::object(values)
}

fn report_unexpected(body: &Body, schema: &Block, meta: Meta<'_>, diagnostics: &mut Diagnostics) {
    let settable = || schema.attributes.keys().map(|name| &**name);
    for attribute in &body.attributes {
        let name = &*attribute.name;
        if meta.arguments.contains(&name) {
            continue;
        }
        match schema.attributes.get(name) {
            None => diagnostics.push(content::unsupported_argument(
                attribute,
                settable(),
                schema.blocks.contains_key(name),
            )),
            Some(known) if !known.required && !known.optional => diagnostics.push(
                Diagnostic::error(
                    "Value for unconfigurable attribute",
                    format!("Can't configure a value for {name:?}: its value will be decided automatically based on the result of applying this configuration."),
                )
                .at(attribute.name_span),
            ),
            Some(_) => {}
        }
    }
    for block in &body.blocks {
        let name = &*block.kind.name;
        if meta.blocks.contains(&name) {
            continue;
        }
        if name == "dynamic" {
            diagnostics.push(
                Diagnostic::error(
                    "Block type not supported yet",
                    "This version of trueup does not expand \"dynamic\" blocks. docs/compatibility.md lists what it reads.",
                )
                .at(block.header_span()),
            );
        } else if !schema.blocks.contains_key(name) {
            diagnostics.push(content::unsupported_block(
                block,
                schema.blocks.keys().map(|name| &**name),
                schema.attributes.contains_key(name),
            ));
        } else if let Some(label) = block.labels.first() {
            diagnostics.push(
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

fn null_for_required(name: &str, at: Span) -> Diagnostic {
    Diagnostic::error(
        "Missing required argument",
        format!("The argument {name:?} is required, but no definition was found."),
    )
    .at(at)
}

/// Converts a value to an attribute's type, and says so where it can't be.
fn fit(
    value: &Value,
    name: &str,
    ty: &trueup_value::Type,
    at: Span,
    diagnostics: &mut Diagnostics,
) -> Value {
    match convert::convert(value, ty) {
        Ok(value) => value,
        Err(error) => {
            diagnostics.push(
                Diagnostic::error(
                    "Incorrect attribute value type",
                    format!("Inappropriate value for attribute {name:?}: {error}."),
                )
                .at(at),
            );
            Value::unknown(ty.clone())
        }
    }
}

fn count_blocks(
    name: &str,
    nested: &NestedBlock,
    blocks: &[&SyntaxBlock],
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
            .at(blocks[1].header_span()),
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
            .at(blocks[max].header_span()),
        );
    }
}

fn decode_blocks(
    nested: &NestedBlock,
    blocks: &[&SyntaxBlock],
    evaluate: &mut Evaluate<'_>,
    diagnostics: &mut Diagnostics,
) -> Value {
    let mut decoded: Vec<Value> = blocks
        .iter()
        .map(|block| {
            decode_body(
                &block.body,
                &nested.block,
                Meta::default(),
                evaluate,
                diagnostics,
            )
        })
        .collect();
    let element = nested.block.implied_type();
    match nested.nesting {
        Nesting::Single => decoded
            .drain(..)
            .next()
            .unwrap_or_else(|| Value::null(element)),
        Nesting::Group => decoded
            .drain(..)
            .next()
            .unwrap_or_else(|| nested.block.empty_value()),
        Nesting::List if element.has_dynamic() => Value::tuple(decoded),
        Nesting::List => Value::list(element, decoded),
        Nesting::Set => Value::set(element, decoded),
        Nesting::Map => {
            let keyed = blocks
                .iter()
                .filter_map(|block| Some(block.label(0)?.clone()))
                .zip(decoded);
            Value::map_from(element, keyed)
        }
    }
}
