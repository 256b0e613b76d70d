//! Moves to resources of another type: the provider of the new type says what the object is now.

use trueup_addrs::{AbsInstance, Mode};
use trueup_config::Config;
use trueup_diagnostics::Diagnostics;
use trueup_provider::{MovedObject, Problem, Registry};
use trueup_state::Object as StateObject;

use super::{Moved, Statement};

/// Turns what moved to another type into an object of that type. What the configuration no longer declares
/// stays as it was: that is told elsewhere.
pub(crate) fn convert(
    moved: &mut Moved,
    statements: &[Statement],
    config: &Config,
    providers: &Registry,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let unlike: Vec<(AbsInstance, AbsInstance)> = moved
        .moves
        .iter()
        .filter(|(new, old)| new.resource.resource.kind != old.resource.resource.kind)
        .map(|(new, old)| (new.clone(), old.clone()))
        .collect();
    for (new, old) in unlike {
        let header = statements
            .iter()
            .filter(|statement| statement.to.selects(&new.resource))
            .find_map(|statement| statement.header);
        if let Err(problem) = one(moved, &new, &old, config, providers) {
            let mut diagnostic = problem.to_diagnostic();
            if let Some(header) = header {
                diagnostic = diagnostic.at(header);
            }
            diagnostics.push(diagnostic);
        }
    }
    diagnostics
}

fn one(
    moved: &mut Moved,
    new: &AbsInstance,
    old: &AbsInstance,
    config: &Config,
    providers: &Registry,
) -> Result<(), Problem> {
    let path = new.resource.module.module();
    let declared = config
        .module(&path)
        .and_then(|node| node.module.resources.get(&new.resource.resource));
    let Some(declared) = declared else {
        return Ok(());
    };
    let served_by = config.provider_of(&path, declared);
    let kind = &new.resource.resource.kind;
    let schema = providers.schema(&served_by.provider, Mode::Managed, kind);
    let (Some(provider), Some(schema)) = (providers.find(&served_by.provider), schema) else {
        return Ok(());
    };
    let Some(before) = moved.state.provider_of(&new.resource).cloned() else {
        return Ok(());
    };
    let ty = schema.block.implied_type();
    let convert = |object: &StateObject| -> Result<StateObject, Problem> {
        let value = provider.move_state(MovedObject {
            provider: &before.provider,
            kind: &old.resource.resource.kind,
            schema_version: object.schema_version,
            attributes: object.attributes.json().unwrap_or("{}"),
            target: kind,
        })?;
        Ok(StateObject {
            private: None,
            ..object.with_value(&value, &ty, schema.version)
        })
    };
    let Some(held) = moved.state.instance(new).cloned() else {
        return Ok(());
    };
    let mut converted = held.clone();
    converted.current = held.current.as_ref().map(&convert).transpose()?;
    for (key, object) in &held.deposed {
        converted.deposed.insert(key.clone(), convert(object)?);
    }
    moved.state.set_instance(new, &served_by, converted);
    Ok(())
}
