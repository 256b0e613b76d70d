//! `source[*]…` and `source.*…`.

use trueup_diagnostics::{Diagnostic, Span};
use trueup_parser::Expr;
use trueup_value::{Refinements, Type, Value, ValueRef, unify};

use super::walker::{Frame, Walker, unknown_with};

impl Walker<'_> {
    #[inline(never)]
    pub(super) fn splat(
        &mut self,
        source: &Expr,
        each: &Expr,
        marker: Span,
        frame: &Frame<'_>,
    ) -> Value {
        let errors = self.errors();
        let value = self.eval(source, frame);
        if self.errors() > errors {
            // Still gone through once, for what else there may be to report.
            self.each(each, Value::dynamic_unknown(), frame);
            return Value::dynamic_unknown();
        }
        let ty = value.ty();
        let sequence = matches!(ty, Type::Tuple(_) | Type::List(_) | Type::Set(_));
        if value.is_null() {
            if !sequence {
                return Value::empty_tuple().with_marks(value.marks());
            }
            let diagnostic = Diagnostic::error(
                "Splat of null value",
                "Splat expressions (with the * symbol) cannot be applied to null sequences.",
            )
            .at(source.span)
            .within(source.span.to(marker));
            self.fail(diagnostic, source, frame);
            return Value::dynamic_unknown();
        }
        if ty == Type::Dynamic {
            return unknown_with(value.marks());
        }
        if !sequence {
            // One value counts as a sequence of one, unless it may turn out null.
            let open = !value.is_known() && !value.is_definitely_not_null();
            let marks = value.marks();
            let item = self.each(each, value, frame);
            let splat = if open {
                unknown_with(item.marks())
            } else {
                Value::tuple(vec![item])
            };
            return splat.with_marks(marks);
        }
        let marks = value.marks();
        let Some(elements) = value.as_slice() else {
            return self
                .unknown_splat(&value, &ty, each, frame)
                .with_marks(marks);
        };
        let errors = self.errors();
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            items.push(self.each(each, element.clone(), frame));
        }
        if self.errors() > errors {
            let (result, _) = self.apart(|walker| walker.splat_type(&ty, each, frame));
            return Value::unknown(result).with_marks(marks);
        }
        let splat = match ty {
            Type::Tuple(_) => Value::tuple(items),
            _ => self.list_of(items, &ty, each, frame),
        };
        splat.with_marks(marks)
    }

    fn each(&mut self, each: &Expr, item: Value, frame: &Frame<'_>) -> Value {
        let inner = Frame {
            around: Some(frame),
            names: Vec::new(),
            item: Some(item),
        };
        self.eval(each, &inner)
    }

    fn list_of(&mut self, items: Vec<Value>, ty: &Type, each: &Expr, frame: &Frame<'_>) -> Value {
        let mut types = items.iter().map(Value::ty);
        let Some(first) = types.next() else {
            let (result, _) = self.apart(|walker| walker.splat_type(ty, each, frame));
            let element = result.element_type().cloned().unwrap_or(Type::Dynamic);
            return Value::list(element, items);
        };
        if types.all(|ty| ty == first) {
            return Value::list(first, items);
        }
        // Elements of one type can give results of several where they hold something of unknown type.
        let types: Vec<Type> = items.iter().map(Value::ty).collect();
        match unify(&types) {
            Some(element) => {
                let converted: Option<Vec<Value>> = items
                    .iter()
                    .map(|item| trueup_value::convert(item, &element).ok())
                    .collect();
                converted.map_or_else(|| Value::tuple(items), |items| Value::list(element, items))
            }
            None => Value::tuple(items),
        }
    }

    /// The type of the result for a source of this type.
    fn splat_type(&mut self, ty: &Type, each: &Expr, frame: &Frame<'_>) -> Type {
        let mut of = |ty: &Type| self.each(each, Value::unknown(ty.clone()), frame).ty();
        match ty {
            Type::List(element) | Type::Set(element) => Type::list(of(element)),
            Type::Tuple(elements) => {
                let types: Vec<Type> = elements.iter().map(of).collect();
                Type::tuple(types)
            }
            _ => Type::Dynamic,
        }
    }

    fn unknown_splat(&mut self, value: &Value, ty: &Type, each: &Expr, frame: &Frame<'_>) -> Value {
        let result = self.splat_type(ty, each, frame);
        let mut known = Refinements::not_null();
        if let ValueRef::Unknown(Type::List(_) | Type::Set(_), source) = value.view() {
            known.length_min = source.length_min;
            known.length_max = source.length_max;
        }
        Value::unknown_refined(result, known)
    }
}
