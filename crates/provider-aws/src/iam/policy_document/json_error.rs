//! Why a text is no JSON, in the words that users of the published provider know.

/// How deep values may be nested.
const DEEPEST: usize = 1000;

/// What is wrong with a text; nothing where it is JSON.
pub(super) fn json_error(text: &str) -> Option<String> {
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
    };
    let whole = reader.value(0).and_then(|()| match reader.token() {
        None => Ok(()),
        Some(byte) => Err(unexpected(byte, "after top-level value")),
    });
    whole.err()
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
}

fn unexpected(byte: u8, place: &str) -> String {
    let shown = match byte {
        b'\'' => "\\'".to_owned(),
        b'"' => "\"".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'\r' => "\\r".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'\\' => "\\\\".to_owned(),
        0..0x20 | 0x7f => format!("\\x{byte:02x}"),
        other => char::from(other).to_string(),
    };
    format!("invalid character '{shown}' {place}")
}

const AT_END: &str = "unexpected end of JSON input";

type Checked = Result<(), String>;

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, String> {
        let byte = self.peek().ok_or(AT_END)?;
        self.at += 1;
        Ok(byte)
    }

    /// The next byte that is no white space; it stays.
    fn token(&mut self) -> Option<u8> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
        self.peek()
    }

    fn taken(&mut self) -> Result<u8, String> {
        self.token().ok_or(AT_END)?;
        self.next()
    }

    fn value(&mut self, depth: usize) -> Checked {
        if depth > DEEPEST {
            return Err("exceeded max depth".to_owned());
        }
        match self.taken()? {
            b'{' => self.object(depth),
            b'[' => self.array(depth),
            b'"' => self.string(),
            b't' => self.literal("true"),
            b'f' => self.literal("false"),
            b'n' => self.literal("null"),
            b'-' => match self.next()? {
                b'0' => self.fraction(),
                b'1'..=b'9' => self.number(),
                other => Err(unexpected(other, "in numeric literal")),
            },
            b'0' => self.fraction(),
            b'1'..=b'9' => self.number(),
            other => Err(unexpected(other, "looking for beginning of value")),
        }
    }

    fn object(&mut self, depth: usize) -> Checked {
        if self.token() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            match self.taken()? {
                b'"' => self.string()?,
                other => {
                    let place = "looking for beginning of object key string";
                    return Err(unexpected(other, place));
                }
            }
            match self.taken()? {
                b':' => self.value(depth + 1)?,
                other => return Err(unexpected(other, "after object key")),
            }
            match self.taken()? {
                b',' => {}
                b'}' => return Ok(()),
                other => return Err(unexpected(other, "after object key:value pair")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Checked {
        if self.token() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth + 1)?;
            match self.taken()? {
                b',' => {}
                b']' => return Ok(()),
                other => return Err(unexpected(other, "after array element")),
            }
        }
    }

    fn string(&mut self) -> Checked {
        loop {
            match self.next()? {
                b'"' => return Ok(()),
                b'\\' => match self.next()? {
                    b'b' | b'f' | b'n' | b'r' | b't' | b'\\' | b'/' | b'"' => {}
                    b'u' => {
                        for _ in 0..4 {
                            let digit = self.next()?;
                            if !digit.is_ascii_hexdigit() {
                                let place = "in \\u hexadecimal character escape";
                                return Err(unexpected(digit, place));
                            }
                        }
                    }
                    other => return Err(unexpected(other, "in string escape code")),
                },
                control @ 0..0x20 => return Err(unexpected(control, "in string literal")),
                _ => {}
            }
        }
    }

    fn literal(&mut self, word: &str) -> Checked {
        for expected in word.bytes().skip(1) {
            let found = self.next()?;
            if found != expected {
                let expected = char::from(expected);
                let place = format!("in literal {word} (expecting '{expected}')");
                return Err(unexpected(found, &place));
            }
        }
        Ok(())
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn number(&mut self) -> Checked {
        self.digits();
        self.fraction()
    }

    fn fraction(&mut self) -> Checked {
        if self.peek() == Some(b'.') {
            self.at += 1;
            let digit = self.next()?;
            if !digit.is_ascii_digit() {
                return Err(unexpected(digit, "after decimal point in numeric literal"));
            }
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            let digit = self.next()?;
            if !digit.is_ascii_digit() {
                return Err(unexpected(digit, "in exponent of numeric literal"));
            }
            self.digits();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::json_error;

    #[test]
    fn errors_are_worded_as_users_know_them() {
        for (text, expected) in [
            ("{\"a\": [1, -2.5e3, true, null, \"\\u00e9\"]} ", None),
            ("", Some("unexpected end of JSON input")),
            ("{", Some("unexpected end of JSON input")),
            (
                "{not json",
                Some("invalid character 'n' looking for beginning of object key string"),
            ),
            (
                "not json",
                Some("invalid character 'o' in literal null (expecting 'u')"),
            ),
            (
                "x",
                Some("invalid character 'x' looking for beginning of value"),
            ),
            ("{\"a\" 1}", Some("invalid character '1' after object key")),
            (
                "{\"a\": 1 \"b\"}",
                Some("invalid character '\"' after object key:value pair"),
            ),
            ("[1 2]", Some("invalid character '2' after array element")),
            ("{} {}", Some("invalid character '{' after top-level value")),
            (
                "\"a\nb\"",
                Some("invalid character '\\n' in string literal"),
            ),
            (
                "[1,]",
                Some("invalid character ']' looking for beginning of value"),
            ),
        ] {
            assert_eq!(json_error(text).as_deref(), expected, "{text:?}");
        }
    }
}
