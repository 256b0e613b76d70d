//! What joins or leaves one body, and which bytes that changes.

use std::collections::BTreeSet;
use std::ops::Range;

use trueup_diagnostics::{Span, grapheme_count};

use super::layout::Layout;
use super::splice::Splice;
use crate::ast::{Attribute, Body};

/// How far the contents of a block are indented more than the block.
const STEP: &str = "  ";

/// What happens to a body, beside changes within its arguments.
#[derive(Debug, Default)]
pub(super) struct Change {
    added: Vec<(String, String)>,
    inserted: Vec<String>,
    removed: BTreeSet<String>,
    removed_blocks: BTreeSet<usize>,
}

/// A body in its text.
pub(super) struct Place<'p> {
    pub(super) text: &'p str,
    pub(super) layout: &'p Layout<'p>,
    pub(super) body: &'p Body,
    /// The braces around it; none around a file.
    pub(super) braces: Option<(Span, Span)>,
}

impl Change {
    /// An argument; given twice, the later value counts.
    pub(super) fn add_attribute(&mut self, name: &str, expr: &str) {
        match self.added.iter_mut().find(|(known, _)| known == name) {
            Some((_, value)) => expr.clone_into(value),
            None => self.added.push((name.to_owned(), expr.to_owned())),
        }
    }

    pub(super) fn insert(&mut self, text: &str) {
        self.inserted.push(text.trim_end().to_owned());
    }

    pub(super) fn remove_attribute(&mut self, name: &str) {
        self.removed.insert(name.to_owned());
    }

    pub(super) fn remove_block(&mut self, at: usize) {
        self.removed_blocks.insert(at);
    }

    /// The bytes that change.
    pub(super) fn splices(&self, place: &Place<'_>) -> Vec<Splice> {
        if let Some(braces) = place.braces
            && place.is_on_one_line(braces)
        {
            return self.on_one_line(place, braces);
        }
        let removed = |name: &str| self.removed.contains(name);
        let attributes = place.body.attributes.iter();
        let mut splices: Vec<Splice> = attributes
            .filter(|attribute| removed(&attribute.name))
            .map(|attribute| taken_out(place.lines_of(attribute.span)))
            .collect();
        for at in &self.removed_blocks {
            if let Some(block) = place.body.blocks.get(*at) {
                splices.push(taken_out(place.with_empty_line(place.lines_of(block.span))));
            }
        }
        splices.extend(self.additions(place));
        splices.extend(self.insertions(place));
        splices
    }

    /// Arguments behind the last one, or where the body begins.
    fn additions(&self, place: &Place<'_>) -> Option<Splice> {
        if self.added.is_empty() {
            return None;
        }
        let newline = place.layout.newline;
        let last = place.body.attributes.last();
        let at = match (last, place.braces) {
            (Some(last), _) => place.layout.line_end(last.span.end as usize),
            (None, Some((open, _))) => place.layout.line_end(open.end as usize),
            (None, None) => place.after_byte_order_mark(),
        };
        let indent = place.indent();
        let mut text = String::new();
        if last.is_some() && !place.text[..at].ends_with('\n') {
            text.push_str(newline);
        }
        // As wide as the names beside it, equals signs below each other.
        let beside = last.map_or(0, |last| place.width_of_name(last));
        let own = self
            .added
            .iter()
            .map(|(name, _)| grapheme_count(name))
            .max();
        let width = match last {
            Some(_) => beside,
            None => own.unwrap_or_default(),
        };
        for (name, expr) in &self.added {
            let missing = width.saturating_sub(grapheme_count(name));
            let expr = place.layout.continued(expr, &indent);
            text.push_str(&format!(
                "{indent}{name}{} = {expr}{newline}",
                " ".repeat(missing)
            ));
        }
        if last.is_none() && !place.body.blocks.is_empty() {
            text.push_str(newline);
        }
        Some(Splice {
            range: at..at,
            text,
        })
    }

    /// Blocks where the body ends.
    fn insertions(&self, place: &Place<'_>) -> Option<Splice> {
        if self.inserted.is_empty() {
            return None;
        }
        let newline = place.layout.newline;
        let at = match place.braces.map(|(_, close)| close.start as usize) {
            Some(close) if place.layout.begins_line(close) => place.layout.line_start(close),
            Some(close) => close,
            None => place.text.len(),
        };
        let before = &place.text[..at];
        let mut text = String::new();
        if !before.is_empty() && !before.ends_with('\n') {
            text.push_str(newline);
        }
        let indent = place.indent();
        let mut alone = place.body.items.is_empty() && self.added.is_empty();
        if place.braces.is_none() {
            alone = before.trim().is_empty() && self.added.is_empty();
        }
        for inserted in &self.inserted {
            if !alone {
                text.push_str(newline);
            }
            alone = false;
            text.push_str(&indent);
            text.push_str(&place.layout.continued(inserted, &indent));
            text.push_str(newline);
        }
        Some(Splice {
            range: at..at,
            text,
        })
    }

    /// A block on one line is opened up where more than one thing comes to stand in it.
    fn on_one_line(&self, place: &Place<'_>, (open, close): (Span, Span)) -> Vec<Splice> {
        let kept = place.body.attributes.first();
        let kept = kept.filter(|attribute| !self.removed.contains(&*attribute.name));
        let inside = open.end as usize..close.start as usize;
        if self.added.is_empty() && self.inserted.is_empty() {
            return match kept {
                Some(_) => Vec::new(),
                None => vec![taken_out(inside)],
            };
        }
        let newline = place.layout.newline;
        let outer = place.layout.indent_at(open.start as usize);
        let indent = format!("{outer}{STEP}");
        let name_width = |name: &str| grapheme_count(name);
        let names = self.added.iter().map(|(name, _)| name_width(name));
        let width = names.chain(kept.map(|kept| name_width(&kept.name))).max();
        let width = width.unwrap_or_default();
        let mut added = String::new();
        for (name, expr) in &self.added {
            let missing = width - name_width(name);
            let expr = place.layout.continued(expr, &indent);
            added.push_str(&format!(
                "{indent}{name}{} = {expr}{newline}",
                " ".repeat(missing)
            ));
        }
        for (at, inserted) in self.inserted.iter().enumerate() {
            if at > 0 || kept.is_some() || !self.added.is_empty() {
                added.push_str(newline);
            }
            added.push_str(&indent);
            added.push_str(&place.layout.continued(inserted, &indent));
            added.push_str(newline);
        }
        // Comments between the braces stay.
        let comment = |range: Range<usize>| place.text[range].trim();
        let Some(kept) = kept else {
            let mut text = newline.to_owned();
            if place.body.attributes.is_empty() && !comment(inside.clone()).is_empty() {
                text.push_str(&format!("{indent}{}{newline}", comment(inside.clone())));
            }
            text.push_str(&format!("{added}{outer}"));
            return vec![Splice {
                range: inside,
                text,
            }];
        };
        // Its own bytes stay, so that a change of its value goes along.
        let (start, end) = (kept.span.start as usize, kept.span.end as usize);
        let (before, after) = (inside.start..start, end..inside.end);
        let space = |comment: &str| if comment.is_empty() { "" } else { " " };
        let (leading, trailing) = (comment(before.clone()), comment(after.clone()));
        vec![
            Splice {
                range: before,
                text: format!("{newline}{indent}{leading}{}", space(leading)),
            },
            Splice {
                range: after,
                text: format!("{}{trailing}{newline}{added}{outer}", space(trailing)),
            },
        ]
    }
}

impl Place<'_> {
    fn is_on_one_line(&self, (open, close): (Span, Span)) -> bool {
        let first_line = self.layout.line_end(open.end as usize);
        (close.start as usize) < first_line || self.opens_beside(open)
    }

    /// Whether the first argument stands on the line of the brace, so that the block is of one argument.
    fn opens_beside(&self, open: Span) -> bool {
        self.body.attributes.first().is_some_and(|first| {
            (first.span.start as usize) < self.layout.line_end(open.end as usize)
        })
    }

    /// How far the items of the body are indented.
    fn indent(&self) -> String {
        let attributes = self.body.attributes.iter().map(|attribute| attribute.span);
        let blocks = self.body.blocks.iter().map(|block| block.span);
        let mut starts = attributes.chain(blocks).map(|span| span.start as usize);
        if let Some(start) = starts.find(|start| self.layout.begins_line(*start)) {
            return self.layout.indent_at(start).to_owned();
        }
        match self.braces {
            Some((open, _)) => format!("{}{STEP}", self.layout.indent_at(open.start as usize)),
            None => String::new(),
        }
    }

    /// How wide a name and the spaces before its equals sign are.
    fn width_of_name(&self, attribute: &Attribute) -> usize {
        let between =
            &self.text[attribute.name_span.start as usize..attribute.equals_span.start as usize];
        grapheme_count(between).saturating_sub(1)
    }

    /// The whole lines of an item, line ending included; its bytes alone where it shares its first line.
    fn lines_of(&self, span: Span) -> Range<usize> {
        let (start, end) = (span.start as usize, span.end as usize);
        if !self.layout.begins_line(start) {
            return start..end;
        }
        let start = self
            .layout
            .line_start(start)
            .max(self.after_byte_order_mark());
        start..self.layout.line_end(end)
    }

    /// Some lines and the empty one before them.
    fn with_empty_line(&self, lines: Range<usize>) -> Range<usize> {
        if lines.start == 0 || !self.layout.begins_line(lines.start) {
            return lines;
        }
        let before = self.layout.line_start(lines.start - 1);
        match self.text[before..lines.start].trim().is_empty()
            && self.text[..lines.start].ends_with('\n')
        {
            true => before..lines.end,
            false => lines,
        }
    }

    fn after_byte_order_mark(&self) -> usize {
        match self.text.starts_with('\u{feff}') {
            true => '\u{feff}'.len_utf8(),
            false => 0,
        }
    }
}

fn taken_out(range: Range<usize>) -> Splice {
    Splice {
        range,
        text: String::new(),
    }
}
