//! State files of the formats 1 to 3, which Terraform wrote before 0.12: brought to the form of format 4.
//!
//! What they hold is kept as they held it: attributes as flat texts, providers by their legacy names
//! (`registry.terraform.io/-/aws`). What an object depends on is lost, since those formats named it differently.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use base64::Engine;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value as Json, json};
use trueup_value::json as values;
use trueup_value::{Type, Value};

use super::{FORMAT_VERSION, ReadError};
use crate::flat::{self, Flat};
use crate::{Output, State};

#[derive(Deserialize)]
struct Old<'a> {
    #[serde(default)]
    terraform_version: Option<String>,
    #[serde(default)]
    serial: i64,
    #[serde(default)]
    lineage: Option<String>,
    #[serde(borrow, default)]
    modules: Option<Vec<OldModule<'a>>>,
}

#[derive(Deserialize)]
struct OldModule<'a> {
    #[serde(default)]
    path: Vec<String>,
    #[serde(borrow, default)]
    outputs: Option<BTreeMap<String, &'a RawValue>>,
    #[serde(default)]
    resources: Option<BTreeMap<String, OldResource>>,
}

#[derive(Deserialize)]
struct OldOutput<'a> {
    #[serde(default)]
    sensitive: bool,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct OldResource {
    #[serde(default)]
    primary: Option<OldInstance>,
    #[serde(default)]
    deposed: Option<Vec<Option<OldInstance>>>,
    #[serde(default)]
    provider: Option<String>,
}

#[derive(Deserialize)]
struct OldInstance {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    attributes: Option<Flat>,
    #[serde(default)]
    meta: Option<Map<String, Json>>,
    #[serde(default)]
    tainted: bool,
}

/// What stands for one resource: its provider, and the file's entries of its instances.
type Entry = (String, Vec<Json>);

fn bad(what: impl Into<String>, problem: impl Into<String>) -> ReadError {
    ReadError::BadEntry {
        what: what.into(),
        problem: problem.into(),
    }
}

/// Reads a file of format `version`, 1 to 3.
pub(super) fn read(text: &str, version: u64) -> Result<State, ReadError> {
    let old: Old<'_> = serde_json::from_str(text).map_err(|error| super::reader::syntax(&error))?;
    if old.serial < 0 {
        return Err(bad("the serial", "it is less than zero"));
    }
    let mut outputs = BTreeMap::new();
    let mut resources: BTreeMap<(String, &'static str, String, String), Entry> = BTreeMap::new();
    for module in old.modules.unwrap_or_default() {
        let path = module_path(&module.path)?;
        if path.is_empty() {
            outputs = read_outputs(module.outputs.unwrap_or_default(), version)?;
        }
        for (key, resource) in module.resources.unwrap_or_default() {
            let address = Address::parse(&key)
                .ok_or_else(|| bad(&key, "this is no address of a resource"))?;
            let provider = provider(resource.provider.as_deref(), address.kind)
                .map_err(|problem| bad(&key, problem))?;
            let place = (
                path.clone(),
                address.mode,
                address.kind.to_owned(),
                address.name.to_owned(),
            );
            let (_, entries) = resources.entry(place).or_insert((provider, Vec::new()));
            entries.extend(instances(resource, address.index, version));
        }
    }
    let entries: Vec<Json> = resources
        .into_iter()
        .map(|((module, mode, kind, name), (provider, instances))| {
            let mut entry = json!({
                "mode": mode,
                "type": kind,
                "name": name,
                "provider": provider,
                "instances": instances,
            });
            if !module.is_empty() {
                entry["module"] = Json::String(module);
            }
            entry
        })
        .collect();
    let newer = json!({
        "version": FORMAT_VERSION,
        "terraform_version": old.terraform_version.unwrap_or_default(),
        "serial": old.serial,
        "lineage": old.lineage.unwrap_or_default(),
        "resources": entries,
    });
    let mut state = super::read(newer.to_string().as_bytes())?;
    state.outputs = outputs;
    Ok(state)
}

/// `module.a.module.b` of `["root", "a", "b"]`.
fn module_path(path: &[String]) -> Result<String, ReadError> {
    match path {
        [root, rest @ ..] if root == "root" => {
            let steps: Vec<String> = rest.iter().map(|name| format!("module.{name}")).collect();
            Ok(steps.join("."))
        }
        other => Err(bad(
            "a module",
            format!("its path {other:?} does not begin at the root"),
        )),
    }
}

/// `type.name`, `type.name.3`, and the same behind `data.`.
struct Address<'a> {
    mode: &'static str,
    kind: &'a str,
    name: &'a str,
    index: Option<u64>,
}

impl<'a> Address<'a> {
    fn parse(key: &'a str) -> Option<Self> {
        let (mode, rest) = match key.strip_prefix("data.") {
            // A resource type may be called so too.
            Some(rest) if rest.contains('.') => ("data", rest),
            _ => ("managed", key),
        };
        let mut parts = rest.split('.');
        let (kind, name) = (parts.next()?, parts.next()?);
        let index = match parts.next() {
            None => None,
            Some(index) => Some(index.parse().ok()?),
        };
        let whole = parts.next().is_none() && !kind.is_empty() && !name.is_empty();
        whole.then_some(Self {
            mode,
            kind,
            name,
            index,
        })
    }
}

/// The provider's address of today: `provider.aws.west`, `module.m.provider.aws`, or that which the type's name begins
/// with.
fn provider(said: Option<&str>, kind: &str) -> Result<String, String> {
    let said = said.unwrap_or_default();
    let mut rest = said;
    let mut modules = String::new();
    while let Some(after) = rest.strip_prefix("module.") {
        let (name, more) = after
            .split_once('.')
            .ok_or_else(|| format!("invalid provider {said:?}"))?;
        modules.push_str(&format!("module.{name}."));
        rest = more;
    }
    let rest = rest.strip_prefix("provider.").unwrap_or(rest);
    let (name, alias) = match rest {
        "" => (kind.split('_').next().unwrap_or(kind), None),
        rest => match rest.split_once('.') {
            Some((name, alias)) => (name, Some(alias)),
            None => (rest, None),
        },
    };
    let is_name = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && !text.is_empty()
    };
    if !is_name(name) || alias.is_some_and(|alias| !is_name(alias)) {
        return Err(format!("invalid provider {said:?}"));
    }
    let address = match name {
        "terraform" => "terraform.io/builtin/terraform".to_owned(),
        name => format!("registry.terraform.io/-/{name}"),
    };
    let alias = alias.map(|alias| format!(".{alias}")).unwrap_or_default();
    Ok(format!("{modules}provider[\"{address}\"]{alias}"))
}

/// The file's entries of one instance: its object, then those that were to be deleted.
fn instances(resource: OldResource, index: Option<u64>, version: u64) -> Vec<Json> {
    let primary = resource.primary.map(|object| entry(object, index, version));
    let deposed = resource.deposed.unwrap_or_default().into_iter().flatten();
    let deposed = deposed.enumerate().map(|(n, object)| {
        let mut entry = entry(object, index, version);
        // They had no keys yet.
        entry["deposed"] = Json::String(format!("{:08x}", n + 1));
        entry
    });
    primary.into_iter().chain(deposed).collect()
}

fn entry(object: OldInstance, index: Option<u64>, version: u64) -> Json {
    let mut attributes = object.attributes.unwrap_or_default();
    if version < 3 {
        count_maps_apart(&mut attributes);
    }
    if let Some(id) = object.id.filter(|id| !id.is_empty()) {
        attributes.entry("id".to_owned()).or_insert(id);
    }
    let mut meta = object.meta.unwrap_or_default();
    let schema_version = match meta.get("schema_version") {
        Some(Json::String(text)) => text.parse::<u64>().ok(),
        Some(number) => number.as_u64(),
        None => None,
    };
    if schema_version.is_some() {
        meta.remove("schema_version");
    }
    let mut entry = json!({
        "schema_version": schema_version.unwrap_or(0),
        flat::KEY: attributes,
        "sensitive_attributes": [],
    });
    if let Some(index) = index {
        entry["index_key"] = json!(index);
    }
    if object.tainted {
        entry["status"] = json!("tainted");
    }
    if !meta.is_empty() {
        let mut text = String::new();
        super::text::compact(&sorted(&Json::Object(meta)).to_string(), &mut text);
        entry["private"] = json!(base64::engine::general_purpose::STANDARD.encode(text));
    }
    entry
}

/// The same with the members of all objects in the order of their names, whatever map serde_json was built with.
fn sorted(json: &Json) -> Json {
    match json {
        Json::Object(members) => {
            let names: BTreeMap<&String, &Json> = members.iter().collect();
            Json::Object(
                names
                    .into_iter()
                    .map(|(name, value)| (name.clone(), sorted(value)))
                    .collect(),
            )
        }
        Json::Array(elements) => Json::Array(elements.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// Before format 3 maps were counted as lists are, by `.#`. What has a key that is no number is a map; what has no
/// elements at all goes, as nobody can tell what it was.
fn count_maps_apart(attributes: &mut Flat) {
    let prefixes: Vec<String> = attributes
        .keys()
        .filter_map(|key| key.strip_suffix('#'))
        .filter(|prefix| prefix.ends_with('.'))
        .map(str::to_owned)
        .collect();
    for prefix in prefixes {
        let keys: BTreeSet<&str> = attributes
            .keys()
            .filter_map(|key| key.strip_prefix(&*prefix))
            .map(|rest| rest.split('.').next().unwrap_or(rest))
            .filter(|key| *key != "#")
            .collect();
        let (is_empty, is_map) = (
            keys.is_empty(),
            keys.iter().any(|key| key.parse::<i64>().is_err()),
        );
        let counted = format!("{prefix}#");
        if is_empty {
            attributes.remove(&counted);
        } else if is_map && let Some(count) = attributes.remove(&counted) {
            attributes.insert(format!("{prefix}%"), count);
        }
    }
}

/// Outputs; in format 1 they were texts only.
fn read_outputs(
    old: BTreeMap<String, &RawValue>,
    version: u64,
) -> Result<BTreeMap<Arc<str>, Output>, ReadError> {
    let mut outputs = BTreeMap::new();
    for (name, raw) in old {
        let what = || format!("output {name:?}");
        let output = match version {
            1 => OldOutput {
                sensitive: false,
                value: Some(raw),
            },
            _ => serde_json::from_str(raw.get())
                .map_err(|error| bad(what(), super::reader::syntax(&error).to_string()))?,
        };
        let text = output.value.map_or("null", RawValue::get);
        let value = values::decode(text).map_err(|error| bad(what(), error.to_string()))?;
        let ty = collected(&value.ty());
        let value = values::unmarshal(text, &ty).map_err(|error| bad(what(), error.to_string()))?;
        let value = match value.is_null() {
            true => Value::dynamic_null(),
            false => value,
        };
        outputs.insert(Arc::from(&*name), Output::new(value, output.sensitive));
    }
    Ok(outputs)
}

/// Lists and maps where tuples and objects have elements of one type: those formats knew no others.
fn collected(ty: &Type) -> Type {
    match ty {
        Type::Tuple(elements) => match elements.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other == first) => {
                Type::list(collected(first))
            }
            _ => ty.clone(),
        },
        Type::Object(object) => {
            let mut types = object.attributes.values();
            match types.next() {
                Some(first) if types.all(|other| other == first) => Type::map(collected(first)),
                _ => ty.clone(),
            }
        }
        _ => ty.clone(),
    }
}
