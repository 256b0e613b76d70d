//! The walk over the tree: which form goes to which rule, and the names bound on the way.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics, Span};
use trueup_parser::{Expr, ExprKind, Literal, Step, StepKind, Traversal};
use trueup_value::{Marks, Number, Value};

use super::access::{get_attr, index};
use super::facts;
use super::scope::{Resolved, Scope};

/// The names that a `for` binds, or the element that a splat is at, and what is around it.
pub(super) struct Frame<'a> {
    pub(super) around: Option<&'a Frame<'a>>,
    pub(super) names: Vec<(Arc<str>, Value)>,
    pub(super) item: Option<Value>,
}

impl Frame<'_> {
    /// Nothing bound.
    pub(super) const OUTERMOST: Frame<'static> = Frame {
        around: None,
        names: Vec::new(),
        item: None,
    };

    pub(super) fn find(&self, name: &str) -> Option<&Value> {
        self.names
            .iter()
            .rev()
            .find(|(bound, _)| **bound == *name)
            .map(|(_, value)| value)
            .or_else(|| self.around?.find(name))
    }

    fn item(&self) -> Option<&Value> {
        self.item.as_ref().or_else(|| self.around?.item())
    }
}

/// A walk under way.
pub(super) struct Walker<'a> {
    pub(super) scope: &'a dyn Scope,
    /// Inside a file or string rendered as a template, where rendering another is refused.
    pub(super) rendering: bool,
    diagnostics: Diagnostics,
    errors: usize,
}

impl<'a> Walker<'a> {
    pub(super) fn new(scope: &'a dyn Scope, rendering: bool) -> Self {
        Walker {
            scope,
            rendering,
            diagnostics: Diagnostics::new(),
            errors: 0,
        }
    }

    pub(super) fn into_diagnostics(self) -> Diagnostics {
        self.diagnostics
    }

    /// How many errors there have been.
    pub(super) fn errors(&self) -> usize {
        self.errors
    }

    /// Reports an error about an expression, with what the references in it stand for.
    pub(super) fn fail(&mut self, diagnostic: Diagnostic, about: &Expr, frame: &Frame<'_>) {
        let mut diagnostic = diagnostic;
        diagnostic.values = facts::of(self, about, frame);
        self.push(diagnostic);
    }

    /// Reports what is complete as it is.
    pub(super) fn push(&mut self, diagnostic: Diagnostic) {
        self.errors += usize::from(diagnostic.is_error());
        self.diagnostics.push(diagnostic);
    }

    /// Does something and keeps what it reports apart.
    pub(super) fn apart<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> (T, Diagnostics) {
        let kept = std::mem::take(&mut self.diagnostics);
        let errors = self.errors;
        let result = work(self);
        self.errors = errors;
        (result, std::mem::replace(&mut self.diagnostics, kept))
    }

    pub(super) fn eval(&mut self, expr: &Expr, frame: &Frame<'_>) -> Value {
        if let Some(problems) = expr.json_problems() {
            problems
                .iter()
                .for_each(|problem| self.push(problem.clone()));
        }
        match &expr.kind {
            ExprKind::Literal(literal) => literal_value(literal),
            ExprKind::Parens(inner) | ExprKind::TemplateWrap(inner) => self.eval(inner, frame),
            ExprKind::Traversal(traversal) => self.traversal(expr, traversal, frame),
            ExprKind::RelativeTraversal { source, steps } => {
                let value = self.eval(source, frame);
                self.steps(value, steps, expr, frame)
            }
            ExprKind::Index {
                collection,
                key,
                bracket_span,
            } => self.computed_index(expr, collection, key, *bracket_span, frame),
            ExprKind::SplatItem => frame.item().cloned().unwrap_or_else(Value::dynamic_unknown),
            ExprKind::Splat {
                source,
                each,
                marker_span,
                ..
            } => self.splat(source, each, *marker_span, frame),
            ExprKind::Template(template) => self.template(expr, template, frame),
            ExprKind::Call(call) => self.call(expr, call, frame),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => self.conditional(expr, condition, then, otherwise, frame),
            ExprKind::Binary { op, lhs, rhs, .. } => self.binary(expr, *op, lhs, rhs, frame),
            ExprKind::Unary { op, operand, .. } => self.unary(expr, *op, operand, frame),
            ExprKind::Tuple(elements) => self.tuple(elements, frame),
            ExprKind::Object { items, .. } => self.object(items, frame),
            ExprKind::For(each) => self.for_loop(expr, each, frame),
            // What could not be read was reported when it was read, or above.
            ExprKind::Invalid => Value::dynamic_unknown(),
        }
    }

    /// What a reference leads to, and how many steps led there.
    pub(super) fn resolve(
        &self,
        traversal: &Traversal,
        span: Span,
        frame: &Frame<'_>,
    ) -> Result<Resolved, Diagnostic> {
        match frame.find(&traversal.root.name) {
            Some(value) => Ok(Resolved::new(value.clone(), 0)),
            None => self.scope.resolve(traversal, span),
        }
    }

    #[inline(never)]
    fn traversal(&mut self, expr: &Expr, traversal: &Traversal, frame: &Frame<'_>) -> Value {
        match self.resolve(traversal, expr.span, frame) {
            Ok(Resolved { value, consumed }) => {
                let rest = traversal.steps.get(consumed..).unwrap_or_default();
                self.steps(value, rest, expr, frame)
            }
            Err(diagnostic) => {
                self.push(diagnostic);
                Value::dynamic_unknown()
            }
        }
    }

    #[inline(never)]
    fn steps(&mut self, value: Value, steps: &[Step], expr: &Expr, frame: &Frame<'_>) -> Value {
        let mut value = value;
        for step in steps {
            match take_step(&value, step) {
                Ok(next) => value = next,
                Err(diagnostic) => {
                    self.fail(diagnostic, expr, frame);
                    return Value::dynamic_unknown();
                }
            }
        }
        value
    }

    #[inline(never)]
    fn computed_index(
        &mut self,
        expr: &Expr,
        collection: &Expr,
        key: &Expr,
        brackets: Span,
        frame: &Frame<'_>,
    ) -> Value {
        let collection = self.eval(collection, frame);
        let key = self.eval(key, frame);
        match index(&collection, &key, brackets) {
            Ok(value) => value,
            Err(diagnostic) => {
                self.fail(diagnostic, expr, frame);
                Value::dynamic_unknown()
            }
        }
    }
}

/// One step of a traversal.
pub(super) fn take_step(value: &Value, step: &Step) -> Result<Value, Diagnostic> {
    match &step.kind {
        StepKind::Attr(name) => get_attr(value, name, step.span),
        StepKind::Index(key) => index(value, &literal_value(key), step.span),
        // Only patterns have this step, and patterns are not evaluated.
        StepKind::Splat => Ok(Value::dynamic_unknown().with_marks(value.marks())),
    }
}

/// The value of a constant.
pub(super) fn literal_value(literal: &Literal) -> Value {
    match literal {
        Literal::Null => Value::dynamic_null(),
        Literal::Bool(value) => Value::bool(*value),
        // The parser takes only what reads as a number; one beyond all bounds is infinite.
        Literal::Number(text) => Value::number(Number::parse(text).unwrap_or(Number::INFINITY)),
        Literal::String(text) => Value::shared_string(text.clone()),
    }
}

/// An unknown that carries marks.
pub(super) fn unknown_with(marks: Marks) -> Value {
    Value::dynamic_unknown().with_marks(marks)
}
