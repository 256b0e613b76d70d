//! Functions about marks.

use trueup_value::{Marks, Type, Value};

use crate::function::{Function, Parameter, Refine, Shape};

const VALUE: Parameter = Parameter::any("value", "The value.")
    .nullable()
    .unknown()
    .dynamic()
    .marked();

/// `sensitive`
pub static SENSITIVE: Function = Function::computed(
    "sensitive",
    "The same value, not to be shown.",
    &[VALUE],
    |args| Ok(args[0].ty()),
    |call| Ok(call.args[0].mark(Marks::SENSITIVE)),
);

/// `nonsensitive`
pub static NONSENSITIVE: Function = Function::computed(
    "nonsensitive",
    "The same value, which may be shown.",
    &[VALUE],
    |args| Ok(args[0].ty()),
    |call| Ok(call.args[0].without_marks(Marks::SENSITIVE)),
);

/// `issensitive`
pub static ISSENSITIVE: Function = Function::new(
    "issensitive",
    "Whether the value is not to be shown.",
    &[VALUE],
    Shape::Bool,
    |call| {
        let value = &call.args[0];
        Ok(if value.has_mark(Marks::SENSITIVE) {
            Value::bool(true)
        } else if value.is_known() {
            Value::bool(false)
        } else {
            Value::unknown(Type::Bool)
        })
    },
);

/// `ephemeralasnull`
pub static EPHEMERALASNULL: Function = Function::computed(
    "ephemeralasnull",
    "The same value with null for every part that lives for one run only.",
    &[VALUE],
    |args| Ok(args[0].ty()),
    |call| Ok(without_ephemeral(&call.args[0])),
)
.refined(Refine::Nothing);

fn without_ephemeral(value: &Value) -> Value {
    if !value.contains_mark(Marks::EPHEMERAL) {
        return value.clone();
    }
    if value.has_mark(Marks::EPHEMERAL) {
        let marks = value.marks().without(Marks::EPHEMERAL);
        // What an unknown will be is not known to be of this very type: it stays unknown.
        let blank = if value.is_known() {
            Value::null(value.ty())
        } else {
            Value::unknown(value.ty())
        };
        return blank.with_marks(marks);
    }
    value.rebuilt(&mut without_ephemeral)
}
