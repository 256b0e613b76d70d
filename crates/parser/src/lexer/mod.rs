//! Text to tokens. The lexer never fails: what it cannot read becomes a token of its own kind, which
//! [`complaints`] then puts into words.

pub(crate) mod complaints;
mod identifier;
mod literal_text;
mod token;

pub use identifier::is_identifier;
pub use token::{Token, TokenKind};

/// What the characters at the current place belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Bodies and expressions.
    Main,
    /// Between quotes.
    Quoted,
    /// Inside a heredoc.
    Heredoc,
    /// A text that is a template as a whole.
    Bare,
}

/// An open heredoc.
struct Heredoc<'t> {
    marker: &'t str,
    /// Whether the next text token starts a line, so that it can be the end marker.
    at_line_start: bool,
}

/// Where a text is read as tokens of bodies and expressions, or as a template.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// As a body or an expression.
    Main,
    /// As the inside of a template.
    Template,
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    /// Offsets of stand-ins for bytes that are not UTF-8, ascending.
    bad: &'t [u32],
    at: usize,
    tokens: Vec<Token>,
    modes: Vec<Mode>,
    heredocs: Vec<Heredoc<'t>>,
    /// How many braces are open, template sequences included.
    braces: i64,
    /// For each open template sequence, the number of open braces at which it closes.
    closing_at: Vec<i64>,
    /// A search for the end of a block comment came to the end of the text, so no further one can succeed.
    no_comment_end: bool,
}

/// All tokens of a text, the last of kind [`TokenKind::End`].
pub fn tokens(text: &str, start: Start) -> Vec<Token> {
    tokens_with_bad_bytes(text, &[], start)
}

/// As [`tokens`], for a text in which the bytes at the offsets `bad` stand for bytes that are not UTF-8.
pub(crate) fn tokens_with_bad_bytes(text: &str, bad: &[u32], start: Start) -> Vec<Token> {
    let mode = match start {
        Start::Main => Mode::Main,
        Start::Template => Mode::Bare,
    };
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        bad,
        at: if text.starts_with('\u{feff}') {
            '\u{feff}'.len_utf8()
        } else {
            0
        },
        tokens: Vec::with_capacity(text.len() / 4),
        modes: vec![mode],
        heredocs: Vec::new(),
        braces: 0,
        closing_at: Vec::new(),
        no_comment_end: false,
    };
    while lexer.at < lexer.bytes.len() {
        match lexer.modes.last().copied().unwrap_or(mode) {
            Mode::Main => lexer.main(),
            Mode::Quoted => lexer.quoted(),
            Mode::Heredoc => lexer.heredoc(),
            Mode::Bare => lexer.bare(),
        }
    }
    lexer.push(TokenKind::End, 0);
    lexer.tokens
}

impl<'t> Lexer<'t> {
    /// The byte so many places on; 0 past the end.
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// A token of the next `len` bytes.
    fn push(&mut self, kind: TokenKind, len: usize) {
        self.tokens.push(Token {
            kind,
            start: self.at as u32,
            end: (self.at + len) as u32,
        });
        self.at += len;
    }

    /// The length of a line ending here; 0 if there is none.
    fn newline_len(&self, ahead: usize) -> usize {
        match (self.peek(ahead), self.peek(ahead + 1)) {
            (b'\n', _) => 1,
            (b'\r', b'\n') => 2,
            _ => 0,
        }
    }

    /// A token for a single character that belongs to nothing.
    fn stray(&mut self) {
        let kind = if self.is_bad(self.at) {
            TokenKind::BadUtf8
        } else {
            TokenKind::Invalid
        };
        let len = self.text[self.at..]
            .chars()
            .next()
            .map_or(1, char::len_utf8);
        self.push(kind, len);
    }

    fn is_bad(&self, at: usize) -> bool {
        !self.bad.is_empty() && self.bad.binary_search(&(at as u32)).is_ok()
    }

    fn main(&mut self) {
        use TokenKind::*;
        let (kind, len) = match (self.peek(0), self.peek(1)) {
            (b' ' | b'\t', _) => {
                self.at += 1;
                return;
            }
            (b'\n', _) => (Newline, 1),
            (b'\r', b'\n') => (Newline, 2),
            (b'#', _) | (b'/', b'/') => return self.line_comment(),
            (b'/', b'*') => return self.block_comment(),
            (b'"', _) => {
                self.modes.push(Mode::Quoted);
                (OpenQuote, 1)
            }
            (b'<', b'<') => return self.heredoc_start(),
            (b'0'..=b'9', _) => (Number, self.number_len()),
            (b'{', _) => {
                self.braces += 1;
                (OpenBrace, 1)
            }
            (b'}', _) => return self.close_brace(),
            (b'~', b'}') => return self.close_sequence_with_strip(),
            (b'=', b'=') => (EqualEqual, 2),
            (b'=', b'>') => (FatArrow, 2),
            (b'!', b'=') => (NotEqual, 2),
            (b'<', b'=') => (LessOrEqual, 2),
            (b'>', b'=') => (GreaterOrEqual, 2),
            (b'&', b'&') => (And, 2),
            (b'|', b'|') => (Or, 2),
            (b':', b':') => (DoubleColon, 2),
            (b'.', b'.') if self.peek(2) == b'.' => (Ellipsis, 3),
            (b'[', _) => (OpenBracket, 1),
            (b']', _) => (CloseBracket, 1),
            (b'(', _) => (OpenParen, 1),
            (b')', _) => (CloseParen, 1),
            (b'.', _) => (Dot, 1),
            (b',', _) => (Comma, 1),
            (b'*', _) => (Star, 1),
            (b'/', _) => (Slash, 1),
            (b'%', _) => (Percent, 1),
            (b'+', _) => (Plus, 1),
            (b'-', _) => (Minus, 1),
            (b'=', _) => (Equal, 1),
            (b'<', _) => (Less, 1),
            (b'>', _) => (Greater, 1),
            (b'!', _) => (Bang, 1),
            (b'?', _) => (Question, 1),
            (b':', _) => (Colon, 1),
            (b'&', _) => (Ampersand, 1),
            (b'|', _) => (Pipe, 1),
            (b'^', _) => (Caret, 1),
            (b'~', _) => (Tilde, 1),
            (b';', _) => (Semicolon, 1),
            (b'`', _) => (Backtick, 1),
            (b'\'', _) => (Apostrophe, 1),
            _ => match identifier::len(&self.text[self.at..]) {
                0 => return self.stray(),
                len => (Ident, len),
            },
        };
        self.push(kind, len);
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        let len = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(rest.len(), |at| at + 1);
        self.push(TokenKind::Comment, len);
    }

    /// A comment to `*/`; without that, the slash is only a slash.
    fn block_comment(&mut self) {
        let end = if self.no_comment_end {
            None
        } else {
            self.text[self.at + 2..].find("*/")
        };
        match end {
            Some(end) => self.push(TokenKind::Comment, end + 4),
            None => {
                self.no_comment_end = true;
                self.push(TokenKind::Slash, 1);
            }
        }
    }

    /// The length of a number: digits, dots and exponents in any order (whether they make sense is checked
    /// later), not ending in a dot.
    fn number_len(&self) -> usize {
        let (mut len, mut scanned) = (1, 1);
        loop {
            match self.peek(scanned) {
                b'0'..=b'9' => scanned += 1,
                b'.' => {
                    scanned += 1;
                    continue;
                }
                b'e' | b'E' => match (self.peek(scanned + 1), self.peek(scanned + 2)) {
                    (b'0'..=b'9', _) => scanned += 2,
                    (b'+' | b'-', b'0'..=b'9') => scanned += 3,
                    _ => return len,
                },
                _ => return len,
            }
            len = scanned;
        }
    }

    fn close_brace(&mut self) {
        if self.closing_at.last() == Some(&self.braces) {
            self.end_sequence(1);
        } else {
            self.braces -= 1;
            self.push(TokenKind::CloseBrace, 1);
        }
    }

    /// `~}` is always the end of a sequence, also where a plain brace would be right, so that the parser can
    /// name the mistake.
    fn close_sequence_with_strip(&mut self) {
        if self.closing_at.last() == Some(&self.braces) {
            self.end_sequence(2);
        } else {
            self.braces -= 1;
            self.push(TokenKind::SequenceEnd, 2);
        }
    }

    fn end_sequence(&mut self, len: usize) {
        self.push(TokenKind::SequenceEnd, len);
        self.braces -= 1;
        self.closing_at.pop();
        self.modes.pop();
    }

    /// `${` or `%{`, with `~` or without, at the current place.
    fn begin_sequence(&mut self) {
        let kind = if self.peek(0) == b'$' {
            TokenKind::InterpolationStart
        } else {
            TokenKind::DirectiveStart
        };
        let len = if self.peek(2) == b'~' { 3 } else { 2 };
        self.push(kind, len);
        self.braces += 1;
        self.closing_at.push(self.braces);
        if let Some(heredoc) = self.heredocs.last_mut() {
            heredoc.at_line_start = false;
        }
        self.modes.push(Mode::Main);
    }

    /// `<<MARKER` and the line ending; anything else is two `<`.
    fn heredoc_start(&mut self) {
        let dash = usize::from(self.peek(2) == b'-');
        let marker_at = self.at + 2 + dash;
        let marker_len = identifier::len(&self.text[marker_at..]);
        let newline = self.newline_len(2 + dash + marker_len);
        if marker_len == 0 || newline == 0 {
            return self.push(TokenKind::Less, 1);
        }
        let marker = &self.text[marker_at..marker_at + marker_len];
        self.heredocs.push(Heredoc {
            marker,
            at_line_start: true,
        });
        self.modes.push(Mode::Heredoc);
        self.push(TokenKind::OpenHeredoc, 2 + dash + marker_len + newline);
    }
}
