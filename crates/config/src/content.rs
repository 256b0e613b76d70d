//! Bodies against a list of expected names, with the errors that HCL gives for what is not expected.

use std::collections::BTreeMap;

use trueup_diagnostics::{Diagnostic, Diagnostics, did_you_mean};
use trueup_parser::{Attribute, Block, Body};

/// An expected block type: its name and the names of its labels.
#[derive(Clone, Copy, Debug)]
pub struct BlockType {
    /// The block's type.
    pub name: &'static str,
    /// What its labels are called in messages.
    pub labels: &'static [&'static str],
}

/// What a body may hold.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    /// Arguments that must be there.
    pub required: &'static [&'static str],
    /// Arguments that may be there.
    pub optional: &'static [&'static str],
    /// Nested blocks.
    pub blocks: &'static [BlockType],
}

/// The expected part of a body.
#[derive(Debug, Default)]
pub struct Content<'a> {
    /// Arguments by name.
    pub attributes: BTreeMap<&'a str, &'a Attribute>,
    /// Blocks with the right labels, in order.
    pub blocks: Vec<&'a Block>,
}

impl<'a> Content<'a> {
    /// The argument `name`.
    pub fn get(&self, name: &str) -> Option<&'a Attribute> {
        self.attributes.get(name).copied()
    }
}

/// Takes the expected part of `body` and reports the rest.
pub fn take<'a>(body: &'a Body, expected: Expected, diagnostics: &mut Diagnostics) -> Content<'a> {
    let mut content = take_partial(body, expected, diagnostics);
    let names = || expected.required.iter().chain(expected.optional).copied();
    for attribute in &body.attributes {
        if names().any(|name| name == &*attribute.name) {
            continue;
        }
        if attribute.expr.is_json() {
            let free = names().filter(|name| body.attribute(name).is_none());
            let blocks = expected.blocks.iter().map(|block| block.name);
            diagnostics.push(extraneous_property(attribute, free.chain(blocks)));
        } else {
            let as_block = expected.blocks.iter().any(|b| b.name == &*attribute.name);
            diagnostics.push(unsupported_argument(attribute, names(), as_block));
        }
    }
    for block in &body.blocks {
        if !expected.blocks.iter().any(|b| b.name == &*block.kind.name) {
            let as_argument = names().any(|name| name == &*block.kind.name);
            diagnostics.push(unsupported_block(
                block,
                expected.blocks.iter().map(|b| b.name),
                as_argument,
            ));
        }
    }
    content
        .blocks
        .retain(|block| check_labels(block, expected, diagnostics));
    content
}

/// Takes the expected part of `body` and leaves the rest to whoever comes next.
pub fn take_partial<'a>(
    body: &'a Body,
    expected: Expected,
    diagnostics: &mut Diagnostics,
) -> Content<'a> {
    let mut content = Content::default();
    let names = || expected.required.iter().chain(expected.optional);
    for attribute in &body.attributes {
        if let Some(name) = names().find(|name| **name == &*attribute.name) {
            content.attributes.insert(name, attribute);
        }
    }
    for name in expected.required {
        if !content.attributes.contains_key(name) {
            diagnostics.push(missing_argument(name, body));
        }
    }
    content.blocks = body
        .blocks
        .iter()
        .filter(|block| expected.blocks.iter().any(|b| b.name == &*block.kind.name))
        .collect();
    content
}

/// Whether a block has the labels that are expected of its type; says so where it has not.
pub fn check_labels(block: &Block, expected: Expected, diagnostics: &mut Diagnostics) -> bool {
    let Some(kind) = expected.blocks.iter().find(|b| b.name == &*block.kind.name) else {
        return false;
    };
    let (wanted, given) = (kind.labels.len(), block.labels.len());
    if given > wanted {
        let detail = if wanted == 0 {
            format!("No labels are expected for {} blocks.", kind.name)
        } else {
            format!(
                "Only {wanted} labels ({}) are expected for {} blocks.",
                kind.labels.join(", "),
                kind.name
            )
        };
        let label = &block.labels[wanted];
        diagnostics.push(
            Diagnostic::error(format!("Extraneous label for {}", kind.name), detail)
                .at(label.span)
                .within(block.header_span().to(block.open_brace)),
        );
        return false;
    }
    if given < wanted {
        diagnostics.push(
            Diagnostic::error(
                format!("Missing {} for {}", kind.labels[given], kind.name),
                format!(
                    "All {} blocks must have {wanted} labels ({}).",
                    kind.name,
                    kind.labels.join(", ")
                ),
            )
            .at(block.open_brace)
            .within(block.header_span().to(block.open_brace)),
        );
        return false;
    }
    true
}

/// An argument that must be there is not.
pub fn missing_argument(name: &str, body: &Body) -> Diagnostic {
    Diagnostic::error(
        "Missing required argument",
        format!("The argument {name:?} is required, but no definition was found."),
    )
    .at(body.missing_item_span())
}

/// A property of a JSON object that is neither an argument nor a block. `expected` are the names that it
/// could have.
pub fn extraneous_property<'a>(
    attribute: &Attribute,
    expected: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    let name = &attribute.name;
    let more = match did_you_mean(name, expected) {
        Some(near) => format!(" Did you mean {near:?}?"),
        None => String::new(),
    };
    Diagnostic::error(
        "Extraneous JSON object property",
        format!("No argument or block type is named {name:?}.{more}"),
    )
    .at(attribute.name_span)
    .within(attribute.span)
}

/// An argument that nobody expects; `as_block` where a block of that name is expected.
pub fn unsupported_argument<'a>(
    attribute: &Attribute,
    expected: impl IntoIterator<Item = &'a str>,
    as_block: bool,
) -> Diagnostic {
    let name = &attribute.name;
    let more = if as_block {
        format!(" Did you mean to define a block of type {name:?}?")
    } else {
        match did_you_mean(name, expected) {
            Some(near) => format!(" Did you mean {near:?}?"),
            None => String::new(),
        }
    };
    Diagnostic::error(
        "Unsupported argument",
        format!("An argument named {name:?} is not expected here.{more}"),
    )
    .at(attribute.name_span)
}

/// A block that nobody expects; `as_argument` where an argument of that name is expected.
pub fn unsupported_block<'a>(
    block: &Block,
    expected: impl IntoIterator<Item = &'a str>,
    as_argument: bool,
) -> Diagnostic {
    let name = &block.kind.name;
    let more = if as_argument {
        format!(
            " Did you mean to define argument {name:?}? If so, use the equals sign to assign it a value."
        )
    } else {
        match did_you_mean(name, expected) {
            Some(near) => format!(" Did you mean {near:?}?"),
            None => String::new(),
        }
    };
    Diagnostic::error(
        "Unsupported block type",
        format!("Blocks of type {name:?} are not expected here.{more}"),
    )
    .at(block.kind.span)
}
