//! `state list`, `state show` and `state pull`: looking into the state, without a lock.

use std::sync::Arc;

use trueup_addrs::parse;
use trueup_operations::state_edit;
use trueup_state::InstanceState;

use super::by_hand::{self, no_state};
use super::{Place, used_wrongly};
use crate::exit::{Ended, Exit, Told};
use crate::setup::Schemas;
use crate::views::human;
use crate::{args, output};

/// `state list`.
pub async fn list(at: Place, flags: args::StateList) -> Ended {
    let files = args::StateFiles::reading(flags.state);
    let opened = by_hand::open(&at, flags.no_color, &files).await?;
    let state = opened.read().await?.ok_or_else(no_state)?;
    let mut found = Vec::new();
    for text in &flags.addresses {
        let target = state_edit::target(text).map_err(|diagnostic| opened.refuse(diagnostic))?;
        let instances = state_edit::instances_of(&state, &target);
        if instances.is_empty() {
            return Err(opened.refuse(state_edit::unknown(&target)));
        }
        found.extend(instances);
    }
    if flags.addresses.is_empty() {
        found = state.instances().map(|(addr, _)| addr).collect();
        state_edit::in_list_order(&mut found);
    }
    let text: String = found
        .iter()
        .filter(|addr| {
            let wanted = flags.id.as_deref();
            wanted.is_none_or(|id| {
                let instance = state.instance(addr);
                instance.and_then(id_of).as_deref() == Some(id)
            })
        })
        .map(|addr| format!("{addr}\n"))
        .collect();
    output::text(&text);
    Ok(Exit::Done)
}

/// The `id` of an instance's object, where it has one.
fn id_of(instance: &InstanceState) -> Option<String> {
    let ty = trueup_value::Type::object([("id", trueup_value::Type::String)]);
    let value = instance.current.as_ref()?.decode_unmarked(&ty).ok()?;
    Some(value.member("id")?.as_str()?.to_owned())
}

const ONE_INSTANCE: &str = "This command requires that the address references one specific instance.\nTo view the available instances, use \"trueup state list\". Please modify\nthe address to reference a specific instance.";

/// `state show`.
pub async fn show(at: Place, flags: args::StateShow) -> Ended {
    let [address] = flags.address.as_slice() else {
        return Err(used_wrongly("state show", "Exactly one argument expected."));
    };
    let files = args::StateFiles::reading(flags.state);
    let opened = by_hand::open(&at, flags.no_color, &files).await?;
    let Ok(addr) = parse::abs_instance(address) else {
        output::error_line(&format!(
            "Error parsing instance address: {address}\n\n{ONE_INSTANCE}"
        ));
        return Err(Told);
    };
    let state = opened.read().await?.ok_or_else(no_state)?;
    let found = state.instance(&addr).and_then(|instance| {
        let deposed = || {
            let (key, object) = instance.deposed.iter().next()?;
            Some((Some(key.as_str()), object))
        };
        instance
            .current
            .as_ref()
            .map(|object| (None, object))
            .or_else(deposed)
    });
    let Some((deposed, object)) = found else {
        output::error_line(&format!(
            "No instance found for the given address!\n\n{ONE_INSTANCE}"
        ));
        return Err(Told);
    };
    let schemas = Schemas(Arc::new(opened.setup.world.clone()));
    let style = opened.report.style;
    output::text(&human::object_text(
        &addr, deposed, object, &state, &schemas, style,
    ));
    Ok(Exit::Done)
}

/// `state pull`.
pub async fn pull(at: Place, flags: args::StatePull) -> Ended {
    let opened = by_hand::open(&at, flags.no_color, &args::StateFiles::default()).await?;
    if let Some(state) = opened.read().await? {
        output::line(&String::from_utf8_lossy(&state.write()));
    }
    Ok(Exit::Done)
}
