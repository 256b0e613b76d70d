//! Functions that choose one of several: of their arguments, or of the elements of one.

use trueup_value::{Type, Value, ValueRef, convert, unify};

use crate::function::{
    Call, Function, FunctionError, Parameter, Refine, argument_error, call_error,
};
use crate::numeric::whole;

const CHOICE: Parameter = Parameter::any("vals", "What to choose from.")
    .nullable()
    .unknown()
    .dynamic();

/// `coalesce`
pub static COALESCE: Function = Function::computed(
    "coalesce",
    "The first argument that is neither null nor an empty string.",
    &[],
    |args| {
        let types: Vec<Type> = args.iter().map(Value::ty).collect();
        unify(&types).ok_or_else(|| call_error("all arguments must have the same type"))
    },
    coalesce,
)
.variadic(CHOICE)
.refined(Refine::NotNull);

fn coalesce(call: &Call<'_>) -> Result<Value, FunctionError> {
    for (at, value) in call.args.iter().enumerate() {
        let value =
            convert(value, call.ty).map_err(|error| argument_error(at, error.to_string()))?;
        if !value.is_known() {
            return Ok(Value::unknown(call.ty.clone()));
        }
        if value.is_null() || value.as_str() == Some("") {
            continue;
        }
        return Ok(value);
    }
    Err(call_error("no non-null, non-empty-string arguments"))
}

/// `coalescelist`
pub static COALESCELIST: Function = Function::computed(
    "coalescelist",
    "The first argument that is a list with elements.",
    &[],
    coalescelist_type,
    |call| {
        for value in call.args {
            if !value.is_known() {
                return Ok(Value::unknown(call.ty.clone()));
            }
            if value.length().is_some_and(|length| length > 0) {
                return Ok(value.clone());
            }
        }
        Err(call_error("no non-null arguments"))
    },
)
.variadic(CHOICE)
.refined(Refine::NotNull);

fn coalescelist_type(args: &[Value]) -> Result<Type, FunctionError> {
    let mut common: Option<Type> = None;
    let mut mixed = false;
    for value in args {
        if !value.is_known() {
            return Ok(Type::Dynamic);
        }
        let ty = value.ty();
        if !matches!(ty, Type::List(_) | Type::Tuple(_)) {
            return Err(call_error("coalescelist arguments must be lists or tuples"));
        }
        mixed |= common.as_ref().is_some_and(|common| *common != ty);
        common.get_or_insert(ty);
    }
    match common {
        None => Err(call_error("at least one argument is required")),
        Some(_) if mixed => Ok(Type::Dynamic),
        Some(ty) => Ok(ty),
    }
}

/// `element`
pub static ELEMENT: Function = Function::computed(
    "element",
    "The element at a position, counted around the end.",
    &[
        Parameter::any("list", "The elements.").marked(),
        Parameter::number("index", "The position, from zero."),
    ],
    element_type,
    element,
);

const NO_ELEMENTS: &str = "cannot use element function with an empty list";

fn wrapped(index: &Value, length: usize) -> Result<usize, FunctionError> {
    let index = whole(index).map_err(|message| call_error(format!("invalid index: {message}")))?;
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    if length == 0 {
        return Err(call_error(NO_ELEMENTS));
    }
    Ok(usize::try_from(index.rem_euclid(length)).unwrap_or(0))
}

fn element_type(args: &[Value]) -> Result<Type, FunctionError> {
    match args[0].ty() {
        Type::List(element) => Ok((*element).clone()),
        Type::Tuple(_) if !args[1].is_known() => Ok(Type::Dynamic),
        Type::Tuple(elements) => {
            let position = wrapped(&args[1], elements.len())?;
            Ok(elements[position].clone())
        }
        other => Err(call_error(format!(
            "cannot read elements from {}",
            other.friendly_name()
        ))),
    }
}

fn element(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (list, marks) = call.args[0].unmark();
    let elements = list.as_slice().unwrap_or_default();
    let position = wrapped(&call.args[1], elements.len())?;
    Ok(elements[position].mark(marks))
}

/// `one`
pub static ONE: Function = Function::computed(
    "one",
    "The only element, or null where there is none.",
    &[Parameter::any(
        "list",
        "A list, set or tuple with at most one element.",
    )],
    |args| match args[0].ty() {
        Type::List(element) | Type::Set(element) => Ok((*element).clone()),
        Type::Tuple(elements) => match &*elements {
            [] => Ok(Type::Dynamic),
            [only] => Ok(only.clone()),
            _ => Err(not_one()),
        },
        _ => Err(not_one()),
    },
    |call| match call.args[0].view() {
        ValueRef::Set { elements, .. } if elements.iter().any(|e| !e.is_wholly_known()) => {
            match elements {
                [only] => Ok(only.clone()),
                _ => Ok(Value::unknown(call.ty.clone())),
            }
        }
        _ => match call.args[0].as_slice().unwrap_or_default() {
            [] => Ok(Value::null(call.ty.clone())),
            [only] => Ok(only.clone()),
            _ => Err(not_one()),
        },
    },
);

fn not_one() -> FunctionError {
    argument_error(
        0,
        "must be a list, set, or tuple value with either zero or one elements",
    )
}
