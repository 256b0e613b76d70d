//! The plan of one object before its type's own rules: configuration against what is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::Planned;
use trueup_value::{Path, Type, Value};

use super::element::{flat, identity};
use super::{Attribute, Body, Holding, Moment, Nested, settle};

/// A planned value in the making.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// The members of the planned value.
    pub(crate) members: BTreeMap<Arc<str>, Value>,
    /// Whether anything differs from what is there; without that the prior value stands as it is.
    pub(crate) changed: bool,
    /// What can't be changed in place.
    pub(crate) replaces: Vec<Path>,
}

impl Draft {
    /// A member, null if there is none of that name.
    pub(crate) fn get(&self, name: &str) -> Value {
        self.members
            .get(name)
            .cloned()
            .unwrap_or_else(Value::dynamic_null)
    }

    /// Gives a member another value, which counts as a change if it differs from `prior`'s.
    pub(crate) fn set(&mut self, name: &'static str, value: Value, prior: Option<&Value>) {
        let before = prior.and_then(|prior| prior.as_members()?.get(name));
        self.changed |= before.is_none_or(|before| !before.raw_equals(&value));
        self.members.insert(name.into(), value);
    }

    /// The plan that the draft comes to: what is there stands as it is where nothing differs.
    pub(crate) fn planned(self, prior: Option<&Value>, proposed: &Value) -> Planned {
        let value = match prior {
            Some(prior) if !self.changed => prior.clone(),
            _ => settle(&Value::object(self.members), proposed, Moment::PlanOrRead),
        };
        Planned {
            requires_replace: self.replaces,
            ..Planned::new(value)
        }
    }
}

/// Drafts the object that `wanted` asks for, where `prior` is there.
pub(crate) fn draft(body: &Body, prior: Option<&Value>, wanted: &Value) -> Draft {
    let mut pen = Pen {
        creating: prior.is_none(),
        changed: prior.is_none(),
        replaces: Vec::new(),
    };
    let mut members = pen.body(body, prior, wanted, false, &Path::new());
    if !body.timeouts.is_empty()
        && let Some(timeouts) = wanted.as_members().and_then(|w| w.get("timeouts"))
    {
        members.insert("timeouts".into(), timeouts.clone());
    }
    pen.replaces.dedup();
    Draft {
        members,
        changed: pen.changed,
        replaces: pen.replaces,
    }
}

struct Pen {
    creating: bool,
    changed: bool,
    replaces: Vec<Path>,
}

fn member<'v>(value: Option<&'v Value>, name: &str) -> Option<&'v Value> {
    value?
        .as_members()?
        .get(name)
        .filter(|member| !member.is_null())
}

impl Pen {
    fn change(&mut self, replaces: bool, path: &Path) {
        self.changed = true;
        if replaces && !self.creating && !self.replaces.contains(path) {
            self.replaces.push(path.clone());
        }
    }

    /// `all`: the block is an element of a changed set, where every member is written anew.
    fn body(
        &mut self,
        body: &Body,
        old: Option<&Value>,
        new: &Value,
        all: bool,
        path: &Path,
    ) -> BTreeMap<Arc<str>, Value> {
        let mut members = BTreeMap::new();
        for attribute in &body.attributes {
            let (old, new) = (
                member(old, attribute.name),
                member(Some(new), attribute.name),
            );
            // Paths into a set end at the set.
            let at = if all {
                path.clone()
            } else {
                path.attr(attribute.name)
            };
            let value = match &attribute.ty {
                Type::Map(_) => self.map(attribute, old, new, all, &at),
                Type::List(_) | Type::Set(_) => self.sequence(attribute, old, new, all, &at),
                _ => self.scalar(attribute, old, new, all, &at),
            };
            members.insert(attribute.name.into(), value);
        }
        for nested in &body.blocks {
            let (old, new) = (member(old, nested.name), member(Some(new), nested.name));
            let at = if all {
                path.clone()
            } else {
                path.attr(nested.name)
            };
            let value = self.nested(nested, old, new, all, &at);
            members.insert(nested.name.into(), value);
        }
        members
    }

    fn scalar(
        &mut self,
        attribute: &Attribute,
        old: Option<&Value>,
        new: Option<&Value>,
        all: bool,
        path: &Path,
    ) -> Value {
        let nothing = Value::null(attribute.ty.clone());
        let kept = || old.cloned().unwrap_or_else(|| nothing.clone());
        let computed = attribute.mode.is_computed();
        if let Some(unknown) = new.filter(|new| !new.is_known()) {
            self.change(attribute.replaces, path);
            return unknown.clone();
        }
        let stored = match (new.and_then(Value::as_str), attribute.stored_as) {
            (Some(text), Some(form)) => Some(Value::string(form(text))),
            _ => None,
        };
        let new = stored.as_ref().or(new).or(attribute.default.as_ref());
        let before = old.and_then(flat).unwrap_or_default();
        let after = match new {
            Some(new) => flat(new).unwrap_or_default(),
            None if old.is_some() => zero_text(&attribute.ty).to_owned(),
            None => String::new(),
        };
        let fresh = computed && self.creating && before.is_empty();
        if before == after && !all && !fresh {
            return kept();
        }
        let removed = old.is_some() && new.is_none();
        if removed && computed {
            return kept();
        }
        if !removed && computed && after.is_empty() {
            if !before.is_empty() {
                return kept();
            }
            self.change(attribute.replaces, path);
            return Value::unknown(attribute.ty.clone());
        }
        if let Some(suppress) = attribute.suppress
            && suppress(&kept(), new.unwrap_or(&nothing))
        {
            return kept();
        }
        self.change(attribute.replaces && before != after, path);
        match new {
            _ if removed => nothing,
            Some(new) => new.clone(),
            // An unset text in a new element of a set is stored empty, an unset number is not.
            None if attribute.ty == Type::String => Value::string(""),
            None => nothing,
        }
    }

    fn map(
        &mut self,
        attribute: &Attribute,
        old: Option<&Value>,
        new: Option<&Value>,
        all: bool,
        path: &Path,
    ) -> Value {
        let kept = || {
            old.cloned()
                .unwrap_or_else(|| Value::null(attribute.ty.clone()))
        };
        if let Some(unknown) = new.filter(|new| !new.is_known()) {
            self.change(attribute.replaces, path);
            return unknown.clone();
        }
        let computed = attribute.mode.is_computed();
        let wanted = new.map(without_nulls);
        let before = old.and_then(Value::length).unwrap_or(0);
        let after = wanted.as_ref().and_then(Value::length).unwrap_or(0);
        if before == 0 && after == 0 {
            if computed && old.is_none() {
                self.change(attribute.replaces, path);
                return Value::unknown(attribute.ty.clone());
            }
            return kept();
        }
        if after == 0 && computed {
            return kept();
        }
        match wanted {
            Some(wanted) if !all && old.is_some_and(|old| old.raw_equals(&wanted)) => kept(),
            Some(wanted) => {
                self.change(attribute.replaces, path);
                wanted
            }
            None => {
                self.change(attribute.replaces, path);
                empty(&attribute.ty)
            }
        }
    }

    fn sequence(
        &mut self,
        attribute: &Attribute,
        old: Option<&Value>,
        new: Option<&Value>,
        all: bool,
        path: &Path,
    ) -> Value {
        if let Some(unknown) = new.filter(|new| !new.is_known()) {
            self.change(attribute.replaces, path);
            return unknown.clone();
        }
        let before = old.and_then(Value::length).unwrap_or(0);
        let after = new.and_then(Value::length).unwrap_or(0);
        let computed = attribute.mode.is_computed();
        match (old, new) {
            (Some(old), None) if computed => old.clone(),
            (None, None) if computed && self.creating => {
                self.change(attribute.replaces, path);
                Value::unknown(attribute.ty.clone())
            }
            _ if before == 0 && after == 0 => match old {
                _ if all => empty(&attribute.ty),
                Some(old) => old.clone(),
                None => Value::null(attribute.ty.clone()),
            },
            (Some(old), Some(new)) if old.raw_equals(new) => old.clone(),
            (_, Some(new)) => {
                self.change(attribute.replaces, path);
                new.clone()
            }
            (_, None) => {
                self.change(attribute.replaces, path);
                empty(&attribute.ty)
            }
        }
    }

    fn nested(
        &mut self,
        nested: &Nested,
        old: Option<&Value>,
        new: Option<&Value>,
        all: bool,
        path: &Path,
    ) -> Value {
        if let Some(unknown) = new.filter(|new| !new.is_known()) {
            self.change(nested.replaces, path);
            return unknown.clone();
        }
        let before = old.and_then(Value::as_slice).unwrap_or(&[]);
        let after = new.and_then(Value::as_slice).unwrap_or(&[]);
        if after.is_empty() {
            return match old {
                Some(old) if nested.mode.is_computed() => old.clone(),
                None if nested.mode.is_computed() => {
                    self.change(nested.replaces, path);
                    Value::unknown(nested.ty())
                }
                _ => {
                    if !before.is_empty() {
                        self.change(nested.replaces, path);
                    }
                    nested.of(Vec::new())
                }
            };
        }
        if before.len() != after.len() {
            self.change(nested.replaces, path);
        }
        match nested.holding {
            Holding::List => {
                let elements = after.iter().enumerate().map(|(n, element)| {
                    let at = if all { path.clone() } else { path.position(n) };
                    Value::object(self.body(&nested.body, before.get(n), element, all, &at))
                });
                let elements = elements.collect();
                nested.of(elements)
            }
            Holding::Set(_) => self.set(nested, old, before, after, all, path),
        }
    }

    fn set(
        &mut self,
        nested: &Nested,
        old: Option<&Value>,
        before: &[Value],
        after: &[Value],
        all: bool,
        path: &Path,
    ) -> Value {
        let names = |elements: &[Value]| -> Vec<Option<String>> {
            elements.iter().map(|e| identity(nested, e)).collect()
        };
        let (had, wanted) = (names(before), names(after));
        let sorted = |names: &[Option<String>]| {
            let mut names = names.to_vec();
            names.sort();
            names
        };
        let told_apart = wanted.iter().all(Option::is_some);
        if !all
            && told_apart
            && sorted(&had) == sorted(&wanted)
            && let Some(old) = old
        {
            return old.clone();
        }
        self.change(nested.replaces, path);
        let elements = after.iter().zip(&wanted).map(|(element, name)| {
            let old = name
                .as_ref()
                .and_then(|name| had.iter().position(|had| had.as_ref() == Some(name)))
                .and_then(|at| before.get(at));
            Value::object(self.body(&nested.body, old, element, true, path))
        });
        let elements = elements.collect();
        nested.of(elements)
    }
}

fn zero_text(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "false",
        Type::Number => "0",
        _ => "",
    }
}

fn empty(ty: &Type) -> Value {
    match ty {
        Type::Set(element) => Value::set((**element).clone(), Vec::new()),
        Type::Map(element) => Value::map((**element).clone(), BTreeMap::new()),
        Type::List(element) => Value::list((**element).clone(), Vec::new()),
        other => Value::null(other.clone()),
    }
}

fn without_nulls(map: &Value) -> Value {
    match map.as_members() {
        Some(members) if members.values().any(Value::is_null) => Value::map(
            Type::String,
            members
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        ),
        _ => map.clone(),
    }
}
