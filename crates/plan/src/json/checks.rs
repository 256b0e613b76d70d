//! Outcomes of conditions in the documents.

use trueup_addrs::{InstanceKey, parse};
use trueup_state::{CheckKind, CheckObject, CheckResult};

use super::document::mode_text;
use super::{Fields, Json};

/// The list `checks`, in the order of addresses; `None` where there is none.
pub(super) fn checks(results: &[CheckResult]) -> Option<Json> {
    if results.is_empty() {
        return None;
    }
    let mut results: Vec<&CheckResult> = results.iter().collect();
    results.sort_by(|left, right| left.config_addr.cmp(&right.config_addr));
    Some(Json::array(results.into_iter().map(check)))
}

fn check(result: &CheckResult) -> Json {
    let objects = result.objects.as_deref().unwrap_or_default();
    let mut objects: Vec<&CheckObject> = objects.iter().collect();
    objects.sort_by(|left, right| left.object_addr.cmp(&right.object_addr));
    let instances: Vec<Json> = objects
        .into_iter()
        .map(|object| instance(result.kind, object))
        .collect();
    Fields::new()
        .with("address", block(result.kind, &result.config_addr))
        .text("status", result.status.as_str())
        .with_some(
            "instances",
            (!instances.is_empty()).then(|| Json::array(instances)),
        )
        .json()
}

/// The address of a block: `module.m.check.name` in parts.
fn block(kind: CheckKind, addr: &str) -> Json {
    let word = match kind {
        CheckKind::Resource => "resource",
        CheckKind::Output => "output_value",
        CheckKind::Check => "check",
        CheckKind::Variable => "var",
    };
    let fields = Fields::new().text("kind", word);
    if kind == CheckKind::Resource
        && let Ok(resource) = parse::config_resource(addr)
    {
        let fields = fields
            .text("to_display", addr)
            .text("mode", mode_text(resource.resource.mode))
            .text("type", &resource.resource.kind)
            .text("name", &resource.resource.name);
        let module =
            (!resource.module.is_root()).then(|| Json::string(resource.module.to_string()));
        return fields.with_some("module", module).json();
    }
    let (module, name) = split_name(addr);
    fields
        .text("to_display", addr)
        .text("name", name)
        .with_some("module", module.map(Json::string))
        .json()
}

/// The module before the last two parts of an address, and the last part.
fn split_name(addr: &str) -> (Option<&str>, &str) {
    let Some((rest, name)) = addr.rsplit_once('.') else {
        return (None, addr);
    };
    (rest.rsplit_once('.').map(|(module, _)| module), name)
}

fn instance(kind: CheckKind, object: &CheckObject) -> Json {
    let addr = &object.object_addr;
    let (module, key) = match parse::abs_instance(addr) {
        Ok(instance) if kind == CheckKind::Resource => {
            let module = &instance.resource.module;
            let key = match &instance.key {
                InstanceKey::None => None,
                InstanceKey::Int(index) => Some(Json::number(*index)),
                InstanceKey::Str(text) => Some(Json::String(text.clone())),
            };
            ((!module.is_root()).then(|| module.to_string()), key)
        }
        _ => (split_name(addr).0.map(str::to_owned), None),
    };
    let problems: Vec<Json> = object
        .failure_messages
        .iter()
        .map(|message| Fields::new().text("message", message).json())
        .collect();
    let address = Fields::new()
        .text("to_display", addr)
        .with_some("module", module.map(Json::string))
        .with_some("instance_key", key)
        .json();
    Fields::new()
        .with("address", address)
        .text("status", object.status.as_str())
        .with_some(
            "problems",
            (!problems.is_empty()).then(|| Json::array(problems)),
        )
        .json()
}
