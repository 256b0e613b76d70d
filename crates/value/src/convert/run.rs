//! Converting a value after its type was found to fit.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::possible::{element_for_any, exists};
use super::replace::filled;
use super::unify::unify;
use super::{ConvertError, mismatch_message};
use crate::json::quote;
use crate::number::Number;
use crate::path::{Path, Step};
use crate::refinements::Refinements;
use crate::types::{ObjectType, Type};
use crate::value::{Value, ValueRef};

/// Converts a value whose type is known to be convertible.
pub(super) fn convert_known_possible(value: &Value, ty: &Type) -> Result<Value, ConvertError> {
    Run { path: Vec::new() }.convert(value, ty)
}

struct Run {
    path: Vec<Step>,
}

impl Run {
    fn fail(&self, message: impl Into<String>) -> ConvertError {
        ConvertError {
            path: Path(self.path.clone()),
            message: message.into(),
        }
    }

    fn below(
        &mut self,
        step: impl FnOnce() -> Step,
        value: &Value,
        ty: &Type,
    ) -> Result<Value, ConvertError> {
        // Scalars of the right type are the usual case and need no path.
        match (value.view(), ty) {
            (ValueRef::String(_), Type::String)
            | (ValueRef::Number(_), Type::Number)
            | (ValueRef::Bool(_), Type::Bool)
            | (_, Type::Dynamic) => return Ok(value.clone()),
            _ => {}
        }
        self.path.push(step());
        let converted = self.convert(value, ty)?;
        self.path.pop();
        Ok(converted)
    }

    fn convert(&mut self, value: &Value, ty: &Type) -> Result<Value, ConvertError> {
        if matches!(ty, Type::Dynamic) {
            return Ok(value.clone());
        }
        let converted = match value.view() {
            ValueRef::Unknown(from, refinements) => unknown(from, refinements, ty),
            ValueRef::Null(from) => Value::null(filled(from, &ty.without_optional())),
            ValueRef::Bool(_) | ValueRef::Number(_) | ValueRef::String(_) => {
                self.primitive(value, ty)?
            }
            ValueRef::Tuple(elements) => match ty {
                Type::Tuple(types) => self.tuple_to_tuple(elements, types)?,
                Type::List(element) | Type::Set(element) => {
                    self.sequence(elements, element, None, ty)?
                }
                _ => return Err(self.mismatch(value, ty)),
            },
            ValueRef::List { elem, elements } | ValueRef::Set { elem, elements } => match ty {
                Type::List(element) | Type::Set(element) => {
                    self.sequence(elements, element, Some(elem), ty)?
                }
                _ => return Err(self.mismatch(value, ty)),
            },
            ValueRef::Object(attributes) => match ty {
                Type::Object(object) => self.object(attributes, object, false)?,
                Type::Map(element) => self.map(attributes, element, None)?,
                _ => return Err(self.mismatch(value, ty)),
            },
            ValueRef::Map { elem, elements } => match ty {
                Type::Object(object) => self.object(elements, object, true)?,
                Type::Map(element) => self.map(elements, element, Some(elem))?,
                _ => return Err(self.mismatch(value, ty)),
            },
        };
        Ok(converted.with_marks(value.marks()))
    }

    fn mismatch(&self, value: &Value, ty: &Type) -> ConvertError {
        self.fail(mismatch_message(&value.ty(), ty))
    }

    fn primitive(&self, value: &Value, ty: &Type) -> Result<Value, ConvertError> {
        match (value.view(), ty) {
            (ValueRef::String(_), Type::String)
            | (ValueRef::Number(_), Type::Number)
            | (ValueRef::Bool(_), Type::Bool) => Ok(value.clone()),
            (ValueRef::Number(number), Type::String) => Ok(Value::string(number.to_string())),
            (ValueRef::Bool(value), Type::String) => {
                Ok(Value::string(if value { "true" } else { "false" }))
            }
            (ValueRef::String(text), Type::Number) => Number::parse(text)
                .map(Value::number)
                .map_err(|error| self.fail(error.to_string())),
            (ValueRef::String(text), Type::Bool) => match &**text {
                "true" | "1" => Ok(Value::bool(true)),
                "false" | "0" => Ok(Value::bool(false)),
                other => Err(self.fail(match other.to_lowercase().as_str() {
                    word @ ("true" | "false") => format!(
                        "a bool is required; to convert from string, use lowercase \"{word}\""
                    ),
                    _ => "a bool is required".to_owned(),
                })),
            },
            _ => Err(self.mismatch(value, ty)),
        }
    }

    fn tuple_to_tuple(
        &mut self,
        elements: &[Value],
        types: &[Type],
    ) -> Result<Value, ConvertError> {
        if elements.len() != types.len() {
            return Err(self.fail("tuple required"));
        }
        let mut converted = Vec::with_capacity(elements.len());
        for (position, (element, ty)) in elements.iter().zip(types).enumerate() {
            converted.push(self.below(|| Step::Index(position.into()), element, ty)?);
        }
        Ok(Value::tuple(converted))
    }

    /// To a list or set, whichever `ty` is. `from` is the element type of a collection.
    fn sequence(
        &mut self,
        elements: &[Value],
        element: &Type,
        from: Option<&Type>,
        ty: &Type,
    ) -> Result<Value, ConvertError> {
        let (element, converted) = self.elements(
            elements
                .iter()
                .enumerate()
                .map(|(position, value)| (Step::Index(position.into()), value)),
            element,
            from,
            false,
        )?;
        Ok(match ty {
            Type::Set(_) => Value::set(element, converted),
            _ => Value::list(element, converted),
        })
    }

    fn map(
        &mut self,
        members: &BTreeMap<Arc<str>, Value>,
        element: &Type,
        from: Option<&Type>,
    ) -> Result<Value, ConvertError> {
        let (element, converted) = self.elements(
            members
                .iter()
                .map(|(key, value)| (Step::Index(Value::shared_string(key.clone())), value)),
            element,
            from,
            true,
        )?;
        Ok(Value::map(
            element,
            members.keys().cloned().zip(converted).collect(),
        ))
    }

    /// The members of a collection to be, each converted, and the type they share.
    fn elements<'a>(
        &mut self,
        members: impl ExactSizeIterator<Item = (Step, &'a Value)> + Clone,
        element: &Type,
        from: Option<&Type>,
        to_map: bool,
    ) -> Result<(Type, Vec<Value>), ConvertError> {
        let is_any = matches!(element, Type::Dynamic);
        if members.len() == 0 {
            let element = match from {
                Some(from) if is_any => from.clone(),
                Some(from) => filled(from, element),
                None => element.clone(),
            };
            return Ok((element, Vec::new()));
        }
        let target = if is_any && from.is_none() {
            let types: Vec<Type> = members.clone().map(|(_, value)| value.ty()).collect();
            element_for_any(types.iter(), true, to_map)
                .ok_or_else(|| self.fail("all elements must have the same type"))?
        } else {
            element.clone()
        };
        let mut converted = Vec::with_capacity(members.len());
        for (step, value) in members {
            converted.push(self.below(move || step, value, &target)?);
        }
        if !target.has_dynamic() {
            return Ok((target.without_optional(), converted));
        }
        // Open parts of the element type were filled by each element for itself.
        let mut types: Vec<Type> = converted.iter().map(Value::ty).collect();
        if matches!(target, Type::Dynamic) {
            // Nulls and unknowns of any type go with everything; the others must agree by themselves.
            types.retain(|ty| !matches!(ty, Type::Dynamic));
            if types.windows(2).any(|two| two[0] != two[1]) {
                return Err(self.fail("all elements must have the same type"));
            }
            if types.is_empty() {
                types.push(Type::Dynamic);
            }
        }
        let shared =
            unify(&types).ok_or_else(|| self.fail("all elements must have the same type"))?;
        for value in &mut converted {
            if value.ty() != shared {
                *value = self.convert(value, &shared)?;
            }
        }
        Ok((shared, converted))
    }

    fn object(
        &mut self,
        members: &BTreeMap<Arc<str>, Value>,
        object: &ObjectType,
        from_map: bool,
    ) -> Result<Value, ConvertError> {
        let mut converted = BTreeMap::new();
        for (name, ty) in &object.attributes {
            let value = match members.get(name) {
                Some(value) => {
                    if from_map && !fits(value, ty) {
                        self.path
                            .push(Step::Index(Value::shared_string(name.clone())));
                        return Err(self.mismatch(value, ty));
                    }
                    let step = || {
                        if from_map {
                            Step::Index(Value::shared_string(name.clone()))
                        } else {
                            Step::Attr(name.clone())
                        }
                    };
                    self.below(step, value, ty)?
                }
                None if object.optional.contains(name) => Value::null(ty.clone()),
                None if from_map => {
                    return Err(self.fail(format!(
                        "map has no element for required attribute {}",
                        quote(name)
                    )));
                }
                None => {
                    return Err(self.fail(format!("attribute {} is required", quote(name))));
                }
            };
            converted.insert(name.clone(), value);
        }
        Ok(Value::object(converted))
    }
}

/// A map's elements were only checked where they are all required.
fn fits(value: &Value, ty: &Type) -> bool {
    let from = value.ty();
    from == ty.without_optional() || exists(&from, ty, true)
}

/// An unknown of another type, with what stays true of it.
fn unknown(from: &Type, refinements: &Refinements, ty: &Type) -> Value {
    let target = filled(from, &ty.without_optional());
    let mut kept = Refinements {
        not_null: refinements.not_null,
        ..Refinements::default()
    };
    let (min, max) = match (from, &target) {
        (Type::Tuple(elements), Type::List(_)) => (Some(elements.len()), Some(elements.len())),
        (Type::Tuple(elements), Type::Set(_)) => {
            (Some(elements.len().min(1)), Some(elements.len()))
        }
        (Type::Object(object), Type::Map(_)) => {
            let length = object.attributes.len();
            (Some(length), Some(length))
        }
        (Type::List(_), Type::Set(_)) => (
            refinements.length_min.map(|min| min.min(1)),
            refinements.length_max,
        ),
        (Type::List(_) | Type::Set(_), Type::List(_))
        | (Type::Set(_), Type::Set(_))
        | (Type::Map(_), Type::Map(_)) => (refinements.length_min, refinements.length_max),
        _ => (None, None),
    };
    kept.length_min = min;
    kept.length_max = max;
    Value::unknown_refined(target, kept)
}
