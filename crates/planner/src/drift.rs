//! What changed outside: the state as the last run left it, held against what the refresh found.

use trueup_addrs::Mode;
use trueup_plan::{Action, Plan, Reason, ResourceChange};
use trueup_provider::{Registry, same_but_for_zero};
use trueup_value::Value;

/// Adds to the plan every managed object that is not as the last run left it.
pub(crate) fn record(plan: &mut Plan, providers: &Registry) {
    let mut found = Vec::new();
    for (addr, before) in &plan.prev_run_state.resources {
        if addr.resource.mode != Mode::Managed {
            continue;
        }
        let now = plan.prior_state.resources.get(addr);
        let Some(schema) = providers.schema(
            &before.provider.provider,
            Mode::Managed,
            &addr.resource.kind,
        ) else {
            continue;
        };
        let ty = schema.block.implied_type();
        for (key, instance) in &before.instances {
            let Some(old) = &instance.current else {
                continue;
            };
            let new = now
                .and_then(|now| now.instances.get(key))
                .and_then(|instance| instance.current.as_ref());
            // The text is shared where nothing changed, so that the usual case costs no decoding.
            if new.is_some_and(|new| new.attributes == old.attributes) {
                continue;
            }
            let Ok(old_value) = old.decode(&ty) else {
                continue;
            };
            let after = match new {
                Some(new) => match new.decode(&ty) {
                    Ok(value) if same_but_for_zero(&value, &old_value) => continue,
                    Ok(value) => value,
                    Err(_) => continue,
                },
                None => Value::null(ty.clone()),
            };
            found.push(ResourceChange {
                addr: addr.instance(key.clone()),
                previous_addr: None,
                deposed: None,
                provider: before.provider.clone(),
                action: if new.is_some() {
                    Action::Update
                } else {
                    Action::Delete
                },
                reason: Reason::None,
                before: old_value,
                after,
                required_replace: Vec::new(),
                importing: None,
                create_before_destroy: false,
                dependencies: old.dependencies.clone(),
                private: None,
                schema_version: schema.version,
            });
        }
    }
    plan.drift = found;
}
