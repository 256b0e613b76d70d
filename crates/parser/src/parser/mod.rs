//! The recursive-descent parser: a cursor over the tokens, and the rules in files of their own.
//!
//! After an error a rule sets `recovery` and its callers skip to their own closing token, so that one mistake
//! gives one diagnostic; the next item of a body starts anew. Positions and recovery follow what Terraform
//! reports for the same text, which the goldens under `tests/` record.

mod body;
mod brackets;
mod call;
mod directives;
mod expression;
mod for_expression;
mod heredoc_indent;
mod items;
mod one_line_block;
mod steps;
mod string_escapes;
mod template;
mod traversal;

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, SourceId, Sources, Span};

use crate::MAX_DEPTH;
use crate::ast::{Expr, ExprKind};
use crate::lexer::{Start, Token, TokenKind, complaints::complaints, tokens_with_bad_bytes};

/// What is read and where it comes from.
#[derive(Clone, Copy)]
pub(crate) struct Input<'t> {
    /// The source that spans name.
    pub(crate) source: SourceId,
    /// The name of the source as it stands in messages that refer to another place.
    pub(crate) name: &'t str,
    /// The text to read.
    pub(crate) text: &'t str,
    /// Where in the source the text starts.
    pub(crate) offset: u32,
    /// Offsets in the text of stand-ins for bytes that are not UTF-8.
    pub(crate) bad_bytes: &'t [u32],
}

pub(crate) struct Parser<'t> {
    input: Input<'t>,
    tokens: Vec<Token>,
    /// Index of the next token.
    at: usize,
    /// Whether line endings count, for each bracket that is open.
    newlines: Vec<bool>,
    /// An error was reported and the place of the cursor is uncertain: do not report what follows from it.
    recovery: bool,
    /// How many rules that nest are being read.
    depth: usize,
    diagnostics: Diagnostics,
    names: HashSet<Arc<str>>,
    /// The text as a source of its own, for places in messages.
    places: OnceCell<(Sources, SourceId)>,
}

impl<'t> Parser<'t> {
    pub(crate) fn new(input: Input<'t>, start: Start, newlines: bool) -> Self {
        let tokens = tokens_with_bad_bytes(input.text, input.bad_bytes, start);
        let mut diagnostics = Diagnostics::new();
        let span = |token: Token| token_span(input, token);
        complaints(input.text, &tokens, span, &mut diagnostics);
        Parser {
            input,
            tokens,
            at: 0,
            newlines: vec![newlines],
            recovery: false,
            depth: 0,
            diagnostics,
            names: HashSet::new(),
            places: OnceCell::new(),
        }
    }

    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    // --- the cursor ---

    /// Index of the next token that counts here: comments never do (but the line ending in one does), line
    /// endings only where they separate.
    fn next_index(&self) -> usize {
        let newlines = self.newlines.last().copied().unwrap_or(true);
        let mut at = self.at;
        while at + 1 < self.tokens.len() {
            let token = self.tokens[at];
            let skipped = match token.kind {
                TokenKind::Newline => !newlines,
                TokenKind::Comment => !(newlines && self.text(token).ends_with('\n')),
                _ => false,
            };
            if !skipped {
                break;
            }
            at += 1;
        }
        at
    }

    fn token_at(&self, index: usize) -> Token {
        let token = self.tokens[index.min(self.tokens.len() - 1)];
        match token.kind {
            // Only comments whose line ending counts get here.
            TokenKind::Comment => Token {
                kind: TokenKind::Newline,
                ..token
            },
            _ => token,
        }
    }

    fn peek(&self) -> Token {
        self.token_at(self.next_index())
    }

    fn peek_kind(&self) -> TokenKind {
        self.peek().kind
    }

    fn read(&mut self) -> Token {
        let index = self.next_index();
        let token = self.token_at(index);
        self.at = (index + 1).min(self.tokens.len());
        token
    }

    /// The token before the cursor, whatever it is.
    fn previous(&self) -> Token {
        self.tokens[self.at.saturating_sub(1).min(self.tokens.len() - 1)]
    }

    fn previous_span(&self) -> Span {
        self.span(self.previous())
    }

    fn text(&self, token: Token) -> &'t str {
        self.input.text.get(token.range()).unwrap_or("")
    }

    fn span(&self, token: Token) -> Span {
        token_span(self.input, token)
    }

    /// Whether the next token is this word.
    fn at_keyword(&self, word: &str) -> bool {
        let token = self.peek();
        token.kind == TokenKind::Ident && self.text(token) == word
    }

    /// A name, shared with all other places where it stands.
    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return known.clone();
        }
        let name: Arc<str> = name.into();
        self.names.insert(name.clone());
        name
    }

    // --- errors and recovery ---

    /// Reports. What builds the diagnostic is kept out of the caller, which may be deep in nested rules: so
    /// their frames stay small.
    #[cold]
    #[inline(never)]
    fn report(&mut self, diagnostic: impl FnOnce() -> Diagnostic) {
        self.diagnostics.push(diagnostic());
    }

    /// Reports, unless this may be the consequence of what was already reported.
    #[cold]
    #[inline(never)]
    fn report_first(&mut self, diagnostic: impl FnOnce() -> Diagnostic) {
        if !self.recovery {
            self.diagnostics.push(diagnostic());
        }
    }

    /// How many diagnostics there are, for [`Parser::lost_since`].
    fn mark(&self) -> usize {
        self.diagnostics.len()
    }

    /// Whether something was reported since the mark that leaves the place of the cursor uncertain.
    fn lost_since(&self, mark: usize) -> bool {
        self.recovery && self.failed_since(mark)
    }

    fn failed_since(&self, mark: usize) -> bool {
        self.diagnostics.len() > mark
    }

    /// A place in the words of a message, such as `main.tf:3,12-24`.
    fn place(&self, span: Span) -> String {
        let (sources, id) = self.places.get_or_init(|| {
            let mut sources = Sources::new();
            let id = sources.add(self.input.name, self.input.text);
            (sources, id)
        });
        let offset = self.input.offset;
        sources.place(Span::new(
            *id,
            span.start.saturating_sub(offset),
            span.end.saturating_sub(offset),
        ))
    }

    /// Reads up to and with the token that closes the present bracket, over whole brackets of the same kind.
    fn recover(&mut self, end: TokenKind) -> Token {
        self.recovery = true;
        let start = end.counterpart();
        let sequence = end == TokenKind::SequenceEnd;
        let mut nested = 0usize;
        loop {
            let token = self.read();
            if token.kind == TokenKind::End {
                return token;
            } else if Some(token.kind) == start || sequence && token.kind.starts_sequence() {
                nested += 1;
            } else if token.kind == end {
                match nested {
                    0 => return token,
                    _ => nested -= 1,
                }
            }
        }
    }

    /// Reads to the next bracket of this kind and over it.
    fn recover_over(&mut self, start: TokenKind) {
        self.recovery = true;
        loop {
            let token = self.read();
            if token.kind == start || token.kind == TokenKind::End {
                break;
            }
        }
        if let Some(end) = start.counterpart() {
            self.recover(end);
        }
    }

    /// Reads to the end of the line, over brackets that open on the way.
    fn recover_after_item(&mut self) {
        use TokenKind::*;
        self.recovery = true;
        let mut open: Vec<TokenKind> = Vec::new();
        loop {
            let token = self.read();
            match token.kind {
                Newline if open.is_empty() => return,
                End => return,
                OpenBrace | OpenBracket | OpenParen | OpenQuote | OpenHeredoc
                | InterpolationStart | DirectiveStart => open.push(token.kind),
                CloseBrace | CloseBracket | CloseParen | CloseQuote | CloseHeredoc => {
                    let opener = token.kind.counterpart();
                    while open.pop().is_some_and(|kind| Some(kind) != opener) {}
                }
                SequenceEnd => while open.pop().is_some_and(|kind| !kind.starts_sequence()) {},
                _ => {}
            }
        }
    }

    // --- depth ---

    /// Reads something that may contain itself, unless that is too deep already.
    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> T,
        too_deep: impl FnOnce(&mut Self) -> T,
    ) -> T {
        if self.depth >= MAX_DEPTH {
            let span = self.span(self.peek());
            self.report_too_deep(span);
            return too_deep(self);
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn report_too_deep(&mut self, span: Span) {
        self.report_first(|| {
            Diagnostic::error(
                "Nesting too deep",
                format!("Blocks, expressions and templates can be nested at most {MAX_DEPTH} levels deep."),
            )
            .at(span)
        });
        self.recovery = true;
    }

    /// An expression node, unless it would be higher than trees may be.
    #[inline(never)]
    fn node(&mut self, kind: ExprKind, span: Span) -> Expr {
        let expr = Expr::new(kind, span);
        if expr.height() <= MAX_DEPTH {
            return expr;
        }
        self.report_too_deep(span);
        Expr::new(ExprKind::Invalid, span)
    }
}

fn token_span(input: Input<'_>, token: Token) -> Span {
    Span::new(
        input.source,
        input.offset + token.start,
        input.offset + token.end,
    )
}
