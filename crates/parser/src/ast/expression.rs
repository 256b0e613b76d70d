//! Expressions.

use std::sync::Arc;

use trueup_diagnostics::{Diagnostics, Span};

use super::{BinaryOp, Ident, UnaryOp};

/// An expression and its bytes.
#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its bytes.
    pub span: Span,
    /// How many levels of expressions it has, itself included.
    height: u16,
    /// What is known of it besides, where it was read from JSON.
    pub(crate) json: Option<Arc<JsonOrigin>>,
}

/// What is known of an expression that was read from JSON.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct JsonOrigin {
    /// The text of a string, before it was read as a template.
    pub(crate) text: Option<Arc<str>>,
    /// What is wrong with it as a value: a template that can't be read, a property given twice.
    pub(crate) problems: Diagnostics,
}

/// The forms of an expression.
#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    /// A constant. Quoted strings and heredocs without any sequence are `Literal::String`.
    Literal(Literal),
    /// A quoted string or heredoc with sequences; its value is a string.
    Template(Template),
    /// A quoted string that is one interpolation and nothing else, `"${x}"`: the value of the expression
    /// inside, whatever its type.
    TemplateWrap(Box<Expr>),
    /// A reference from a root name, `a.b["c"][0]`, with constant steps only. A single name has no steps.
    Traversal(Traversal),
    /// Constant steps from something that is not a name, `f(x).b[0]`.
    RelativeTraversal {
        /// What the steps start from.
        source: Box<Expr>,
        /// The steps, at least one.
        steps: Vec<Step>,
    },
    /// An index with a computed key, `a[b]`.
    Index {
        /// What is indexed.
        collection: Box<Expr>,
        /// The key.
        key: Box<Expr>,
        /// The brackets and what is between them.
        bracket_span: Span,
    },
    /// `source[*]…` or `source.*…`.
    Splat {
        /// What is gone through.
        source: Box<Expr>,
        /// What is taken of each element; the element itself is [`ExprKind::SplatItem`] in it.
        each: Box<Expr>,
        /// `[*]` rather than `.*`.
        full: bool,
        /// The marker, `[*]` or `.*`.
        marker_span: Span,
    },
    /// The current element inside [`ExprKind::Splat`]'s `each`.
    SplatItem,
    /// A function call.
    Call(Call),
    /// `condition ? then : otherwise`. Also the form of a template's `%{if}`.
    Conditional {
        /// The condition.
        condition: Box<Expr>,
        /// The value where it holds.
        then: Box<Expr>,
        /// The value where it does not.
        otherwise: Box<Expr>,
    },
    /// An operator between two operands.
    Binary {
        /// The operator.
        op: BinaryOp,
        /// The left operand.
        lhs: Box<Expr>,
        /// The right operand.
        rhs: Box<Expr>,
        /// The operator's bytes.
        op_span: Span,
    },
    /// An operator before its operand.
    Unary {
        /// The operator.
        op: UnaryOp,
        /// The operand.
        operand: Box<Expr>,
        /// The operator's bytes.
        op_span: Span,
    },
    /// `[a, b]`.
    Tuple(Vec<Expr>),
    /// `{ a = 1 }`.
    Object {
        /// The items in order; a later one with the same key wins.
        items: Vec<ObjectItem>,
        /// The opening brace.
        open_span: Span,
    },
    /// `[for …]` or `{for …}`. Also the form of a template's `%{for}`, as a tuple of strings.
    For(Box<For>),
    /// An expression in parentheses.
    Parens(Box<Expr>),
    /// What stood there could not be read; a diagnostic says why. Its value is unknown.
    Invalid,
}

/// A constant as written.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number in decimal notation: digits, an optional fraction, an optional exponent; no sign. The text is
    /// exactly as written.
    Number(Arc<str>),
    /// A string, escapes resolved, in Unicode normal form C.
    String(Arc<str>),
}

/// A quoted string or heredoc with sequences.
#[derive(Clone, PartialEq, Debug)]
pub struct Template {
    /// The parts in order, strip markers and dedent already applied.
    pub parts: Vec<TemplatePart>,
    /// Whether it was written as a heredoc.
    pub heredoc: bool,
}

/// A part of a template.
#[derive(Clone, PartialEq, Debug)]
pub enum TemplatePart {
    /// Text as it is.
    Literal {
        /// The text, escapes resolved, in Unicode normal form C.
        text: Arc<str>,
        /// The bytes it was read from.
        span: Span,
    },
    /// `${expr}`: the value, converted to a string.
    Interpolation {
        /// The expression between the braces.
        expr: Expr,
        /// From `${` to `}`.
        span: Span,
    },
    /// `%{if}…%{else}…%{endif}`: an [`ExprKind::Conditional`] whose results are templates or string
    /// literals. Its value is converted to a string.
    If(Expr),
    /// `%{for}…%{endfor}`: an [`ExprKind::For`] that builds a tuple, whose results are a template or a string
    /// literal. Its elements are joined without separator.
    For(Expr),
}

/// A reference from a root name through constant steps.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Traversal {
    /// The first name.
    pub root: Ident,
    /// The steps from it, possibly none.
    pub steps: Vec<Step>,
}

/// One step of a traversal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Step {
    /// Where it goes.
    pub kind: StepKind,
    /// The bytes, with the dot or the brackets.
    pub span: Span,
}

/// Where a step goes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum StepKind {
    /// `.name`
    Attr(Arc<str>),
    /// `[key]`, or a number after a dot.
    Index(Literal),
    /// `[*]` or `.*`, only in traversals from [`parse_traversal`](crate::parse_traversal).
    Splat,
}

/// A function call.
#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    /// The name, its namespaces joined by `::`.
    pub name: Arc<str>,
    /// The bytes of the name.
    pub name_span: Span,
    /// The arguments.
    pub args: Vec<Expr>,
    /// Whether the last argument is followed by `...` and stands for as many as it has elements.
    pub expand_final: bool,
    /// The opening parenthesis.
    pub open_span: Span,
    /// The closing parenthesis.
    pub close_span: Span,
}

/// An item of an object expression.
#[derive(Clone, PartialEq, Debug)]
pub struct ObjectItem {
    /// The key.
    pub key: ObjectKey,
    /// The value.
    pub value: Expr,
}

/// The key of an object item.
#[derive(Clone, PartialEq, Debug)]
pub enum ObjectKey {
    /// A bare word, standing for itself.
    Name(Ident),
    /// Anything else. A bare [`ExprKind::Traversal`] here (`a.b = 1`; in parentheses it would be
    /// [`ExprKind::Parens`]) is Terraform's `Ambiguous attribute key`, reported on evaluation.
    Expr(Expr),
}

impl ObjectKey {
    /// The key's bytes.
    pub fn span(&self) -> Span {
        match self {
            ObjectKey::Name(ident) => ident.span,
            ObjectKey::Expr(expr) => expr.span,
        }
    }

    /// The key's text, where it is a bare word or a plain string.
    pub fn as_static_str(&self) -> Option<&Arc<str>> {
        match self {
            ObjectKey::Name(ident) => Some(&ident.name),
            ObjectKey::Expr(expr) => expr.as_string_literal(),
        }
    }
}

/// A `for` expression.
#[derive(Clone, PartialEq, Debug)]
pub struct For {
    /// The name bound to the key or index, where there are two names.
    pub key_name: Option<Ident>,
    /// The name bound to the element.
    pub value_name: Ident,
    /// What is gone through. The names are not bound in it.
    pub collection: Expr,
    /// The key of each result, which makes an object; without it, a tuple.
    pub key: Option<Expr>,
    /// The value of each result.
    pub value: Expr,
    /// Which elements are taken.
    pub condition: Option<Expr>,
    /// `...` after the value: values with the same key are gathered in a tuple.
    pub group: bool,
    /// The opening bracket or brace.
    pub open_span: Span,
    /// The closing bracket or brace.
    pub close_span: Span,
}

impl Expr {
    /// An expression of this form over these bytes.
    pub fn new(kind: ExprKind, span: Span) -> Self {
        let mut below = 0;
        kind.for_each_child(&mut |child| below = below.max(child.height));
        Expr {
            kind,
            span,
            height: below.saturating_add(1),
            json: None,
        }
    }

    /// A constant string over these bytes, for callers that need an expression where none was written.
    pub fn string(text: impl Into<Arc<str>>, span: Span) -> Self {
        Expr::new(ExprKind::Literal(Literal::String(text.into())), span)
    }

    /// The expression, as one that was read from JSON.
    pub(crate) fn with_json(mut self, origin: Arc<JsonOrigin>) -> Self {
        self.json = Some(origin);
        self
    }

    /// Whether it was read from JSON, where arguments and blocks look the same.
    pub fn is_json(&self) -> bool {
        self.json.is_some()
    }

    /// The text of a string read from JSON, before it was read as a template.
    pub fn json_text(&self) -> Option<&Arc<str>> {
        self.json.as_ref()?.text.as_ref()
    }

    /// What is wrong with a value read from JSON. It is an error where the value is asked for, not before: the
    /// same JSON may stand for something that is no value.
    pub fn json_problems(&self) -> Option<&Diagnostics> {
        let problems = &self.json.as_ref()?.problems;
        (!problems.is_empty()).then_some(problems)
    }

    /// How many levels of expressions it has, itself included.
    pub fn height(&self) -> usize {
        self.height as usize
    }
}

impl ExprKind {
    /// Calls `visit` with each expression directly below, in the order of the text.
    pub fn for_each_child<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        match self {
            ExprKind::Literal(_)
            | ExprKind::Traversal(_)
            | ExprKind::SplatItem
            | ExprKind::Invalid => {}
            ExprKind::Template(template) => {
                for part in &template.parts {
                    match part {
                        TemplatePart::Literal { .. } => {}
                        TemplatePart::Interpolation { expr, .. }
                        | TemplatePart::If(expr)
                        | TemplatePart::For(expr) => visit(expr),
                    }
                }
            }
            ExprKind::TemplateWrap(inner) | ExprKind::Parens(inner) => visit(inner),
            ExprKind::RelativeTraversal { source, .. } => visit(source),
            ExprKind::Index {
                collection, key, ..
            } => {
                visit(collection);
                visit(key);
            }
            ExprKind::Splat { source, each, .. } => {
                visit(source);
                visit(each);
            }
            ExprKind::Call(call) => call.args.iter().for_each(visit),
            ExprKind::Conditional {
                condition,
                then,
                otherwise,
            } => {
                visit(condition);
                visit(then);
                visit(otherwise);
            }
            ExprKind::Binary { lhs, rhs, .. } => {
                visit(lhs);
                visit(rhs);
            }
            ExprKind::Unary { operand, .. } => visit(operand),
            ExprKind::Tuple(elements) => elements.iter().for_each(visit),
            ExprKind::Object { items, .. } => {
                for item in items {
                    if let ObjectKey::Expr(key) = &item.key {
                        visit(key);
                    }
                    visit(&item.value);
                }
            }
            ExprKind::For(each) => {
                visit(&each.collection);
                each.key.iter().for_each(&mut *visit);
                visit(&each.value);
                each.condition.iter().for_each(visit);
            }
        }
    }
}
