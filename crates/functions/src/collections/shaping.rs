//! Functions that change how elements are nested or which belong together.

use std::collections::HashSet;

use trueup_value::{Marks, Type, Value, convert, unify};

use crate::function::{
    Call, Function, FunctionError, Parameter, Refine, Returns, Shape, argument_error, call_error,
};
use crate::numeric::whole;

/// `flatten`
pub static FLATTEN: Function = Function::computed(
    "flatten",
    "The elements of a list with the elements of lists in it in their place.",
    &[Parameter::any("list", "The lists, tuples and sets.").marked()],
    |args| match args[0].ty() {
        // What is not wholly known is looked at later, and a map then taken for its elements.
        _ if !args[0].is_wholly_known() && args[0].as_slice().is_none() => Ok(Type::Dynamic),
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => {
            let mut flat = Flat::default();
            flat.add(&args[0]);
            Ok(if flat.known {
                Type::tuple(flat.elements.iter().map(Value::ty).collect::<Vec<_>>())
            } else {
                Type::Dynamic
            })
        }
        _ => Err(call_error("can only flatten lists, sets and tuples")),
    },
    |call| {
        let mut flat = Flat::default();
        flat.add(&call.args[0]);
        Ok(if flat.known {
            Value::tuple(flat.elements)
        } else {
            Value::unknown(call.ty.clone())
        }
        .with_marks(flat.marks))
    },
)
.refined(Refine::NotNull);

struct Flat {
    elements: Vec<Value>,
    marks: Marks,
    known: bool,
}

impl Default for Flat {
    fn default() -> Self {
        Flat {
            elements: Vec::new(),
            marks: Marks::NONE,
            known: true,
        }
    }
}

impl Flat {
    fn add(&mut self, list: &Value) {
        self.marks |= list.marks();
        let set = matches!(list.ty(), Type::Set(_));
        let members: Vec<Value>;
        let elements = match (list.as_slice(), list.as_members()) {
            (Some(elements), _) => elements,
            (None, Some(named)) => {
                members = named.values().cloned().collect();
                &members
            }
            (None, None) => {
                self.known = false;
                return;
            }
        };
        if set && elements.len() > 1 && !list.is_wholly_known() {
            // Elements that are not known yet may turn out equal.
            self.known = false;
            return;
        }
        for element in elements {
            let ty = element.ty();
            if ty == Type::Dynamic && !element.is_known() {
                self.known = false;
            }
            let nested = matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_));
            if nested && !element.is_null() {
                self.add(element);
            } else {
                self.elements.push(element.clone());
            }
        }
    }
}

/// `chunklist`
pub static CHUNKLIST: Function = Function {
    returns: Returns::Computed(|args| Ok(Type::list(args[0].ty()))),
    ..Function::new(
        "chunklist",
        "The elements of a list in lists of a size, the last one perhaps shorter.",
        &[
            Parameter::new("list", Shape::List(&Shape::Any), "The elements.").marked(),
            Parameter::number("size", "The size; zero for one list of all.").marked(),
        ],
        Shape::List(&Shape::List(&Shape::Any)),
        chunklist,
    )
};

fn chunklist(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (list, list_marks) = call.args[0].unmark();
    let (size, size_marks) = call.args[1].unmark();
    let size = whole(&size).map_err(|message| call_error(format!("invalid size: {message}")))?;
    let Ok(size) = usize::try_from(size) else {
        return Err(call_error("the size argument must be positive"));
    };
    let elements = list.as_slice().unwrap_or_default();
    let list_type = call.ty.element_type().cloned().unwrap_or(Type::Dynamic);
    let element_type = list_type.element_type().cloned().unwrap_or(Type::Dynamic);
    let chunks: Vec<Value> = if elements.is_empty() {
        Vec::new()
    } else if size == 0 {
        vec![list.clone()]
    } else {
        elements
            .chunks(size)
            .map(|chunk| Value::list(element_type.clone(), chunk.to_vec()))
            .collect()
    };
    Ok(Value::list(list_type, chunks).with_marks(list_marks | size_marks))
}

/// `matchkeys`
pub static MATCHKEYS: Function = Function::computed(
    "matchkeys",
    "The elements of one list whose partners in another are found in a third.",
    &[
        Parameter::new("values", Shape::List(&Shape::Any), "What to choose from."),
        Parameter::new(
            "keys",
            Shape::List(&Shape::Any),
            "The partner of each value.",
        ),
        Parameter::new(
            "searchset",
            Shape::List(&Shape::Any),
            "The partners wanted.",
        ),
    ],
    |args| {
        unify(&[args[1].ty(), args[2].ty()])
            .ok_or_else(|| call_error("keys and searchset must be of the same type"))?;
        Ok(args[0].ty())
    },
    matchkeys,
)
.refined(Refine::NotNull);

// What a value may still change inside (its type, remembered once asked for) is no part of equality or hash.
#[allow(clippy::mutable_key_type)]
fn matchkeys(call: &Call<'_>) -> Result<Value, FunctionError> {
    let [values, keys, searched] = call.args else {
        return Err(call_error("three lists are required"));
    };
    if values.length() != keys.length() {
        return Err(call_error("length of keys and values should be equal"));
    }
    let element = call.ty.element_type().cloned().unwrap_or(Type::Dynamic);
    let none = || Value::list(element.clone(), Vec::new());
    if searched.length() == Some(0) {
        return Ok(none());
    }
    if !values.is_wholly_known() || !keys.is_wholly_known() {
        return Ok(Value::unknown(call.ty.clone()));
    }
    if !searched.is_wholly_known() {
        return Ok(Value::unknown(call.ty.clone()));
    }
    let common = unify(&[keys.ty(), searched.ty()])
        .ok_or_else(|| call_error("keys and searchset must be of the same type"))?;
    let keys = convert(keys, &common).map_err(|error| argument_error(1, error.to_string()))?;
    let searched =
        convert(searched, &common).map_err(|error| argument_error(2, error.to_string()))?;
    let wanted: HashSet<&Value> = searched.elements().map(|(_, key)| key).collect();
    let chosen = keys
        .elements()
        .zip(values.elements())
        .filter(|((_, key), _)| wanted.contains(key))
        .map(|(_, (_, value))| value.clone())
        .collect();
    Ok(Value::list(element, chosen))
}
