//! Functions of maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_value::{Marks, Type, Value, ValueRef, convert};

use crate::function::{
    Call, Function, FunctionError, Parameter, Refine, Shape, argument_error, call_error,
};

/// `keys`
pub static KEYS: Function = Function::computed(
    "keys",
    "The keys of a map or the attribute names of an object, in order.",
    &[Parameter::any("inputMap", "The map or object.")
        .unknown()
        .marked()],
    |args| match args[0].ty() {
        Type::Map(_) => Ok(Type::list(Type::String)),
        Type::Object(object) => Ok(Type::tuple(vec![Type::String; object.attributes.len()])),
        _ => Err(argument_error(0, "must have map or object type")),
    },
    |call| {
        let (map, marks) = call.args[0].unmark();
        let names = |names: &mut dyn Iterator<Item = &Arc<str>>| -> Vec<Value> {
            names
                .map(|name| Value::shared_string(name.clone()))
                .collect()
        };
        let keys = match (map.view(), map.ty()) {
            (ValueRef::Map { elements, .. }, _) => {
                Value::list(Type::String, names(&mut elements.keys()))
            }
            (_, Type::Object(object)) => Value::tuple(names(&mut object.attributes.keys())),
            _ => Value::unknown(call.ty.clone()),
        };
        Ok(keys.with_marks(marks))
    },
)
.refined(Refine::NotNull);

/// `values`
pub static VALUES: Function = Function::computed(
    "values",
    "The elements of a map or the attributes of an object, in the order of their names.",
    &[Parameter::any("mapping", "The map or object.").marked()],
    |args| match args[0].ty() {
        Type::Map(element) => Ok(Type::List(element)),
        Type::Object(object) => Ok(Type::tuple(
            object.attributes.values().cloned().collect::<Vec<_>>(),
        )),
        _ => Err(call_error("values() requires a map as the first argument")),
    },
    |call| {
        let (map, marks) = call.args[0].unmark();
        let values: Vec<Value> = map.elements().map(|(_, value)| value.clone()).collect();
        Ok(match call.ty {
            Type::List(element) => Value::list((**element).clone(), values),
            _ => Value::tuple(values),
        }
        .with_marks(marks))
    },
)
.refined(Refine::NotNull);

/// `lookup`
pub static LOOKUP: Function = Function::computed(
    "lookup",
    "The element of a map with a key, or a default where there is none.",
    &[
        Parameter::any("inputMap", "The map or object.").marked(),
        Parameter::string("key", "The key.").marked(),
    ],
    lookup_type,
    lookup,
)
.variadic(
    Parameter::any("default", "What to give where the key is missing.")
        .nullable()
        .unknown()
        .dynamic()
        .marked(),
);

fn lookup_type(args: &[Value]) -> Result<Type, FunctionError> {
    if args.len() > 3 {
        return Err(call_error(format!(
            "lookup() takes two or three arguments, got {}",
            args.len()
        )));
    }
    match args[0].ty() {
        Type::Object(object) => {
            let Some(key) = args[1].as_str() else {
                return Ok(Type::Dynamic);
            };
            match (object.attributes.get(key), args.get(2)) {
                (Some(ty), _) => Ok(ty.clone()),
                (None, Some(default)) => Ok(default.ty()),
                (None, None) => Err(argument_error(
                    0,
                    format!("the given object has no attribute {key:?}"),
                )),
            }
        }
        Type::Map(element) => {
            if let Some(default) = args.get(2) {
                convert(default, &element).map_err(|_| {
                    argument_error(
                        2,
                        "the default value must have the same type as the map elements",
                    )
                })?;
            }
            Ok((*element).clone())
        }
        _ => Err(argument_error(
            0,
            "lookup() requires a map as the first argument",
        )),
    }
}

fn lookup(call: &Call<'_>) -> Result<Value, FunctionError> {
    let (map, map_marks) = call.args[0].unmark();
    let (key, key_marks) = call.args[1].unmark();
    let marks = map_marks | key_marks;
    let name = key.as_str().unwrap_or("");
    if let Some(found) = map.member(name) {
        return Ok(found.mark(marks));
    }
    let Some(default) = call.args.get(2) else {
        let shown = if key_marks.contains(Marks::SENSITIVE) {
            "(sensitive value)".to_owned()
        } else {
            crate::strings::quoted(name)
        };
        return Err(call_error(format!("lookup failed to find key {shown}")));
    };
    convert(default, call.ty)
        .map(|default| default.with_marks(marks))
        .map_err(|error| argument_error(2, error.to_string()))
}

/// `merge`
pub static MERGE: Function = Function::computed(
    "merge",
    "One map or object with the members of all; a later member wins.",
    &[],
    merge_type,
    merge,
)
.variadic(
    Parameter::any("maps", "The maps and objects.")
        .nullable()
        .dynamic()
        .marked(),
)
.refined(Refine::NotNull);

fn merge_type(args: &[Value]) -> Result<Type, FunctionError> {
    let mut attributes: BTreeMap<Arc<str>, Type> = BTreeMap::new();
    let mut first: Option<Type> = None;
    let mut alike = true;
    let mut all_known = true;
    for value in args {
        let ty = value.ty();
        match (&ty, value.view()) {
            (Type::Dynamic, _) => return Ok(Type::Dynamic),
            (Type::Object(_) | Type::Map(_), ValueRef::Null(_)) => {}
            (Type::Object(object), _) => attributes.extend(
                object
                    .attributes
                    .iter()
                    .map(|(name, ty)| (name.clone(), ty.clone())),
            ),
            (Type::Map(element), ValueRef::Map { elements, .. }) => attributes.extend(
                elements
                    .keys()
                    .map(|name| (name.clone(), (**element).clone())),
            ),
            (Type::Map(_), _) => all_known = false,
            _ => {
                return Err(call_error(format!(
                    "arguments must be maps or objects, got {:?}",
                    ty.friendly_name()
                )));
            }
        }
        alike &= first.as_ref().is_none_or(|first| *first == ty);
        first.get_or_insert(ty);
    }
    match first {
        None => Ok(Type::object::<Arc<str>>([])),
        Some(first) if alike => Ok(first),
        Some(_) if !all_known => Ok(Type::Dynamic),
        Some(_) => Ok(Type::object(attributes)),
    }
}

fn merge(call: &Call<'_>) -> Result<Value, FunctionError> {
    let mut members: BTreeMap<Arc<str>, Value> = BTreeMap::new();
    let mut marks = Marks::NONE;
    for value in call.args {
        marks |= value.marks();
        if let Some(more) = value.as_members() {
            members.extend(
                more.iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
    }
    Ok(match call.ty {
        Type::Map(element) => Value::map((**element).clone(), members),
        _ => Value::object(members),
    }
    .with_marks(marks))
}

/// `zipmap`
pub static ZIPMAP: Function = Function::computed(
    "zipmap",
    "A map or object from a list of keys and a list of values.",
    &[
        Parameter::new("keys", Shape::List(&Shape::String), "The keys.").marked(),
        Parameter::any("values", "The values, as many as there are keys.").marked(),
    ],
    zipmap_type,
    zipmap,
)
.refined(Refine::NotNull);

fn zip_keys(keys: &Value, values: usize) -> Result<Vec<Arc<str>>, FunctionError> {
    let keys = keys.as_slice().unwrap_or_default();
    if keys.len() != values {
        return Err(call_error(format!(
            "number of keys ({}) does not match number of values ({values})",
            keys.len()
        )));
    }
    keys.iter()
        .enumerate()
        .map(|(at, key)| match key.view() {
            ValueRef::String(text) => Ok(text.clone()),
            _ => Err(call_error(format!(
                "keys list has null value at index {at}"
            ))),
        })
        .collect()
}

fn zipmap_type(args: &[Value]) -> Result<Type, FunctionError> {
    match args[1].ty() {
        Type::List(element) => Ok(Type::Map(element)),
        Type::Tuple(_) if !args[0].is_wholly_known() => Ok(Type::Dynamic),
        Type::Tuple(elements) => {
            let keys = zip_keys(&args[0], elements.len())?;
            Ok(Type::object(keys.into_iter().zip(elements.iter().cloned())))
        }
        _ => Err(call_error("values argument must be a list or tuple value")),
    }
}

fn zipmap(call: &Call<'_>) -> Result<Value, FunctionError> {
    let marks = call.args[0].marks_inside() | call.args[1].marks();
    if !call.args[0].is_wholly_known() {
        return Ok(Value::unknown(call.ty.clone()).with_marks(marks));
    }
    let values = call.args[1].as_slice().unwrap_or_default();
    let keys = zip_keys(&call.args[0], values.len())?;
    let members = keys.into_iter().zip(values.iter().cloned()).collect();
    Ok(match call.ty {
        Type::Map(element) => Value::map((**element).clone(), members),
        _ => Value::object(members),
    }
    .with_marks(marks))
}

/// `transpose`
pub static TRANSPOSE: Function = Function::new(
    "transpose",
    "Swaps the keys and the elements of a map of lists of strings.",
    &[Parameter::new(
        "values",
        Shape::Map(&Shape::List(&Shape::String)),
        "The map to turn around.",
    )],
    Shape::Map(&Shape::List(&Shape::String)),
    transpose,
);

fn transpose(call: &Call<'_>) -> Result<Value, FunctionError> {
    let input = &call.args[0];
    if !input.is_wholly_known() {
        return Ok(Value::unknown(call.ty.clone()));
    }
    let mut turned: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, list) in input.as_members().into_iter().flatten() {
        let Some(elements) = list.as_slice() else {
            return Err(call_error("input must not contain null list"));
        };
        for element in elements {
            let ValueRef::String(text) = element.view() else {
                return Err(call_error("input must be a map of lists of strings"));
            };
            turned
                .entry(text.clone())
                .or_default()
                .push(Value::shared_string(key.clone()));
        }
    }
    Ok(Value::map_from(
        Type::list(Type::String),
        turned
            .into_iter()
            .map(|(key, list)| (key, Value::list(Type::String, list))),
    ))
}
