//! Where a diagnostic points, worked out from the sources: positions, lines, and what is marked in them.

use trueup_diagnostics::{Diagnostic, Pos, Source, Sources, Span, ValueNote};

/// The text that a diagnostic points at.
#[derive(Clone, Debug)]
pub struct Located {
    /// The file as the user knows it.
    pub filename: String,
    /// Where the marked text starts.
    pub start: Pos,
    /// Where it ends; never where it starts.
    pub end: Pos,
    /// The number of the first line shown.
    pub first_line: u32,
    /// The bytes of the lines shown, of the whole source.
    pub lines: Vec<std::ops::Range<usize>>,
    /// The marked bytes, of the whole source.
    pub marked: std::ops::Range<usize>,
}

impl Located {
    /// Finds the place of a diagnostic. `None` where it points nowhere, or into a text that is not at hand.
    pub fn of(diagnostic: &Diagnostic, sources: &Sources) -> Option<(Self, Source)> {
        let subject = diagnostic.subject?;
        let source = sources.find(subject.source)?;
        let mut start = source.position(subject.start);
        let mut end = source.position(subject.end.max(subject.start));
        let mut marked = subject.range();
        if marked.is_empty() {
            // What is empty can't be seen: the mark covers what follows.
            end = start;
            end.byte += 1;
            end.column += 1;
            marked.end += 1;
        }
        start.byte = subject.start;
        let mut shown = marked.clone();
        if let Some(context) = diagnostic.context.filter(|c| c.source == subject.source) {
            shown.start = shown.start.min(context.range().start);
            shown.end = shown.end.max(context.range().end);
        }
        let located = Self {
            filename: source.name().to_string(),
            start,
            end,
            first_line: source.position(shown.start as u32).line,
            lines: lines(source, &shown),
            marked,
        };
        Some((located, source.clone()))
    }
}

/// The bytes of the lines that a range touches, from the first to the last, without line ends.
fn lines(source: &Source, shown: &std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    let first = source.position(shown.start as u32).line;
    (first..=source.line_count())
        .map(|number| {
            let start = source.line_start(number) as usize;
            start..start + source.line(number).len()
        })
        .take_while(|line| line.start < shown.end.max(shown.start + 1))
        .collect()
}

/// What the references in the marked text stood for, in order, each once.
pub fn notes(diagnostic: &Diagnostic) -> Vec<&ValueNote> {
    let mut notes: Vec<&ValueNote> = diagnostic.values.iter().collect();
    notes.sort_by(|left, right| left.expression.cmp(&right.expression));
    notes.dedup_by(|left, right| left.expression == right.expression);
    notes
}

/// The place of a diagnostic for sorting: file, start and end.
pub fn place(diagnostic: &Diagnostic, sources: &Sources) -> Option<(String, u32, u32)> {
    let Span { source, start, end } = diagnostic.subject?;
    let name = sources.find(source).map(|source| source.name().to_string());
    Some((name.unwrap_or_default(), start, end))
}
