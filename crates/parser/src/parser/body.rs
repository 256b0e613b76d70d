//! Bodies: arguments, blocks, and how to go on after a mistake in one of them.

use std::collections::HashMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Span};

use super::Parser;
use crate::ast::{Attribute, Block, Body, BodyItem, Ident, Label};
use crate::lexer::{Token, TokenKind};

const SET_BY_EQUALS: &str = "An argument or block definition is required here. To set an argument, use the \
                             equals sign \"=\" to introduce the argument value.";
const REQUIRED: &str = "Argument or block definition required";
const ONE_LINE: &str = "Invalid single-argument block definition";

/// Blocks of more arguments than this find repeated names by a map.
const FEW: usize = 16;

struct Items {
    body: Body,
    /// Index by name, filled once there are more than a few.
    by_name: HashMap<Arc<str>, usize>,
}

impl Items {
    fn new(span: Span) -> Self {
        let body = Body {
            attributes: Vec::new(),
            blocks: Vec::new(),
            items: Vec::new(),
            span,
            end: span,
        };
        Items {
            body,
            by_name: HashMap::new(),
        }
    }

    fn find(&self, name: &str) -> Option<&Attribute> {
        if self.by_name.is_empty() {
            return self.body.attribute(name);
        }
        self.by_name.get(name).map(|at| &self.body.attributes[*at])
    }

    fn add(&mut self, attribute: Attribute) {
        let at = self.body.attributes.len();
        if !self.by_name.is_empty() {
            self.by_name.insert(attribute.name.clone(), at);
        }
        self.body.attributes.push(attribute);
        if at + 1 == FEW {
            let names = self.body.attributes.iter().enumerate();
            self.by_name = names
                .map(|(at, attribute)| (attribute.name.clone(), at))
                .collect();
        }
        self.body.items.push(BodyItem::Attribute(at));
    }

    fn add_block(&mut self, block: Block) {
        self.body
            .items
            .push(BodyItem::Block(self.body.blocks.len()));
        self.body.blocks.push(block);
    }
}

impl Parser<'_> {
    /// A whole file, or what follows an opening brace, to the token that ends it.
    pub(crate) fn body(&mut self, end: TokenKind) -> Body {
        let start = if self.at == 0 {
            // A whole file starts where its first token does.
            self.span(self.peek())
        } else {
            self.previous_span()
        };
        let mut items = Items::new(start);
        let last = loop {
            let next = self.peek();
            if next.kind == end {
                self.read();
                break self.span(next);
            }
            match next.kind {
                TokenKind::Newline => {
                    self.read();
                }
                TokenKind::Ident => self.item(&mut items),
                _ => {
                    self.not_an_item(end, start);
                    let last = self.previous_span();
                    self.recover(end);
                    break last;
                }
            }
        };
        items.body.span = start.to(last);
        items.body.end = last;
        items.body
    }

    /// Says what is wrong with the next token, which begins no item, and reads it.
    fn not_an_item(&mut self, end: TokenKind, start: Span) {
        let bad = self.read();
        let span = self.span(bad);
        self.report_first(|| match bad.kind {
            TokenKind::OpenQuote => Diagnostic::error(
                "Invalid argument name",
                "Argument names must not be quoted.",
            )
            .at(span),
            TokenKind::End if end == TokenKind::CloseBrace => unclosed(start),
            _ => Diagnostic::error(
                REQUIRED,
                "An argument or block definition is required here.",
            )
            .at(span),
        });
    }

    fn item(&mut self, items: &mut Items) {
        // The cursor stands at the start of an item: what went wrong before is behind it.
        self.recovery = false;
        let name = self.read();
        match self.peek_kind() {
            TokenKind::Equal => {
                let attribute = self.attribute(name, false);
                match items.find(&attribute.name) {
                    Some(earlier) => {
                        let place = self.place(earlier.name_span);
                        let name = &attribute.name;
                        self.report(
                            Diagnostic::error(
                                "Attribute redefined",
                                format!(
                                    "The argument \"{name}\" was already set at {place}. Each argument may be \
                                     set only once."
                                ),
                            )
                            .at(attribute.name_span),
                        );
                    }
                    None => items.add(attribute),
                }
            }
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                let block = self.block(name);
                items.add_block(block);
            }
            _ => {
                self.recover_after_item();
                let span = self.span(name);
                self.report(Diagnostic::error(REQUIRED, SET_BY_EQUALS).at(span));
            }
        }
    }

    /// `= expr` and, unless in a block on one line, the end of the line.
    fn attribute(&mut self, name: Token, one_line: bool) -> Attribute {
        let name_span = self.span(name);
        let equals = self.read();
        let mark = self.mark();
        let expr = self.expression();
        let end = self.previous_span();
        if self.lost_since(mark) {
            self.recover_after_item();
        } else if !one_line {
            let next = self.peek();
            if matches!(next.kind, TokenKind::Newline | TokenKind::End) {
                self.read();
            } else {
                let span = self.span(next);
                self.report_first(|| not_ended(next, span).within(name_span.to(span)));
                self.recover_after_item();
            }
        }
        let (name, equals_span) = (self.name(self.text(name)), self.span(equals));
        Attribute {
            name,
            name_span,
            equals_span,
            expr: Arc::new(expr),
            span: name_span.to(end),
        }
    }

    /// Labels and body of a block whose kind was read.
    fn block(&mut self, kind: Token) -> Block {
        let kind = Ident {
            name: self.name(self.text(kind)),
            span: self.span(kind),
        };
        let mut labels = Vec::new();
        let open_brace = loop {
            let next = self.peek();
            let span = self.span(next);
            match next.kind {
                TokenKind::OpenBrace => {
                    self.read();
                    break span;
                }
                TokenKind::OpenQuote => {
                    let (text, span) = self.plain_string();
                    labels.push(Label {
                        text: self.name(&text),
                        span,
                        quoted: true,
                    });
                }
                TokenKind::Ident => {
                    self.read();
                    labels.push(Label {
                        text: self.name(self.text(next)),
                        span,
                        quoted: false,
                    });
                }
                _ => {
                    self.bad_header(next, kind.span);
                    self.recover_after_item();
                    let body = Items::new(kind.span).body;
                    let (open_brace, close_brace, span) = (kind.span, kind.span, kind.span);
                    return Block {
                        kind,
                        labels,
                        body,
                        open_brace,
                        close_brace,
                        span,
                    };
                }
            }
        };
        let deep = |parser: &mut Self| {
            parser.recover(TokenKind::CloseBrace);
            Items::new(open_brace).body
        };
        let body = self.nested(|parser| parser.braced_body(open_brace), deep);
        let close_brace = self.previous_span();
        let next = self.peek();
        if matches!(next.kind, TokenKind::Newline | TokenKind::End) {
            self.read();
        } else {
            let span = self.span(next);
            let context = kind.span.to(span);
            self.report_first(|| {
                Diagnostic::error(
                    "Missing newline after block definition",
                    "A block definition must end with a newline.",
                )
                .at(span)
                .within(context)
            });
            self.recover_after_item();
        }
        let span = kind.span.to(close_brace);
        Block {
            kind,
            labels,
            body,
            open_brace,
            close_brace,
            span,
        }
    }

    fn bad_header(&mut self, next: Token, kind: Span) {
        let span = self.span(next);
        let say = |detail: &str| {
            Diagnostic::error("Invalid block definition", detail)
                .at(span)
                .within(kind.to(span))
        };
        match next.kind {
            TokenKind::Equal => self.report(say(
                "The equals sign \"=\" sets an argument, whose name must be a single word. A block is defined \
                 without it.",
            )),
            TokenKind::Newline => self.report(say(
                "A block needs its content between \"{\" and \"}\", and the opening brace must be on the same \
                 line as the block's type and labels.",
            )),
            _ => self.report_first(|| {
                say("A block label in quotes or the opening brace \"{\" of the block must follow here.")
            }),
        }
    }

    /// The body after an opening brace: over several lines, or one argument on the same line.
    fn braced_body(&mut self, open_brace: Span) -> Body {
        if matches!(
            self.peek_kind(),
            TokenKind::Newline | TokenKind::End | TokenKind::CloseBrace
        ) {
            return self.body(TokenKind::CloseBrace);
        }
        // What is wrong with the block comes before what is wrong in it.
        let before = std::mem::take(&mut self.diagnostics);
        let body = self.one_line_body();
        let inside = std::mem::replace(&mut self.diagnostics, before);
        let next = self.peek();
        let span = self.span(next);
        let detail = match next.kind {
            TokenKind::CloseBrace => {
                self.read();
                None
            }
            TokenKind::End => {
                self.report_first(|| unclosed(open_brace));
                Some("")
            }
            TokenKind::Comma => Some(
                "A block on a single line can have only one argument, and arguments are never separated by \
                 commas. Write each argument of this block on a line of its own.",
            ),
            TokenKind::Newline => Some(
                "A block whose first argument is on the line of the opening brace must be closed on that same \
                 line. Close it there, or begin the argument on a new line.",
            ),
            _ if self.recovery => Some(""),
            _ => Some(
                "A single-line block definition must end with a closing brace immediately after its single \
                 argument definition.",
            ),
        };
        if let Some(detail) = detail {
            if !detail.is_empty() {
                self.report(Diagnostic::error(ONE_LINE, detail).at(span));
            }
            self.recover(TokenKind::CloseBrace);
        }
        self.diagnostics.extend(inside);
        body.unwrap_or_else(|| {
            let mut body = Items::new(open_brace).body;
            body.span = open_brace.to(self.previous_span());
            body
        })
    }

    /// The single argument of a block on one line; the closing brace is left to the caller.
    fn one_line_body(&mut self) -> Option<Body> {
        let name = self.read();
        let span = self.span(name);
        if name.kind != TokenKind::Ident {
            self.recover_after_item();
            self.report(
                Diagnostic::error(
                    REQUIRED,
                    "An argument or block definition is required here.",
                )
                .at(span),
            );
            return None;
        }
        let next = self.peek();
        match next.kind {
            TokenKind::Equal => {
                let attribute = self.attribute(name, true);
                let mut items = Items::new(attribute.span);
                items.body.end = attribute.span.empty_at_end();
                items.add(attribute);
                Some(items.body)
            }
            TokenKind::OpenQuote | TokenKind::OpenBrace | TokenKind::Ident => {
                let subject = span.to(self.span(next));
                let name = self.text(name);
                self.recover_after_item();
                self.report(
                    Diagnostic::error(
                        "Argument definition required",
                        format!(
                            "A single-line block definition can contain only a single argument. If you meant \
                             to define argument \"{name}\", use an equals sign to assign it a value. To define \
                             a nested block, place it on a line of its own within its parent block."
                        ),
                    )
                    .at(subject),
                );
                None
            }
            _ => {
                self.recover_after_item();
                self.report(Diagnostic::error(REQUIRED, SET_BY_EQUALS).at(span));
                None
            }
        }
    }
}

fn unclosed(open_brace: Span) -> Diagnostic {
    Diagnostic::error(
        "Unclosed configuration block",
        "There is no closing brace for this block before the end of the file. This may be caused by incorrect \
         brace nesting elsewhere in this file.",
    )
    .at(open_brace)
}

fn not_ended(next: Token, span: Span) -> Diagnostic {
    const DETAIL: &str = "An argument definition must end with a newline.";
    match next.kind {
        TokenKind::Comma => Diagnostic::error(
            "Unexpected comma after argument",
            format!("Argument definitions must be separated by newlines, not commas. {DETAIL}"),
        ),
        _ => Diagnostic::error("Missing newline after argument", DETAIL),
    }
    .at(span)
}
