//! One type that several types convert to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::possible::exists;
use crate::types::Type;

/// The type that all of the types convert to, allowing conversions that can fail for some values;
/// `None` where there is no such type, and for no types at all. The result is `Dynamic` where it
/// cannot be told before unknown types are known.
pub fn unify(types: &[Type]) -> Option<Type> {
    unify_with(types, true)
}

/// As [`unify`], allowing only conversions that always succeed.
pub fn unify_safe(types: &[Type]) -> Option<Type> {
    unify_with(types, false)
}

pub(super) fn unify_with(types: &[Type], is_unsafe: bool) -> Option<Type> {
    let (first, rest) = types.split_first()?;
    if rest.iter().all(|ty| ty == first) {
        return Some(first.clone());
    }
    let count = |wanted: fn(&Type) -> bool| types.iter().filter(|ty| wanted(ty)).count();
    let maps = count(|ty| matches!(ty, Type::Map(_)));
    let lists = count(|ty| matches!(ty, Type::List(_)));
    let sets = count(|ty| matches!(ty, Type::Set(_)));
    let objects = count(|ty| matches!(ty, Type::Object(_)));
    let tuples = count(|ty| matches!(ty, Type::Tuple(_)));
    let open = count(|ty| matches!(ty, Type::Dynamic));
    let all = types.len();
    let one_kind = [maps, lists, sets, objects, tuples]
        .into_iter()
        .any(|kind| kind > 0 && kind + open == all);
    if one_kind && open > 0 {
        // What the open ones turn out to be decides; nothing can be promised.
        return Some(Type::Dynamic);
    }
    if maps == all {
        return element_types(types, is_unsafe).map(Type::map);
    }
    if lists == all {
        return element_types(types, is_unsafe).map(Type::list);
    }
    if sets == all {
        return element_types(types, is_unsafe).map(Type::set);
    }
    if objects == all {
        return object_types(types, is_unsafe);
    }
    if tuples == all {
        return tuple_types(types, is_unsafe);
    }
    if maps > 0
        && maps + objects + open == all
        && let Some(ty @ Type::Map(_)) = as_collections(types, is_unsafe)
    {
        return Some(ty);
    }
    if lists > 0
        && lists + tuples + open == all
        && let Some(ty) = as_collections(types, is_unsafe)
    {
        return Some(ty);
    }
    if objects > 0 && tuples > 0 {
        return None;
    }
    preferred(types, is_unsafe)
}

/// The type all elements of collections of one kind convert to.
fn element_types(types: &[Type], is_unsafe: bool) -> Option<Type> {
    let elements: Vec<Type> = types
        .iter()
        .filter_map(|ty| ty.element_type().cloned())
        .collect();
    unify_with(&elements, is_unsafe)
}

/// Objects with the same names unify name by name; others become a map.
fn object_types(types: &[Type], is_unsafe: bool) -> Option<Type> {
    let objects: Vec<_> = types.iter().filter_map(Type::as_object).collect();
    let (first, rest) = objects.split_first()?;
    if rest.iter().any(|object| {
        object.attributes.len() != first.attributes.len()
            || !object.attributes.keys().eq(first.attributes.keys())
    }) {
        return objects_to_map(types, is_unsafe);
    }
    let mut columns: Vec<(Arc<str>, Vec<Type>)> = first
        .attributes
        .keys()
        .map(|name| (name.clone(), Vec::with_capacity(objects.len())))
        .collect();
    for object in &objects {
        for ((_, column), ty) in columns.iter_mut().zip(object.attributes.values()) {
            column.push(ty.clone());
        }
    }
    let unified: Option<BTreeMap<Arc<str>, Type>> = columns
        .into_iter()
        .map(|(name, column)| unify_with(&column, is_unsafe).map(|ty| (name, ty)))
        .collect();
    unified.map(Type::object)
}

fn objects_to_map(types: &[Type], is_unsafe: bool) -> Option<Type> {
    let attributes: Vec<Type> = types
        .iter()
        .filter_map(Type::as_object)
        .flat_map(|object| object.attributes.values().cloned())
        .collect();
    unify_with(&attributes, is_unsafe).map(Type::map)
}

/// Tuples of one length unify position by position; others become a list.
fn tuple_types(types: &[Type], is_unsafe: bool) -> Option<Type> {
    let tuples: Vec<&[Type]> = types.iter().filter_map(Type::as_tuple).collect();
    let (first, rest) = tuples.split_first()?;
    if rest.iter().any(|tuple| tuple.len() != first.len()) {
        return tuples_to_list(types, is_unsafe);
    }
    let unified: Option<Arc<[Type]>> = (0..first.len())
        .map(|position| {
            let column: Vec<Type> = tuples
                .iter()
                .filter_map(|tuple| tuple.get(position).cloned())
                .collect();
            unify_with(&column, is_unsafe)
        })
        .collect();
    unified.map(Type::Tuple)
}

fn tuples_to_list(types: &[Type], is_unsafe: bool) -> Option<Type> {
    let elements: Vec<Type> = types
        .iter()
        .filter_map(Type::as_tuple)
        .flat_map(|tuple| tuple.iter().cloned())
        .collect();
    unify_with(&elements, is_unsafe).map(Type::list)
}

/// Mixed with maps, an object is taken for the map it could be; mixed with lists, a tuple for the
/// list. One that cannot be leaves nothing.
fn as_collections(types: &[Type], is_unsafe: bool) -> Option<Type> {
    let mut collections = Vec::with_capacity(types.len());
    for ty in types {
        let collection = match ty {
            Type::Object(object) if object.attributes.is_empty() => None,
            Type::Object(_) => Some(objects_to_map(std::slice::from_ref(ty), is_unsafe)?),
            Type::Tuple(elements) if elements.is_empty() => None,
            Type::Tuple(_) => Some(tuples_to_list(std::slice::from_ref(ty), is_unsafe)?),
            other => Some(other.clone()),
        };
        // An empty object or tuple fits any element type.
        collections.extend(collection);
    }
    unify_with(&collections, is_unsafe)
}

/// The most general of the types that all others convert to.
fn preferred(types: &[Type], is_unsafe: bool) -> Option<Type> {
    let mut order: Vec<&Type> = Vec::new();
    for ty in types {
        if !order.contains(&ty) {
            order.push(ty);
        }
    }
    order.sort_by_key(|ty| match ty {
        Type::String | Type::List(_) | Type::Map(_) => 0,
        Type::Dynamic => 2,
        _ => 1,
    });
    order
        .iter()
        .find(|wanted| {
            order
                .iter()
                .all(|ty| ty == *wanted || exists(ty, wanted, is_unsafe))
        })
        .map(|ty| (*ty).clone())
}
