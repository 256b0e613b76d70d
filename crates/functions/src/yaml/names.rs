//! Directives, anchors and tags of YAML.

use super::scanner::Scanner;
use super::tokens::{Kind, Problem, Token};

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

impl Scanner {
    fn word(&mut self) -> String {
        let mut word = String::new();
        while is_word(self.char(0)) {
            self.take(&mut word);
        }
        word
    }

    fn skip_blanks(&mut self) {
        while self.is_blank(0) {
            self.skip();
        }
    }

    /// What may follow on the line of a header: blanks and a comment.
    pub(super) fn rest_of_line(&mut self) -> Result<(), Problem> {
        self.skip_blanks();
        if self.char(0) == '#' {
            while !self.is_break_or_end(0) {
                self.skip();
            }
        }
        if !self.is_break_or_end(0) {
            return Err(self.problem("did not find expected comment or line break"));
        }
        if !self.is_end(0) {
            self.skip_break();
        }
        Ok(())
    }

    pub(super) fn directive(&mut self) -> Result<Token, Problem> {
        let mark = self.mark;
        self.skip();
        let name = self.word();
        if name.is_empty() {
            return Err(self.problem("could not find expected directive name"));
        }
        if !self.is_gap(0) {
            return Err(self.problem("found unexpected non-alphabetical character"));
        }
        let kind = match name.as_str() {
            "YAML" => {
                self.skip_blanks();
                let major = self.version_number()?;
                if self.char(0) != '.' {
                    return Err(self.problem("did not find expected digit or '.' character"));
                }
                self.skip();
                Kind::Version(major, self.version_number()?)
            }
            "TAG" => {
                self.skip_blanks();
                let handle = self.tag_handle(true)?;
                if !self.is_blank(0) {
                    return Err(self.problem("did not find expected whitespace"));
                }
                self.skip_blanks();
                let prefix = self.tag_uri("")?;
                if !self.is_gap(0) {
                    return Err(self.problem("did not find expected whitespace or line break"));
                }
                Kind::TagDirective { handle, prefix }
            }
            _ => return Err(self.problem("found unknown directive name")),
        };
        self.rest_of_line()?;
        Ok(Token { kind, mark })
    }

    fn version_number(&mut self) -> Result<u32, Problem> {
        let mut value = 0;
        let mut length = 0;
        while let Some(digit) = self.char(0).to_digit(10) {
            length += 1;
            if length > 2 {
                return Err(self.problem("found extremely long version number"));
            }
            value = value * 10 + digit;
            self.skip();
        }
        if length == 0 {
            return Err(self.problem("did not find expected version number"));
        }
        Ok(value)
    }

    pub(super) fn anchor(&mut self) -> Result<Token, Problem> {
        let mark = self.mark;
        let alias = self.char(0) == '*';
        self.skip();
        let name = self.word();
        let ends =
            self.is_gap(0) || matches!(self.char(0), '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`');
        if name.is_empty() || !ends {
            return Err(self.problem("did not find expected alphabetic or numeric character"));
        }
        let kind = if alias {
            Kind::Alias(name)
        } else {
            Kind::Anchor(name)
        };
        Ok(Token { kind, mark })
    }

    pub(super) fn tag(&mut self) -> Result<Token, Problem> {
        let mark = self.mark;
        let (handle, suffix);
        if self.char(1) == '<' {
            self.skip();
            self.skip();
            handle = String::new();
            suffix = self.tag_uri("")?;
            if self.char(0) != '>' {
                return Err(self.problem("did not find the expected '>'"));
            }
            self.skip();
        } else {
            let start = self.tag_handle(false)?;
            if start.len() > 1 && start.ends_with('!') {
                handle = start;
                suffix = self.tag_uri("")?;
            } else {
                let rest = self.tag_uri(&start)?;
                if rest.is_empty() {
                    // A lone exclamation mark.
                    handle = String::new();
                    suffix = "!".to_owned();
                } else {
                    handle = "!".to_owned();
                    suffix = rest;
                }
            }
        }
        if !self.is_gap(0) {
            return Err(self.problem("did not find expected whitespace or line break"));
        }
        Ok(Token {
            kind: Kind::Tag { handle, suffix },
            mark,
        })
    }

    fn tag_handle(&mut self, directive: bool) -> Result<String, Problem> {
        if self.char(0) != '!' {
            return Err(self.problem("did not find expected '!'"));
        }
        let mut handle = String::new();
        self.take(&mut handle);
        while is_word(self.char(0)) {
            self.take(&mut handle);
        }
        if self.char(0) == '!' {
            self.take(&mut handle);
        } else if directive && handle != "!" {
            return Err(self.problem("did not find expected '!'"));
        }
        Ok(handle)
    }

    fn tag_uri(&mut self, head: &str) -> Result<String, Problem> {
        let mut bytes: Vec<u8> = head.as_bytes().get(1..).unwrap_or_default().to_vec();
        let start = self.mark.index;
        loop {
            let c = self.char(0);
            if c == '%' {
                let digit = |ahead| self.char(ahead).to_digit(16);
                let (Some(high), Some(low)) = (digit(1), digit(2)) else {
                    return Err(self.problem("did not find URI escaped octet"));
                };
                bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
                (0..3).for_each(|_| self.skip());
            } else if is_word(c) || ";/?:@&=+$,.!~*'()[]".contains(c) {
                bytes.push(u8::try_from(c).unwrap_or_default());
                self.skip();
            } else {
                break;
            }
        }
        if head.is_empty() && self.mark.index == start {
            return Err(self.problem("did not find expected tag URI"));
        }
        String::from_utf8(bytes)
            .map_err(|_| self.problem("found an incorrect trailing UTF-8 octet"))
    }
}
