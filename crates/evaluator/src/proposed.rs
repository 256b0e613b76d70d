//! Proposed values: the configuration merged with what an existing object keeps, and `ignore_changes`.
//!
//! The rules are Terraform's: an argument that is not set keeps the prior value where the provider may
//! compute it; nested blocks are matched with the prior ones by position, by key, or, in sets, by what
//! the configuration says of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_config::IgnoreChanges;
use trueup_parser::{Literal, StepKind, Traversal};
use trueup_schema::{Block, Nesting};
use trueup_value::{Type, Value, ValueRef};

/// The configuration merged with `prior`; `None` where there is no object yet.
pub fn proposed(schema: &Block, prior: Option<&Value>, config: &Value) -> Value {
    let empty;
    let prior = match prior {
        Some(prior) if prior.is_known() && !prior.is_null() => prior,
        _ => {
            empty = schema.empty_value();
            &empty
        }
    };
    if !config.is_known() || config.is_null() {
        return prior.clone();
    }
    let merged = merge_block(schema, prior, config);
    // A provider finds them in the configuration; nothing keeps them.
    schema.without_write_only(&merged)
}

fn merge_block(schema: &Block, prior: &Value, config: &Value) -> Value {
    let part = |value: &Value, name: &str| -> Option<Value> { value.member(name).cloned() };
    let mut merged = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let c = part(config, name).unwrap_or_else(|| Value::null(attribute.ty.clone()));
        let value = if attribute.computed && c.is_null() {
            part(prior, name).unwrap_or(c)
        } else {
            c
        };
        merged.insert(name.clone(), value);
    }
    for (name, nested) in &schema.blocks {
        let Some(c) = part(config, name) else {
            continue;
        };
        let p = part(prior, name);
        let value = merge_nested(
            nested.nesting,
            nested.computed,
            &nested.block,
            p.as_ref(),
            &c,
        );
        merged.insert(name.clone(), value);
    }
    Value::object(merged)
}

fn merge_nested(
    nesting: Nesting,
    computed: bool,
    schema: &Block,
    prior: Option<&Value>,
    config: &Value,
) -> Value {
    if !config.is_known() {
        return config.clone();
    }
    let absent = config.is_null() || config.as_slice().is_some_and(<[Value]>::is_empty);
    if absent && computed {
        return prior.cloned().unwrap_or_else(|| config.clone());
    }
    let element = |prior: Option<&Value>, config: &Value| proposed(schema, prior, config);
    match (nesting, config.view()) {
        (Nesting::Single | Nesting::Group, _) if !config.is_null() => element(prior, config),
        (Nesting::List, ValueRef::List { elem, elements }) => Value::list(
            elem.clone(),
            elements
                .iter()
                .enumerate()
                .map(|(n, c)| element(prior.and_then(|prior| prior.at(n)), c))
                .collect(),
        ),
        (Nesting::List, ValueRef::Tuple(elements)) => Value::tuple(
            elements
                .iter()
                .enumerate()
                .map(|(n, c)| element(prior.and_then(|prior| prior.at(n)), c))
                .collect(),
        ),
        (Nesting::Map, ValueRef::Map { elem, elements }) => Value::map(
            elem.clone(),
            elements
                .iter()
                .map(|(key, c)| {
                    (
                        key.clone(),
                        element(prior.and_then(|prior| prior.member(key)), c),
                    )
                })
                .collect(),
        ),
        (Nesting::Map, ValueRef::Object(elements)) => Value::object(
            elements
                .iter()
                .map(|(key, c)| {
                    (
                        key.clone(),
                        element(prior.and_then(|prior| prior.member(key)), c),
                    )
                })
                .collect(),
        ),
        (Nesting::Set, ValueRef::Set { elem, elements }) => {
            merge_set(schema, prior, elem, elements)
        }
        _ => config.clone(),
    }
}

/// Set elements have no name: a prior element belongs to a configured one when all that the
/// configuration says of it is the same. Each prior element is taken once.
fn merge_set(schema: &Block, prior: Option<&Value>, elem: &Type, config: &[Value]) -> Value {
    let prior = prior.and_then(Value::as_slice).unwrap_or_default();
    let mut taken = vec![false; prior.len()];
    let merged = config
        .iter()
        .map(|c| {
            let found = prior
                .iter()
                .enumerate()
                .find(|(n, p)| !taken[*n] && agrees(schema, p, c));
            match found {
                Some((n, p)) => {
                    taken[n] = true;
                    proposed(schema, Some(p), c)
                }
                None => proposed(schema, None, c),
            }
        })
        .collect();
    Value::set(elem.clone(), merged)
}

fn agrees(schema: &Block, prior: &Value, config: &Value) -> bool {
    if !prior.is_known() || !config.is_known() || prior.is_null() || config.is_null() {
        return prior.raw_equals(config);
    }
    schema.attributes.iter().all(|(name, attribute)| {
        match (prior.member(name), config.member(name)) {
            (Some(p), Some(c)) => (attribute.computed && c.is_null()) || p.raw_equals(c),
            _ => true,
        }
    }) && schema.blocks.iter().all(|(name, nested)| {
        match (prior.member(name), config.member(name)) {
            (Some(p), Some(c)) => match (p.as_slice(), c.as_slice()) {
                (Some(p), Some(c)) => {
                    p.len() == c.len() && p.iter().zip(c).all(|(p, c)| agrees(&nested.block, p, c))
                }
                _ => agrees(&nested.block, p, c),
            },
            _ => true,
        }
    })
}

/// The configuration with what `ignore_changes` names taken from the prior object.
pub fn ignore_changes(
    schema: &Block,
    ignored: &IgnoreChanges,
    prior: &Value,
    config: &Value,
) -> Value {
    match ignored {
        IgnoreChanges::Nothing => config.clone(),
        _ if prior.is_null() || config.is_null() || !config.is_known() => config.clone(),
        IgnoreChanges::All => configurable_part(schema, prior, config),
        IgnoreChanges::At(places) => places.iter().fold(config.clone(), |config, place| {
            keep_at(&config, prior, place)
        }),
    }
}

/// The prior object without what only the provider sets.
fn configurable_part(schema: &Block, prior: &Value, config: &Value) -> Value {
    let mut kept = BTreeMap::new();
    for (name, attribute) in &schema.attributes {
        let only_computed = attribute.computed && !attribute.optional && !attribute.required;
        let from = if only_computed { config } else { prior };
        if let Some(value) = from.member(name) {
            kept.insert(name.clone(), value.clone());
        }
    }
    for name in schema.blocks.keys() {
        if let Some(value) = prior.member(name) {
            kept.insert(name.clone(), value.clone());
        }
    }
    Value::object(kept)
}

fn keep_at(config: &Value, prior: &Value, place: &Traversal) -> Value {
    let mut steps = vec![Key::Name(place.root.name.clone())];
    for step in &place.steps {
        steps.push(match &step.kind {
            StepKind::Attr(name) => Key::Name(name.clone()),
            StepKind::Index(Literal::String(key)) => Key::Name(key.clone()),
            StepKind::Index(Literal::Number(text)) => match text.parse() {
                Ok(position) => Key::Position(position),
                Err(_) => return config.clone(),
            },
            _ => return config.clone(),
        });
    }
    replace(config, Some(prior), &steps).unwrap_or_else(|| config.clone())
}

/// Whether a block of a set has this name: that of an index, or a replica's region.
fn says_name(element: &Value, name: &str) -> bool {
    ["name", "region_name"].iter().any(|member| {
        element
            .member(member)
            .is_some_and(|said| said.as_str() == Some(name))
    })
}

enum Key {
    Name(Arc<str>),
    Position(usize),
}

/// `config` with the part at `steps` taken from `prior`; `None` where the part is to be left out.
fn replace(config: &Value, prior: Option<&Value>, steps: &[Key]) -> Option<Value> {
    let Some((first, rest)) = steps.split_first() else {
        return prior.cloned();
    };
    if !config.is_known() {
        return Some(config.clone());
    }
    let (plain, marks) = config.unmark();
    let changed = match (first, plain.view()) {
        (Key::Name(name), ValueRef::Object(elements)) => {
            let mut elements = elements.clone();
            let inner = elements.get(name)?.clone();
            let value = replace(&inner, prior.and_then(|prior| prior.member(name)), rest);
            elements.insert(name.clone(), value.unwrap_or(inner));
            Value::object(elements)
        }
        // A map's key may be on one side only: it is added, or left out, as the prior object has it.
        (Key::Name(name), ValueRef::Map { elem, elements }) => {
            let mut elements = elements.clone();
            let before = prior.and_then(|prior| prior.member(name));
            let value = match elements.get(name) {
                Some(inner) => replace(inner, before, rest),
                None => before.cloned(),
            };
            match value {
                Some(value) => elements.insert(name.clone(), value),
                None => elements.remove(name),
            };
            Value::map(elem.clone(), elements)
        }
        (Key::Name(name), ValueRef::Null(Type::Map(elem))) if rest.is_empty() => {
            match prior.and_then(|prior| prior.member(name)) {
                Some(value) => Value::map((**elem).clone(), [(name.clone(), value.clone())].into()),
                None => config.clone(),
            }
        }
        // Elements of a set of blocks have no place: one is told by the name that it says itself.
        (Key::Name(name), ValueRef::Set { elem, elements }) => {
            let is_it = |element: &&Value| says_name(element, name);
            let before = prior
                .and_then(Value::as_slice)
                .and_then(|all| all.iter().find(is_it));
            let mut elements = elements.to_vec();
            let at = elements.iter().position(|element| says_name(element, name));
            let value = match (at.and_then(|at| elements.get(at)), before) {
                (Some(inner), Some(before)) => replace(inner, Some(before), rest),
                (Some(_), None) if rest.is_empty() => None,
                (Some(inner), None) => Some(inner.clone()),
                (None, before) => before.filter(|_| rest.is_empty()).cloned(),
            };
            match (at, value) {
                (Some(at), Some(value)) => elements[at] = value,
                (Some(at), None) => drop(elements.remove(at)),
                (None, Some(value)) => elements.push(value),
                (None, None) => {}
            }
            Value::set(elem.clone(), elements)
        }
        (Key::Position(position), ValueRef::List { elem, elements }) => {
            let mut elements = elements.to_vec();
            let inner = elements.get(*position)?.clone();
            let before = prior.and_then(|prior| prior.at(*position));
            elements[*position] = replace(&inner, before, rest).unwrap_or(inner);
            Value::list(elem.clone(), elements)
        }
        _ => config.clone(),
    };
    Some(changed.with_marks(marks))
}
