//! Values compared with unset and zero as one.

use trueup_value::{Value, ValueRef};

/// Whether a value is null or the zero of its type: "", 0, false, an empty collection.
pub fn is_zero(value: &Value) -> bool {
    match value.view() {
        ValueRef::Null(_) => true,
        ValueRef::Unknown(..) => false,
        ValueRef::Bool(value) => !value,
        ValueRef::Number(number) => number.to_i64() == Some(0),
        ValueRef::String(text) => text.is_empty(),
        _ => value.length() == Some(0),
    }
}

/// Whether two values are the same once null, "", 0, false, [] and {} are one, at every depth.
pub fn same_but_for_zero(a: &Value, b: &Value) -> bool {
    if a.is_same(b) || (is_zero(a) && is_zero(b)) {
        return true;
    }
    match (a.view(), b.view()) {
        (ValueRef::Object(x), ValueRef::Object(y)) => {
            x.iter().all(|(name, x)| match y.get(name) {
                Some(y) => same_but_for_zero(x, y),
                None => is_zero(x),
            }) && y.iter().all(|(name, y)| x.contains_key(name) || is_zero(y))
        }
        (ValueRef::Map { elements: x, .. }, ValueRef::Map { elements: y, .. }) => {
            x.len() == y.len()
                && x.iter()
                    .all(|(key, x)| y.get(key).is_some_and(|y| same_but_for_zero(x, y)))
        }
        (ValueRef::List { elements: x, .. }, ValueRef::List { elements: y, .. })
        | (ValueRef::Tuple(x), ValueRef::Tuple(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same_but_for_zero(x, y))
        }
        (ValueRef::Set { elements: x, .. }, ValueRef::Set { elements: y, .. }) => {
            let mut left: Vec<&Value> = y.iter().collect();
            x.len() == y.len()
                && x.iter().all(|x| {
                    let found = left.iter().position(|y| same_but_for_zero(x, y));
                    found.map(|at| left.swap_remove(at)).is_some()
                })
        }
        _ => a.raw_equals(b),
    }
}

#[cfg(test)]
mod tests {
    use trueup_value::{Type, Value};

    use super::same_but_for_zero;

    #[test]
    fn null_and_empty_are_one() {
        let object = |value: Value| Value::object_from([("a", value)]);
        let none = object(Value::null(Type::String));
        for value in [Value::string(""), Value::number(0), Value::bool(false)] {
            assert!(same_but_for_zero(&none, &object(value)));
        }
        assert!(!same_but_for_zero(&none, &object(Value::string("x"))));
        let unknown = object(Value::unknown(Type::String));
        assert!(!same_but_for_zero(&none, &unknown));
    }
}
