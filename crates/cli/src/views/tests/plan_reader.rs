//! Reads recorded plan JSON into a plan, so that its text can be compared with the recorded one.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{Mode as ResourceMode, ProviderAddr, ProviderConfigAddr, parse};
use trueup_plan::json::Json;
use trueup_plan::{
    Action, DeposedKey, Mode, OutputChange, Plan, Reason, Relevant, ResourceChange, SchemaSource,
};
use trueup_schema::ResourceSchema;
use trueup_value::{Marks, Number, Path, Step, Type, Value};

/// Schemas by mode and type.
#[derive(Default)]
pub(crate) struct Schemas(pub(crate) BTreeMap<(ResourceMode, String), Arc<ResourceSchema>>);

impl SchemaSource for Schemas {
    fn schema(
        &self,
        _provider: &ProviderAddr,
        mode: ResourceMode,
        kind: &str,
    ) -> Option<Arc<ResourceSchema>> {
        self.0.get(&(mode, kind.to_owned())).cloned()
    }
}

/// The plan that the recorded JSON describes. What the JSON does not say (steps, states) is left empty.
pub(crate) fn plan(json: &Json, mode: Mode, schemas: &Schemas) -> Plan {
    let mut plan = Plan::empty(mode, "2026-01-01T00:00:00Z");
    plan.changes = list(json, "resource_changes", |one| change(one, schemas));
    plan.drift = list(json, "resource_drift", |one| change(one, schemas));
    plan.relevant_attributes = list(json, "relevant_attributes", |one| Relevant {
        resource: parse::abs_instance(text(one, "resource")).expect("a recorded address is valid"),
        path: path(one.get("attribute").unwrap_or(&Json::Null)),
    });
    for (name, output) in json
        .get("output_changes")
        .and_then(Json::as_object)
        .into_iter()
        .flatten()
    {
        plan.outputs.insert(name.clone(), output_change(output));
    }
    plan.sort();
    plan.errored = flag(json, "errored");
    plan.applyable = flag(json, "applyable");
    plan
}

fn list<T>(json: &Json, name: &str, each: impl FnMut(&Json) -> T) -> Vec<T> {
    let elements = json.get(name).and_then(Json::as_array).unwrap_or_default();
    elements.iter().map(each).collect()
}

fn text<'a>(json: &'a Json, name: &str) -> &'a str {
    json.get(name).and_then(Json::as_str).unwrap_or_default()
}

fn flag(json: &Json, name: &str) -> bool {
    json.get(name).is_some_and(Json::is_true)
}

fn path(json: &Json) -> Path {
    let step = |step: &Json| match step {
        Json::String(name) => Step::Attr(name.clone()),
        other => Step::Index(value(Some(other), &Json::Null, &Json::Null, &Type::Dynamic)),
    };
    Path(
        json.as_array()
            .unwrap_or_default()
            .iter()
            .map(step)
            .collect(),
    )
}

fn action(change: &Json) -> Action {
    let names: Vec<&str> = change
        .get("actions")
        .and_then(Json::as_array)
        .unwrap_or_default()
        .iter()
        .filter_map(Json::as_str)
        .collect();
    Action::from_json_names(&names).expect("recorded actions are known")
}

fn change(json: &Json, schemas: &Schemas) -> ResourceChange {
    let addr = parse::abs_instance(text(json, "address")).expect("a recorded address is valid");
    let provider = ProviderAddr::parse_source(text(json, "provider_name"))
        .expect("a recorded provider is valid");
    let change = json.get("change").expect("a recorded change is there");
    let resource = &addr.resource.resource;
    let schema = schemas.schema(&provider, resource.mode, &resource.kind);
    let ty = schema.map_or(Type::Dynamic, |schema| schema.block.implied_type());
    let null = Json::Null;
    let part = |name: &str| change.get(name).unwrap_or(&null);
    ResourceChange {
        previous_addr: json
            .get("previous_address")
            .and_then(Json::as_str)
            .map(|text| parse::abs_instance(text).expect("a recorded address is valid")),
        deposed: DeposedKey::parse(text(json, "deposed")),
        provider: ProviderConfigAddr::default_in_root(provider),
        action: action(change),
        reason: Reason::from_plan_json(text(json, "action_reason")),
        before: value(
            change.get("before"),
            &Json::Null,
            part("before_sensitive"),
            &ty,
        ),
        after: value(
            change.get("after"),
            part("after_unknown"),
            part("after_sensitive"),
            &ty,
        ),
        required_replace: list(change, "replace_paths", path),
        importing: change
            .get("importing")
            .map(|importing| text(importing, "id").to_owned()),
        create_before_destroy: false,
        dependencies: [].into(),
        private: None,
        schema_version: 0,
        addr,
    }
}

fn output_change(json: &Json) -> OutputChange {
    let no = Json::Bool(false);
    let unknown = json.get("after_unknown").unwrap_or(&no);
    OutputChange {
        action: action(json),
        before: value(json.get("before"), &no, &no, &Type::Dynamic),
        after: value(json.get("after"), unknown, &no, &Type::Dynamic),
        sensitive: flag(json, "after_sensitive"),
    }
}

/// The value of a type that the three trees describe together.
pub(crate) fn value(json: Option<&Json>, unknown: &Json, sensitive: &Json, ty: &Type) -> Value {
    let value = plain(json, unknown, sensitive, ty);
    if sensitive.is_true() {
        value.with_marks(Marks::SENSITIVE)
    } else {
        value
    }
}

fn plain(json: Option<&Json>, unknown: &Json, sensitive: &Json, ty: &Type) -> Value {
    if unknown.is_true() {
        // Of an unknown value of any type the recorded sensitivity tells what kind of value it will be.
        let ty = match (ty, sensitive) {
            (Type::Dynamic, Json::Array(_)) => Type::tuple([]),
            (Type::Dynamic, Json::Object(_)) => Type::object::<Arc<str>>([]),
            _ => ty.clone(),
        };
        return Value::unknown(ty);
    }
    let null = Json::Null;
    let json = json.unwrap_or(&null);
    let at = |tree: &Json, at: usize| {
        let elements = tree.as_array().unwrap_or_default();
        elements.get(at).cloned().unwrap_or_default()
    };
    let of = |tree: &Json, name: &str| tree.get(name).cloned().unwrap_or_default();
    let elements = |ty: &dyn Fn(usize) -> Type| -> Vec<Value> {
        let elements = json.as_array().unwrap_or_default().iter().enumerate();
        elements
            .map(|(n, json)| value(Some(json), &at(unknown, n), &at(sensitive, n), &ty(n)))
            .collect()
    };
    let members = |ty: &dyn Fn(&str) -> Type, names: &[Arc<str>]| {
        let member = |name: &Arc<str>| {
            let (unknown, sensitive) = (of(unknown, name), of(sensitive, name));
            let member = value(json.get(name), &unknown, &sensitive, &ty(name));
            (name.clone(), member)
        };
        names.iter().map(member).collect::<BTreeMap<_, _>>()
    };
    let names = || -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = [json, unknown]
            .into_iter()
            .filter_map(Json::as_object)
            .flat_map(BTreeMap::keys)
            .cloned()
            .collect();
        names.sort();
        names.dedup();
        names
    };
    match (json, ty) {
        (Json::Null, _) => Value::null(ty.clone()),
        (Json::Bool(value), _) => Value::bool(*value),
        (Json::Number(digits), _) => {
            Value::number(Number::parse(digits).expect("a recorded number is valid"))
        }
        (Json::String(text), _) => Value::string(text),
        (Json::Array(_), Type::List(element)) => {
            Value::list((**element).clone(), elements(&|_| (**element).clone()))
        }
        (Json::Array(_), Type::Set(element)) => {
            Value::set((**element).clone(), elements(&|_| (**element).clone()))
        }
        (Json::Array(_), Type::Tuple(types)) => Value::tuple(elements(&|n| types[n].clone())),
        (Json::Array(_), _) => Value::tuple(elements(&|_| Type::Dynamic)),
        (_, Type::Map(element)) => Value::map(
            (**element).clone(),
            members(&|_| (**element).clone(), &names()),
        ),
        (_, Type::Object(object)) => {
            let names: Vec<_> = object.attributes.keys().cloned().collect();
            Value::object(members(&|name| object.attributes[name].clone(), &names))
        }
        _ => Value::object(members(&|_| Type::Dynamic, &names())),
    }
}
