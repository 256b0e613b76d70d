//! The plan of an index: what AWS can change of it in place, and what needs another.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{PlanRequest, Planned, Problems};
use trueup_value::{Path, Type, Value};

use super::schema::{WARM, blocks, warm_type};
use crate::members::{block, elements, filled, is_unknown, member, texts, whole};

/// The blocks with numbers that AWS fills in where they are unset.
const UNITS: [(&str, [&str; 2]); 2] = [
    (
        "provisioned_throughput",
        ["read_capacity_units", "write_capacity_units"],
    ),
    (
        "on_demand_throughput",
        ["max_read_request_units", "max_write_request_units"],
    ),
];

/// Plans one index.
pub(super) fn plan(request: &PlanRequest<'_>) -> Planned {
    let config = request.config;
    let prior = request.prior.map(|object| &object.value);
    let mut members: BTreeMap<Arc<str>, Value> = config.as_members().cloned().unwrap_or_default();
    let mut replaces = Vec::new();
    let mut changed = prior.is_none();
    if let Some(prior) = prior {
        for name in ["index_name", "key_schema", "projection", "table_name"] {
            if is_same(name, config, prior) {
                keep(name, prior, &mut members);
            } else {
                replaces.push(Path::new().attr(name));
            }
        }
    }
    let mut capacity_changed = false;
    for (name, units) in UNITS {
        let planned = with_units(name, units, config, prior);
        let same = prior
            .and_then(|prior| member(prior, name))
            .is_some_and(|before| before.raw_equals(&planned));
        if prior.is_some() && !same {
            changed = true;
            capacity_changed = true;
        }
        members.insert(name.into(), planned);
    }
    let warm = planned_warm(config, prior, capacity_changed);
    if let Some(prior) = prior {
        let before = member(prior, "warm_throughput").cloned();
        let before = before.unwrap_or_else(|| Value::null(warm_type()));
        if lowers(&warm, &before) {
            replaces.push(Path::new().attr("warm_throughput"));
        }
        changed |= !warm.raw_equals(&before);
        let limits = |value: &Value| member(value, "timeouts").cloned();
        changed |= match (limits(prior), limits(config)) {
            (Some(before), Some(after)) => !before.raw_equals(&after),
            (before, after) => before.is_some() != after.is_some(),
        };
    }
    members.insert("warm_throughput".into(), warm);
    changed |= !replaces.is_empty();
    let arn = prior
        .filter(|_| replaces.is_empty())
        .and_then(|prior| member(prior, "arn").cloned());
    members.insert(
        "arn".into(),
        arn.unwrap_or_else(|| Value::unknown(Type::String)),
    );
    let value = match prior {
        Some(prior) if !changed => prior.clone(),
        _ => Value::object(members),
    };
    Planned {
        value,
        requires_replace: replaces,
        problems: Problems::new(),
    }
}

fn keep(name: &'static str, prior: &Value, members: &mut BTreeMap<Arc<str>, Value>) {
    if let Some(before) = member(prior, name) {
        members.insert(name.into(), before.clone());
    }
}

/// Whether an argument that can't be changed in place says what is there.
fn is_same(name: &str, config: &Value, prior: &Value) -> bool {
    if is_unknown(config, name) {
        return false;
    }
    match name {
        "key_schema" => {
            let keys = |value: &Value| -> Vec<[String; 3]> {
                let of = |key: &Value, name: &str| filled(key, name).unwrap_or_default().to_owned();
                let all = elements(value, "key_schema").iter();
                all.map(|key| {
                    ["attribute_name", "attribute_type", "key_type"].map(|name| of(key, name))
                })
                .collect()
            };
            keys(config) == keys(prior)
        }
        "projection" => {
            let said = |value: &Value| {
                let projection = block(value, "projection")?;
                let mut others = texts(projection, "non_key_attributes");
                others.sort();
                Some((filled(projection, "projection_type")?.to_owned(), others))
            };
            // Without a block everything is projected.
            let or_all =
                |value: &Value| said(value).unwrap_or_else(|| ("ALL".to_owned(), Vec::new()));
            or_all(config) == or_all(prior)
                && elements(config, "projection").len() == elements(prior, "projection").len()
        }
        _ => filled(config, name) == filled(prior, name),
    }
}

/// A block of numbers, with what is there for those that are unset.
fn with_units(
    name: &'static str,
    units: [&'static str; 2],
    config: &Value,
    prior: Option<&Value>,
) -> Value {
    if is_unknown(config, name) && member(config, name).is_some_and(|all| !all.is_known()) {
        return member(config, name)
            .cloned()
            .unwrap_or_else(|| blocks(name, Vec::new()));
    }
    let before = prior.and_then(|prior| block(prior, name));
    let all = elements(config, name).iter().map(|said| {
        Value::object_from(units.map(|unit| {
            let value = match (member(said, unit), before.and_then(|b| member(b, unit))) {
                (Some(said), _) => said.clone(),
                (None, Some(before)) => before.clone(),
                (None, None) => Value::unknown(Type::Number),
            };
            (unit, value)
        }))
    });
    blocks(name, all.collect())
}

/// What is kept warm: as configured, else as it is. A change of capacity may change it too.
fn planned_warm(config: &Value, prior: Option<&Value>, capacity_changed: bool) -> Value {
    if let Some(said) = member(config, "warm_throughput") {
        return said.clone();
    }
    match prior {
        None => Value::unknown(warm_type()),
        Some(_) if capacity_changed => Value::unknown(warm_type()),
        Some(prior) => member(prior, "warm_throughput")
            .cloned()
            .unwrap_or_else(|| Value::null(warm_type())),
    }
}

/// Whether less is to be kept warm than is: AWS only ever raises it.
fn lowers(after: &Value, before: &Value) -> bool {
    WARM.iter().any(|name| {
        matches!((whole(before, name), whole(after, name)), (Some(before), Some(after)) if after < before)
    })
}
