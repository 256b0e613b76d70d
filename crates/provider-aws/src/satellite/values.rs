//! Values and identities of satellites, member by member.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{PlanRequest, Planned};
use trueup_value::{Type, Value};

use crate::members::{filled, member};
use crate::rules::{Body, draft};

/// The plan that follows from a description alone. `left_unset` are members that newer releases give a
/// value of their own where a block says none: a new object does not get them, so that older releases
/// read its state; one that has them keeps them.
pub(crate) fn plan_of(
    body: &Body,
    request: &PlanRequest<'_>,
    left_unset: &[&'static str],
) -> Planned {
    let prior = request.prior.map(|object| &object.value);
    let planned = draft(body, prior, request.proposed).planned(prior, request.proposed);
    self::left_unset(body, request, planned, left_unset)
}

/// A plan in which members of newer releases that a block does not say are unset on a new object.
pub(crate) fn left_unset(
    body: &Body,
    request: &PlanRequest<'_>,
    mut planned: Planned,
    names: &[&'static str],
) -> Planned {
    for name in names {
        let unsaid = member(request.config, name).is_none();
        if request.prior.is_none() && unsaid {
            let nothing = Value::null(type_of(body, name));
            planned.value = with(&planned.value, [(*name, nothing)]);
        }
    }
    planned
}

fn type_of(body: &Body, name: &str) -> Type {
    body.attributes
        .iter()
        .find(|attribute| attribute.name == name)
        .map_or(Type::String, |attribute| attribute.ty.clone())
}

/// A value with some members changed.
pub(crate) fn with<'n>(
    value: &Value,
    changes: impl IntoIterator<Item = (&'n str, Value)>,
) -> Value {
    let mut members: BTreeMap<Arc<str>, Value> = value.as_members().cloned().unwrap_or_default();
    for (name, value) in changes {
        members.insert(name.into(), value);
    }
    Value::object(members)
}

/// What is known of a value; null stands for the rest.
pub(crate) fn known(value: &Value) -> Value {
    let members = value.as_members().into_iter().flatten();
    let members = members.map(|(name, member)| match member.is_wholly_known() {
        true => (name.clone(), member.clone()),
        false => (name.clone(), Value::null(member.ty())),
    });
    Value::object(members.collect())
}

/// A whole value of which these members are said.
pub(crate) fn said<const N: usize>(body: &Body, members: [(&'static str, Value); N]) -> Value {
    let members = members.into_iter();
    body.value(members.map(|(name, value)| (name.into(), value)).collect())
}

/// The texts of members as an identity; nothing where one of the `needed` is not known or empty.
pub(super) fn identity_of(
    value: &Value,
    region: &str,
    needed: &[&str],
    further: &[&str],
) -> BTreeMap<String, String> {
    let mut identity = BTreeMap::from([("region".to_owned(), region.to_owned())]);
    for name in needed.iter().chain(further) {
        match filled(value, name) {
            Some(text) => identity.insert((*name).to_owned(), text.to_owned()),
            None if further.contains(name) => None,
            None => return BTreeMap::new(),
        };
    }
    identity
}

/// A member of an identity as a value; null where it is not in it.
pub(crate) fn text_of(identity: &BTreeMap<String, String>, name: &str) -> Value {
    identity
        .get(name)
        .map_or_else(|| Value::null(Type::String), Value::string)
}
