//! Format strings cut into text and verbs.

/// A piece of a format string.
pub(super) enum Part<'a> {
    /// Text that stands for itself.
    Text(&'a str),
    /// A verb with its settings.
    Verb(Verb<'a>),
}

/// A verb such as `%-8.3f`.
pub(super) struct Verb<'a> {
    /// As written.
    pub(super) raw: &'a str,
    /// Where it begins, in bytes.
    pub(super) offset: usize,
    /// The letter.
    pub(super) letter: char,
    /// Which argument it stands for, from zero, where the verb says so.
    pub(super) index: Option<usize>,
    /// The `-` flag.
    pub(super) minus: bool,
    /// The `+` flag.
    pub(super) plus: bool,
    /// The space flag.
    pub(super) space: bool,
    /// The `0` flag.
    pub(super) zero: bool,
    /// The `#` flag.
    pub(super) sharp: bool,
    /// The least width.
    pub(super) width: Option<usize>,
    /// The precision.
    pub(super) precision: Option<usize>,
}

/// An iterator over the parts; it ends after the first error.
pub(super) struct Parts<'a> {
    text: &'a str,
    at: usize,
    failed: bool,
}

/// Widths and precisions beyond this are refused, so that a typing error cannot fill the memory.
const WIDEST: usize = 1_000_000;

impl<'a> Parts<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Parts {
            text,
            at: 0,
            failed: false,
        }
    }

    fn verb(&mut self) -> Result<Part<'a>, String> {
        let offset = self.at;
        self.at += 1;
        if self.peek() == Some('%') {
            self.at += 1;
            return Ok(Part::Text("%"));
        }
        let mut verb = Verb {
            raw: "",
            offset,
            letter: ' ',
            index: None,
            minus: false,
            plus: false,
            space: false,
            zero: false,
            sharp: false,
            width: None,
            precision: None,
        };
        loop {
            match self.peek() {
                Some('-') => verb.minus = true,
                Some('+') => verb.plus = true,
                Some(' ') => verb.space = true,
                Some('0') => verb.zero = true,
                Some('#') => verb.sharp = true,
                _ => break,
            }
            self.at += 1;
        }
        verb.width = self.number()?;
        if self.peek() == Some('.') {
            self.at += 1;
            verb.precision = Some(self.number()?.unwrap_or(0));
        }
        if self.peek() == Some('[') {
            self.at += 1;
            let index = self.number()?;
            match (self.peek(), index) {
                (Some(']'), Some(index)) if index > 0 => {
                    self.at += 1;
                    verb.index = Some(index - 1);
                }
                (found, _) => return Err(self.unexpected(found)),
            }
        }
        match self.peek() {
            Some(letter) if letter.is_ascii_alphabetic() => {
                self.at += 1;
                verb.letter = letter;
                verb.raw = &self.text[offset..self.at];
                Ok(Part::Verb(verb))
            }
            found => Err(self.unexpected(found)),
        }
    }

    fn unexpected(&self, found: Option<char>) -> String {
        match found {
            Some(found) => format!(
                "unrecognized format character '{found}' at offset {}",
                self.at
            ),
            None => format!("invalid format string starting at offset {}", self.at),
        }
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn number(&mut self) -> Result<Option<usize>, String> {
        let digits = self.text[self.at..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        if digits == 0 {
            return Ok(None);
        }
        let text = &self.text[self.at..self.at + digits];
        self.at += digits;
        text.parse()
            .ok()
            .filter(|number| *number <= WIDEST)
            .map(Some)
            .ok_or_else(|| format!("the number {text} in the format string is too large"))
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Result<Part<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.at >= self.text.len() {
            return None;
        }
        let rest = &self.text[self.at..];
        let part = match rest.find('%') {
            Some(0) => self.verb(),
            found => {
                let length = found.unwrap_or(rest.len());
                self.at += length;
                Ok(Part::Text(&rest[..length]))
            }
        };
        self.failed = part.is_err();
        Some(part)
    }
}
