//! Literal text of tokens: escapes resolved, normalised; and quoted strings that may hold nothing else.

use std::borrow::Cow;

use trueup_diagnostics::{Diagnostic, Span};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::Parser;
use crate::lexer::{Token, TokenKind};

impl<'t> Parser<'t> {
    /// What the text of a literal token stands for, normalised as strings are.
    pub(super) fn literal_text(&mut self, token: Token) -> Cow<'t, str> {
        let text = self.unescaped_text(token);
        if text.is_ascii() || is_nfc(&text) {
            text
        } else {
            Cow::Owned(text.nfc().collect())
        }
    }

    fn unescaped_text(&mut self, token: Token) -> Cow<'t, str> {
        let text = self.text(token);
        let quoted = token.kind == TokenKind::QuotedText;
        let special = |byte| matches!(byte, b'$' | b'%') || (quoted && byte == b'\\');
        if text.bytes().any(special) {
            Cow::Owned(self.unescape(text, token.start as usize, quoted))
        } else {
            Cow::Borrowed(text)
        }
    }

    fn unescape(&mut self, text: &str, start: usize, quoted: bool) -> String {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find(['$', '%', '\\']) {
            let (plain, special) = rest.split_at(at);
            result.push_str(plain);
            let offset = start + (text.len() - special.len());
            rest = match special.as_bytes() {
                [b'\\', ..] if quoted => self.escape(special, offset, &mut result),
                [first, second, b'{', ..] if first == second && *first != b'\\' => {
                    result.push_str(&special[1..3]);
                    &special[3..]
                }
                _ => {
                    result.push_str(&special[..1]);
                    &special[1..]
                }
            };
        }
        result.push_str(rest);
        result
    }

    /// Resolves the escape at the start of `text` and returns what comes after it.
    fn escape<'e>(&mut self, text: &'e str, offset: usize, result: &mut String) -> &'e str {
        let Some(selector) = text[1..].chars().next() else {
            result.push('\\');
            return "";
        };
        let after = &text[1 + selector.len_utf8()..];
        let plain = match selector {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '"' => '"',
            '\\' => '\\',
            'u' => return self.unicode_escape(text, 4, offset, result),
            'U' => return self.unicode_escape(text, 8, offset, result),
            other => {
                let len = text.len() - after.len();
                self.bad_escape(
                    format!("The symbol \"{other}\" is not a valid escape sequence selector."),
                    offset,
                    len,
                );
                other
            }
        };
        result.push(plain);
        after
    }

    fn unicode_escape<'e>(
        &mut self,
        text: &'e str,
        digits: usize,
        offset: usize,
        result: &mut String,
    ) -> &'e str {
        let hex = &text[2..];
        let given = hex
            .bytes()
            .take(digits)
            .take_while(u8::is_ascii_hexdigit)
            .count();
        let (escape, after) = text.split_at(2 + given);
        if given < digits {
            let count = if digits == 4 { "four" } else { "eight" };
            let selector = &text[1..2];
            self.bad_escape(
                format!("The \\{selector} escape sequence must be followed by {count} hexadecimal digits."),
                offset,
                escape.len(),
            );
            result.push_str(escape);
            return after;
        }
        let code = u32::from_str_radix(&hex[..digits], 16).unwrap_or(u32::MAX);
        match char::from_u32(code) {
            Some(c) => result.push(c),
            None => {
                self.bad_escape(
                    format!("Cannot encode character U+{code:04x} in UTF-8."),
                    offset,
                    escape.len(),
                );
                result.push(char::REPLACEMENT_CHARACTER);
            }
        }
        after
    }

    fn bad_escape(&mut self, detail: String, offset: usize, len: usize) {
        let start = self.input.offset + offset as u32;
        let span = Span::new(self.input.source, start, start + len as u32);
        self.report(|| Diagnostic::error("Invalid escape sequence", detail).at(span));
    }

    /// A quoted string in which no sequences are allowed, such as a block label: its text, not normalised, and
    /// its bytes.
    pub(super) fn plain_string(&mut self) -> (String, Span) {
        let open = self.read();
        let open = self.span(open);
        let mut text = String::new();
        let last = loop {
            let token = self.read();
            let span = self.span(token);
            let (summary, detail) = match token.kind {
                TokenKind::CloseQuote => break span,
                TokenKind::QuotedText => {
                    text.push_str(&self.unescaped_text(token));
                    continue;
                }
                TokenKind::InterpolationStart | TokenKind::DirectiveStart => {
                    let sign = if token.kind == TokenKind::InterpolationStart {
                        '$'
                    } else {
                        '%'
                    };
                    let detail = format!(
                        "This string cannot contain template sequences. A literal \"{sign}{{\" is written \
                         \"{sign}{sign}{{\"."
                    );
                    self.report(|| {
                        Diagnostic::error("Invalid string literal", detail)
                            .at(span)
                            .within(open.to(span))
                    });
                    // Mark that something was here, for whoever reads the tree in spite of the error.
                    text.push(sign);
                    text.push_str("{ ... }");
                    self.recover(TokenKind::SequenceEnd);
                    continue;
                }
                TokenKind::End => (
                    "Unterminated string literal",
                    "The quote that closes this string is missing; the file ends before it.",
                ),
                _ => ("Invalid string literal", "This is not allowed in a string."),
            };
            self.report(|| {
                Diagnostic::error(summary, detail)
                    .at(span)
                    .within(open.to(span))
            });
            if token.kind != TokenKind::End {
                self.recover(TokenKind::CloseQuote);
            }
            break span;
        };
        (text, open.to(last))
    }
}
