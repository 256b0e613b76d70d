//! Whether there is a space between two tokens of a line.

use super::Piece;
use super::lines::Line;
use crate::lexer::TokenKind::{self, *};

/// Sets the spaces between the tokens of each cell: none or one.
pub(super) fn space(lines: &[Line], pieces: &mut [Piece<'_>]) {
    for line in lines {
        for cell in [&line.lead, &line.assign] {
            for at in cell.start + 1..cell.end {
                let before = (at - 1 > cell.start).then(|| pieces[at - 2].kind);
                pieces[at].spaces = usize::from(spaced(before, &pieces[at - 1], &pieces[at]));
            }
        }
    }
}

/// Whether a space stands between `left` and `right`. `before` is what stands before `left` in the cell. The
/// order of the rules matters: the first that fits decides.
fn spaced(before: Option<TokenKind>, left: &Piece<'_>, right: &Piece<'_>) -> bool {
    match (left.kind, right.kind) {
        (_, Newline) => false,
        (Ident, OpenParen | DoubleColon) | (DoubleColon, Ident) => false,
        (Dot, _) | (_, Dot | Comma | Ellipsis) => false,
        (Comma, _) => true,
        // The text of strings keeps the spaces it has.
        (QuotedText | TemplateText | OpenQuote | OpenHeredoc, _)
        | (_, QuotedText | TemplateText | CloseQuote | CloseHeredoc) => false,
        // `for x in [y]`: the brackets are no index.
        (Ident, _) if left.text == "in" && before == Some(Ident) => true,
        (Ident | Number, OpenBracket) => false,
        (_, OpenBracket) if left.brackets() < 0 => false,
        (Bang, _) => false,
        (Minus, _) => !negates(before),
        (OpenBrace, CloseBrace) => false,
        (OpenBrace, _) | (_, CloseBrace) => true,
        (InterpolationStart | DirectiveStart, OpenBrace) | (CloseBrace, SequenceEnd) => true,
        (SequenceEnd, InterpolationStart | DirectiveStart) => false,
        _ => left.brackets() <= 0 && right.brackets() >= 0,
    }
}

/// Whether a minus sign after this token is a sign rather than an operator: nothing ended just before it.
fn negates(before: Option<TokenKind>) -> bool {
    matches!(
        before,
        None | Some(
            OpenParen
                | OpenBrace
                | OpenBracket
                | Equal
                | Colon
                | Comma
                | Question
                | Plus
                | Star
                | Slash
                | Percent
                | Minus
                | EqualEqual
                | NotEqual
                | Greater
                | GreaterOrEqual
                | Less
                | LessOrEqual
                | And
                | Or
                | Bang
        )
    )
}
