//! Places within an argument's expression: objects and arrays written out, JSON in texts.

use trueup_diagnostics::Span;
use trueup_parser::edit::Notation;
use trueup_parser::{Body, Expr, ExprKind, Literal};
use trueup_planner::generate;
use trueup_value::{Path, Step, Value, json};

use super::super::place::{name_in, position_of};
use super::reasons::Refusal;
use super::written::Writing;

impl Writing<'_, '_> {
    /// A place within an argument's expression.
    pub(super) fn in_expression(
        &mut self,
        expr: &Expr,
        steps: &[Step],
        notation: Notation,
    ) -> Result<(), Refusal> {
        let expr = expr.without_parens();
        let after = self.after().clone();
        let Some((first, rest)) = steps.split_first() else {
            if !is_plain(expr) {
                return Err(self.explained(expr));
            }
            let text = self.text(expr.span, &after, notation)?;
            let changed = self.edit(expr.span)?.replace(expr.span.range(), &text);
            return changed.map_err(|_| self.failed(expr.span));
        };
        let name = name_in(first);
        match (&expr.kind, name) {
            (ExprKind::Call(call), _) if &*call.name == "jsonencode" && call.args.len() == 1 => {
                self.in_expression(&call.args[0], steps, notation)
            }
            (ExprKind::Literal(Literal::String(_)), _) => self.in_text(expr, steps),
            (ExprKind::Object { items, .. }, Some(name)) => {
                let found = items
                    .iter()
                    .rposition(|item| item.key.as_static_str().is_some_and(|key| &**key == name));
                let changed = match found {
                    Some(at) if rest.is_empty() && after.is_null() => {
                        let value = &items[at].value;
                        if !is_plain(value) {
                            return Err(self.explained(value));
                        }
                        self.edit(expr.span)?.remove_member(expr, at, notation)
                    }
                    Some(at) => return self.in_expression(&items[at].value, rest, notation),
                    None if after.is_null() => Ok(()),
                    None if rest.is_empty() => {
                        let text = self.text(expr.span, &after, notation)?;
                        self.edit(expr.span)?
                            .add_member(expr, name, &text, notation)
                    }
                    None => {
                        return Err(
                            self.refused(expr.span, "what is around it is not written there")
                        );
                    }
                };
                changed.map_err(|_| self.failed(expr.span))
            }
            (ExprKind::Tuple(elements), None) => {
                let at = match first {
                    Step::Index(key) => position_of(key),
                    Step::Attr(_) => None,
                };
                match at.and_then(|at| elements.get(at)) {
                    Some(element) => self.in_expression(element, rest, notation),
                    None => Err(self.refused(expr.span, "it has no such element")),
                }
            }
            _ => Err(self.explained(expr)),
        }
    }

    /// A place within a text of JSON, written as a heredoc or between quotes.
    fn in_text(&mut self, expr: &Expr, steps: &[Step]) -> Result<(), Refusal> {
        let span = expr.span;
        let project = self.accepting.project;
        let raw = project
            .sources
            .find(span.source)
            .map_or("", |file| file.slice(span));
        if raw.starts_with("<<") {
            let body = raw
                .find('\n')
                .map(|at| at + 1)
                .zip(raw.trim_end().rfind('\n'));
            if let Some((start, end)) = body.filter(|(start, end)| start <= end) {
                let lead = raw[start..end].len() - raw[start..end].trim_start().len();
                let start = start + lead;
                let inner = raw[start..end].trim_end();
                let (said, found) =
                    trueup_parser::parse_expression(span.source, inner, span.start + start as u32);
                let escapes = inner.contains("$${") || inner.contains("%%{");
                if !found.has_errors() && !escapes {
                    return self.in_expression(&said, steps, Notation::Json);
                }
            }
            return Err(self.refused(span, "its text can't be changed in part"));
        }
        // A text between quotes is one value: all that differs in it goes along.
        let argument = match self.attribute.difference.path.steps().first() {
            Some(Step::Attr(name)) => self.object.after.member(name),
            _ => None,
        };
        let Some(live) = argument.and_then(Value::as_str).map(trueup_parser::quoted) else {
            return Err(self.refused(span, "its text can't be changed in part"));
        };
        if !self.accepting.once.insert(format!("{span:?}")) {
            return Ok(());
        }
        let changed = self.edit(span)?.replace(span.range(), &live);
        changed.map_err(|_| self.failed(span))
    }

    fn text(&self, at: Span, value: &Value, notation: Notation) -> Result<String, Refusal> {
        match notation {
            Notation::Language => {
                let around = self.accepting.project.sources.find(at.source);
                let on_one_line = around.is_some_and(|file| !file.slice(at).contains('\n'));
                Ok(match on_one_line {
                    true => generate::value_on_one_line(value),
                    false => generate::value(value),
                })
            }
            Notation::Json => {
                let text = json::encode(value).unwrap_or_default();
                match text.contains("${") || text.contains("%{") {
                    true => {
                        Err(self.refused(at, "its live value would be read as a template there"))
                    }
                    false => Ok(text),
                }
            }
        }
    }
}

/// The expression on the way to a place that is no plain value and no object written out.
pub(super) fn worked_out<'b>(body: &'b Body, path: &Path) -> Option<&'b Expr> {
    let (first, rest) = path.steps().split_first()?;
    let Step::Attr(name) = first else {
        return None;
    };
    let mut expr: &Expr = &body.attribute(name)?.expr;
    for step in rest {
        let name = name_in(step);
        let ExprKind::Object { items, .. } = &expr.without_parens().kind else {
            break;
        };
        let found =
            |item: &&trueup_parser::ObjectItem| item.key.as_static_str().map(|key| &**key) == name;
        expr = &items.iter().rev().find(found)?.value;
    }
    (!is_plain(expr)).then_some(expr)
}

/// Whether an expression is a value written out: it says the same everywhere and always.
pub(super) fn is_plain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Parens(inner) | ExprKind::Unary { operand: inner, .. } => is_plain(inner),
        ExprKind::Tuple(elements) => elements.iter().all(is_plain),
        ExprKind::Object { items, .. } => items
            .iter()
            .all(|item| item.key.as_static_str().is_some() && is_plain(&item.value)),
        _ => false,
    }
}
