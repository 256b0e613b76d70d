//! Functions of sets, and the product of sequences.

use std::collections::HashSet;

use trueup_value::{Marks, Type, Value, convert, unify};

use crate::function::{
    Call, Function, FunctionError, Parameter, Refine, Shape, argument_error, call_error,
};

const SET: Shape = Shape::Set(&Shape::Any);
const FIRST: Parameter = Parameter::new("first_set", SET, "A set.").dynamic();
const OTHERS: Parameter = Parameter::new("other_sets", SET, "Further sets.").dynamic();

/// `setunion`
pub static SETUNION: Function = Function::computed(
    "setunion",
    "The elements of all sets.",
    &[FIRST],
    common_set,
    |call| {
        let sets = converted(call)?;
        let all = sets
            .iter()
            .flat_map(|set| set.as_slice().unwrap_or_default())
            .cloned()
            .collect();
        Ok(set_of(call.ty, all))
    },
)
.variadic(OTHERS)
.refined(Refine::NotNull);

/// `setintersection`
pub static SETINTERSECTION: Function = Function::computed(
    "setintersection",
    "The elements that are in every set.",
    &[FIRST],
    common_set,
    |call| combined(call, |found| found),
)
.variadic(OTHERS)
.refined(Refine::NotNull);

/// `setsubtract`
pub static SETSUBTRACT: Function = Function::computed(
    "setsubtract",
    "The elements of the first set that are not in the second.",
    &[
        Parameter::new("a", SET, "The set to take from.").dynamic(),
        Parameter::new("b", SET, "What to take away.").dynamic(),
    ],
    common_set,
    |call| combined(call, |found| !found),
)
.refined(Refine::NotNull);

fn common_set(args: &[Value]) -> Result<Type, FunctionError> {
    let types: Vec<Type> = args
        .iter()
        .map(|value| {
            let element = value.ty().element_type().cloned().unwrap_or(Type::Dynamic);
            (value, element)
        })
        .filter(|(value, element)| !(*element == Type::Dynamic && value.length() == Some(0)))
        .map(|(_, element)| element)
        .collect();
    if types.is_empty() {
        return Ok(Type::set(Type::Dynamic));
    }
    unify(&types)
        .map(Type::set)
        .ok_or_else(|| call_error("given sets must all have compatible element types"))
}

fn converted(call: &Call<'_>) -> Result<Vec<Value>, FunctionError> {
    call.args
        .iter()
        .enumerate()
        .map(|(at, value)| {
            convert(value, call.ty).map_err(|error| argument_error(at, error.to_string()))
        })
        .collect()
}

fn set_of(ty: &Type, elements: Vec<Value>) -> Value {
    Value::set(
        ty.element_type().cloned().unwrap_or(Type::Dynamic),
        elements,
    )
}

/// The elements of the first set for which being found in each of the others is as `wanted`. With an element
/// that is not known yet nothing can be said of the result.
fn combined(call: &Call<'_>, wanted: fn(bool) -> bool) -> Result<Value, FunctionError> {
    let sets = converted(call)?;
    if sets.iter().any(|set| !set.is_wholly_known()) {
        return Ok(Value::unknown(call.ty.clone()));
    }
    let Some((first, others)) = sets.split_first() else {
        return Err(call_error("at least one set is required"));
    };
    let others: Vec<HashSet<&Value>> = others
        .iter()
        .map(|set| set.as_slice().unwrap_or_default().iter().collect())
        .collect();
    let kept = first
        .as_slice()
        .unwrap_or_default()
        .iter()
        .filter(|element| others.iter().all(|other| wanted(other.contains(element))))
        .cloned()
        .collect();
    Ok(set_of(call.ty, kept))
}

/// `setproduct`
pub static SETPRODUCT: Function = Function::computed(
    "setproduct",
    "Every combination of one element of each argument.",
    &[],
    product_type,
    product,
)
.variadic(
    Parameter::any(
        "sets",
        "The sets, lists and tuples. Without a set among them the order is kept.",
    )
    .unknown()
    .marked(),
)
.refined(Refine::NotNull);

fn product_type(args: &[Value]) -> Result<Type, FunctionError> {
    if args.len() < 2 {
        return Err(call_error("at least two arguments are required"));
    }
    let mut ordered = true;
    let mut types = Vec::with_capacity(args.len());
    for (at, value) in args.iter().enumerate() {
        types.push(match value.ty() {
            Type::Set(element) => {
                ordered = false;
                (*element).clone()
            }
            Type::List(element) => (*element).clone(),
            Type::Tuple(elements) if elements.is_empty() => Type::Dynamic,
            Type::Tuple(elements) => unify(&elements)
                .ok_or_else(|| argument_error(at, "all elements must be of the same type"))?,
            _ => return Err(argument_error(at, "a set or a list is required")),
        });
    }
    let combination = Type::tuple(types);
    Ok(if ordered {
        Type::list(combination)
    } else {
        Type::set(combination)
    })
}

/// Combinations beyond this are refused, so that a typing error cannot fill the memory.
const MOST_COMBINATIONS: usize = 10_000_000;

fn product(call: &Call<'_>) -> Result<Value, FunctionError> {
    let element = call.ty.element_type().cloned().unwrap_or(Type::Dynamic);
    let types = element.as_tuple().map(<[Type]>::to_vec).unwrap_or_default();
    let mut marks = Marks::NONE;
    let mut open = false;
    let mut total: usize = 1;
    let mut columns: Vec<Vec<Value>> = Vec::new();
    for (at, value) in call.args.iter().enumerate() {
        marks |= value.marks();
        let uncertain_set = matches!(value.ty(), Type::Set(_)) && !value.is_wholly_known();
        let Some(elements) = value.as_slice().filter(|e| !uncertain_set || e.len() <= 1) else {
            open = true;
            continue;
        };
        total = total.saturating_mul(elements.len());
        let wanted = types.get(at).cloned().unwrap_or(Type::Dynamic);
        let column: Result<Vec<Value>, FunctionError> = elements
            .iter()
            .map(|element| {
                convert(element, &wanted).map_err(|error| argument_error(at, error.to_string()))
            })
            .collect();
        columns.push(column?);
    }
    if open {
        return Ok(Value::unknown(call.ty.clone()).with_marks(marks));
    }
    if total > MOST_COMBINATIONS {
        return Err(call_error(format!(
            "there would be more than {MOST_COMBINATIONS} combinations"
        )));
    }
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for column in &columns {
        rows = rows
            .iter()
            .flat_map(|row| {
                column.iter().map(move |value| {
                    let mut longer = row.clone();
                    longer.push(value.clone());
                    longer
                })
            })
            .collect();
    }
    let rows: Vec<Value> = rows.into_iter().map(Value::tuple).collect();
    Ok(match call.ty {
        Type::List(_) => Value::list(element, rows),
        _ => Value::set(element, rows),
    }
    .with_marks(marks))
}
