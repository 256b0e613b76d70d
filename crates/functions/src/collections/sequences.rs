//! Functions of lists and tuples: joining, cutting, ordering, counting up.

use std::collections::HashSet;

use trueup_value::{Marks, Number, Refinements, Type, Value, convert, unify};

use crate::function::{
    Call, Function, FunctionError, Parameter, Refine, Returns, Shape, argument_error, call_error,
};
use crate::numeric::whole;

/// `concat`
pub static CONCAT: Function = Function::computed(
    "concat",
    "The elements of all lists and tuples, one after the other.",
    &[],
    concat_type,
    concat,
)
.variadic(Parameter::any("seqs", "The lists and tuples.").marked())
.refined(Refine::NotNull);

fn concat_type(args: &[Value]) -> Result<Type, FunctionError> {
    let Some(first) = args.first() else {
        return Err(call_error("at least one argument is required"));
    };
    if matches!(first.ty(), Type::List(_)) {
        let types: Vec<Type> = args.iter().map(Value::ty).collect();
        if types.iter().all(|ty| matches!(ty, Type::List(_)))
            && let Some(common) = unify(&types)
        {
            return Ok(common);
        }
    }
    let mut elements = Vec::new();
    for (at, value) in args.iter().enumerate() {
        match value.ty() {
            Type::Tuple(types) => elements.extend(types.iter().cloned()),
            Type::List(element) => match value.length() {
                Some(length) => elements.extend(std::iter::repeat_n((*element).clone(), length)),
                None => return Ok(Type::Dynamic),
            },
            other => {
                return Err(argument_error(
                    at,
                    format!(
                        "all arguments must be lists or tuples; got {}",
                        other.friendly_name()
                    ),
                ));
            }
        }
    }
    Ok(Type::tuple(elements))
}

fn concat(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut marks = Marks::NONE;
    let mut all = Vec::new();
    for (at, value) in call.args.iter().enumerate() {
        marks |= value.marks();
        if matches!(call.ty, Type::List(_)) {
            let list =
                convert(value, call.ty).map_err(|error| argument_error(at, error.to_string()))?;
            all.extend(list.as_slice().unwrap_or_default().iter().cloned());
        } else {
            all.extend(value.as_slice().unwrap_or_default().iter().cloned());
        }
    }
    Ok(match call.ty {
        Type::List(element) => Value::list((**element).clone(), all),
        _ => Value::tuple(all),
    }
    .with_marks(marks))
}

const STRINGS: Shape = Shape::List(&Shape::String);
const ANYTHING: Shape = Shape::List(&Shape::Any);

/// `compact`
pub static COMPACT: Function = Function::new(
    "compact",
    "The strings of a list that are neither null nor empty.",
    &[Parameter::new("list", STRINGS, "The strings.")],
    STRINGS,
    |call| {
        let list = &call.args[0];
        if !list.is_wholly_known() {
            return Ok(Value::unknown(call.ty.clone()));
        }
        let kept = list
            .elements()
            .map(|(_, element)| element)
            .filter(|element| element.as_str().is_some_and(|text| !text.is_empty()))
            .cloned()
            .collect();
        Ok(Value::list(Type::String, kept))
    },
);

/// `distinct`
pub static DISTINCT: Function = Function {
    returns: Returns::Computed(|args| Ok(args[0].ty())),
    ..Function::new(
        "distinct",
        "The elements of a list without repetitions, each where it first stands.",
        &[Parameter::new("list", ANYTHING, "The elements.")],
        ANYTHING,
        |call| {
            let list = &call.args[0];
            if !list.is_wholly_known() {
                return Ok(Value::unknown(call.ty.clone()));
            }
            let kept = without_repetitions(list.as_slice().unwrap_or_default());
            Ok(Value::list(element_type(call.ty), kept))
        },
    )
};

// What a value may still change inside (its type, remembered once asked for) is no part of equality or hash.
#[allow(clippy::mutable_key_type)]
fn without_repetitions(elements: &[Value]) -> Vec<Value> {
    let mut seen: HashSet<&Value> = HashSet::new();
    elements
        .iter()
        .filter(|element| seen.insert(element))
        .cloned()
        .collect()
}

fn element_type(ty: &Type) -> Type {
    ty.element_type().cloned().unwrap_or(Type::Dynamic)
}

/// `reverse`
pub static REVERSE: Function = Function::computed(
    "reverse",
    "The elements from last to first.",
    &[Parameter::any("list", "The elements.").marked()],
    |args| match args[0].ty() {
        Type::Tuple(elements) => Ok(Type::tuple(
            elements.iter().rev().cloned().collect::<Vec<_>>(),
        )),
        Type::List(element) | Type::Set(element) => Ok(Type::List(element)),
        other => Err(argument_error(
            0,
            format!(
                "can only reverse list or tuple values, not {}",
                other.friendly_name()
            ),
        )),
    },
    |call| {
        let (list, marks) = call.args[0].unmark();
        let turned: Vec<Value> = list
            .as_slice()
            .unwrap_or_default()
            .iter()
            .rev()
            .cloned()
            .collect();
        Ok(match call.ty {
            Type::List(element) => Value::list((**element).clone(), turned),
            _ => Value::tuple(turned),
        }
        .with_marks(marks))
    },
)
.refined(Refine::NotNull);

/// `sort`
pub static SORT: Function = Function::new(
    "sort",
    "The strings of a list in the order of their bytes.",
    &[Parameter::new("list", STRINGS, "The strings.").unknown()],
    STRINGS,
    |call| {
        let list = &call.args[0];
        let elements = list.as_slice().unwrap_or_default();
        if !list.is_wholly_known() {
            // The order is open, the number of elements is not.
            let length = match list.refinements() {
                Some(known) => Refinements::length(known.length_min.unwrap_or(0), known.length_max),
                None if list.is_known() => {
                    Refinements::length(elements.len(), Some(elements.len()))
                }
                None => Refinements::default(),
            };
            return Ok(Value::unknown_refined(call.ty.clone(), length));
        }
        if let Some(at) = elements.iter().position(Value::is_null) {
            return Err(call_error(format!(
                "given list element {at} is null; a null string cannot be sorted"
            )));
        }
        let mut sorted = elements.to_vec();
        sorted.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
        Ok(Value::list(Type::String, sorted))
    },
);

/// `slice`
pub static SLICE: Function = Function::computed(
    "slice",
    "The elements from one position up to another, that one not included.",
    &[
        Parameter::any("list", "The elements.").marked(),
        Parameter::number("start_index", "The first position."),
        Parameter::number("end_index", "The position after the last."),
    ],
    slice_type,
    |call| {
        let (list, marks) = call.args[0].unmark();
        let Some((start, end)) = slice_bounds(call.args)? else {
            return Ok(Value::unknown(call.ty.clone()).with_marks(marks));
        };
        let part = list.as_slice().unwrap_or_default()[start..end].to_vec();
        Ok(match list.ty() {
            Type::List(element) => Value::list((*element).clone(), part),
            _ => Value::tuple(part),
        }
        .with_marks(marks))
    },
)
.refined(Refine::NotNull);

fn slice_type(args: &[Value]) -> Result<Type, FunctionError> {
    match args[0].ty() {
        Type::List(element) => {
            slice_bounds(args)?;
            Ok(Type::List(element))
        }
        Type::Tuple(elements) => Ok(match slice_bounds(args)? {
            Some((start, end)) => Type::tuple(elements[start..end].to_vec()),
            None => Type::Dynamic,
        }),
        Type::Set(_) => Err(argument_error(
            0,
            "cannot slice a set, because its elements do not have indices; explicitly convert to a list if the ordering of the result is not important",
        )),
        _ => Err(argument_error(0, "must be a list or tuple value")),
    }
}

/// Start and end where both are known and right; an error where one that is known is wrong.
fn slice_bounds(args: &[Value]) -> Result<Option<(usize, usize)>, FunctionError> {
    let length = match args[0].ty() {
        Type::Tuple(elements) => Some(elements.len()),
        _ => args[0].length(),
    };
    let bound = |at: usize, name: &str| -> Result<Option<usize>, FunctionError> {
        if !args[at].is_known() {
            return Ok(None);
        }
        let value = whole(&args[at])
            .map_err(|message| argument_error(at, format!("invalid {name} index: {message}")))?;
        let Ok(value) = usize::try_from(value) else {
            return Err(argument_error(
                at,
                format!("{name} index must not be less than zero"),
            ));
        };
        if length.is_some_and(|length| value > length) {
            return Err(argument_error(
                at,
                format!("{name} index must not be greater than the length of the list"),
            ));
        }
        Ok(Some(value))
    };
    let start = bound(1, "start")?;
    let end = bound(2, "end")?;
    match (start, end) {
        (Some(start), Some(end)) if start > end => Err(argument_error(
            1,
            "start index must not be greater than end index",
        )),
        (Some(start), Some(end)) if length.is_some() => Ok(Some((start, end))),
        _ => Ok(None),
    }
}

const MOST_NUMBERS: usize = 1024;

/// `range`
pub static RANGE: Function = Function {
    returns: Returns::Computed(|args| match args.len() {
        1..=3 => Ok(Type::list(Type::Number)),
        _ => Err(call_error("must have one, two, or three arguments")),
    }),
    ..Function::new(
        "range",
        "Numbers from a start up to a limit, by a step.",
        &[],
        Shape::List(&Shape::Number),
        range,
    )
}
.variadic(Parameter::number(
    "params",
    "The limit; or start and limit; or start, limit and step.",
));

fn range(call: &Call<'_>) -> Result<Value, FunctionError> {
    let given: Vec<&Number> = call.args.iter().filter_map(Value::as_number).collect();
    let minus_one = Number::ONE.negated();
    let towards = |start: &Number, end: &Number| {
        if end < start {
            minus_one.clone()
        } else {
            Number::ONE
        }
    };
    let (start, end, step) = match given[..] {
        [end] => (Number::ZERO, end.clone(), towards(&Number::ZERO, end)),
        [start, end] => (start.clone(), end.clone(), towards(start, end)),
        [start, end, step] => (start.clone(), end.clone(), step.clone()),
        _ => return Err(call_error("must have one, two, or three arguments")),
    };
    if step.is_zero() {
        return Err(argument_error(2, "step must not be zero"));
    }
    let down = step.is_negative();
    if down && end > start {
        return Err(argument_error(
            1,
            "end must be less than start when step is negative",
        ));
    }
    if !down && end < start {
        return Err(argument_error(
            1,
            "end must be greater than start when step is positive",
        ));
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while if down { next > end } else { next < end } {
        if numbers.len() >= MOST_NUMBERS {
            return Err(call_error(format!(
                "more than {MOST_NUMBERS} values were generated; either decrease the difference between start and end or use a smaller step"
            )));
        }
        numbers.push(Value::number(next.clone()));
        next = next
            .add(&step)
            .map_err(|error| call_error(error.to_string()))?;
    }
    Ok(Value::list(Type::Number, numbers))
}
