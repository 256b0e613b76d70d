//! The literal text of quoted strings, heredocs and bare templates.

use super::{Lexer, Mode, TokenKind};

impl Lexer<'_> {
    /// One token between quotes.
    pub(super) fn quoted(&mut self) {
        // Between quotes a lone carriage return breaks the line, too, and empty lines are one mistake.
        let breaks = self.bytes[self.at..]
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let newline = breaks.count();
        if self.peek(0) == b'"' {
            self.modes.pop();
            self.push(TokenKind::CloseQuote, 1);
        } else if self.at_sequence(0) {
            self.begin_sequence();
        } else if newline > 0 {
            self.push(TokenKind::QuotedNewline, newline);
        } else {
            match self.literal_len(Mode::Quoted) {
                0 => self.stray(),
                len => self.push(TokenKind::QuotedText, len),
            }
        }
    }

    /// One token of a heredoc: a sequence's start, a line, a piece of a line, or the end marker.
    pub(super) fn heredoc(&mut self) {
        if self.at_sequence(0) {
            return self.begin_sequence();
        }
        let len = self.literal_len(Mode::Heredoc);
        let newline = self.newline_len(len);
        let line = &self.text[self.at..self.at + len];
        let Some(heredoc) = self.heredocs.last_mut() else {
            return self.stray();
        };
        if newline == 0 {
            heredoc.at_line_start = false;
            return if len == 0 {
                self.stray()
            } else {
                self.push(TokenKind::TemplateText, len)
            };
        }
        if heredoc.at_line_start && line.trim() == heredoc.marker {
            self.heredocs.pop();
            self.modes.pop();
            self.push(TokenKind::CloseHeredoc, len);
            self.push(TokenKind::Newline, newline);
        } else {
            heredoc.at_line_start = true;
            self.push(TokenKind::TemplateText, len + newline);
        }
    }

    /// One token of a text that is a template as a whole.
    pub(super) fn bare(&mut self) {
        if self.at_sequence(0) {
            return self.begin_sequence();
        }
        let len = self.literal_len(Mode::Bare);
        match len + self.newline_len(len) {
            0 => self.stray(),
            len => self.push(TokenKind::TemplateText, len),
        }
    }

    /// Whether `${` or `%{` stands so many places on.
    fn at_sequence(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), b'$' | b'%') && self.peek(ahead + 1) == b'{'
    }

    /// The length of the text up to a sequence, a line ending, a bad byte or (in quotes) the closing quote.
    /// `$${` and `%%{` are text, and so is, in quotes, a backslash with what follows it.
    fn literal_len(&self, mode: Mode) -> usize {
        let mut len = 0;
        while self.at + len < self.bytes.len() {
            let byte = self.peek(len);
            match byte {
                b'\n' => break,
                b'\r' if mode != Mode::Bare || self.newline_len(len) > 0 => break,
                b'"' if mode == Mode::Quoted => break,
                b'$' | b'%' if self.peek(len + 1) == byte && self.peek(len + 2) == b'{' => len += 3,
                b'$' | b'%' if self.peek(len + 1) == b'{' => break,
                // Where something must still follow, a sign at the very end is cut off.
                b'$' | b'%' if mode != Mode::Bare && self.at + len + 1 == self.bytes.len() => break,
                b'\\' if mode == Mode::Quoted => {
                    // What is escaped may be a character of several bytes; its first is enough to skip.
                    match self.bytes.get(self.at + len + 1) {
                        None | Some(b'\n' | b'\r') => break,
                        _ => len += 2,
                    }
                }
                0x1a if self.is_bad(self.at + len) => break,
                _ => len += 1,
            }
        }
        // A two-byte step may have ended inside a character.
        while !self.text.is_char_boundary(self.at + len) {
            len += 1;
        }
        len
    }
}
