//! The documents: a plan and a state as `show -json` prints them.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, InstanceKey, Mode};
use trueup_config::Config;
use trueup_state::{DEFAULT_TERRAFORM_VERSION, Object, Output, State};
use trueup_value::{Type, Value};

use super::checks::checks;
use super::configuration::{configuration, default_value};
use super::modules::Modules;
use super::value::{known, sensitive};
use super::{ChangeTrees, Fields, Json, output_trees, path_steps, with_schema_marks};
use crate::{Action, Plan, ResourceChange, SchemaSource};

/// The version of the plan document.
const PLAN_FORMAT: &str = "1.2";
/// The version of the state document.
const STATE_FORMAT: &str = "1.0";

/// The word for a mode.
pub(super) fn mode_text(mode: Mode) -> &'static str {
    match mode {
        Mode::Managed => "managed",
        Mode::Data => "data",
    }
}

/// The document of a plan. Without `config` its section says nothing; the plan carries the text from which
/// the caller can read it again.
pub fn plan_document(plan: &Plan, config: Option<&Config>, schemas: &dyn SchemaSource) -> Json {
    let list = |changes: &[ResourceChange]| {
        let changes = changes.iter();
        Json::array(changes.map(|change| {
            let generated = plan.generated.get(&change.addr).map(|text| &**text);
            resource_change(change, generated, schemas)
        }))
    };
    let outputs = plan.outputs.iter().map(|(name, output)| {
        let trees = output_trees(output);
        (name.clone(), trees.json(output.action, None, None))
    });
    let variables = variables(plan, config, schemas);
    let relevant = plan.relevant_attributes.iter().map(|relevant| {
        Fields::new()
            .text("resource", relevant.resource.to_string())
            .with("attribute", Json::array(path_steps(&relevant.path)))
            .json()
    });
    let some_list = |json: Json| match &json {
        Json::Array(elements) if elements.is_empty() => None,
        _ => Some(json),
    };
    let outputs: BTreeMap<Arc<str>, Json> = outputs.collect();
    Fields::new()
        .text("format_version", PLAN_FORMAT)
        .text("terraform_version", DEFAULT_TERRAFORM_VERSION)
        .with_some(
            "variables",
            (!variables.is_empty()).then(|| Json::object(variables)),
        )
        .with("planned_values", planned_values(plan, schemas))
        .with_some("resource_drift", some_list(list(&plan.drift)))
        .with_some("resource_changes", some_list(list(&plan.changes)))
        .with_some(
            "output_changes",
            (!outputs.is_empty()).then(|| Json::object(outputs)),
        )
        .with_some("prior_state", prior_state(plan, schemas))
        .with_some(
            "configuration",
            config.map(|config| configuration(config, schemas)),
        )
        .with_some("relevant_attributes", some_list(Json::array(relevant)))
        .with_some("checks", checks(&plan.checks))
        .text("timestamp", &plan.timestamp)
        .with("applyable", Json::Bool(plan.applyable))
        .with("complete", Json::Bool(plan.complete))
        .with("errored", Json::Bool(plan.errored))
        .json()
}

fn variables(
    plan: &Plan,
    config: Option<&Config>,
    schemas: &dyn SchemaSource,
) -> BTreeMap<Arc<str>, Json> {
    let json = |value: Json| Fields::new().with("value", value).json();
    let mut variables: BTreeMap<Arc<str>, Json> = plan
        .variables
        .iter()
        .filter(|(name, _)| !plan.apply_time_variables.contains(*name))
        .map(|(name, variable)| {
            (
                name.clone(),
                json(known(&variable.value).unwrap_or_default()),
            )
        })
        .collect();
    let declared = config.map(|config| &config.root.module.variables);
    for (name, variable) in declared.into_iter().flatten() {
        if let (false, Some(value)) = (
            variables.contains_key(name),
            default_value(variable, schemas),
        ) {
            variables.insert(name.clone(), json(value));
        }
    }
    variables
}

fn resource_change(
    change: &ResourceChange,
    generated: Option<&str>,
    schemas: &dyn SchemaSource,
) -> Json {
    let resource = &change.addr.resource.resource;
    let schema = schemas.schema(&change.provider.provider, resource.mode, &resource.kind);
    let block = schema.as_ref().map(|schema| &schema.block);
    let trees = ChangeTrees::of(change, block);
    let previous = change
        .previous_addr
        .as_ref()
        .filter(|previous| **previous != change.addr);
    let module = &change.addr.resource.module;
    Fields::new()
        .text("address", change.addr.to_string())
        .with_some(
            "previous_address",
            previous.map(|previous| Json::string(previous.to_string())),
        )
        .with_some(
            "module_address",
            (!module.is_root()).then(|| Json::string(module.to_string())),
        )
        .text("mode", mode_text(resource.mode))
        .text("type", &resource.kind)
        .text("name", &resource.name)
        .with_some("index", index(&change.addr.key))
        .with_some(
            "deposed",
            change
                .deposed
                .as_ref()
                .map(|key| Json::string(key.as_str())),
        )
        .text("provider_name", change.provider.provider.to_string())
        .with(
            "change",
            trees.json(change.action, change.importing.as_deref(), generated),
        )
        .with_some("action_reason", change.reason.plan_json().map(Json::string))
        .json()
}

fn index(key: &InstanceKey) -> Option<Json> {
    match key {
        InstanceKey::None => None,
        InstanceKey::Int(index) => Some(Json::number(*index)),
        InstanceKey::Str(text) => Some(Json::String(text.clone())),
    }
}

/// The first fields of a resource, which all documents share.
fn identity(addr: &AbsInstance, provider: String) -> Fields {
    let resource = &addr.resource.resource;
    Fields::new()
        .text("address", addr.to_string())
        .text("mode", mode_text(resource.mode))
        .text("type", &resource.kind)
        .text("name", &resource.name)
        .with_some("index", index(&addr.key))
        .text("provider_name", provider)
}

fn planned_values(plan: &Plan, schemas: &dyn SchemaSource) -> Json {
    let mut modules = Modules::default();
    for change in &plan.changes {
        if change.action == Action::Delete || change.deposed.is_some() {
            continue;
        }
        let resource = &change.addr.resource.resource;
        let provider = &change.provider.provider;
        let schema = schemas.schema(provider, resource.mode, &resource.kind);
        let after = with_schema_marks(&change.after, schema.as_ref().map(|schema| &schema.block));
        let json = identity(&change.addr, provider.to_string())
            .with("schema_version", Json::number(change.schema_version))
            .with_some("values", known(&after).filter(|values| !values.is_null()))
            .with("sensitive_values", sensitive(&after))
            .json();
        modules.add(&change.addr.resource.module, change.addr.to_string(), json);
    }
    let outputs: BTreeMap<Arc<str>, Json> = plan
        .outputs
        .iter()
        .filter(|(_, output)| output.action != Action::Delete)
        .map(|(name, output)| {
            let value = output.after.without_marks_inside();
            let fields = Fields::new().with("sensitive", Json::Bool(output.sensitive));
            let fields = if value.is_wholly_known() {
                fields
                    .with("type", output_type(&value))
                    .with("value", known(&value).unwrap_or_default())
            } else {
                fields
            };
            (name.clone(), fields.json())
        })
        .collect();
    // By their text: `r[10]` before `r[2]`. A state keeps its own order.
    modules
        .by_name
        .values_mut()
        .for_each(|resources| resources.sort_by(|left, right| left.0.cmp(&right.0)));
    values(outputs, modules)
}

fn values(outputs: BTreeMap<Arc<str>, Json>, modules: Modules) -> Json {
    Fields::new()
        .with_some(
            "outputs",
            (!outputs.is_empty()).then(|| Json::object(outputs)),
        )
        .with("root_module", modules.json())
        .json()
}

/// The type in JSON notation.
pub(super) fn type_json(ty: &Type) -> Json {
    Json::parse(&ty.to_json()).unwrap_or_default()
}

/// The state that a plan began with. Terraform takes outputs whose new value is known into it already, and
/// readers expect them there. `None` where it is empty.
fn prior_state(plan: &Plan, schemas: &dyn SchemaSource) -> Option<Json> {
    let mut outputs = plan.prior_state.outputs.clone();
    for (name, change) in &plan.outputs {
        let value = change.after.without_marks_inside();
        if change.action == Action::Delete || !value.is_wholly_known() {
            continue;
        }
        if value.is_null() {
            outputs.remove(name);
        } else {
            outputs.insert(name.clone(), Output::new(value, change.sensitive));
        }
    }
    let is_empty = outputs.is_empty() && plan.prior_state.instances().next().is_none();
    (!is_empty).then(|| filled_state(&plan.prior_state, &outputs, schemas))
}

/// The document of a state. An empty state says only its format.
pub fn state_document(state: &State, schemas: &dyn SchemaSource) -> Json {
    if state.is_empty() {
        return Fields::new().text("format_version", STATE_FORMAT).json();
    }
    filled_state(state, &state.outputs, schemas)
}

fn filled_state(
    state: &State,
    outputs: &BTreeMap<Arc<str>, Output>,
    schemas: &dyn SchemaSource,
) -> Json {
    let fields = Fields::new().text("format_version", STATE_FORMAT);
    let mut modules = Modules::default();
    for (addr, instance) in state.instances() {
        let Some(provider) = state.provider_of(&addr.resource) else {
            continue;
        };
        let resource = &addr.resource.resource;
        let schema = schemas.schema(&provider.provider, resource.mode, &resource.kind);
        let block = schema.as_ref().map(|schema| &schema.block);
        let current = instance.current.iter().map(|object| (None, object));
        let deposed = instance.deposed.iter();
        let deposed = deposed.map(|(key, object)| (Some(key.as_str()), object));
        for (key, object) in current.chain(deposed) {
            let (value, sensitive) = object_trees(object, block);
            let depends_on = object.dependencies.iter();
            let mut depends_on: Vec<String> =
                depends_on.map(|resource| resource.to_string()).collect();
            depends_on.sort();
            let json = identity(&addr, provider.provider.to_string())
                .with("schema_version", Json::number(object.schema_version))
                .with("values", value)
                .with("sensitive_values", sensitive)
                .with_some(
                    "depends_on",
                    (!depends_on.is_empty())
                        .then(|| Json::array(depends_on.iter().map(Json::string))),
                )
                .with_some("tainted", object.tainted.then_some(Json::Bool(true)))
                .with_some("deposed_key", key.map(Json::string))
                .json();
            modules.add(&addr.resource.module, addr.to_string(), json);
        }
    }
    let outputs = outputs.iter().map(|(name, output)| {
        let json = Fields::new()
            .with("sensitive", Json::Bool(output.sensitive))
            .with("value", known(&output.value).unwrap_or_default())
            .with("type", output_type(&output.value))
            .json();
        (name.clone(), json)
    });
    let checks = state.check_results.as_deref().and_then(checks);
    fields
        .text("terraform_version", &state.terraform_version)
        .with("values", values(outputs.collect(), modules))
        .with_some("checks", checks)
        .json()
}

/// The value of an object of the state, decoded by its schema where there is one and it fits.
pub fn object_value(object: &Object, block: Option<&trueup_schema::Block>) -> Option<Value> {
    let block = block?;
    let value = object.decode(&block.implied_type()).ok()?;
    Some(with_schema_marks(&value, Some(block)))
}

/// The value of an object of the state as trees: what it is, where it is sensitive. Without a schema that
/// fits, the attributes as they are written.
pub fn object_trees(object: &Object, block: Option<&trueup_schema::Block>) -> (Json, Json) {
    match object_value(object, block) {
        Some(value) => (known(&value).unwrap_or_default(), sensitive(&value)),
        None => {
            let text = object.attributes.json().unwrap_or("{}");
            let json = Json::parse(text).unwrap_or_default();
            (json, Json::object::<&str>([]))
        }
    }
}

/// The type of an output's value; a null has none.
fn output_type(value: &Value) -> Json {
    match value.is_null() {
        true => Json::string("dynamic"),
        false => type_json(&value.ty()),
    }
}

/// All outputs as `output -json` prints them.
pub fn outputs_document(state: &State) -> Json {
    Json::object(state.outputs.iter().map(|(name, output)| {
        let json = Fields::new()
            .with("sensitive", Json::Bool(output.sensitive))
            .with("type", output_type(&output.value))
            .with("value", known(&output.value).unwrap_or_default())
            .json();
        (name.clone(), json)
    }))
}
