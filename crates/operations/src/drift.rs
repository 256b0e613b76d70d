//! The drift check: what is not as the last run left it, as data.

use trueup_plan::{Action, Plan};
use trueup_value::{Path, Value, ValueRef};

/// What a drift check found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The serial of the state that was held against the world.
    pub serial: u64,
    /// How many managed objects the state has.
    pub checked: usize,
    /// Objects that are not as the state says, in the plan's order.
    pub objects: Vec<Drifted>,
}

/// One object that is not as the state says.
#[derive(Clone, Debug)]
pub struct Drifted {
    /// Its address.
    pub address: String,
    /// Whether it is gone.
    pub deleted: bool,
    /// The attributes that differ: path, then before and after, marks inside.
    pub attributes: Vec<(Path, Value, Value)>,
}

/// The report of a plan that was made in refresh-only mode.
pub fn report(plan: &Plan) -> Report {
    let checked = plan
        .prev_run_state
        .instances()
        .filter(|(addr, _)| addr.resource.resource.mode == trueup_addrs::Mode::Managed)
        .count();
    let objects = plan
        .drift
        .iter()
        .map(|change| {
            let deleted = change.action == Action::Delete;
            let mut attributes = Vec::new();
            if !deleted {
                differences(&change.before, &change.after, &Path::new(), &mut attributes);
            }
            Drifted {
                address: change.addr.to_string(),
                deleted,
                attributes,
            }
        })
        .collect();
    Report {
        serial: plan.prev_run_state.serial,
        checked,
        objects,
    }
}

/// Where two values differ: as deep as names and keys lead, whole where they don't.
fn differences(before: &Value, after: &Value, path: &Path, found: &mut Vec<(Path, Value, Value)>) {
    if before.raw_equals(after) {
        return;
    }
    match (before.view(), after.view()) {
        (ValueRef::Object(b), ValueRef::Object(a)) => {
            for (name, b) in b {
                if let Some(a) = a.get(name) {
                    differences(b, a, &path.attr(name.clone()), found);
                }
            }
        }
        (ValueRef::Map { elements: b, elem }, ValueRef::Map { elements: a, .. }) => {
            let absent = Value::null(elem.clone());
            let keys: std::collections::BTreeSet<_> = b.keys().chain(a.keys()).collect();
            for key in keys {
                let (b, a) = (b.get(key).unwrap_or(&absent), a.get(key).unwrap_or(&absent));
                differences(b, a, &path.key(key), found);
            }
        }
        (ValueRef::List { elements: b, .. }, ValueRef::List { elements: a, .. })
            if b.len() == a.len() =>
        {
            for (n, (b, a)) in b.iter().zip(a).enumerate() {
                differences(b, a, &path.position(n), found);
            }
        }
        _ => found.push((path.clone(), before.clone(), after.clone())),
    }
}
