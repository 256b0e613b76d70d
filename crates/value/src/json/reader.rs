//! Text to a JSON tree. Numbers stay text; errors are worded as Go's decoder words them.

use std::borrow::Cow;

use crate::MAX_DEPTH;

/// A JSON value that borrows from its text where it can.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// The number's text, valid by JSON's grammar.
    Number(&'a str),
    /// A string, unescaped.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object in the order of the text; a name may repeat, the last one counts.
    Object(Vec<(Cow<'a, str>, Json<'a>)>),
}

/// Why a text is not JSON, or not the JSON that was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct JsonError {
    /// What is wrong, without a full stop.
    pub message: String,
    /// Where, in bytes from the start of the text; the end for a text that ends too early. For
    /// a text that is JSON but not of the type wanted this is 0.
    pub offset: usize,
}

impl Json<'_> {
    /// The member of an object; the last one where the name repeats.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Json::Object(members) => members
                .iter()
                .rev()
                .find(|(member, _)| member == name)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads one JSON value; anything but white space after it is an error, and so is nesting deeper
/// than [`MAX_DEPTH`].
pub fn parse(text: &str) -> Result<Json<'_>, JsonError> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
    };
    let value = reader.value(Place::Value, 0)?;
    reader.skip_space();
    if reader.at < reader.bytes.len() {
        return Err(reader.fail("extraneous data after JSON object"));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

/// Where the reader stands, for the wording of an error.
#[derive(Clone, Copy)]
enum Place {
    Value,
    ObjectStart,
    Key,
    AfterKey,
    AfterMember,
    AfterElement,
}

impl<'a> Reader<'a> {
    fn fail(&self, message: impl Into<String>) -> JsonError {
        JsonError {
            message: message.into(),
            offset: self.at,
        }
    }

    fn unexpected(&self, context: &str) -> JsonError {
        match self.bytes.get(self.at) {
            None => self.fail("unexpected EOF"),
            Some(byte) => self.fail(format!("invalid character {}{context}", quoted(*byte))),
        }
    }

    fn misplaced(&self, place: Place) -> JsonError {
        if self.at >= self.bytes.len() {
            return self.fail("EOF");
        }
        self.unexpected(match place {
            Place::Value => " looking for beginning of value",
            Place::ObjectStart => "",
            Place::Key => " looking for beginning of object key string",
            Place::AfterKey => " after object key",
            Place::AfterMember => " after object key:value pair",
            Place::AfterElement => " after array element",
        })
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn value(&mut self, place: Place, depth: usize) -> Result<Json<'a>, JsonError> {
        if depth > MAX_DEPTH {
            return Err(self.fail("exceeded max depth"));
        }
        self.skip_space();
        match self.bytes.get(self.at) {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => Ok(Json::String(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.literal("true", Json::Bool(true)),
            Some(b'f') => self.literal("false", Json::Bool(false)),
            Some(b'n') => self.literal("null", Json::Null),
            _ => Err(self.misplaced(place)),
        }
    }

    fn literal(&mut self, word: &str, value: Json<'a>) -> Result<Json<'a>, JsonError> {
        for expected in word.bytes() {
            if self.bytes.get(self.at) != Some(&expected) {
                return Err(self.unexpected(&format!(
                    " in literal {word} (expecting {})",
                    quoted(expected)
                )));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        self.at += 1;
        let mut elements = Vec::new();
        self.skip_space();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value(Place::Value, depth + 1)?);
            self.skip_space();
            match self.bytes.get(self.at) {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Json::Array(elements));
                }
                _ => return Err(self.misplaced(Place::AfterElement)),
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json<'a>, JsonError> {
        self.at += 1;
        let mut members = Vec::new();
        let mut place = Place::ObjectStart;
        loop {
            self.skip_space();
            match self.bytes.get(self.at) {
                Some(b'}') if matches!(place, Place::ObjectStart) => {
                    self.at += 1;
                    return Ok(Json::Object(members));
                }
                Some(b'"') => {}
                _ => return Err(self.misplaced(place)),
            }
            let name = self.string()?;
            self.skip_space();
            if self.bytes.get(self.at) != Some(&b':') {
                return Err(self.misplaced(Place::AfterKey));
            }
            self.at += 1;
            let value = self.value(Place::Value, depth + 1)?;
            members.push((name, value));
            self.skip_space();
            match self.bytes.get(self.at) {
                Some(b',') => {
                    self.at += 1;
                    place = Place::Key;
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Json::Object(members));
                }
                _ => return Err(self.misplaced(Place::AfterMember)),
            }
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Result<Json<'a>, JsonError> {
        let start = self.at;
        if self.bytes[self.at] == b'-' {
            self.at += 1;
        }
        match self.bytes.get(self.at) {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => {
                self.digits();
            }
            _ => return Err(self.unexpected(" in numeric literal")),
        }
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.unexpected(" after decimal point in numeric literal"));
            }
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.bytes.get(self.at) {
                self.at += 1;
            }
            if self.digits() == 0 {
                return Err(self.unexpected(" in exponent of numeric literal"));
            }
        }
        Ok(Json::Number(&self.text[start..self.at]))
    }

    fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        self.at += 1;
        let start = self.at;
        let mut owned: Option<String> = None;
        let mut run = start;
        loop {
            match self.bytes.get(self.at) {
                None => return Err(self.fail("unexpected EOF")),
                Some(b'"') => {
                    let end = self.at;
                    self.at += 1;
                    return Ok(match owned {
                        None => Cow::Borrowed(&self.text[start..end]),
                        Some(mut text) => {
                            text.push_str(&self.text[run..end]);
                            Cow::Owned(text)
                        }
                    });
                }
                Some(b'\\') => {
                    let text = owned.get_or_insert_with(String::new);
                    text.push_str(&self.text[run..self.at]);
                    self.at += 1;
                    let escaped = self.escape()?;
                    if let Some(text) = owned.as_mut() {
                        text.push(escaped);
                    }
                    run = self.at;
                }
                Some(0..=0x1f) => return Err(self.unexpected(" in string literal")),
                Some(_) => self.at += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let simple = match self.bytes.get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                let first = self.four_hex()?;
                if !(0xd800..0xe000).contains(&first) {
                    return Ok(char::from_u32(first).unwrap_or('\u{fffd}'));
                }
                // A high surrogate joins with a following low one; alone it is replaced.
                if first < 0xdc00
                    && self.bytes[self.at..].starts_with(b"\\u")
                    && let Some(second) = self
                        .text
                        .get(self.at + 2..self.at + 6)
                        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
                    && (0xdc00..0xe000).contains(&second)
                {
                    self.at += 6;
                    let joined = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    return Ok(char::from_u32(joined).unwrap_or('\u{fffd}'));
                }
                return Ok('\u{fffd}');
            }
            _ => return Err(self.unexpected(" in string escape code")),
        };
        self.at += 1;
        Ok(simple)
    }

    fn four_hex(&mut self) -> Result<u32, JsonError> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self
                .bytes
                .get(self.at)
                .and_then(|byte| char::from(*byte).to_digit(16))
                .ok_or_else(|| self.unexpected(" in \\u hexadecimal character escape"))?;
            value = value * 16 + digit;
            self.at += 1;
        }
        Ok(value)
    }
}

/// A byte as Go shows it in these errors.
fn quoted(byte: u8) -> String {
    match byte {
        b'\'' => "'\\''".into(),
        b'"' => "'\"'".into(),
        b'\n' => "'\\n'".into(),
        b'\r' => "'\\r'".into(),
        b'\t' => "'\\t'".into(),
        b'\\' => "'\\\\'".into(),
        0x7 => "'\\a'".into(),
        0x8 => "'\\b'".into(),
        0xb => "'\\v'".into(),
        0xc => "'\\f'".into(),
        0..=0x1f | 0x7f => format!("'\\x{byte:02x}'"),
        0x80..=0xa0 | 0xad => format!("'\\u{byte:04x}'"),
        other => format!("'{}'", char::from(other)),
    }
}
