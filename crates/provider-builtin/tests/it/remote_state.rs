//! `terraform_remote_state` over a door that knows two states.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, InstanceKey, Mode, Resource};
use trueup_provider::{BoxFuture, DataRequest, Problems, Provider};
use trueup_provider_builtin::{BuiltinProvider, Outputs, RemoteStates};
use trueup_schema::{Attribute, Block};
use trueup_value::{Type, Value};

use crate::{block_on, context};

/// Two workspaces of one backend, `shelf`.
struct Shelf;

impl RemoteStates for Shelf {
    fn schema(&self, backend: &str) -> Result<Block, String> {
        match backend {
            "shelf" => Ok(Block::new().attribute("name", Attribute::required(Type::String))),
            other => Err(format!("There is no backend type named {other:?}.")),
        }
    }

    fn check(&self, _backend: &str, _config: &Value) -> Problems {
        Problems::new()
    }

    fn outputs<'a>(
        &'a self,
        _backend: &'a str,
        config: &'a Value,
        workspace: &'a str,
        _asker: &'a str,
    ) -> BoxFuture<'a, Result<Option<Outputs>, Problems>> {
        let name = config
            .as_members()
            .and_then(|members| members.get("name"))
            .cloned();
        let found = (workspace != "gone").then(|| {
            BTreeMap::from([
                (Arc::from("workspace"), Value::string(workspace)),
                (Arc::from("name"), name.expect("the schema has it")),
            ])
        });
        Box::pin(std::future::ready(Ok(found)))
    }
}

fn block(members: &[(&str, Value)]) -> Value {
    let mut all = BTreeMap::from([
        (Arc::from("backend"), Value::string("shelf")),
        (
            Arc::from("config"),
            Value::object_from([("name", Value::string("orders"))]),
        ),
        (Arc::from("defaults"), Value::dynamic_null()),
        (Arc::from("outputs"), Value::dynamic_null()),
        (Arc::from("workspace"), Value::null(Type::String)),
    ]);
    for (name, value) in members {
        all.insert(Arc::from(*name), value.clone());
    }
    Value::object(all)
}

fn read(block: Value) -> Result<Value, Problems> {
    let provider = BuiltinProvider::new(Arc::new(String::new)).with_states(Arc::new(Shelf));
    let configured = block_on(provider.configure(&context(), Value::empty_object()))
        .expect("nothing to configure");
    let source = configured
        .data_source("terraform_remote_state")
        .expect("the data source it has");
    let request = DataRequest {
        address: Arc::new(AbsInstance::in_root(
            Resource::data("terraform_remote_state", "o"),
            InstanceKey::None,
        )),
        config: block,
    };
    block_on(source.read(&context(), request))
}

fn outputs(value: &Value) -> BTreeMap<Arc<str>, Value> {
    let members = value.as_members().expect("an object");
    members["outputs"].as_members().expect("an object").clone()
}

#[test]
fn outputs_are_those_of_the_workspace_over_the_defaults() {
    let defaults = Value::object_from([
        ("name", Value::string("default")),
        ("other", Value::bool(true)),
    ]);
    let found = read(block(&[("defaults", defaults)])).expect("a state");
    let found = outputs(&found);
    assert_eq!(found["workspace"].as_str(), Some("default"));
    assert_eq!(found["name"].as_str(), Some("orders"));
    assert!(found.contains_key("other"));
    let named = read(block(&[("workspace", Value::string("blue"))])).expect("a state");
    assert_eq!(outputs(&named)["workspace"].as_str(), Some("blue"));
}

#[test]
fn what_is_not_there_is_an_error_at_its_argument() {
    let place = |block: Value| {
        let problems = read(block).expect_err("an error");
        (problems[0].summary.clone(), problems[0].path.to_string())
    };
    assert_eq!(
        place(block(&[("workspace", Value::string("gone"))])),
        (
            "Unable to find remote state".to_owned(),
            ".workspace".to_owned()
        )
    );
    let invalid = "Invalid backend configuration".to_owned();
    assert_eq!(
        place(block(&[("backend", Value::string("nosuch"))])),
        (invalid.clone(), ".backend".to_owned())
    );
    for config in [Value::dynamic_null(), Value::string("x")] {
        assert_eq!(
            place(block(&[("config", config)])),
            (invalid.clone(), ".config".to_owned())
        );
    }
    assert_eq!(
        place(block(&[("defaults", Value::bool(true))])).1,
        ".defaults"
    );
}

#[test]
fn a_block_that_is_not_known_yet_is_checked_as_far_as_it_goes() {
    let provider = BuiltinProvider::new(Arc::new(String::new)).with_states(Arc::new(Shelf));
    let problems = |block: Value| provider.validate(Mode::Data, "terraform_remote_state", &block);
    let unknown = Value::unknown(Type::String);
    assert!(problems(block(&[("backend", unknown.clone())])).is_empty());
    assert!(problems(block(&[("config", Value::dynamic_unknown())])).is_empty());
    let config = Value::object_from([("nam", unknown)]);
    assert_eq!(problems(block(&[("config", config)])).len(), 1);
}
