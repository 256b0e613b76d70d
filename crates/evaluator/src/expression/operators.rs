//! Arithmetic, comparison and logic.

use trueup_diagnostics::Diagnostic;
use trueup_parser::{BinaryOp, Expr, UnaryOp};
use trueup_value::{Type, Value, convert, ops};

use super::walker::{Frame, Walker};

fn operand_type(op: BinaryOp) -> Type {
    match op {
        BinaryOp::Or | BinaryOp::And => Type::Bool,
        BinaryOp::Equal | BinaryOp::NotEqual => Type::Dynamic,
        _ => Type::Number,
    }
}

fn result_type(op: BinaryOp) -> Type {
    match op {
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::Modulo => Type::Number,
        _ => Type::Bool,
    }
}

impl Walker<'_> {
    fn operand(
        &mut self,
        value: &Value,
        ty: &Type,
        which: &str,
        expr: &Expr,
        frame: &Frame<'_>,
        around: &Expr,
    ) -> Option<Value> {
        match convert(value, ty) {
            Ok(value) => Some(value),
            Err(error) => {
                let detail = format!("Unsuitable value for {which} operand: {error}.");
                let diagnostic = Diagnostic::error("Invalid operand", detail)
                    .at(expr.span)
                    .within(around.span);
                self.fail(diagnostic, expr, frame);
                None
            }
        }
    }

    fn operation_failed(&mut self, error: &ops::OperationError, expr: &Expr, frame: &Frame<'_>) {
        let detail = format!("Error during operation: {error}.");
        self.fail(
            Diagnostic::error("Operation failed", detail).at(expr.span),
            expr,
            frame,
        );
    }

    #[inline(never)]
    pub(super) fn binary(
        &mut self,
        expr: &Expr,
        op: BinaryOp,
        lhs: &Expr,
        rhs: &Expr,
        frame: &Frame<'_>,
    ) -> Value {
        let errors = self.errors();
        let left = self.eval(lhs, frame);
        let right = self.eval(rhs, frame);
        let ty = operand_type(op);
        let left = self.operand(&left, &ty, "left", lhs, frame, expr);
        let right = self.operand(&right, &ty, "right", rhs, frame, expr);
        let (Some(left), Some(right), true) = (left, right, self.errors() == errors) else {
            return Value::unknown(result_type(op));
        };
        let result = match op {
            BinaryOp::Or => ops::or(&left, &right),
            BinaryOp::And => ops::and(&left, &right),
            BinaryOp::Equal => Ok(ops::equals(&left, &right)),
            BinaryOp::NotEqual => Ok(ops::not_equals(&left, &right)),
            BinaryOp::Greater => ops::greater_than(&left, &right),
            BinaryOp::GreaterOrEqual => ops::greater_than_or_equal(&left, &right),
            BinaryOp::Less => ops::less_than(&left, &right),
            BinaryOp::LessOrEqual => ops::less_than_or_equal(&left, &right),
            BinaryOp::Add => ops::add(&left, &right),
            BinaryOp::Subtract => ops::subtract(&left, &right),
            BinaryOp::Multiply => ops::multiply(&left, &right),
            BinaryOp::Divide => ops::divide(&left, &right),
            BinaryOp::Modulo => ops::remainder(&left, &right),
        };
        result.unwrap_or_else(|error| {
            self.operation_failed(&error, expr, frame);
            Value::unknown(result_type(op))
        })
    }

    #[inline(never)]
    pub(super) fn unary(
        &mut self,
        expr: &Expr,
        op: UnaryOp,
        operand: &Expr,
        frame: &Frame<'_>,
    ) -> Value {
        let ty = match op {
            UnaryOp::Not => Type::Bool,
            UnaryOp::Negate => Type::Number,
        };
        let errors = self.errors();
        let value = self.eval(operand, frame);
        let value = self.operand(&value, &ty, "unary", operand, frame, expr);
        let (Some(value), true) = (value, self.errors() == errors) else {
            return Value::unknown(ty);
        };
        let result = match op {
            UnaryOp::Not => ops::not(&value),
            UnaryOp::Negate => ops::negate(&value),
        };
        result.unwrap_or_else(|error| {
            self.operation_failed(&error, expr, frame);
            Value::unknown(ty)
        })
    }
}
