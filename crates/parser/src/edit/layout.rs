//! How a text is laid out: where its lines begin, how they end, how far they are indented.

use crate::lexer::{Start, TokenKind, tokens};

/// The lines of a text.
#[derive(Debug)]
pub(super) struct Layout<'t> {
    text: &'t str,
    /// Where the lines of the language end, in order: line endings in comments over several lines and in heredocs end
    /// none.
    ends: Vec<usize>,
    /// What ends a line.
    pub(super) newline: &'static str,
}

impl<'t> Layout<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let first = text.find('\n');
        let newline = match first {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        let ends = tokens(text, Start::Main)
            .iter()
            .filter(|token| matches!(token.kind, TokenKind::Newline | TokenKind::Comment))
            .map(|token| token.range().end)
            .filter(|end| text[..*end].ends_with('\n'))
            .collect();
        Self {
            text,
            ends,
            newline,
        }
    }

    /// Where the line of a byte begins.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the line of a byte ends, its ending included.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let next = self.ends.partition_point(|end| *end <= at);
        self.ends.get(next).copied().unwrap_or(self.text.len())
    }

    /// The white space at the start of the line of a byte.
    pub(super) fn indent_at(&self, at: usize) -> &'t str {
        let line = &self.text[self.line_start(at)..];
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
    }

    /// Whether nothing but white space stands before a byte on its line.
    pub(super) fn begins_line(&self, at: usize) -> bool {
        let before = &self.text[self.line_start(at)..at];
        before.trim_start_matches('\u{feff}').trim().is_empty()
    }

    /// A text whose lines after the first are indented by so much more. What stands in heredocs is left alone: its
    /// white space counts.
    pub(super) fn continued(&self, text: &str, indent: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        let mut heredocs = 0_usize;
        for token in tokens(text, Start::Main) {
            match token.kind {
                TokenKind::OpenHeredoc => heredocs += 1,
                TokenKind::CloseHeredoc => heredocs = heredocs.saturating_sub(1),
                _ => {}
            }
            let piece = &text[token.range()];
            out.push_str(&text[done..token.range().start]);
            done = token.range().end;
            let ends_line = matches!(token.kind, TokenKind::Newline | TokenKind::Comment);
            match piece.strip_suffix('\n') {
                Some(line) if ends_line && heredocs == 0 => {
                    out.push_str(line.strip_suffix('\r').unwrap_or(line));
                    out.push_str(self.newline);
                    // An empty line stays empty.
                    if !text[done..].starts_with(['\n', '\r']) && done < text.len() {
                        out.push_str(indent);
                    }
                }
                _ => out.push_str(piece),
            }
        }
        out.push_str(&text[done..]);
        out
    }
}
