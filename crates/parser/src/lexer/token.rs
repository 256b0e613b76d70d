//! The kinds of tokens, and a token as a kind and its bytes.

/// A piece of text with its kind. Between tokens there are only spaces, tabs, and a byte order mark at the
/// start; a text can be put together again from its tokens and those gaps.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset just after its last byte.
    pub end: u32,
}

/// What a token is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TokenKind {
    /// `{`
    OpenBrace,
    /// `}` that does not end a template sequence
    CloseBrace,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `"` that begins a string
    OpenQuote,
    /// `"` that ends a string
    CloseQuote,
    /// `<<EOT` or `<<-EOT` with its line ending
    OpenHeredoc,
    /// The end marker with the white space before it
    CloseHeredoc,
    /// Text in quotes, escapes not resolved
    QuotedText,
    /// Text in a heredoc or bare template, at most one line with its ending
    TemplateText,
    /// A line ending inside quotes, which is not allowed
    QuotedNewline,
    /// `${` or `${~`
    InterpolationStart,
    /// `%{` or `%{~`
    DirectiveStart,
    /// `}` or `~}` that ends a template sequence
    SequenceEnd,
    /// A number
    Number,
    /// An identifier
    Ident,
    /// A comment; one that runs to the end of the line has the line ending with it
    Comment,
    /// A line ending
    Newline,
    /// `*`
    Star,
    /// `/`
    Slash,
    /// `%`
    Percent,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `=`
    Equal,
    /// `==`
    EqualEqual,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `&&`
    And,
    /// `||`
    Or,
    /// `!`
    Bang,
    /// `.`
    Dot,
    /// `...`
    Ellipsis,
    /// `,`
    Comma,
    /// `:`
    Colon,
    /// `::`
    DoubleColon,
    /// `?`
    Question,
    /// `=>`
    FatArrow,
    /// `&`, which is no operator
    Ampersand,
    /// `|`, which is no operator
    Pipe,
    /// `^`, which is no operator
    Caret,
    /// `~`, which is no operator
    Tilde,
    /// `;`, which separates nothing
    Semicolon,
    /// A backtick, which quotes nothing
    Backtick,
    /// `'`, which quotes nothing
    Apostrophe,
    /// A character that has no place in the language
    Invalid,
    /// A byte that is not UTF-8
    BadUtf8,
    /// The end of the text, an empty token that is always there
    End,
}

impl TokenKind {
    /// Whether it begins a template sequence.
    pub(crate) fn starts_sequence(self) -> bool {
        matches!(
            self,
            TokenKind::InterpolationStart | TokenKind::DirectiveStart
        )
    }

    /// The kind that closes what this one opens, or opens what this one closes.
    pub(crate) fn counterpart(self) -> Option<TokenKind> {
        Some(match self {
            TokenKind::OpenBrace => TokenKind::CloseBrace,
            TokenKind::CloseBrace => TokenKind::OpenBrace,
            TokenKind::OpenBracket => TokenKind::CloseBracket,
            TokenKind::CloseBracket => TokenKind::OpenBracket,
            TokenKind::OpenParen => TokenKind::CloseParen,
            TokenKind::CloseParen => TokenKind::OpenParen,
            TokenKind::OpenQuote => TokenKind::CloseQuote,
            TokenKind::CloseQuote => TokenKind::OpenQuote,
            TokenKind::OpenHeredoc => TokenKind::CloseHeredoc,
            TokenKind::CloseHeredoc => TokenKind::OpenHeredoc,
            _ => return None,
        })
    }
}
