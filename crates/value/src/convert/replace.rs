//! Filling the open parts of a constraint from the type of the value converted to it.

use super::unify::unify;
use crate::types::Type;

/// The constraint with each `Dynamic` replaced by what the source type has in its place, as far
/// as that can be told.
pub(super) fn filled(from: &Type, to: &Type) -> Type {
    if matches!(from, Type::Dynamic) || !to.has_dynamic() {
        return to.clone();
    }
    match to {
        Type::Dynamic => from.clone(),
        Type::Bool | Type::Number | Type::String => to.clone(),
        Type::List(element) => Type::list(filled_element(from, element)),
        Type::Set(element) => Type::set(filled_element(from, element)),
        Type::Map(element) => Type::map(filled_element(from, element)),
        Type::Tuple(elements) => match from {
            Type::Tuple(from) if from.len() == elements.len() => Type::Tuple(
                from.iter()
                    .zip(elements.iter())
                    .map(|(from, to)| filled(from, to))
                    .collect(),
            ),
            _ => to.clone(),
        },
        Type::Object(object) => Type::object(object.attributes.iter().map(|(name, to)| {
            let from = match from {
                Type::Object(from) => from.attributes.get(name),
                Type::Map(element) => Some(&**element),
                _ => None,
            };
            let ty = from.map_or_else(|| to.clone(), |from| filled(from, to));
            (name.clone(), ty)
        })),
    }
}

fn filled_element(from: &Type, element: &Type) -> Type {
    let unified = match from {
        Type::List(from) | Type::Set(from) | Type::Map(from) => Some((**from).clone()),
        Type::Tuple(parts) => unify(parts),
        Type::Object(object) => unify(&object.attributes.values().cloned().collect::<Vec<Type>>()),
        _ => None,
    };
    unified.map_or_else(|| element.clone(), |from| filled(&from, element))
}
