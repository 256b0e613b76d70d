//! RE2 syntax into the syntax of the engine. What RE2 refuses is refused here, in its words; what means
//! something else to the engine (classes such as `\d`, nested classes, free braces) is spelled out.

use std::collections::HashSet;
use std::fmt::Write as _;

/// Why a pattern is refused.
pub(super) struct PatternError {
    /// What is wrong.
    pub(super) what: &'static str,
    /// The part of the pattern.
    pub(super) text: String,
}

pub(super) fn refused<T>(what: &'static str, text: impl Into<String>) -> Result<T, PatternError> {
    Err(PatternError {
        what,
        text: text.into(),
    })
}

const BAD_PERL: &str = "invalid or unsupported Perl syntax";
const BAD_ESCAPE: &str = "invalid escape sequence";
pub(super) const BAD_RANGE: &str = "invalid character class range";
const BAD_REPEAT: &str = "invalid nested repetition operator";
const DEEPEST: usize = 200;

pub(super) struct Translator<'a> {
    pub(super) pattern: &'a str,
    pub(super) at: usize,
    pub(super) out: String,
    open: usize,
    names: HashSet<&'a str>,
}

/// The pattern as the engine reads it.
pub(super) fn translate(pattern: &str) -> Result<String, PatternError> {
    let mut translator = Translator {
        pattern,
        at: 0,
        out: String::with_capacity(pattern.len() * 2),
        open: 0,
        names: HashSet::new(),
    };
    translator.run()?;
    Ok(translator.out)
}

fn push_literal(c: char, out: &mut String) {
    if c.is_ascii_alphanumeric() || !c.is_ascii() {
        out.push(c);
    } else {
        let _ = write!(out, "\\x{{{:x}}}", c as u32);
    }
}

impl<'a> Translator<'a> {
    pub(super) fn rest(&self) -> &'a str {
        &self.pattern[self.at..]
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn run(&mut self) -> Result<(), PatternError> {
        // Whether something stands before that can be repeated, and the operator it was just repeated with.
        let mut repeatable = false;
        let mut repeated: Option<usize> = None;
        while let Some(c) = self.rest().chars().next() {
            let start = self.at;
            if let Some(length) = self.repetition()? {
                let operator = &self.pattern[start..start + length];
                if let Some(before) = repeated {
                    return refused(BAD_REPEAT, &self.pattern[before..start + length]);
                }
                if !repeatable {
                    return refused("missing argument to repetition operator", operator);
                }
                self.at += length;
                self.out.push_str(operator);
                if self.eat("?") {
                    self.out.push('?');
                }
                repeated = Some(start);
                continue;
            }
            repeated = None;
            repeatable = true;
            self.at += c.len_utf8();
            match c {
                '(' => repeatable = self.group(start)?,
                ')' => {
                    if self.open == 0 {
                        return refused("unexpected )", self.pattern);
                    }
                    self.open -= 1;
                    self.out.push(')');
                }
                '|' => {
                    repeatable = false;
                    self.out.push('|');
                }
                '.' | '^' | '$' => self.out.push(c),
                '[' => self.class(start)?,
                '\\' => self.escape(start)?,
                c => push_literal(c, &mut self.out),
            }
        }
        if self.open > 0 {
            return refused("missing closing )", self.pattern);
        }
        Ok(())
    }

    /// How long the repetition operator here is, where one stands.
    fn repetition(&self) -> Result<Option<usize>, PatternError> {
        let rest = self.rest();
        match rest.as_bytes().first() {
            Some(b'*' | b'+' | b'?') => return Ok(Some(1)),
            Some(b'{') => {}
            _ => return Ok(None),
        }
        let Some(end) = rest.find('}') else {
            return Ok(None);
        };
        let (low, high) = match rest[1..end].split_once(',') {
            Some((low, high)) => (low, Some(high)),
            None => (&rest[1..end], None),
        };
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(low) || high.is_some_and(|high| !high.is_empty() && !digits(high)) {
            return Ok(None);
        }
        let number = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
        let low = number(low);
        let high = high.map_or(low, |high| if high.is_empty() { low } else { number(high) });
        if low > 1000 || high > 1000 || low > high {
            return refused("invalid repeat count", &rest[..=end]);
        }
        Ok(Some(end + 1))
    }

    /// After an opening parenthesis. Gives whether a repetition right here would have something to repeat.
    fn group(&mut self, start: usize) -> Result<bool, PatternError> {
        if self.open >= DEEPEST {
            return refused("expression nests too deeply", self.pattern);
        }
        if !self.eat("?") {
            self.open += 1;
            self.out.push('(');
            return Ok(false);
        }
        if self.rest().starts_with("P<") || self.rest().starts_with('<') {
            let lookbehind = self.rest().starts_with("<=") || self.rest().starts_with("<!");
            if lookbehind {
                return refused(BAD_PERL, &self.pattern[start..self.at + 2]);
            }
            self.eat("P");
            self.eat("<");
            let Some(end) = self.rest().find('>') else {
                return refused("invalid named capture", &self.pattern[start..]);
            };
            let name = &self.rest()[..end];
            let whole = &self.pattern[start..=self.at + end];
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return refused("invalid named capture", whole);
            }
            if !self.names.insert(name) {
                return refused("duplicate capture group name", name);
            }
            if name.as_bytes()[0].is_ascii_digit() {
                return refused("invalid named capture", whole);
            }
            let _ = write!(self.out, "(?P<{name}>");
            self.at += end + 1;
            self.open += 1;
            return Ok(false);
        }
        let mut flags = String::new();
        let mut after_minus = None;
        loop {
            let Some(c) = self.next() else {
                return refused("missing closing )", self.pattern);
            };
            match c {
                'i' | 'm' | 's' | 'U' => {
                    flags.push(c);
                    if after_minus.is_some() {
                        after_minus = Some(true);
                    }
                }
                '-' if after_minus.is_none() => {
                    flags.push('-');
                    after_minus = Some(false);
                }
                ':' | ')' if after_minus != Some(false) => {
                    if c == ':' {
                        self.open += 1;
                        let _ = write!(self.out, "(?{flags}:");
                    } else if !flags.is_empty() {
                        let _ = write!(self.out, "(?{flags})");
                    }
                    return Ok(false);
                }
                _ => return refused(BAD_PERL, &self.pattern[start..self.at]),
            }
        }
    }

    /// After a backslash outside a class.
    fn escape(&mut self, start: usize) -> Result<(), PatternError> {
        let Some(c) = self.rest().chars().next() else {
            return refused("trailing backslash at end of expression", "");
        };
        let plain = match c {
            'A' => Some("\\A"),
            'z' => Some("\\z"),
            'b' => Some("(?-u:\\b)"),
            'B' => Some("(?-u:\\B)"),
            _ => None,
        };
        if let Some(plain) = plain {
            self.next();
            self.out.push_str(plain);
            return Ok(());
        }
        if c == 'Q' {
            self.next();
            let rest = self.rest();
            let end = rest.find("\\E").unwrap_or(rest.len());
            for c in rest[..end].chars() {
                push_literal(c, &mut self.out);
            }
            self.at += end + if end < rest.len() { 2 } else { 0 };
            return Ok(());
        }
        if let Some(set) = self.named_set(start)? {
            let _ = write!(self.out, "[{set}]");
            return Ok(());
        }
        let c = self.escaped_char(start)?;
        push_literal(c, &mut self.out);
        Ok(())
    }

    /// One character after a backslash.
    pub(super) fn escaped_char(&mut self, start: usize) -> Result<char, PatternError> {
        let Some(c) = self.next() else {
            return refused("trailing backslash at end of expression", "");
        };
        let bad =
            |translator: &Self| refused(BAD_ESCAPE, &translator.pattern[start..translator.at]);
        let number = match c {
            'a' => 7,
            'f' => 12,
            't' => 9,
            'n' => 10,
            'r' => 13,
            'v' => 11,
            '1'..='7' if !self.rest().starts_with(|c| matches!(c, '0'..='7')) => {
                return bad(self);
            }
            '0'..='7' => {
                let mut number = c as u32 - '0' as u32;
                for _ in 0..2 {
                    match self.rest().chars().next() {
                        Some(digit @ '0'..='7') => {
                            number = number * 8 + (digit as u32 - '0' as u32);
                            self.next();
                        }
                        _ => break,
                    }
                }
                number
            }
            'x' => {
                let digits = if self.eat("{") {
                    let end = self.rest().find('}').unwrap_or(0);
                    let digits = &self.rest()[..end];
                    self.at = (self.at + end + 1).min(self.pattern.len());
                    digits
                } else {
                    let digits = self.rest().get(..2).unwrap_or("");
                    self.at += digits.len();
                    digits
                };
                match u32::from_str_radix(digits, 16) {
                    Ok(number) if !digits.starts_with('+') => number,
                    _ => return bad(self),
                }
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => c as u32,
            _ => return bad(self),
        };
        char::from_u32(number).map_or_else(|| bad(self), Ok)
    }
}
