//! JSON tokens to expressions. An object is an object expression, its keys templates like every string.

use std::collections::HashMap;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, SourceId, Sources, Span};

use super::scan::{Kind, Token, token_at};
use crate::MAX_DEPTH;
use crate::ast::{Expr, ExprKind, JsonOrigin, ObjectItem, ObjectKey};

/// What a value must begin with.
const START: &str =
    "A JSON value must start with a brace, a bracket, a number, a string, or a keyword.";

/// The value of a whole text; an empty object where it is neither an object nor an array.
pub(super) fn root(
    sources: &Sources,
    source: SourceId,
    text: &str,
    bad_bytes: &[u32],
) -> (Expr, Diagnostics) {
    let mut reader = Reader {
        sources,
        source,
        text,
        bad_bytes,
        next: token_at(text, 0),
        depth: 0,
        given_up: false,
        plain: Arc::new(JsonOrigin::default()),
        diagnostics: Diagnostics::new(),
    };
    let value = reader.value();
    let last = reader.next;
    if reader.diagnostics.is_empty() && last.kind != Kind::End {
        let detail = "Extra characters appear after the JSON value.";
        reader.report("Extraneous data after value", detail, last);
    }
    if matches!(value.kind, ExprKind::Object { .. } | ExprKind::Tuple(_)) {
        return (value, reader.diagnostics);
    }
    let not_an_object =

        Diagnostic::error(
            "Root value must be object",
            "The root value in a JSON-based configuration must be either a JSON object or a JSON array of objects.",
        )
        .at(value.span);
    if !reader.given_up {
        reader.diagnostics.push(not_an_object);
    }
    let span = Span::whole_file(source);
    let nothing = ExprKind::Object {
        items: Vec::new(),
        open_span: span,
    };
    (reader.expr(nothing, span), reader.diagnostics)
}

pub(super) struct Reader<'t> {
    sources: &'t Sources,
    pub(super) source: SourceId,
    pub(super) text: &'t str,
    pub(super) bad_bytes: &'t [u32],
    /// The token that is read next.
    next: Token,
    pub(super) depth: usize,
    /// The text is too deep and was read no further: what is missing then is no mistake of its own.
    given_up: bool,
    /// The origin of everything that is no string.
    plain: Arc<JsonOrigin>,
    pub(super) diagnostics: Diagnostics,
}

impl Reader<'_> {
    pub(super) fn read(&mut self) -> Token {
        let token = self.next;
        self.next = match token.kind {
            // Nothing is made of what follows a character that is no JSON.
            Kind::Invalid => Token {
                kind: Kind::End,
                start: token.end,
                end: token.end,
            },
            Kind::End => token,
            _ => token_at(self.text, token.end),
        };
        token
    }

    pub(super) fn span(&self, token: Token) -> Span {
        Span::new(self.source, token.start as u32, token.end as u32)
    }

    pub(super) fn report(&mut self, summary: &str, detail: &str, at: Token) {
        if self.given_up {
            return;
        }
        let span = self.span(at);
        self.diagnostics
            .push(Diagnostic::error(summary, detail).at(span));
    }

    pub(super) fn expr(&self, kind: ExprKind, span: Span) -> Expr {
        Expr::new(kind, span).with_json(self.plain.clone())
    }

    /// A value. One that is wrong is reported, and stands as an invalid expression at its first token.
    fn value(&mut self) -> Expr {
        let first = self.next;
        let read = match first.kind {
            Kind::OpenBrace | Kind::OpenBracket if self.depth >= MAX_DEPTH => {
                let detail = format!("JSON can be nested at most {MAX_DEPTH} levels deep.");
                self.report("Nesting too deep", &detail, first);
                self.given_up = true;
                self.next = token_at(self.text, self.text.len());
                None
            }
            Kind::OpenBrace => {
                self.depth += 1;
                let object = self.object();
                self.depth -= 1;
                object
            }
            Kind::OpenBracket => {
                self.depth += 1;
                let array = self.array();
                self.depth -= 1;
                array
            }
            Kind::Number => self.number(),
            Kind::String => self.string(),
            Kind::Word => self.word(),
            Kind::CloseBrace => {
                self.report("Missing JSON value", START, first);
                None
            }
            Kind::CloseBracket => {
                self.report("Missing array element value", START, first);
                None
            }
            Kind::End => {
                self.report("Missing value", "The JSON data ends prematurely.", first);
                None
            }
            _ => {
                self.report("Invalid start of value", START, first);
                None
            }
        };
        read.unwrap_or_else(|| self.expr(ExprKind::Invalid, self.span(first)))
    }

    /// Reads to what seems to be the end of an object or array, after the token `from` in it.
    fn recover(&mut self, mut from: Token, open: Kind, close: Kind) {
        let mut level = 1_u32;
        loop {
            if from.kind == open {
                level += 1;
            } else if from.kind == close {
                level = level.saturating_sub(1);
                if level <= 1 {
                    return;
                }
            } else if from.kind == Kind::End {
                return;
            }
            from = self.read();
        }
    }

    #[inline(never)]
    fn object(&mut self) -> Option<Expr> {
        let open = self.read();
        let mut items: Vec<ObjectItem> = Vec::new();
        let mut names: HashMap<Arc<str>, Span> = HashMap::new();
        let mut problems = Diagnostics::new();
        while self.next.kind != Kind::CloseBrace {
            let key = self.value();
            let Some(name) = key.json_text().cloned() else {
                self.diagnostics.push(
                    Diagnostic::error(
                        "Invalid object property name",
                        "A JSON object property name must be a string",
                    )
                    .at(key.span),
                );
                return None;
            };
            self.colon()?;
            let value = self.value();
            if let Some(first) = names.get(&name) {
                problems.push(
                    Diagnostic::error(
                        "Duplicate object attribute",
                        format!(
                            "An attribute named {name:?} was already defined at {}.",
                            self.sources.place(*first)
                        ),
                    )
                    .at(key.span),
                );
            } else {
                names.insert(name, key.span);
            }
            items.push(ObjectItem {
                key: ObjectKey::Expr(key),
                value,
            });
            self.after_item(open, Kind::CloseBrace)?;
        }
        let span = self.span(open);
        let close = self.read();
        let kind = ExprKind::Object {
            items,
            open_span: span,
        };
        let object = Expr::new(kind, span.to(self.span(close)));
        Some(if problems.is_empty() {
            object.with_json(self.plain.clone())
        } else {
            object.with_json(Arc::new(JsonOrigin {
                text: None,
                problems,
            }))
        })
    }

    fn colon(&mut self) -> Option<()> {
        let colon = self.read();
        let (summary, detail) = match colon.kind {
            Kind::Colon => return Some(()),
            Kind::CloseBrace | Kind::Comma => (
                "Missing object value",
                "A JSON object attribute must have a value, introduced by a colon.",
            ),
            Kind::Equals => (
                "Missing property value colon",
                "JSON uses a colon as its name/value delimiter, not an equals sign.",
            ),
            _ => (
                "Missing property value colon",
                "A colon must appear between an object property's name and its value.",
            ),
        };
        self.recover(colon, Kind::OpenBrace, Kind::CloseBrace);
        self.report(summary, detail, colon);
        None
    }

    #[inline(never)]
    fn array(&mut self) -> Option<Expr> {
        let open = self.read();
        let mut elements = Vec::new();
        while self.next.kind != Kind::CloseBracket {
            elements.push(self.value());
            self.after_item(open, Kind::CloseBracket)?;
        }
        let close = self.read();
        let span = self.span(open).to(self.span(close));
        Some(self.expr(ExprKind::Tuple(elements), span))
    }

    /// What follows an item of an object or an array: a comma and another item, or the end, which stays.
    fn after_item(&mut self, open: Token, close: Kind) -> Option<()> {
        let is_object = close == Kind::CloseBrace;
        let found = self.next;
        let (opening, what) = if is_object {
            (Kind::OpenBrace, "property in an object")
        } else {
            (Kind::OpenBracket, "value in an array")
        };
        let (summary, detail) = match found.kind {
            kind if kind == close => return Some(()),
            Kind::Comma => {
                self.read();
                if self.next.kind != close {
                    return Some(());
                }
                let summary = if is_object { "object" } else { "array" };
                let detail =
                    format!("JSON does not permit a trailing comma after the final {what}.");
                self.report(&format!("Trailing comma in {summary}"), &detail, found);
                return None;
            }
            Kind::End => {
                let detail = if is_object {
                    "No closing brace was found for this JSON object."
                } else {
                    "No closing bracket was found for this JSON array."
                };
                self.report("Unclosed object", detail, open);
                return None;
            }
            Kind::CloseBracket => {
                self.read();
                let detail = "A JSON object must be closed with a brace, not a bracket.";
                self.report("Mismatched braces", detail, self.next);
                return None;
            }
            Kind::CloseBrace => (
                "Mismatched brackets",
                "A JSON array must be closed with a bracket, not a brace.",
            ),
            Kind::Colon if !is_object => (
                "Invalid array value",
                "A colon is not used to introduce values in a JSON array.",
            ),
            _ if is_object => (
                "Missing attribute seperator comma",
                "A comma must appear between each property definition in an object.",
            ),
            _ => (
                "Missing attribute seperator comma",
                "A comma must appear between each value in an array.",
            ),
        };
        let from = self.read();
        self.recover(from, opening, close);
        self.report(summary, detail, self.next);
        None
    }
}
