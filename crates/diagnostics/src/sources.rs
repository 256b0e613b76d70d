//! The texts that spans point into, and where a byte stands in lines and columns.

use std::sync::Arc;

use crate::{SourceId, Span, grapheme_count};

/// Where a byte stands, as users count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Pos {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, counted in grapheme clusters (what a reader takes for one character).
    pub column: u32,
    /// The offset in bytes, from 0.
    pub byte: u32,
}

/// One text and the name it is shown under.
#[derive(Clone, Debug)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    /// Offset of the first byte of each line; line 1 is at index 0.
    line_starts: Arc<[u32]>,
}

impl Source {
    fn new(name: Arc<str>, text: Arc<str>) -> Self {
        let mut line_starts = vec![0];
        line_starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, b)| *b == b'\n')
                .map(|(at, _)| at as u32 + 1),
        );
        Source {
            name,
            text,
            line_starts: line_starts.into(),
        }
    }

    /// The name as users see it, such as `main.tf`.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &Arc<str> {
        &self.text
    }

    /// How many lines there are; a text that ends in a newline has an empty last one.
    pub fn line_count(&self) -> u32 {
        self.line_starts.len() as u32
    }

    /// The text of a line (from 1) without its line ending; empty where there is no such line.
    pub fn line(&self, number: u32) -> &str {
        let Some(start) = number
            .checked_sub(1)
            .and_then(|at| self.line_starts.get(at as usize))
        else {
            return "";
        };
        let end = self
            .line_starts
            .get(number as usize)
            .map_or(self.text.len(), |next| *next as usize - 1);
        let line = &self.text[*start as usize..end];
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// Offset of the first byte of a line (from 1), or the length of the text where there is no such line.
    pub fn line_start(&self, number: u32) -> u32 {
        let at = number.saturating_sub(1) as usize;
        self.line_starts
            .get(at)
            .copied()
            .unwrap_or(self.text.len() as u32)
    }

    /// The bytes of a span of this source; empty where the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    /// Where a byte stands. An offset past the end counts as the end; one inside a character, as its start.
    pub fn position(&self, byte: u32) -> Pos {
        let mut at = (byte as usize).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self
            .line_starts
            .partition_point(|start| *start as usize <= at);
        let start = self.line_starts[line - 1] as usize;
        let before = &self.text[start..at];
        // A byte order mark is not a column.
        let before = if start == 0 {
            before.strip_prefix('\u{feff}').unwrap_or(before)
        } else {
            before
        };
        let columns = grapheme_count(before);
        Pos {
            line: line as u32,
            column: columns as u32 + 1,
            byte,
        }
    }
}

/// All texts of a run. Cheap to clone: the texts are shared.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    sources: Vec<Source>,
}

impl Sources {
    /// An arena without texts.
    pub fn new() -> Self {
        Sources::default()
    }

    /// Keeps a text under the name users know it by, and gives it its number.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> SourceId {
        self.sources.push(Source::new(name.into(), text.into()));
        SourceId(self.sources.len() as u32 - 1)
    }

    /// The source with this number.
    ///
    /// # Panics
    /// If the number comes from another arena; use [`Sources::find`] where that can be.
    pub fn get(&self, id: SourceId) -> &Source {
        self.find(id)
            .expect("a source number is only handed out by its own arena")
    }

    /// The source with this number, if this arena has it.
    pub fn find(&self, id: SourceId) -> Option<&Source> {
        self.sources.get(id.0 as usize)
    }

    /// All sources in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.sources
            .iter()
            .enumerate()
            .map(|(at, source)| (SourceId(at as u32), source))
    }

    /// Where a span starts and ends. A span of a source that is not here is at line 1, column 1.
    pub fn position(&self, span: Span) -> (Pos, Pos) {
        match self.find(span.source) {
            Some(source) => (source.position(span.start), source.position(span.end)),
            None => {
                let first = |byte| Pos {
                    line: 1,
                    column: 1,
                    byte,
                };
                (first(span.start), first(span.end))
            }
        }
    }

    /// A place in the short form used inside messages: `main.tf:5,3-8`, or `main.tf:5,3-7,2` over several
    /// lines.
    pub fn place(&self, span: Span) -> String {
        let name = self.find(span.source).map_or("", |source| source.name());
        let (start, end) = self.position(span);
        if start.line == end.line {
            format!("{name}:{},{}-{}", start.line, start.column, end.column)
        } else {
            format!(
                "{name}:{},{}-{},{}",
                start.line, start.column, end.line, end.column
            )
        }
    }
}
