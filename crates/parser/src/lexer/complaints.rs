//! Puts tokens that have no place in the language into words. Summaries and details are those Terraform's
//! users know; of the kinds of mistake that tend to be made throughout a file only some are told.

use std::collections::HashMap;

use trueup_diagnostics::{Diagnostic, Diagnostics, Span};

use super::{Token, TokenKind};

/// A diagnostic for every token that is never right. `span` gives the place of a token.
pub(crate) fn complaints(
    text: &str,
    tokens: &[Token],
    span: impl Fn(Token) -> Span,
    diagnostics: &mut Diagnostics,
) {
    let mut told: HashMap<TokenKind, usize> = HashMap::new();
    for token in tokens {
        if diagnostics.len() >= ENOUGH {
            return;
        }
        let (summary, detail) = match token.kind {
            TokenKind::QuotedNewline => (
                "Invalid multi-line string",
                "Quoted strings may not be split over multiple lines. To produce a multi-line string, \
                 either use the \\n escape to represent a newline character or use the \"heredoc\" \
                 multi-line template syntax.",
            ),
            TokenKind::Invalid
                if matches!(text.get(token.range()), Some("\u{201c}" | "\u{201d}")) =>
            {
                (
                    "Invalid character",
                    "\"Curly quotes\" are not valid here. These can sometimes be inadvertently introduced when \
                 sharing code via documents or discussion forums. It might help to replace the character \
                 with a \"straight quote\".",
                )
            }
            TokenKind::Invalid => (
                "Invalid character",
                "This character is not used within the language.",
            ),
            kind => {
                let Some((summary, detail)) = misused(kind) else {
                    continue;
                };
                let times = told.entry(kind).or_default();
                *times += 1;
                let tell = match kind {
                    // They come in pairs.
                    TokenKind::Backtick | TokenKind::Apostrophe => *times % 2 == 1,
                    TokenKind::Semicolon | TokenKind::BadUtf8 => *times == 1,
                    _ => true,
                };
                if !tell {
                    continue;
                }
                (summary, detail)
            }
        };
        diagnostics.push(Diagnostic::error(summary, detail).at(span(*token)));
    }
}

/// A text with more mistakes than this is no configuration; the rest is not told.
const ENOUGH: usize = 1000;

const OPERATOR: &str = "Unsupported operator";

/// Summary and detail for the kinds that stand for something else.
fn misused(kind: TokenKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        TokenKind::Ampersand => (
            OPERATOR,
            "Bitwise operators are not supported. Did you mean boolean AND (\"&&\")?",
        ),
        TokenKind::Pipe => (
            OPERATOR,
            "Bitwise operators are not supported. Did you mean boolean OR (\"||\")?",
        ),
        TokenKind::Tilde => (
            OPERATOR,
            "Bitwise operators are not supported. Did you mean boolean NOT (\"!\")?",
        ),
        TokenKind::Caret => (OPERATOR, "Bitwise operators are not supported."),
        TokenKind::Backtick => (
            "Invalid character",
            "The \"`\" character is not valid. To create a multi-line string, use the \"heredoc\" syntax, \
             like \"<<EOT\".",
        ),
        TokenKind::Apostrophe => (
            "Invalid character",
            "Single quotes are not valid. Use double quotes (\") to enclose strings.",
        ),
        TokenKind::Semicolon => (
            "Invalid character",
            "The \";\" character is not valid. Use newlines to separate arguments and blocks, and commas to \
             separate items in collection values.",
        ),
        TokenKind::BadUtf8 => (
            "Invalid character encoding",
            "All input files must be UTF-8 encoded. Ensure that UTF-8 encoding is selected in your editor.",
        ),
        _ => return None,
    })
}

impl Token {
    /// Its bytes as a range for slicing the text that was read.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}
