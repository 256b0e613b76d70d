//! From the file's objects to a [`State`].

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use serde_json::value::RawValue;
use trueup_addrs::{
    AbsResource, ConfigResource, InstanceKey, Mode, ModuleInstance, ProviderConfigAddr, Resource,
    parse,
};
use trueup_value::Value;

use super::raw::{
    RawCheck, RawInstance, RawOutput, RawOutputs, RawResource, RawState, Text, Unknown,
};
use super::{Extra, FORMAT_VERSION, ReadError, older, sensitive, text};
use crate::attributes::{output_type, output_value};
use crate::{
    Attributes, CheckKind, CheckObject, CheckResult, CheckStatus, DeposedKey, Object, Output,
    ResourceState, State,
};

/// Reads the text of a state file.
pub(crate) fn read(bytes: &[u8]) -> Result<State, ReadError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(ReadError::Empty);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| ReadError::NotText {
        offset: error.valid_up_to(),
    })?;
    let raw = match serde_json::from_str::<RawState<'_>>(text) {
        Ok(raw) if raw.version == Some(FORMAT_VERSION) => raw,
        other => {
            return match version_problem(text) {
                Some(ReadError::TooOld {
                    version: version @ 1..,
                }) => older::read(text, version),
                Some(problem) => Err(problem),
                None => Err(other
                    .err()
                    .map_or(ReadError::NoVersion, |error| syntax(&error))),
            };
        }
    };
    Reader::default().state(raw)
}

pub(super) fn syntax(error: &serde_json::Error) -> ReadError {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    ReadError::Syntax {
        line: error.line(),
        column: error.column().max(1),
        message: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
    }
}

/// What is wrong with the header, if the text is JSON at all: only then is its version the cause
/// of whatever else did not fit.
fn version_problem(text: &str) -> Option<ReadError> {
    let header: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let word = |key: &str| header.get(key).and_then(|value| value.as_str());
    if let Some(version) = word("encryption_version").filter(|version| !version.is_empty()) {
        return Some(ReadError::Encrypted {
            version: version.to_owned(),
        });
    }
    match header.get("version").map(|version| version.as_u64()) {
        Some(Some(FORMAT_VERSION)) => None,
        Some(Some(version)) if version < FORMAT_VERSION => Some(ReadError::TooOld { version }),
        Some(Some(version)) => Some(ReadError::TooNew {
            version,
            terraform_version: word("terraform_version").unwrap_or("unknown").to_owned(),
        }),
        _ => Some(ReadError::NoVersion),
    }
}

/// Reads one file. Texts that stand in every instance are parsed once.
#[derive(Default)]
struct Reader<'a> {
    providers: HashMap<String, ProviderConfigAddr>,
    dependencies: HashMap<&'a str, Arc<[ConfigResource]>>,
    names: HashMap<String, Arc<str>>,
}

fn bad(what: impl Into<String>, problem: impl Into<String>) -> ReadError {
    ReadError::BadEntry {
        what: what.into(),
        problem: problem.into(),
    }
}

impl<'a> Reader<'a> {
    fn state(mut self, raw: RawState<'a>) -> Result<State, ReadError> {
        let terraform_version = owned(raw.terraform_version);
        if !terraform_version.is_empty() && !is_version(&terraform_version) {
            return Err(ReadError::BadProgramVersion {
                text: terraform_version,
            });
        }
        let mut resources = BTreeMap::new();
        for entry in raw.resources.unwrap_or_default() {
            self.resource(entry, &mut resources)?;
        }
        Ok(State {
            terraform_version,
            serial: raw.serial.unwrap_or(0),
            lineage: owned(raw.lineage),
            outputs: outputs(raw.outputs.unwrap_or_default())?,
            resources,
            check_results: raw
                .check_results
                .map(|checks| checks.into_iter().filter_map(check).collect()),
            extra: extra(raw.unknown),
        })
    }

    fn resource(
        &mut self,
        raw: RawResource<'a>,
        resources: &mut BTreeMap<AbsResource, ResourceState>,
    ) -> Result<(), ReadError> {
        let (kind, name) = (owned(raw.kind), owned(raw.name));
        let mode_text = owned(raw.mode);
        let module_text = owned(raw.module);
        let mut what = format!("{kind}.{name}");
        if !module_text.is_empty() {
            what = format!("{module_text}.{what}");
        }
        let mode = match &*mode_text {
            "managed" => Mode::Managed,
            "data" => Mode::Data,
            other => return Err(bad(what, format!("unknown mode {other:?}"))),
        };
        if kind.is_empty() || name.is_empty() {
            return Err(bad(what, "\"type\" and \"name\" are required"));
        }
        let module = if module_text.is_empty() {
            ModuleInstance::root()
        } else {
            parse::module_instance(&module_text).map_err(|error| bad(&what, error.to_string()))?
        };
        let provider = self.provider(raw.provider, &what)?;
        let address = AbsResource::new(
            module,
            Resource {
                mode,
                kind: self.name(&kind),
                name: self.name(&name),
            },
        );
        let mut resource = ResourceState::new(provider);
        resource.extra = extra(raw.unknown);
        for instance in raw.instances.unwrap_or_default() {
            self.instance(instance, &address, &mut resource)?;
        }
        match resources.entry(address) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(resource);
            }
            // Two entries for one resource are read as one, as long as they don't contradict.
            std::collections::btree_map::Entry::Occupied(mut place) => {
                for (key, instance) in resource.instances {
                    let known = place.get_mut().instances.entry(key).or_default();
                    if known.current.is_some() && instance.current.is_some() {
                        return Err(bad(what, "the same instance is listed twice"));
                    }
                    known.current = known.current.take().or(instance.current);
                    known.deposed.extend(instance.deposed);
                }
            }
        }
        Ok(())
    }

    fn name(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.names.get(text) {
            return known.clone();
        }
        let shared: Arc<str> = text.into();
        self.names.insert(text.to_owned(), shared.clone());
        shared
    }

    fn provider(
        &mut self,
        text: Option<Text<'a>>,
        what: &str,
    ) -> Result<ProviderConfigAddr, ReadError> {
        let text = owned(text);
        if text.is_empty() {
            return Err(bad(
                what,
                "it names no provider (an OpenTofu state may name one for each instance, \
                 which is not supported)",
            ));
        }
        if let Some(known) = self.providers.get(&text) {
            return Ok(known.clone());
        }
        let provider = parse::provider_config(&text)
            .map_err(|error| bad(what, format!("invalid provider {text:?}: {error}")))?;
        self.providers.insert(text, provider.clone());
        Ok(provider)
    }

    fn instance(
        &mut self,
        raw: RawInstance<'a>,
        address: &AbsResource,
        resource: &mut ResourceState,
    ) -> Result<(), ReadError> {
        let key = match raw.index_key {
            None => InstanceKey::None,
            Some(key) => index_key(key.get())
                .ok_or_else(|| bad(address.to_string(), "index_key is no text or whole number"))?,
        };
        let what = || address.instance(key.clone()).to_string();
        let tainted = match raw.status.as_ref().map(|status| &*status.0) {
            None | Some("") => false,
            Some("tainted") => true,
            Some(other) => return Err(bad(what(), format!("unknown status {other:?}"))),
        };
        let deposed = match raw.deposed.as_ref().map(|key| &*key.0) {
            None | Some("") => None,
            Some(text) => Some(DeposedKey::parse(text).ok_or_else(|| {
                bad(
                    what(),
                    format!("the deposed key {text:?} is not 8 characters long"),
                )
            })?),
        };
        let private = match raw.private {
            None => None,
            Some(Text(text)) if text.is_empty() => None,
            Some(Text(text)) => Some(
                base64::engine::general_purpose::STANDARD
                    .decode(text.as_bytes())
                    .map_err(|error| bad(what(), format!("private is not base64: {error}")))?
                    .into(),
            ),
        };
        let object = Object {
            schema_version: raw.schema_version.unwrap_or(0),
            attributes: raw
                .attributes
                .map_or_else(Attributes::default, |raw| Attributes::from_json(raw.get())),
            sensitive_paths: raw
                .sensitive_attributes
                .map_or(Ok(Vec::new()), |raw| sensitive::read(raw.get()))
                .map_err(|problem| bad(what(), problem))?,
            private,
            dependencies: self
                .dependencies(raw.dependencies)
                .map_err(|problem| bad(what(), problem))?,
            tainted,
            create_before_destroy: raw.create_before_destroy.unwrap_or(false),
            extra: extra(raw.unknown),
        };
        let instance = resource.instances.entry(key.clone()).or_default();
        let before = match deposed {
            Some(deposed) => instance.deposed.insert(deposed, object),
            None => instance.current.replace(object),
        };
        match before {
            Some(_) => Err(bad(what(), "the same object is listed twice")),
            None => Ok(()),
        }
    }

    fn dependencies(&mut self, raw: Option<&'a RawValue>) -> Result<Arc<[ConfigResource]>, String> {
        let Some(text) = raw.map(RawValue::get) else {
            return Ok(Arc::default());
        };
        if let Some(known) = self.dependencies.get(text) {
            return Ok(known.clone());
        }
        let names: Vec<String> = serde_json::from_str(text)
            .map_err(|error| format!("the dependencies are not texts: {error}"))?;
        let mut parsed = names
            .iter()
            .map(|name| {
                parse::config_resource(name)
                    .map_err(|error| format!("invalid dependency {name:?}: {error}"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        parsed.dedup();
        let shared: Arc<[ConfigResource]> = parsed.into();
        self.dependencies.insert(text, shared.clone());
        Ok(shared)
    }
}

fn owned(text: Option<Text<'_>>) -> String {
    text.map(|text| text.0.into_owned()).unwrap_or_default()
}

fn index_key(text: &str) -> Option<InstanceKey> {
    if text.starts_with('"') {
        let key: String = serde_json::from_str(text).ok()?;
        return Some(InstanceKey::Str(key.into()));
    }
    if let Ok(index) = text.parse() {
        return Some(InstanceKey::Int(index));
    }
    // Go writes large indexes as floats: 1e+06.
    let index: f64 = text.parse().ok()?;
    (index >= 0.0 && index.fract() == 0.0 && index < 9e15).then_some(InstanceKey::Int(index as u64))
}

fn extra(unknown: Unknown<'_>) -> Extra {
    Extra::from_pairs(
        unknown
            .into_iter()
            .map(|(key, value)| {
                let mut compact = String::new();
                text::compact(value.get(), &mut compact);
                (Arc::from(&*key), Arc::from(compact))
            })
            .collect(),
    )
}

fn outputs(raw: RawOutputs<'_>) -> Result<BTreeMap<Arc<str>, Output>, ReadError> {
    let mut outputs = BTreeMap::new();
    for (name, entry) in raw.unknown {
        let what = || format!("output {name:?}");
        let entry: RawOutput<'_> = serde_json::from_str(entry.get())
            .map_err(|error| bad(what(), syntax(&error).to_string()))?;
        let ty = entry
            .ty
            .ok_or_else(|| bad(what(), "\"type\" is required"))
            .and_then(|ty| output_type(ty.get()).map_err(|problem| bad(what(), problem)))?;
        let value = match entry.value {
            None => Value::null(ty),
            Some(raw) => output_value(raw.get(), &ty).map_err(|problem| bad(what(), problem))?,
        };
        outputs.insert(
            Arc::from(&*name),
            Output {
                value,
                sensitive: entry.sensitive.unwrap_or(false),
                extra: extra(entry.unknown),
            },
        );
    }
    Ok(outputs)
}

/// A check result; kinds that we do not know are passed over, as the format demands.
fn check(raw: RawCheck<'_>) -> Option<CheckResult> {
    Some(CheckResult {
        kind: CheckKind::parse(&owned(raw.kind))?,
        config_addr: owned(raw.config_addr),
        status: CheckStatus::parse(&owned(raw.status)),
        objects: raw.objects.map(|objects| {
            objects
                .into_iter()
                .map(|object| CheckObject {
                    object_addr: owned(object.object_addr),
                    status: CheckStatus::parse(&owned(object.status)),
                    failure_messages: object
                        .failure_messages
                        .unwrap_or_default()
                        .into_iter()
                        .map(|message| message.0.into_owned())
                        .collect(),
                })
                .collect()
        }),
    })
}

/// Whether the text is a version as the file's readers demand: numbers separated by dots, perhaps
/// a `v` before and a pre-release or build after.
fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers = text.split(['-', '+']).next().unwrap_or_default();
    let rest = &text[numbers.len()..];
    numbers
        .split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
        && rest
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.' | b'~'))
}
