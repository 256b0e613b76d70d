//! The checks that a provider keeps its promises, used by planner and executor alike.
//!
//! The rules are those of Terraform's plugin protocol: a planned value agrees with the configuration
//! or with the prior value, and a result agrees with the plan. An unset attribute may come back as its
//! type's zero value: false, 0, an empty text or collection. Types to which the two are one by nature
//! ([`crate::ResourceType::zero_is_unset`]) are held to the plan that is made again before an apply, and to
//! nothing else, as in Terraform.

use trueup_schema::{Block, Nesting};
use trueup_value::{Path, Value, ValueRef};

use crate::zero::is_zero;

/// Where a planned value departs from what configuration and prior value allow; empty when it is valid.
pub fn plan_violations(
    schema: &Block,
    prior: Option<&Value>,
    config: &Value,
    planned: &Value,
) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    if !planned.is_null() && !config.is_null() {
        check_block(schema, prior, config, planned, &Path::default(), &mut found);
    }
    found
}

fn check_block(
    schema: &Block,
    prior: Option<&Value>,
    config: &Value,
    planned: &Value,
    path: &Path,
    found: &mut Vec<(Path, String)>,
) {
    if !config.is_known() || !planned.is_known() || planned.is_null() || config.is_null() {
        return;
    }
    for (name, attribute) in &schema.attributes {
        let (Some(c), Some(p)) = (config.member(name), planned.member(name)) else {
            continue;
        };
        let at = path.clone().attr(name.clone());
        if attribute.write_only {
            if !p.is_null() {
                found.push((at, "planned a value for a write-only attribute".into()));
            }
            continue;
        }
        if c.raw_equals(p) {
            continue;
        }
        if c.is_null() {
            if !attribute.computed && !is_zero(p) {
                found.push((at, "planned a value for a non-computed attribute".into()));
            }
            continue;
        }
        let kept = prior
            .filter(|prior| prior.is_known() && !prior.is_null())
            .and_then(|prior| prior.member(name))
            .is_some_and(|before| before.raw_equals(p));
        if !kept && c.is_wholly_known() {
            found.push((
                at,
                "planned value does not match the configured value nor the prior value".into(),
            ));
        }
    }
    for (name, nested) in &schema.blocks {
        let (Some(c), Some(p)) = (config.member(name), planned.member(name)) else {
            continue;
        };
        let at = path.clone().attr(name.clone());
        if !c.is_known() || !p.is_known() || nested.computed {
            continue;
        }
        match nested.nesting {
            Nesting::List => {
                let (ValueRef::List { elements: c, .. }, ValueRef::List { elements: p, .. }) =
                    (c.view(), p.view())
                else {
                    continue;
                };
                if c.len() != p.len() {
                    let message = format!(
                        "block count in plan ({}) disagrees with count in config ({})",
                        p.len(),
                        c.len()
                    );
                    found.push((at, message));
                    continue;
                }
                for (n, (c, p)) in c.iter().zip(p).enumerate() {
                    let at = at.clone().position(n);
                    check_block(&nested.block, None, c, p, &at, found);
                }
            }
            Nesting::Single | Nesting::Group => {
                check_block(&nested.block, None, c, p, &at, found);
            }
            Nesting::Set | Nesting::Map => {}
        }
    }
}

/// Where a result departs from the plan that it was to carry out: a known planned value came out
/// otherwise. Empty when it is consistent.
pub fn result_violations(planned: &Value, actual: &Value) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    compare(planned, actual, &Path::default(), &mut found);
    found
}

fn compare(planned: &Value, actual: &Value, path: &Path, found: &mut Vec<(Path, String)>) {
    if !planned.is_known() || planned.raw_equals(actual) {
        return;
    }
    match (planned.view(), actual.view()) {
        (ValueRef::Null(_), _) if is_zero(actual) => {}
        (_, ValueRef::Null(_)) if is_zero(planned) => {}
        (ValueRef::Null(_), _) => found.push((path.clone(), "was null, but now is not".into())),
        (_, ValueRef::Null(_)) => {
            let what = if path.is_empty() {
                "root object was present, but now absent"
            } else {
                "was present, but now absent"
            };
            found.push((path.clone(), what.into()));
        }
        (ValueRef::Object(p), ValueRef::Object(a)) => {
            for (name, p) in p {
                if let Some(a) = a.get(name) {
                    compare(p, a, &path.clone().attr(name.clone()), found);
                }
            }
        }
        (ValueRef::Map { elements: p, .. }, ValueRef::Map { elements: a, .. }) => {
            for (key, p) in p {
                let at = path.clone().index(Value::string(key));
                match a.get(key) {
                    Some(a) => compare(p, a, &at, found),
                    None => found.push((at, "element has vanished".into())),
                }
            }
            for key in a.keys().filter(|key| !p.contains_key(*key)) {
                let at = path.clone().index(Value::string(key));
                found.push((at, "new element has appeared".into()));
            }
        }
        (ValueRef::List { elements: p, .. }, ValueRef::List { elements: a, .. })
        | (ValueRef::Tuple(p), ValueRef::Tuple(a)) => {
            if p.len() != a.len() {
                let message = format!("element count changed from {} to {}", p.len(), a.len());
                found.push((path.clone(), message));
                return;
            }
            for (n, (p, a)) in p.iter().zip(a).enumerate() {
                compare(p, a, &path.clone().position(n), found);
            }
        }
        (ValueRef::Set { elements: p, .. }, ValueRef::Set { elements: a, .. }) => {
            // An element with unknown parts can't be told apart, so only whole ones are held to the plan.
            let missing = p
                .iter()
                .filter(|p| p.is_wholly_known())
                .any(|p| a.iter().all(|a| !a.raw_equals(p)));
            if missing {
                found.push((
                    path.clone(),
                    "planned set element is not in the result".into(),
                ));
            } else if p.iter().all(Value::is_wholly_known) && a.len() != p.len() {
                let message = format!("length changed from {} to {}", p.len(), a.len());
                found.push((path.clone(), message));
            }
        }
        _ => found.push((
            path.clone(),
            "the value differs from the planned one".into(),
        )),
    }
}
