//! Scalars of YAML: plain, quoted and block, with their folding of lines.

use super::scanner::Scanner;
use super::tokens::{Kind, Problem, Style, Token};

/// Line breaks and blanks that wait until it is known what follows them.
#[derive(Default)]
struct Pending {
    blanks: String,
    first_break: String,
    further_breaks: String,
    breaks: bool,
}

impl Pending {
    /// Takes one blank or line break.
    fn take(&mut self, scanner: &mut Scanner) {
        if scanner.is_blank(0) {
            if self.breaks {
                scanner.skip();
            } else {
                scanner.take(&mut self.blanks);
            }
        } else if self.breaks {
            scanner.take_break(&mut self.further_breaks);
        } else {
            self.blanks.clear();
            scanner.take_break(&mut self.first_break);
            self.breaks = true;
        }
    }

    /// Writes them as the line folding says: one newline is a space, more are one less.
    fn flush(&mut self, into: &mut String) {
        if self.breaks {
            if self.first_break.starts_with('\n') {
                if self.further_breaks.is_empty() {
                    into.push(' ');
                }
            } else {
                into.push_str(&self.first_break);
            }
            into.push_str(&self.further_breaks);
        } else {
            into.push_str(&self.blanks);
        }
        *self = Pending::default();
    }
}

impl Scanner {
    pub(super) fn plain_scalar(&mut self) -> Result<Token, Problem> {
        let mark = self.mark;
        let indent = self.indent + 1;
        let mut text = String::new();
        let mut pending = Pending::default();
        loop {
            if self.at_document_marker() || self.char(0) == '#' {
                break;
            }
            while !self.is_gap(0) {
                let c = self.char(0);
                if (c == ':' && self.is_gap(1))
                    || (self.in_flow() && matches!(c, ',' | '?' | '[' | ']' | '{' | '}'))
                {
                    break;
                }
                pending.flush(&mut text);
                self.take(&mut text);
            }
            if self.is_end(0) || !self.is_gap(0) {
                break;
            }
            while !self.is_end(0) && self.is_gap(0) {
                let column = isize::try_from(self.mark.column).unwrap_or(isize::MAX);
                if pending.breaks && column < indent && self.char(0) == '\t' {
                    return Err(self.problem("found a tab character that violates indentation"));
                }
                pending.take(self);
            }
            let column = isize::try_from(self.mark.column).unwrap_or(isize::MAX);
            if !self.in_flow() && column < indent {
                break;
            }
        }
        if pending.breaks {
            self.key_allowed = true;
        }
        Ok(Token {
            kind: Kind::Scalar(text, Style::Plain),
            mark,
        })
    }

    pub(super) fn quoted_scalar(&mut self) -> Result<Token, Problem> {
        let mark = self.mark;
        let quote = self.char(0);
        let double = quote == '"';
        self.skip();
        let mut text = String::new();
        loop {
            if self.at_document_marker() {
                return Err(self.problem("found unexpected document indicator"));
            }
            if self.is_end(0) {
                return Err(self.problem("found unexpected end of stream"));
            }
            let mut pending = Pending::default();
            while !self.is_gap(0) {
                let c = self.char(0);
                if !double && c == '\'' && self.char(1) == '\'' {
                    text.push('\'');
                    self.skip();
                    self.skip();
                } else if c == quote {
                    break;
                } else if double && c == '\\' && !self.is_end(1) && self.is_break(1) {
                    self.skip();
                    self.skip_break();
                    pending.breaks = true;
                    break;
                } else if double && c == '\\' {
                    self.escape(&mut text)?;
                } else {
                    self.take(&mut text);
                }
            }
            if self.char(0) == quote {
                break;
            }
            while !self.is_end(0) && self.is_gap(0) {
                pending.take(self);
            }
            if pending.breaks && pending.first_break.is_empty() {
                // An escaped line break leaves nothing behind.
                text.push_str(&pending.further_breaks);
            } else {
                pending.flush(&mut text);
            }
        }
        self.skip();
        Ok(Token {
            kind: Kind::Scalar(text, Style::Quoted),
            mark,
        })
    }

    fn escape(&mut self, text: &mut String) -> Result<(), Problem> {
        let mut digits = 0;
        match self.char(1) {
            '0' => text.push('\0'),
            'a' => text.push('\u{7}'),
            'b' => text.push('\u{8}'),
            't' | '\t' => text.push('\t'),
            'n' => text.push('\n'),
            'v' => text.push('\u{b}'),
            'f' => text.push('\u{c}'),
            'r' => text.push('\r'),
            'e' => text.push('\u{1b}'),
            c @ (' ' | '"' | '\'' | '\\') => text.push(c),
            'N' => text.push('\u{85}'),
            '_' => text.push('\u{a0}'),
            'L' => text.push('\u{2028}'),
            'P' => text.push('\u{2029}'),
            'x' => digits = 2,
            'u' => digits = 4,
            'U' => digits = 8,
            _ => return Err(self.problem("found unknown escape character")),
        }
        self.skip();
        self.skip();
        if digits == 0 {
            return Ok(());
        }
        let mut code = 0_u32;
        for ahead in 0..digits {
            let Some(digit) = self.char(ahead).to_digit(16) else {
                return Err(self.problem("did not find expected hexdecimal number"));
            };
            code = (code << 4) | digit;
        }
        let Some(c) = char::from_u32(code) else {
            return Err(self.problem("found invalid Unicode character escape code"));
        };
        text.push(c);
        (0..digits).for_each(|_| self.skip());
        Ok(())
    }

    pub(super) fn block_scalar(&mut self) -> Result<Token, Problem> {
        let mark = self.mark;
        let literal = self.char(0) == '|';
        self.skip();
        let (keep, strip, increment) = self.block_header()?;
        self.rest_of_line()?;
        let mut indent = match increment {
            0 => 0,
            _ => usize::try_from(self.indent.max(0)).unwrap_or(0) + increment,
        };
        let mut text = String::new();
        let mut first_break = String::new();
        let mut breaks = String::new();
        self.block_breaks(&mut indent, &mut breaks)?;
        let mut after_blank = false;
        while self.mark.column == indent && !self.is_end(0) {
            let blank = self.is_blank(0);
            if !literal && first_break.starts_with('\n') && !after_blank && !blank {
                if breaks.is_empty() {
                    text.push(' ');
                }
            } else {
                text.push_str(&first_break);
            }
            first_break.clear();
            text.push_str(&breaks);
            breaks.clear();
            after_blank = blank;
            while !self.is_break_or_end(0) {
                self.take(&mut text);
            }
            if !self.is_end(0) {
                self.take_break(&mut first_break);
            }
            self.block_breaks(&mut indent, &mut breaks)?;
        }
        if !strip {
            text.push_str(&first_break);
        }
        if keep {
            text.push_str(&breaks);
        }
        Ok(Token {
            kind: Kind::Scalar(text, Style::Block),
            mark,
        })
    }

    /// Whether trailing breaks are kept, whether all are stripped, and the indentation where it is given.
    fn block_header(&mut self) -> Result<(bool, bool, usize), Problem> {
        let (mut keep, mut strip, mut increment) = (false, false, 0);
        let (mut signed, mut counted) = (false, false);
        loop {
            match self.char(0) {
                '+' | '-' if !signed => {
                    signed = true;
                    keep = self.char(0) == '+';
                    strip = !keep;
                }
                '0' if !counted => {
                    return Err(self.problem("found an indentation indicator equal to 0"));
                }
                digit @ '1'..='9' if !counted => {
                    counted = true;
                    increment = digit as usize - '0' as usize;
                }
                _ => return Ok((keep, strip, increment)),
            }
            self.skip();
        }
    }

    /// Skips indentation and takes empty lines; finds the indentation where it is zero.
    fn block_breaks(&mut self, indent: &mut usize, breaks: &mut String) -> Result<(), Problem> {
        let mut widest = 0;
        loop {
            while (*indent == 0 || self.mark.column < *indent) && self.char(0) == ' ' {
                self.skip();
            }
            widest = widest.max(self.mark.column);
            if (*indent == 0 || self.mark.column < *indent) && self.char(0) == '\t' {
                return Err(
                    self.problem("found a tab character where an indentation space is expected")
                );
            }
            if self.is_end(0) || !self.is_break(0) {
                break;
            }
            self.take_break(breaks);
        }
        if *indent == 0 {
            let least = usize::try_from(self.indent + 1).unwrap_or(0);
            *indent = widest.max(least).max(1);
        }
        Ok(())
    }
}
