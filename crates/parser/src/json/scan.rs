//! JSON text to tokens. What is no JSON becomes a token of its own kind.

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    OpenBrace,
    CloseBrace,
    OpenBracket,
    CloseBracket,
    Comma,
    Colon,
    /// `=`, by which people used to the native form separate names and values.
    Equals,
    /// A word: `true`, `false`, `null`, or one that is wrong.
    Word,
    /// Digits, signs, dots and exponents in any order.
    Number,
    /// From a quote to the next that is not escaped, or to the end of the line.
    String,
    Invalid,
    End,
}

/// A piece of the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// The token at or after an offset; white space before it is passed over.
pub(super) fn token_at(text: &str, mut at: usize) -> Token {
    let bytes = text.as_bytes();
    let count = |from: usize, is: fn(u8) -> bool| {
        bytes[from..].iter().take_while(|byte| is(**byte)).count()
    };
    at += count(at, |byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'));
    let Some(first) = bytes.get(at) else {
        return Token {
            kind: Kind::End,
            start: text.len(),
            end: text.len(),
        };
    };
    let (kind, len) = match first {
        b'{' => (Kind::OpenBrace, 1),
        b'}' => (Kind::CloseBrace, 1),
        b'[' => (Kind::OpenBracket, 1),
        b']' => (Kind::CloseBracket, 1),
        b',' => (Kind::Comma, 1),
        b':' => (Kind::Colon, 1),
        b'=' => (Kind::Equals, 1),
        b'"' => (Kind::String, string_len(&bytes[at..])),
        b'0'..=b'9' | b'-' | b'+' | b'.' => (
            Kind::Number,
            count(at, |byte| {
                matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')
            }),
        ),
        b'a'..=b'z' | b'A'..=b'Z' => (
            Kind::Word,
            count(at, |byte| byte.is_ascii_alphanumeric() || byte == b'_'),
        ),
        _ => (
            Kind::Invalid,
            text[at..].chars().next().map_or(1, char::len_utf8),
        ),
    };
    Token {
        kind,
        start: at,
        end: at + len,
    }
}

fn string_len(bytes: &[u8]) -> usize {
    let mut escaped = false;
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            0..=31 => return at,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    bytes.len()
}
