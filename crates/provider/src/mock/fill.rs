//! Computed attributes of an object filled in: with the stand-in's values where it has some, else with
//! made-up ones.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::AbsInstance;
use trueup_schema::{Attribute, Block};
use trueup_value::{Path, Type, Value, convert};

use super::values::Made;
use super::{Stage, StandIn};
use crate::{Problem, Problems};

/// Which computed attributes are filled in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// Those that nobody set.
    Unset,
    /// Those that are to be known by now.
    Unknown,
}

/// What they are filled with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum With {
    /// A value that only the apply tells.
    Unknown,
    /// A value.
    Value,
}

/// Fills in an object.
pub(super) fn fill(
    stage: &Stage,
    stand_in: &StandIn,
    addr: &AbsInstance,
    value: &Value,
    which: Which,
    with: With,
) -> (Value, Problems) {
    let mut filling = Filling {
        stage,
        stand_in,
        object: addr.to_string(),
        which,
        with,
        problems: Problems::new(),
    };
    let given = stand_in.values.as_ref().filter(|values| {
        let fits = values.as_members().is_some();
        if !fits {
            filling.problems.push(Problem::error(
                "Invalid replacement value",
                format!(
                    "The requested replacement value must be an object type, but was {}.",
                    values.ty().friendly_name()
                ),
            ));
        }
        fits
    });
    let value = filling.block(&stage.schema.block, value, given, &Path::new());
    (value, filling.problems)
}

struct Filling<'a> {
    stage: &'a Stage,
    stand_in: &'a StandIn,
    object: String,
    which: Which,
    with: With,
    problems: Problems,
}

impl Filling<'_> {
    fn block(&mut self, block: &Block, value: &Value, given: Option<&Value>, at: &Path) -> Value {
        let Some(members) = value.as_members() else {
            return value.clone();
        };
        let mut filled = BTreeMap::new();
        for (name, member) in members {
            let here = at.attr(name.clone());
            let given = given.and_then(|given| given.member(name));
            let made = if let Some(attribute) = block.attributes.get(name) {
                self.attribute(attribute, member, given, &here)
            } else if let Some(nested) = block.blocks.get(name) {
                self.nested(&nested.block, member, given, &here)
            } else {
                member.clone()
            };
            filled.insert(name.clone(), made);
        }
        Value::object(filled)
    }

    /// Nested blocks: what the stand-in says of them holds for each.
    fn nested(&mut self, block: &Block, value: &Value, given: Option<&Value>, at: &Path) -> Value {
        if value.is_null() || !value.is_known() {
            return value.clone();
        }
        let each = |filling: &mut Self, (n, element): (usize, &Value)| {
            filling.block(block, element, given, &at.position(n))
        };
        match value.ty() {
            Type::Object(_) => self.block(block, value, given, at),
            Type::List(elem) => {
                let elements = value.as_slice().unwrap_or_default();
                let made = elements.iter().enumerate().map(|one| each(self, one));
                Value::list((*elem).clone(), made.collect())
            }
            Type::Set(elem) => {
                let elements = value.as_slice().unwrap_or_default();
                let made = elements.iter().enumerate().map(|one| each(self, one));
                Value::set((*elem).clone(), made.collect())
            }
            Type::Tuple(_) => {
                let elements = value.as_slice().unwrap_or_default();
                let made = elements.iter().enumerate().map(|one| each(self, one));
                Value::tuple(made.collect())
            }
            Type::Map(elem) => {
                let members = value.as_members().cloned().unwrap_or_default();
                let made: BTreeMap<Arc<str>, Value> = members
                    .iter()
                    .map(|(key, element)| {
                        let here = at.key(key);
                        (key.clone(), self.block(block, element, given, &here))
                    })
                    .collect();
                Value::map((*elem).clone(), made)
            }
            _ => value.clone(),
        }
    }

    fn attribute(
        &mut self,
        attribute: &Attribute,
        value: &Value,
        given: Option<&Value>,
        at: &Path,
    ) -> Value {
        let wanted = match self.which {
            Which::Unset => value.is_null(),
            Which::Unknown => !value.is_wholly_known(),
        };
        if !attribute.computed || !wanted {
            return value.clone();
        }
        if self.with == With::Unknown {
            return Value::unknown(attribute.ty.clone());
        }
        let mut made = Made::at(&self.stage.mocks.seed, &self.object, &at.to_string());
        let Some(given) = given else {
            return made.value(&attribute.ty);
        };
        match fitted(given, &attribute.ty, &mut made) {
            Ok(value) => value,
            Err(reason) => {
                let (ty, place) = (attribute.ty.friendly_name(), &self.stand_in.place);
                let shown = at.to_string();
                let shown = shown.trim_start_matches('.');
                self.problems.push(
                    Problem::error(
                        "Failed to compute attribute",
                        format!("Terraform could not compute a value for the target type {ty} with the mocked data defined at {place} with the attribute {shown:?}: {reason}."),
                    )
                    .at(at.clone()),
                );
                made.value(&attribute.ty)
            }
        }
    }
}

/// A given value brought to the wanted type; attributes that it lacks are made up.
fn fitted(given: &Value, ty: &Type, made: &mut Made) -> Result<Value, String> {
    let mismatch = || {
        format!(
            "incompatible types; expected {}, found {}",
            ty.friendly_name(),
            given.ty().friendly_name()
        )
    };
    match ty {
        Type::Object(object) if !object.attributes.is_empty() => {
            let members = given.as_members().ok_or_else(mismatch)?;
            let mut filled = BTreeMap::new();
            for (name, ty) in &object.attributes {
                let value = match members.get(name) {
                    Some(member) => fitted(member, ty, made)?,
                    None => made.value(ty),
                };
                filled.insert(name.clone(), value);
            }
            Ok(Value::object(filled))
        }
        Type::List(elem) | Type::Set(elem) if matches!(**elem, Type::Object(_)) => {
            let elements = given.as_slice().ok_or_else(mismatch)?;
            let elements = elements
                .iter()
                .map(|element| fitted(element, elem, made))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(match ty {
                Type::Set(_) => Value::set((**elem).clone(), elements),
                _ => Value::list((**elem).clone(), elements),
            })
        }
        Type::Map(elem) if matches!(**elem, Type::Object(_)) => {
            let members = given.as_members().ok_or_else(mismatch)?;
            let members = members
                .iter()
                .map(|(key, member)| Ok((key.clone(), fitted(member, elem, made)?)))
                .collect::<Result<BTreeMap<_, _>, String>>()?;
            Ok(Value::map((**elem).clone(), members))
        }
        _ => convert::convert(given, ty).map_err(|error| error.to_string()),
    }
}
