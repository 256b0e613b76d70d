//! The common indentation that `<<-` takes away.

use trueup_diagnostics::{grapheme_count, graphemes};

use super::template::{Piece, PieceKind};

/// Takes the smallest indentation of any line off all lines. Lines of white space alone are neither counted
/// nor changed. What counts as the start of a line is a piece after one that ends in a newline, after strip
/// markers have done their work: so a line that follows `~}` is part of the line before.
pub(super) fn dedent(pieces: &mut [Piece]) {
    let mut least = usize::MAX;
    let mut indented = Vec::new();
    let mut at_line_start = true;
    for (at, piece) in pieces.iter().enumerate() {
        let text = match &piece.kind {
            PieceKind::Text(text) => Some(text.as_ref()),
            _ => None,
        };
        if at_line_start {
            let indent = match text {
                Some(text) if text.ends_with('\n') && text.trim_start().is_empty() => usize::MAX,
                Some(text) => {
                    indented.push(at);
                    let white = &text[..text.len() - text.trim_start().len()];
                    grapheme_count(white)
                }
                None => 0,
            };
            least = least.min(indent);
        }
        at_line_start = text.is_some_and(|text| text.ends_with('\n'));
    }
    for at in indented {
        let piece = &mut pieces[at];
        if let PieceKind::Text(text) = &mut piece.kind {
            let taken: usize = graphemes(text).take(least).map(str::len).sum();
            *text = text[taken..].to_owned().into();
            piece.span.start += taken as u32;
        }
    }
}
