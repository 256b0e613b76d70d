//! Tokens to lines, lines to cells, and how far each line is indented.

use std::ops::Range;

use super::Piece;
use crate::lexer::TokenKind;

/// A line in up to three cells, as ranges of its tokens that follow on each other.
pub(super) struct Line {
    /// What stands first; everything, where there are no other cells.
    pub lead: Range<usize>,
    /// From an equals sign, where what follows it is whole.
    pub assign: Range<usize>,
    /// A comment at the end.
    pub comment: Range<usize>,
}

/// The lines of the tokens. The end of the text is on none of them.
pub(super) fn split(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, piece) in pieces.iter().enumerate() {
        if piece.ends_line() {
            lines.push(cells(pieces, start..at + 1));
            start = at + 1;
        }
    }
    let end = match pieces.last() {
        Some(last) if last.kind == TokenKind::End => pieces.len() - 1,
        _ => pieces.len(),
    };
    lines.push(cells(pieces, start..end));
    lines
}

fn cells(pieces: &[Piece<'_>], line: Range<usize>) -> Line {
    let last = line.end.saturating_sub(1);
    let commented = line.len() > 1 && pieces[last].kind == TokenKind::Comment;
    let code_end = if commented { last } else { line.end };
    // What follows the sign is whole where it closes what it opens; otherwise it goes on in the next lines.
    let equals = (line.start + 1..code_end).find(|at| pieces[*at].kind == TokenKind::Equal);
    let lead_end = match equals {
        Some(at) if net_brackets(&pieces[at..code_end]) == 0 => at,
        _ => code_end,
    };
    Line {
        lead: line.start..lead_end,
        assign: lead_end..code_end,
        comment: code_end..line.end,
    }
}

fn net_brackets(pieces: &[Piece<'_>]) -> i64 {
    pieces.iter().map(Piece::brackets).sum()
}

/// Sets the spaces before each line. A line that opens more than it closes indents those after it by one
/// step, however many brackets it opened; the step ends where they are closed.
pub(super) fn indent(lines: &[Line], pieces: &mut [Piece<'_>]) {
    // For each step of indentation, how many of its brackets are still open.
    let mut steps: Vec<i64> = Vec::new();
    for line in lines {
        let Some(first) = pieces[line.lead.clone()].first() else {
            continue;
        };
        if first.kind == TokenKind::Newline {
            pieces[line.lead.start].spaces = 0;
            continue;
        }
        let lead = &pieces[line.lead.clone()];
        // Brackets in the text of a heredoc do not count.
        let before_heredoc = lead
            .iter()
            .position(|piece| piece.kind == TokenKind::OpenHeredoc)
            .unwrap_or(lead.len());
        let net =
            net_brackets(&lead[..before_heredoc]) + net_brackets(&pieces[line.assign.clone()]);
        let mut closing = -net;
        while closing > 0 {
            match steps.last_mut() {
                Some(open) if *open > closing => {
                    *open -= closing;
                    closing = 0;
                }
                Some(open) => {
                    closing -= *open;
                    steps.pop();
                }
                None => break,
            }
        }
        pieces[line.lead.start].spaces = 2 * steps.len();
        if net > 0 {
            steps.push(net);
        }
    }
}
