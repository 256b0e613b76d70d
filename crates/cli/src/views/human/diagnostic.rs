//! Diagnostics for a reader: what is wrong, in which file and line, the marked source, what to do.

use std::collections::HashMap;

use trueup_diagnostics::{
    Diagnostic, Diagnostics, Severity, Source, Sources, grapheme_count, graphemes,
};

use super::wrap::wrap;
use crate::views::enclosing::enclosing;
use crate::views::located::{Located, notes, place};
use crate::views::{Paint, Style};

/// Which diagnostics of one kind are shown once, with the count of the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Gathered {
    /// Warnings.
    pub warnings: bool,
    /// Errors.
    pub errors: bool,
}

impl Default for Gathered {
    fn default() -> Self {
        Self {
            warnings: true,
            errors: false,
        }
    }
}

impl Gathered {
    fn includes(self, one: &Diagnostic) -> bool {
        match one.is_error() {
            true => self.errors,
            false => self.warnings,
        }
    }
}

/// All diagnostics: warnings first, then by place; warnings of one kind together. With `compact` warnings
/// are listed by their summaries alone.
pub fn render(
    diagnostics: &Diagnostics,
    sources: &Sources,
    style: Style,
    compact: bool,
    gathered: Gathered,
) -> String {
    let mut sorted: Vec<&Diagnostic> = diagnostics.iter().collect();
    sorted.sort_by_cached_key(|one| (one.is_error(), place(one, sources)));
    let groups = consolidated(&sorted, gathered);
    let mut out = String::new();
    if compact && !diagnostics.has_errors() {
        out.push_str(&compact_warnings(&groups, style));
        return out;
    }
    for (one, more) in groups {
        out.push_str(&single(one, more, sources, style));
    }
    out
}

/// The diagnostics to show, each with how many more like it there are: those that are gathered, have a place and
/// the same summary are shown once.
fn consolidated<'a>(sorted: &[&'a Diagnostic], gathered: Gathered) -> Vec<(&'a Diagnostic, usize)> {
    let mut groups: Vec<(&Diagnostic, usize)> = Vec::new();
    // Where the group stands that gathers a kind.
    let mut kinds: HashMap<(bool, &str), usize> = HashMap::new();
    for one in sorted {
        let next = groups.len();
        let at = match one.subject {
            Some(_) => *kinds.entry((one.is_error(), &one.summary)).or_insert(next),
            None => next,
        };
        // Conditions of checks say each something of their own.
        let joins = gathered.includes(one) && !one.is_of_check();
        match groups.get_mut(at).filter(|_| joins) {
            Some(group) => group.1 += 1,
            None => groups.push((one, 0)),
        }
    }
    groups
}

fn compact_warnings(groups: &[(&Diagnostic, usize)], style: Style) -> String {
    if groups.is_empty() {
        return String::new();
    }
    let mut out = format!("{}\n\n", style.paint(Paint::BoldYellow, "Warnings:"));
    for (one, more) in groups {
        let more = match more {
            0 => String::new(),
            more => format!(" (and {more} more)"),
        };
        out.push_str(&format!("- {}{more}\n", one.summary));
    }
    out.push_str("\nTo see the full warning notes, run trueup without -compact-warnings.\n");
    out
}

/// One diagnostic: in colour with a rule on its left, else between empty lines.
fn single(one: &Diagnostic, more: usize, sources: &Sources, style: Style) -> String {
    let (word, paint, rule) = match one.severity {
        Severity::Error => ("Error: ", Paint::BoldRed, Paint::Red),
        Severity::Warning => ("Warning: ", Paint::BoldYellow, Paint::Yellow),
    };
    let kind = match one.is_error() {
        true => "error",
        false => "warning",
    };
    let head = style.paint(paint, word);
    let mut text = format!("{head}{}\n\n", style.bold(&one.summary));
    text.push_str(&whereabouts(one, sources, style));
    let width = match style.color {
        true => style.width() - 2,
        false => style.width(),
    };
    let mut paragraphs = Vec::new();
    if !one.detail.is_empty() {
        paragraphs.push(one.detail.trim_end().to_owned());
    }
    paragraphs.extend(one.hints.iter().cloned());
    match more {
        0 => {}
        1 => paragraphs.push(format!("(and one more similar {kind} elsewhere)")),
        more => paragraphs.push(format!("(and {more} more similar {kind}s elsewhere)")),
    }
    if !paragraphs.is_empty() {
        text.push_str(&wrap(&paragraphs.join("\n\n"), width - 1));
        text.push('\n');
    }
    if !style.color {
        return format!("\n{text}");
    }
    let line = style.paint(rule, "│");
    let mut out = format!("{}\n", style.paint(rule, "╷"));
    for text in text.trim_end_matches('\n').split('\n') {
        let gap = if text.is_empty() { "" } else { " " };
        out.push_str(&format!("{line}{gap}{text}\n"));
    }
    out + &format!("{}\n", style.paint(rule, "╵"))
}

fn whereabouts(one: &Diagnostic, sources: &Sources, style: Style) -> String {
    let mut out = String::new();
    if let Some(address) = &one.address {
        out.push_str(&format!("  with {address},\n"));
    }
    let Some((located, source)) = Located::of(one, sources) else {
        if one.address.is_some() {
            // Nothing follows the address.
            out.truncate(out.len() - 2);
            out.push_str("\n\n");
        }
        return out;
    };
    let place = enclosing(&source, located.marked.start).or_else(|| one.place.clone());
    let place = place.map(|place| format!(", in {place}"));
    out.push_str(&format!(
        "  on {} line {}{}:\n",
        located.filename,
        located.start.line,
        place.unwrap_or_default()
    ));
    for (n, line) in located.lines.iter().enumerate() {
        let number = located.first_line + n as u32;
        source_line(&mut out, number, line.clone(), &located, &source, style);
    }
    facts(&mut out, one, style);
    out.push('\n');
    out
}

fn source_line(
    out: &mut String,
    number: u32,
    line: std::ops::Range<usize>,
    located: &Located,
    source: &Source,
    style: Style,
) {
    let text = source.text();
    let cut = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let start = located.marked.start.clamp(line.start, line.end);
    let end = located.marked.end.clamp(start, line.end);
    let (before, marked, after) = (cut(line.start, start), cut(start, end), cut(end, line.end));
    if style.color {
        let marked = style.paint(Paint::Underline, marked);
        out.push_str(&format!("{number:>4}: {before}{marked}{after}\n"));
        return;
    }
    out.push_str(&format!("{number:>4}: {before}{marked}{after}\n"));
    // White space at the start of a further line is not worth a mark.
    let touches = located.marked.start <= line.end && located.marked.end > line.start;
    let bare = marked.trim_start();
    let (before, marked) = match (before.is_empty(), touches) {
        (_, false) => return,
        (true, _) => (&marked[..marked.len() - bare.len()], bare),
        (false, _) => (before, marked),
    };
    let starts_here = located.marked.start >= line.start;
    if marked.is_empty() && !starts_here {
        return;
    }
    let blank: String = graphemes(before)
        .map(|cluster| if cluster == "\t" { '\t' } else { ' ' })
        .collect();
    let carets = "^".repeat(grapheme_count(marked).max(1));
    out.push_str(&format!("      {blank}{carets}\n"));
}

fn facts(out: &mut String, one: &Diagnostic, style: Style) {
    let notes = notes(one);
    if notes.is_empty() && one.function_call.is_none() {
        return;
    }
    let rule = style.paint(Paint::Gray, "├────────────────");
    let bar = style.paint(Paint::Gray, "│");
    out.push_str(&format!("    {rule}\n"));
    if let Some(call) = &one.function_call {
        let mut parameters = call.parameters.clone();
        parameters.extend(call.variadic.iter().map(|name| format!("{name}...")));
        let (name, parameters) = (style.bold(&call.name), parameters.join(", "));
        out.push_str(&format!("    {bar} while calling {name}({parameters})\n"));
    }
    for note in notes {
        let name = style.bold(&note.expression);
        out.push_str(&format!("    {bar} {name} {}\n", note.statement));
    }
}
