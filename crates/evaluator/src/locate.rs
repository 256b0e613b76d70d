//! From a path into a block's value back to the text it was written in.

use std::sync::Arc;

use trueup_diagnostics::Span;
use trueup_parser::{Block, Body, Expr, ExprKind};
use trueup_value::{Path, Step};

/// The text that gave the value at `path`: the expression of an attribute, or the header of a nested
/// block. Where the path leads to nothing that was written, the nearest that was; `None` for the block itself.
pub fn locate(body: &Body, path: &Path) -> Option<Span> {
    in_body(body, path.steps())
}

fn in_body(body: &Body, steps: &[Step]) -> Option<Span> {
    let (Step::Attr(name), rest) = steps.split_first()? else {
        return None;
    };
    if let Some(attribute) = body.attribute(name) {
        return Some(in_expression(&attribute.expr, rest));
    }
    let blocks: Vec<_> = body
        .blocks
        .iter()
        .filter(|block| block.kind.name == *name || makes(block, name))
        .collect();
    let (block, rest) = match rest.split_first() {
        Some((Step::Index(key), rest)) => {
            let position = key.as_number().and_then(|number| number.to_i64());
            let by_position = position
                .and_then(|position| usize::try_from(position).ok())
                .and_then(|position| blocks.get(position));
            // The element of a set is its own key; its name tells it apart from its siblings, and may be given alone.
            let by_name = key
                .member("name")
                .or_else(|| key.member("region_name"))
                .unwrap_or(key)
                .as_str()
                .and_then(|name| blocks.iter().find(|block| says(&block.body, name)));
            // Which of its elements a block was made for is not told: the first place that can be meant.
            let by_position =
                by_position.filter(|_| !blocks.iter().any(|block| makes(block, name)));
            (by_position.or(by_name).or(blocks.first())?, rest)
        }
        _ => (blocks.first()?, rest),
    };
    let written = match block.is_dynamic() {
        true => block.body.blocks_of("content").next().unwrap_or(block),
        false => block,
    };
    Some(in_body(&written.body, rest).unwrap_or_else(|| block.header_span()))
}

/// Whether it is a `dynamic` block that makes blocks of this type.
fn makes(block: &Block, kind: &Arc<str>) -> bool {
    block.is_dynamic() && block.label(0) == Some(kind)
}

/// Whether a block's own name is written as this text.
fn says(body: &Body, name: &str) -> bool {
    ["name", "region_name"]
        .iter()
        .filter_map(|attribute| body.attribute(attribute))
        .any(|attribute| {
            attribute
                .expr
                .as_string_literal()
                .is_some_and(|text| &**text == name)
        })
}

fn in_expression(expr: &Expr, steps: &[Step]) -> Span {
    let Some((first, rest)) = steps.split_first() else {
        return expr.span;
    };
    if let ExprKind::Call(call) = &expr.without_parens().kind
        && &*call.name == "jsonencode"
        && let [said] = call.args.as_slice()
    {
        // What the text says is written in the argument.
        return match in_expression(said, steps) {
            span if span == said.span => expr.span,
            span => span,
        };
    }
    let inner = match (&expr.without_parens().kind, first) {
        (ExprKind::Object { items, .. }, Step::Attr(_) | Step::Index(_)) => {
            let name = match first {
                Step::Attr(name) => Some(&**name),
                Step::Index(key) => key.as_str(),
            };
            items
                .iter()
                .rev()
                .find(|item| item.key.as_static_str().map(|key| &**key) == name)
                .map(|item| &item.value)
        }
        (ExprKind::Tuple(elements), Step::Index(key)) => key
            .as_number()
            .and_then(|number| number.to_i64())
            .and_then(|position| usize::try_from(position).ok())
            .and_then(|position| elements.get(position)),
        _ => None,
    };
    match inner {
        Some(inner) => in_expression(inner, rest),
        None => expr.span,
    }
}
