//! Values out of the notation of a saved plan; see [`super::value_write`] for the notation.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use trueup_value::json::Json;
use trueup_value::{Bound, Marks, Number, Path, Refinements, Step, Type, Value};

use super::PlanFileError;
use super::value_write::MARKS;

/// What reading gives: the error says what was found where it should not be.
pub(super) type Reading<T> = Result<T, PlanFileError>;

/// The error of something that is not as it was written.
pub(super) fn damaged(what: &str) -> PlanFileError {
    PlanFileError::Damaged(format!("it has no valid {what}"))
}

/// Reads values by the table of types, and shares texts that repeat.
#[derive(Default)]
pub(super) struct ValueReader {
    types: Vec<Type>,
    names: HashSet<Arc<str>>,
}

impl ValueReader {
    /// A reader with its table of types.
    pub(super) fn new(types: &Json) -> Reading<Self> {
        let Json::Array(types) = types else {
            return Err(damaged("table of types"));
        };
        let types = types
            .iter()
            .map(|ty| {
                let text = ty.as_str().ok_or_else(|| damaged("type"))?;
                Type::from_json(text).map_err(|_| damaged("type"))
            })
            .collect::<Reading<_>>()?;
        Ok(Self {
            types,
            names: HashSet::new(),
        })
    }

    /// The shared form of a text that is likely to repeat.
    pub(super) fn name(&mut self, text: &str) -> Arc<str> {
        if let Some(name) = self.names.get(text) {
            return name.clone();
        }
        let name: Arc<str> = text.into();
        self.names.insert(name.clone());
        name
    }

    fn ty(&self, json: Option<&Json>) -> Reading<Type> {
        json.and_then(as_usize)
            .and_then(|number| self.types.get(number))
            .cloned()
            .ok_or_else(|| damaged("type"))
    }

    /// Reads a value.
    pub(super) fn value(&mut self, json: &Json) -> Reading<Value> {
        match json {
            Json::Null => Ok(Value::dynamic_null()),
            Json::Bool(value) => Ok(Value::bool(*value)),
            Json::Number(_) => Ok(Value::number(number(json)?)),
            Json::String(text) => Ok(Value::string(text)),
            Json::Array(elements) => Ok(Value::tuple(self.all(elements)?)),
            Json::Object(fields) => {
                let (kind, inner) = fields.first().ok_or_else(|| damaged("value"))?;
                self.special(kind, inner, json)
            }
        }
    }

    fn special(&mut self, kind: &str, inner: &Json, whole: &Json) -> Reading<Value> {
        match (kind, inner) {
            ("v", inner) => {
                let letters = whole.get("k").and_then(Json::as_str).unwrap_or_default();
                let marks = MARKS
                    .iter()
                    .filter(|(letter, _)| letters.contains(*letter))
                    .fold(Marks::NONE, |marks, (_, mark)| marks.union(*mark));
                Ok(self.value(inner)?.with_marks(marks))
            }
            ("z", ty) => Ok(Value::null(self.ty(Some(ty))?)),
            ("u", ty) => {
                let ty = self.ty(Some(ty))?;
                match whole.get("r") {
                    Some(refinements) => Ok(Value::unknown_refined(ty, refined(refinements)?)),
                    None => Ok(Value::unknown(ty)),
                }
            }
            ("n", _) => Ok(Value::number(number(whole)?)),
            ("o", members) => Ok(Value::object(self.members(members)?)),
            ("m", members) => {
                let members = self.members(members)?;
                Ok(Value::map(self.ty(whole.get("t"))?, members))
            }
            ("l", Json::Array(elements)) => {
                let elements = self.all(elements)?;
                Ok(Value::list(self.ty(whole.get("t"))?, elements))
            }
            ("s", Json::Array(elements)) => {
                let elements = self.all(elements)?;
                Ok(Value::set(self.ty(whole.get("t"))?, elements))
            }
            _ => Err(damaged("value")),
        }
    }

    fn all(&mut self, elements: &[Json]) -> Reading<Vec<Value>> {
        elements.iter().map(|element| self.value(element)).collect()
    }

    fn members(&mut self, json: &Json) -> Reading<BTreeMap<Arc<str>, Value>> {
        let Json::Object(members) = json else {
            return Err(damaged("value"));
        };
        members
            .iter()
            .map(|(key, member)| Ok((self.name(key), self.value(member)?)))
            .collect()
    }

    /// Reads a path.
    pub(super) fn path(&mut self, json: &Json) -> Reading<Path> {
        let Json::Array(steps) = json else {
            return Err(damaged("path"));
        };
        let steps = steps
            .iter()
            .map(|step| match step {
                Json::String(name) => Ok(Step::Attr(self.name(name))),
                Json::Array(key) if key.len() == 1 => Ok(Step::Index(self.value(&key[0])?)),
                _ => Err(damaged("path")),
            })
            .collect::<Reading<_>>()?;
        Ok(Path(steps))
    }
}

/// A position or a count.
pub(super) fn as_usize(json: &Json) -> Option<usize> {
    match json {
        Json::Number(digits) => digits.parse().ok(),
        _ => None,
    }
}

fn number(json: &Json) -> Reading<Number> {
    let parse = |text: &str| Number::parse(text).map_err(|_| damaged("number"));
    match json {
        Json::Number(digits) => parse(digits),
        _ => {
            let text = json.get("n").and_then(Json::as_str);
            let number = parse(text.ok_or_else(|| damaged("number"))?)?;
            let precision = json.get("p").and_then(as_usize);
            Ok(match precision.and_then(|bits| u16::try_from(bits).ok()) {
                Some(bits) if bits > 0 && !number.is_infinite() => number.with_precision(bits),
                _ => number,
            })
        }
    }
}

fn refined(json: &Json) -> Reading<Refinements> {
    let bound = |name: &str| -> Reading<Option<Bound>> {
        match json.get(name) {
            None => Ok(None),
            Some(Json::Array(parts)) if parts.len() == 2 => Ok(Some(Bound {
                value: number(&parts[0])?,
                inclusive: parts[1] == Json::Bool(true),
            })),
            Some(_) => Err(damaged("bound")),
        }
    };
    Ok(Refinements {
        not_null: json.get("not_null") == Some(&Json::Bool(true)),
        string_prefix: json.get("prefix").and_then(Json::as_str).map(Into::into),
        number_min: bound("min")?,
        number_max: bound("max")?,
        length_min: json.get("min_length").and_then(as_usize),
        length_max: json.get("max_length").and_then(as_usize),
    })
}
