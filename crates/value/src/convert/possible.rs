//! Whether a conversion between two types exists at all.

use super::unify::unify_with;
use crate::types::Type;

/// Whether values of `from` may be converted to `to`. "Unsafe" allows conversions that can fail
/// for some values.
pub(super) fn exists(from: &Type, to: &Type, is_unsafe: bool) -> bool {
    match (from, to) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => is_unsafe,
        (Type::Bool | Type::Number, Type::String) => true,
        (Type::String, Type::Bool | Type::Number) => is_unsafe,
        (Type::Object(from), Type::Object(to)) => {
            to.attributes
                .iter()
                .all(|(name, to_type)| match from.attributes.get(name) {
                    Some(from_type) => same_or_exists(from_type, to_type, is_unsafe),
                    None => to.optional.contains(name),
                })
        }
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len()
                && from
                    .iter()
                    .zip(to.iter())
                    .all(|(from, to)| same_or_exists(from, to, is_unsafe))
        }
        (Type::List(from) | Type::Set(from), Type::List(to))
        | (Type::Set(from), Type::Set(to))
        | (Type::Map(from), Type::Map(to)) => same_or_exists(from, to, is_unsafe),
        (Type::List(from), Type::Set(to)) => is_unsafe && same_or_exists(from, to, is_unsafe),
        (Type::Tuple(from), Type::List(to) | Type::Set(to)) => {
            all_to_element(from.iter(), to, is_unsafe, false)
        }
        (Type::Object(from), Type::Map(to)) => {
            all_to_element(from.attributes.values(), to, is_unsafe, true)
        }
        (Type::Map(from), Type::Object(to)) => {
            is_unsafe
                && to.attributes.iter().all(|(name, to_type)| {
                    same_or_exists(from, to_type, is_unsafe) || to.optional.contains(name)
                })
        }
        (from, to) => from.is_primitive() && from == to,
    }
}

fn same_or_exists(from: &Type, to: &Type, is_unsafe: bool) -> bool {
    from == to || exists(from, to, is_unsafe)
}

/// Whether parts of a tuple or object can become elements of a collection.
fn all_to_element<'a>(
    parts: impl ExactSizeIterator<Item = &'a Type> + Clone,
    element: &Type,
    is_unsafe: bool,
    to_map: bool,
) -> bool {
    if parts.len() == 0 {
        return true;
    }
    if matches!(element, Type::Dynamic) {
        return element_for_any(parts, is_unsafe, to_map).is_some();
    }
    parts
        .into_iter()
        .all(|part| same_or_exists(part, element, is_unsafe))
}

/// The element type that a tuple's or object's parts get in a collection of "any": what they
/// unify to, or nothing. Unification that stays open is only good for a map, or where every part is open.
pub(super) fn element_for_any<'a>(
    parts: impl ExactSizeIterator<Item = &'a Type> + Clone,
    is_unsafe: bool,
    to_map: bool,
) -> Option<Type> {
    let types: Vec<Type> = parts.clone().cloned().collect();
    let unified = unify_with(&types, is_unsafe)?;
    if !to_map
        && matches!(unified, Type::Dynamic)
        && types.iter().any(|ty| !matches!(ty, Type::Dynamic))
    {
        return None;
    }
    Some(unified)
}
