//! The plan of a table item: texts that say the same item are no difference.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{PlanRequest, Planned};
use trueup_value::{Path, Type, Value};

use super::compare::same_item;
use super::json;
use super::key::Form;
use super::said::{derived, form, names, shared_text};
use super::schema::{HASH_VALUE, RANGE_VALUE};
use crate::members::{filled, member};

/// Plans one table item. Equal texts are not read.
pub(crate) fn plan(request: &PlanRequest<'_>) -> Planned {
    let config = request.config;
    let Some(prior) = request.prior.map(|object| &object.value) else {
        return Planned::new(creation(config));
    };
    let mut replaces = Vec::new();
    for name in ["hash_key", "range_key", "table_name"] {
        if differs(config, prior, name) {
            replaces.push(Path::new().attr(name));
        }
    }
    let same_item = says_the_same(config, prior);
    if replaces.is_empty() && same_item {
        return Planned::new(prior.clone());
    }
    let mut members: BTreeMap<Arc<str>, Value> = prior.as_members().cloned().unwrap_or_default();
    for name in ["hash_key", "range_key", "table_name"] {
        if let Some(value) = config.as_members().and_then(|members| members.get(name)) {
            members.insert(name.into(), value.clone());
        }
    }
    if !same_item && let Some(item) = member(config, "item") {
        members.insert("item".into(), item.clone());
        for (name, value) in now_derived(config, form(prior)) {
            members.insert(name.into(), value);
        }
    }
    Planned {
        value: Value::object(members),
        requires_replace: replaces,
        problems: Vec::new(),
    }
}

fn creation(config: &Value) -> Value {
    let mut members: BTreeMap<Arc<str>, Value> = config.as_members().cloned().unwrap_or_default();
    members.insert("id".into(), Value::unknown(Type::String));
    Value::object(members)
}

/// Whether an argument is another one than before; null and "" are one.
fn differs(config: &Value, prior: &Value, name: &str) -> bool {
    match member(config, name) {
        Some(value) if !value.is_known() => true,
        _ => filled(config, name) != filled(prior, name),
    }
}

/// Whether both texts are one item to DynamoDB.
fn says_the_same(config: &Value, prior: &Value) -> bool {
    let (Some(wanted), Some(there)) = (shared_text(config), shared_text(prior)) else {
        return false;
    };
    if wanted == there {
        return true;
    }
    match (json::read(&wanted), json::read(&there)) {
        (Ok(wanted), Ok(there)) => same_item(&wanted, &there),
        _ => false,
    }
}

/// What an update leads to beside the item, where the item is known.
fn now_derived(config: &Value, form: Form) -> Vec<(&'static str, Value)> {
    let derive = || {
        let names = names(config)?;
        let item = json::read(&shared_text(config)?).ok()?;
        let table = filled(config, "table_name")?;
        Some(derived(form, table, &names, &item).to_vec())
    };
    derive().unwrap_or_else(|| {
        // Who can't be read yet may get another key.
        let unknown = |name| (name, Value::unknown(Type::String));
        match form {
            Form::Bars => vec![unknown("id")],
            Form::Commas => vec![unknown("id"), unknown(HASH_VALUE), unknown(RANGE_VALUE)],
        }
    })
}
