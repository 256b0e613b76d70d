//! Quoted strings and heredocs with sequences in them.

use trueup_diagnostics::Diagnostic;
use trueup_parser::{Expr, Template, TemplatePart};
use trueup_value::{Marks, Refinements, Type, Value, convert, ops};

use super::walker::{Frame, Walker};

/// How much of a known beginning is remembered of an unknown string.
const LONGEST_PREFIX: usize = 128;

/// A text under construction.
struct Text {
    known: bool,
    text: String,
    marks: Marks,
}

impl Walker<'_> {
    #[inline(never)]
    pub(super) fn template(
        &mut self,
        expr: &Expr,
        template: &Template,
        frame: &Frame<'_>,
    ) -> Value {
        let errors = self.errors();
        let mut text = Text {
            known: true,
            text: String::new(),
            marks: Marks::NONE,
        };
        for part in &template.parts {
            match part {
                TemplatePart::Literal { text: literal, .. } => {
                    if text.known {
                        text.text.push_str(literal);
                    }
                }
                TemplatePart::Interpolation { expr: inner, .. } | TemplatePart::If(inner) => {
                    let value = self.eval(inner, frame);
                    self.include(&value, inner, expr, &mut text, frame);
                }
                TemplatePart::For(inner) => {
                    let value = self.eval(inner, frame);
                    let joined = self.joined(&value, inner, frame);
                    self.include(&joined, inner, expr, &mut text, frame);
                }
            }
        }
        let sound = self.errors() == errors;
        let value = if text.known {
            Value::string(&text.text)
        } else if sound && !text.text.is_empty() {
            let mut end = text.text.len().min(LONGEST_PREFIX);
            while !text.text.is_char_boundary(end) {
                end -= 1;
            }
            let prefix = ops::safe_prefix(&text.text[..end]);
            Value::unknown_refined(Type::String, Refinements::prefix(prefix))
        } else {
            Value::unknown(Type::String).refine_not_null()
        };
        value.with_marks(text.marks)
    }

    fn include(
        &mut self,
        value: &Value,
        part: &Expr,
        around: &Expr,
        text: &mut Text,
        frame: &Frame<'_>,
    ) {
        let fail = |walker: &mut Self, detail: String| {
            let diagnostic = Diagnostic::error("Invalid template interpolation value", detail)
                .at(part.span)
                .within(around.span);
            walker.fail(diagnostic, part, frame);
        };
        if value.is_null() {
            fail(
                self,
                "The expression result is null. Cannot include a null value in a string template."
                    .to_owned(),
            );
            return;
        }
        text.marks |= value.marks();
        if !value.is_known() {
            text.known = false;
            return;
        }
        match convert(value, &Type::String) {
            Ok(value) => {
                if text.known {
                    text.text.push_str(value.as_str().unwrap_or_default());
                }
            }
            Err(error) => fail(
                self,
                format!("Cannot include the given value in a string template: {error}."),
            ),
        }
    }

    /// The elements of a `%{for}`, one after the other.
    fn joined(&mut self, tuple: &Value, part: &Expr, frame: &Frame<'_>) -> Value {
        let Some(elements) = tuple.as_slice() else {
            return Value::unknown(Type::String).with_marks(tuple.marks());
        };
        let mut joined = String::new();
        let mut marks = tuple.marks();
        let mut known = true;
        for element in elements {
            if element.is_null() {
                let diagnostic = Diagnostic::error(
                    "Invalid template interpolation value",
                    "An iteration result is null. Cannot include a null value in a string template.",
                )
                .at(part.span);
                self.fail(diagnostic, part, frame);
                continue;
            }
            marks |= element.marks();
            match convert(element, &Type::String) {
                Ok(text) => match text.as_str() {
                    Some(text) => joined.push_str(text),
                    None => known = false,
                },
                Err(error) => {
                    let detail = format!(
                        "Cannot include one of the interpolation results into the string template: {error}."
                    );
                    let diagnostic =
                        Diagnostic::error("Invalid template interpolation value", detail)
                            .at(part.span);
                    self.fail(diagnostic, part, frame);
                }
            }
        }
        if known {
            Value::string(joined)
        } else {
            Value::unknown(Type::String)
        }
        .with_marks(marks)
    }
}
