//! The canonical form of a text: its tokens with other white space between them, and a few pieces written anew.
//!
//! Lines are never joined or broken. Indentation follows the brackets, spaces follow what stands on either
//! side, equals signs and comments of neighbouring lines stand below each other.

mod cells;
mod lines;
mod rewrite;
mod spacing;

use std::borrow::Cow;

use trueup_diagnostics::SourceId;

use crate::ast::Body;
use crate::lexer::{Start, TokenKind, tokens};

/// A token on its way to the result.
struct Piece<'t> {
    kind: TokenKind,
    text: Cow<'t, str>,
    /// How many spaces stand before it.
    spaces: usize,
}

impl Piece<'_> {
    /// By how much it changes the number of open brackets.
    fn brackets(&self) -> i64 {
        use TokenKind::*;
        match self.kind {
            OpenBrace | OpenBracket | OpenParen | InterpolationStart | DirectiveStart => 1,
            CloseBrace | CloseBracket | CloseParen | SequenceEnd => -1,
            _ => 0,
        }
    }

    /// Whether the line ends with it. A comment that runs to the end of its line has the line ending in it.
    fn ends_line(&self) -> bool {
        match self.kind {
            TokenKind::Newline => true,
            TokenKind::Comment => self.text.ends_with('\n'),
            _ => false,
        }
    }
}

/// The canonical form of a text; nothing where it has errors, because then nobody knows what belongs together.
pub fn format(text: &str) -> Option<String> {
    let (body, diagnostics) = crate::parse_body(SourceId(0), text);
    (!diagnostics.has_errors()).then(|| format_body(&body, text))
}

/// The canonical form of a text that was read as `body` without errors.
pub fn format_body(body: &Body, text: &str) -> String {
    let tokens = tokens(text, Start::Main);
    let mut pieces = rewrite::pieces(body, text, &tokens);
    let mut lines = lines::split(&pieces);
    lines::indent(&lines, &mut pieces);
    spacing::space(&lines, &mut pieces);
    cells::align(&mut lines, &mut pieces);
    let mut formatted = String::with_capacity(text.len() + text.len() / 8);
    for piece in &pieces {
        formatted.extend(std::iter::repeat_n(' ', piece.spaces));
        formatted.push_str(&piece.text);
    }
    formatted
}
