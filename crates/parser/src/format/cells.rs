//! Equals signs and comments of neighbouring lines, put below each other.

use std::ops::Range;

use trueup_diagnostics::grapheme_count;

use super::Piece;
use super::lines::Line;

/// Sets the spaces before the second and third cells.
pub(super) fn align(lines: &mut [Line], pieces: &mut [Piece<'_>]) {
    // Equals signs first: where they stand says where the comments begin.
    align_cell(
        lines,
        pieces,
        |line| line.assign.clone(),
        |line| line.lead.clone(),
    );
    align_cell(
        lines,
        pieces,
        |line| line.comment.clone(),
        |line| line.lead.start..line.assign.end,
    );
}

/// Aligns one kind of cell in each run of lines that have it.
fn align_cell(
    lines: &[Line],
    pieces: &mut [Piece<'_>],
    cell: impl Fn(&Line) -> Range<usize>,
    before: impl Fn(&Line) -> Range<usize>,
) {
    for run in lines.chunk_by(|a, b| !cell(a).is_empty() && !cell(b).is_empty()) {
        if cell(&run[0]).is_empty() {
            continue;
        }
        let widths: Vec<usize> = run
            .iter()
            .map(|line| columns(&pieces[before(line)]))
            .collect();
        let widest = widths.iter().copied().max().unwrap_or(0);
        for (line, width) in run.iter().zip(widths) {
            pieces[cell(line).start].spaces = widest - width + 1;
        }
    }
}

/// How many columns some tokens take, the spaces before each included.
fn columns(pieces: &[Piece<'_>]) -> usize {
    pieces
        .iter()
        .map(|piece| piece.spaces + grapheme_count(&piece.text))
        .sum()
}
