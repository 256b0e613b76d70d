//! Changes to a text that somebody wrote: bytes are put in and taken out at the spans of its tree, and everything
//! else stays byte for byte.
//!
//! [`Edit`] reads a text, collects changes and gives the changed text. What is put in is indented as its
//! surroundings are and ends its lines as the text does; an argument that joins others is aligned with them as far
//! as that moves none of them.

mod body;
mod layout;
mod object;
mod splice;

use std::collections::HashMap;
use std::ops::Range;

use trueup_diagnostics::{Diagnostics, SourceId};

use crate::ast::{Attribute, Block, Body};
use layout::Layout;
pub use object::Notation;
use splice::Splice;

/// Why a text can't be changed so.
#[derive(Clone, Debug, PartialEq)]
pub enum EditError {
    /// The text has errors: nobody knows what belongs together.
    Unreadable(Diagnostics),
    /// What was to be put in is no expression, or no body of arguments and blocks.
    NotReadable(Diagnostics),
    /// There is no such argument.
    NoAttribute(String),
    /// Two changes are for the same bytes.
    Overlapping,
    /// With the changes the text would have errors.
    Breaks(Diagnostics),
}

/// A block of the text: the way to it from the file, as positions in [`Body::blocks`]. The empty way is the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct At(Vec<usize>);

/// Changes to one text.
#[derive(Debug)]
pub struct Edit<'t> {
    text: &'t str,
    body: Body,
    layout: Layout<'t>,
    /// The blocks of the file by kind and first label, so that finding one among thousands is not a search.
    index: HashMap<(String, String), Vec<usize>>,
    splices: Vec<Splice>,
    /// What joins or leaves a body, by the body.
    bodies: HashMap<At, body::Change>,
}

impl<'t> Edit<'t> {
    /// Reads the text that is to be changed.
    ///
    /// # Errors
    /// [`EditError::Unreadable`].
    pub fn new(text: &'t str) -> Result<Self, EditError> {
        let (body, diagnostics) = crate::parse_body(SourceId(0), text);
        if diagnostics.has_errors() {
            return Err(EditError::Unreadable(diagnostics));
        }
        let mut index: HashMap<(String, String), Vec<usize>> = HashMap::new();
        for (at, block) in body.blocks.iter().enumerate() {
            index.entry(key_of(block)).or_default().push(at);
        }
        Ok(Self {
            layout: Layout::of(text),
            text,
            body,
            index,
            splices: Vec::new(),
            bodies: HashMap::new(),
        })
    }

    /// The tree of the text as it was read.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The `nth` block (from 0) of a kind with these labels in another, such as `resource`,
    /// `["aws_dynamodb_table", "orders"]` in the file.
    pub fn find(&self, within: &At, kind: &str, labels: &[&str], nth: usize) -> Option<At> {
        let fits = |block: &Block| {
            &*block.kind.name == kind
                && block
                    .labels
                    .iter()
                    .map(|label| &*label.text)
                    .eq(labels.iter().copied())
        };
        let outer = self.body_at(within)?;
        let found = if within.0.is_empty() {
            let label = labels.first().copied().unwrap_or_default();
            let candidates = self.index.get(&(kind.to_owned(), label.to_owned()))?;
            let mut fitting = candidates
                .iter()
                .copied()
                .filter(|at| fits(&outer.blocks[*at]));
            fitting.nth(nth)?
        } else {
            let all = outer.blocks.iter().enumerate();
            all.filter(|(_, block)| fits(block)).nth(nth)?.0
        };
        let mut way = within.0.clone();
        way.push(found);
        Some(At(way))
    }

    /// Gives an argument a value; where it is not written yet, it is added behind the arguments of the block.
    ///
    /// # Errors
    /// [`EditError::NotReadable`] where `expr` is no expression.
    pub fn set(&mut self, block: &At, name: &str, expr: &str) -> Result<(), EditError> {
        check_expression(expr)?;
        match self.attribute(block, name) {
            Some(attribute) => {
                let range = value_range(attribute, self.text);
                self.put(range, expr);
            }
            None => self.change(block).add_attribute(name, expr),
        }
        Ok(())
    }

    /// Takes an argument out, with what else stands on its line. Comments above it stay.
    ///
    /// # Errors
    /// [`EditError::NoAttribute`].
    pub fn remove(&mut self, block: &At, name: &str) -> Result<(), EditError> {
        if self.attribute(block, name).is_none() {
            return Err(EditError::NoAttribute(name.to_owned()));
        }
        self.change(block).remove_attribute(name);
        Ok(())
    }

    /// Puts another expression in the place of one, such as of an element within an argument. `range` are the bytes of
    /// the old one.
    ///
    /// # Errors
    /// [`EditError::NotReadable`] where `expr` is no expression.
    pub fn replace(&mut self, range: Range<usize>, expr: &str) -> Result<(), EditError> {
        check_expression(expr)?;
        self.put(range, expr);
        Ok(())
    }

    /// Adds blocks, or whatever a body can hold, at the end of a block or of the file, behind an empty line where
    /// something stands before. `text` is written as at the start of a line.
    ///
    /// # Errors
    /// [`EditError::NotReadable`] where `text` is no body.
    pub fn insert(&mut self, within: &At, text: &str) -> Result<(), EditError> {
        let (_, diagnostics) = crate::parse_body(SourceId(0), text);
        if diagnostics.has_errors() {
            return Err(EditError::NotReadable(diagnostics));
        }
        self.change(within).insert(text);
        Ok(())
    }

    /// Takes a block out, with its lines and an empty line before it. Comments above it stay. The file itself is no
    /// block: nothing happens.
    pub fn remove_block(&mut self, block: &At) {
        let mut outer = block.0.clone();
        if let Some(at) = outer.pop() {
            self.change(&At(outer)).remove_block(at);
        }
    }

    /// The changed text.
    ///
    /// # Errors
    /// [`EditError::Overlapping`], and [`EditError::Breaks`] where the result can't be read, as when an expression of
    /// several lines came into a block on one line.
    pub fn finish(mut self) -> Result<String, EditError> {
        let mut changes: Vec<(At, body::Change)> =
            std::mem::take(&mut self.bodies).into_iter().collect();
        changes.sort_by(|(a, _), (b, _)| a.0.cmp(&b.0));
        for (at, change) in changes {
            let block = self.block_at(&at);
            let Some(body) = self.body_at(&at) else {
                continue;
            };
            let place = body::Place {
                text: self.text,
                layout: &self.layout,
                body,
                braces: block.map(|block| (block.open_brace, block.close_brace)),
            };
            let made = change.splices(&place);
            self.splices.extend(made);
        }
        let changed = splice::apply(self.text, self.splices).ok_or(EditError::Overlapping)?;
        let (_, diagnostics) = crate::parse_body(SourceId(0), &changed);
        match diagnostics.has_errors() {
            true => Err(EditError::Breaks(diagnostics)),
            false => Ok(changed),
        }
    }

    fn put(&mut self, range: Range<usize>, expr: &str) {
        let indent = self.layout.indent_at(range.start);
        let text = self.layout.continued(expr, indent);
        self.splices.push(Splice { range, text });
    }

    fn change(&mut self, at: &At) -> &mut body::Change {
        self.bodies.entry(at.clone()).or_default()
    }

    fn block_at(&self, at: &At) -> Option<&Block> {
        let (first, rest) = at.0.split_first()?;
        rest.iter()
            .try_fold(self.body.blocks.get(*first)?, |block, at| {
                block.body.blocks.get(*at)
            })
    }

    fn body_at(&self, at: &At) -> Option<&Body> {
        match at.0.is_empty() {
            true => Some(&self.body),
            false => self.block_at(at).map(|block| &block.body),
        }
    }

    fn attribute(&self, block: &At, name: &str) -> Option<&Attribute> {
        self.body_at(block)?.attribute(name)
    }
}

fn key_of(block: &Block) -> (String, String) {
    let label = block.label(0).map(|label| label.to_string());
    (block.kind.name.to_string(), label.unwrap_or_default())
}

/// The bytes of an argument's value, parentheses included.
fn value_range(attribute: &Attribute, text: &str) -> Range<usize> {
    let (start, end) = (
        attribute.equals_span.end as usize,
        attribute.span.end as usize,
    );
    let blank = text[start..end].len() - text[start..end].trim_start().len();
    start + blank..end
}

fn check_expression(expr: &str) -> Result<(), EditError> {
    let (_, diagnostics) = crate::parse_expression(SourceId(0), expr, 0);
    match diagnostics.has_errors() {
        true => Err(EditError::NotReadable(diagnostics)),
        false => Ok(()),
    }
}
