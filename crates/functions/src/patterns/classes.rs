//! Sets of characters: by name, and in brackets.

use std::fmt::Write as _;

use super::translate::{BAD_RANGE, PatternError, Translator, refused};

impl Translator<'_> {
    /// A set by name, `\d` or `\p{L}`, as it is written inside a class; the place is after the backslash.
    pub(super) fn named_set(&mut self, start: usize) -> Result<Option<String>, PatternError> {
        let ascii = match self.rest().chars().next() {
            Some('d') => "0-9",
            Some('s') => "\\t\\n\\x0c\\r\\x20",
            Some('w') => "0-9A-Za-z_",
            Some('D') => "[^0-9]",
            Some('S') => "[^\\t\\n\\x0c\\r\\x20]",
            Some('W') => "[^0-9A-Za-z_]",
            Some('p' | 'P') => return self.unicode_set(start).map(Some),
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(ascii.to_owned()))
    }

    fn unicode_set(&mut self, start: usize) -> Result<String, PatternError> {
        let letter = self.next().unwrap_or('p');
        let name = if self.eat("{") {
            let Some(end) = self.rest().find('}') else {
                return refused(BAD_RANGE, &self.pattern[start..]);
            };
            let name = &self.rest()[..end];
            self.at += end + 1;
            name
        } else {
            let length = self.rest().chars().next().map_or(0, char::len_utf8);
            let name = &self.rest()[..length];
            self.at += length;
            name
        };
        let whole = &self.pattern[start..self.at];
        let (not, name) = match name.strip_prefix('^') {
            Some(name) => (true, name),
            None => (false, name),
        };
        let letter = match (letter, not) {
            ('p', false) | ('P', true) => 'p',
            _ => 'P',
        };
        let set = format!("\\{letter}{{{name}}}");
        let proper = name.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
            && name.starts_with(|c: char| c.is_ascii_uppercase());
        if !proper || regex::Regex::new(&set).is_err() {
            return refused(BAD_RANGE, whole);
        }
        Ok(set)
    }

    /// After an opening bracket.
    pub(super) fn class(&mut self, start: usize) -> Result<(), PatternError> {
        let mut class = String::from("[");
        let negated = self.eat("^");
        if negated {
            class.push('^');
        }
        let mut first = true;
        let mut parts = 0;
        loop {
            let at = self.at;
            if self.rest().is_empty() {
                return refused("missing closing ]", &self.pattern[start..]);
            }
            if !first && self.eat("]") {
                break;
            }
            first = false;
            if let Some(after) = self.rest().strip_prefix("[:")
                && let Some(end) = after.find(":]")
            {
                let whole = &self.rest()[..end + 4];
                let name = &after[..end];
                let known = [
                    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower",
                    "print", "punct", "space", "upper", "word", "xdigit",
                ];
                if !known.contains(&name.strip_prefix('^').unwrap_or(name)) {
                    return refused(BAD_RANGE, whole);
                }
                class.push_str(whole);
                self.at += whole.len();
                parts += 1;
                continue;
            }
            if self.rest().starts_with('\\') {
                self.at += 1;
                if let Some(set) = self.named_set(at)? {
                    class.push_str(&set);
                    parts += 1;
                    continue;
                }
                self.at -= 1;
            }
            let low = self.class_char(start)?;
            let ranged = self.rest().starts_with('-')
                && !self.rest().starts_with("-]")
                && self.rest().len() > 1;
            let high = if ranged {
                self.at += 1;
                self.class_char(start)?
            } else {
                low
            };
            if high < low {
                return refused(BAD_RANGE, &self.pattern[at..self.at]);
            }
            let _ = write!(class, "\\x{{{:x}}}-\\x{{{:x}}}", low as u32, high as u32);
            parts += 1;
        }
        debug_assert!(parts > 0, "a class has a first part before it can close");
        class.push(']');
        self.out.push_str(&class);
        Ok(())
    }

    fn class_char(&mut self, start: usize) -> Result<char, PatternError> {
        let at = self.at;
        match self.next() {
            Some('\\') => self.escaped_char(at),
            Some(c) => Ok(c),
            None => refused("missing closing ]", &self.pattern[start..]),
        }
    }
}
