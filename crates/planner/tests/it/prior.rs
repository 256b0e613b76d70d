//! The state of a case in short: a line for each object or output.
//!
//! `lab_table.a {"name":"a"} needs=lab_table.b tainted cbd deposed=00000001 version=1 sensitive=size`, and
//! `output x 1`. Attributes that are not given are null, but for what the lab computes.

use trueup_addrs::{ProviderAddr, ProviderConfigAddr, parse};
use trueup_state::{DeposedKey, InstanceState, Object, Output, State};
use trueup_value::{Marks, Path, Type, Value, json};

use crate::lab;

/// Reads a state.
pub(crate) fn state(text: &str) -> Result<State, String> {
    let mut state = State::new("lineage");
    state.serial = 7;
    for line in text.lines() {
        read(line, &mut state).map_err(|error| format!("prior.txt: {line}: {error}"))?;
    }
    Ok(state)
}

fn read(line: &str, state: &mut State) -> Result<(), String> {
    if let Some(output) = line.strip_prefix("output ") {
        let (name, value) = output.split_once(' ').ok_or("a name and a value")?;
        let value = json::decode(value).map_err(|error| error.to_string())?;
        state.outputs.insert(name.into(), Output::new(value, false));
        return Ok(());
    }
    let (start, end) = (line.find(" {"), line.rfind('}'));
    let (Some(start), Some(end)) = (start, end) else {
        return Err("an address and an object".into());
    };
    let addr = parse::abs_instance(&line[..start]).map_err(|error| error.to_string())?;
    let given = json::decode(&line[start + 1..=end]).map_err(|error| error.to_string())?;
    let kind = &*addr.resource.resource.kind;
    let mut members = given.as_members().cloned().unwrap_or_default();
    let mut provider = match kind {
        "terraform_data" => ProviderAddr::builtin("terraform"),
        kind => ProviderAddr::implied(kind.split('_').next().unwrap_or(kind)),
    };
    if kind.starts_with("lab_") {
        let name = lab::text(&given, "name").unwrap_or_default();
        for (attribute, value) in [
            ("id", format!("id-of-{name}")),
            ("note", "made".into()),
            ("class", "standard".into()),
        ] {
            members
                .entry(attribute.into())
                .or_insert_with(|| Value::string(value));
        }
    } else if kind == "terraform_data" {
        for attribute in ["id", "input", "output", "triggers_replace"] {
            members
                .entry(attribute.into())
                .or_insert_with(Value::dynamic_null);
        }
    }
    let value = Value::object(members);
    let (value, ty) = match kind {
        "lab_table" | "lab_item" => {
            let schema = lab::schema();
            let value = schema.coerce(value).map_err(|error| error.to_string())?;
            (value, schema.implied_type())
        }
        "terraform_data" => {
            let ty = [
                ("id", Type::String),
                ("input", Type::Dynamic),
                ("output", Type::Dynamic),
                ("triggers_replace", Type::Dynamic),
            ];
            (value, Type::object(ty))
        }
        _ => {
            let ty = value.ty();
            (value, ty)
        }
    };
    let mut object = Object::encode(&value, &ty, 0);
    if value
        .member("secret")
        .is_some_and(|secret| !secret.is_null())
    {
        let marks = [(Path::new().attr("secret"), Marks::SENSITIVE)];
        object = Object::encode(&value.mark_paths(&marks), &ty, 0);
    }
    let mut deposed = None;
    let mut alias = None;
    for word in line[end + 1..].split_whitespace() {
        let (name, rest) = word.split_once('=').unwrap_or((word, ""));
        match name {
            "needs" => {
                object.dependencies = rest
                    .split(',')
                    .map(|need| parse::config_resource(need).map_err(|error| error.to_string()))
                    .collect::<Result<_, _>>()?;
            }
            "tainted" => object.tainted = true,
            "cbd" => object.create_before_destroy = true,
            "version" => object.schema_version = rest.parse().map_err(|_| "a number")?,
            "deposed" => deposed = Some(DeposedKey::parse(rest).ok_or("a deposed key")?),
            "alias" => alias = Some(rest.into()),
            "host" => provider.host = rest.into(),
            _ => return Err(format!("{name} is not known")),
        }
    }
    let mut instance: InstanceState = state.instance(&addr).cloned().unwrap_or_default();
    match deposed {
        Some(key) => {
            instance.deposed.insert(key, object);
        }
        None => instance.current = Some(object),
    }
    let provider = ProviderConfigAddr {
        alias,
        ..ProviderConfigAddr::default_in_root(provider)
    };
    state.set_instance(&addr, &provider, instance);
    Ok(())
}
