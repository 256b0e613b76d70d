//! A state for a reader: each object with all its attributes, and the outputs.

use trueup_addrs::{AbsInstance, Mode};
use trueup_plan::json::{Json, known, object_trees};
use trueup_plan::{SchemaSource, State};
use trueup_state::Object;
use trueup_value::Marks;

use super::diff::{Change, Look, Paths, compare, render};
use crate::views::Style;

/// The whole state, or that there is nothing in it.
pub fn state(state: &State, schemas: &dyn SchemaSource, style: Style) -> String {
    if state.is_empty() {
        return "The state file is empty. No resources are represented.\n".to_owned();
    }
    let mut instances: Vec<_> = state.instances().collect();
    instances.sort_by_key(|(addr, _)| (addr.resource.module.steps().len(), addr.clone()));
    let mut out = String::new();
    let mut module = None;
    for (addr, instance) in instances {
        let current = instance.current.iter().map(|object| (None, object));
        let deposed = instance
            .deposed
            .iter()
            .map(|(key, object)| (Some(key.as_str()), object));
        for (key, object) in current.chain(deposed) {
            let here = Some(addr.resource.module.clone());
            if !out.is_empty() {
                out.push_str(if module == here { "\n" } else { "\n\n" });
            }
            module = here;
            out.push_str(&object_text(&addr, key, object, state, schemas, style));
        }
    }
    if !state.outputs.is_empty() {
        out.push_str("\n\nOutputs:\n\n");
        for (name, output) in &state.outputs {
            let value = if output.sensitive {
                output.value.mark(Marks::SENSITIVE)
            } else {
                output.value.clone()
            };
            let json = known(&value).unwrap_or_default();
            let change = unchanged(json, Json::Bool(output.sensitive));
            let diff = compare::compare_value(&change, &output.value.ty());
            out.push_str(&format!("{name} = {}\n", render(&diff, 0, look(style))));
        }
    }
    out
}

/// One object of the state: its comment and its block.
pub fn object_text(
    addr: &AbsInstance,
    deposed: Option<&str>,
    object: &Object,
    state: &State,
    schemas: &dyn SchemaSource,
    style: Style,
) -> String {
    let resource = &addr.resource.resource;
    let schema = state
        .provider_of(&addr.resource)
        .and_then(|config| schemas.schema(&config.provider, resource.mode, &resource.kind));
    let block = schema.as_ref().map(|schema| &schema.block);
    let (value, sensitive) = object_trees(object, block);
    let change = unchanged(value, sensitive);
    let diff = match block {
        Some(block) => compare::compare_resource(&change, block),
        None => compare::compare_output(&change),
    };
    let note = match deposed {
        Some(key) => format!(" (deposed object {key})"),
        None if object.tainted => " (tainted)".to_owned(),
        None => String::new(),
    };
    let head = match resource.mode {
        Mode::Managed => "resource",
        Mode::Data => "data",
    };
    let (kind, name) = (&resource.kind, &resource.name);
    let body = render(&diff, 0, look(style));
    format!("# {addr}:{note}\n{head} \"{kind}\" \"{name}\" {body}\n")
}

fn unchanged(value: Json, sensitive: Json) -> Change {
    Change {
        before: value.clone(),
        after: value,
        before_sensitive: sensitive.clone(),
        after_sensitive: sensitive,
        relevant: Paths::always(),
        ..Change::default()
    }
}

fn look(style: Style) -> Look {
    Look {
        style,
        show_unchanged: true,
        no_symbols: true,
        ..Look::default()
    }
}
