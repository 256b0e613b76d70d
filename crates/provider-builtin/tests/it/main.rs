//! The life of `terraform_data`: planned, applied, changed, replaced.

mod remote_state;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_util::sync::CancellationToken;
use trueup_addrs::{AbsInstance, InstanceKey, Resource};
use trueup_provider::{
    ApplyOutcome, Context, Object, PlanRequest, Planned, Provider, ResourceType, Step, StepKind,
    Unheard,
};
use trueup_provider_builtin::BuiltinProvider;
use trueup_value::{Type, Value};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime")
        .block_on(future)
}

fn context() -> Context {
    Context {
        cancel: CancellationToken::new(),
        parallelism: 10,
    }
}

fn data() -> Arc<dyn ResourceType> {
    let count = AtomicU32::new(0);
    let provider = BuiltinProvider::new(Arc::new(move || {
        format!("id-{}", count.fetch_add(1, Ordering::Relaxed))
    }));
    let configured = block_on(provider.configure(&context(), Value::empty_object()))
        .expect("nothing to configure");
    configured
        .resource_type("terraform_data")
        .expect("the one type it has")
}

fn address() -> AbsInstance {
    AbsInstance::in_root(Resource::managed("terraform_data", "a"), InstanceKey::None)
}

fn block(input: Value, trigger: Value) -> Value {
    Value::object_from([
        ("id", Value::null(Type::String)),
        ("input", input),
        ("output", Value::dynamic_null()),
        ("triggers_replace", trigger),
    ])
}

/// What the evaluator proposes: computed members from what is there.
fn proposed(config: &Value, prior: Option<&Object>) -> Value {
    let mut members = config.as_members().expect("an object").clone();
    if let Some(prior) = prior.and_then(|prior| prior.value.as_members()) {
        for name in ["id", "output"] {
            members.insert(name.into(), prior[name].clone());
        }
    }
    Value::object(members)
}

fn plan(data: &dyn ResourceType, prior: Option<&Object>, config: &Value) -> Planned {
    data.plan(PlanRequest {
        address: &address(),
        prior,
        config,
        proposed: &proposed(config, prior),
    })
}

fn apply(
    data: &dyn ResourceType,
    prior: Option<&Object>,
    planned: Planned,
    config: Value,
) -> Object {
    let step = Step {
        address: Arc::new(address()),
        kind: if prior.is_some() {
            StepKind::Update
        } else {
            StepKind::Create
        },
        prior: prior.cloned(),
        planned: Some(planned.value),
        config: Some(config),
        successor: None,
        token: "t".into(),
    };
    match block_on(data.apply(&context(), step, &Unheard)) {
        ApplyOutcome::Done(Some(object), _) => object,
        other => panic!("applied: {other:?}"),
    }
}

#[test]
fn it_keeps_input_and_shows_it_as_output() {
    let data = data();
    let config = block(Value::string("v"), Value::dynamic_null());
    let planned = plan(&*data, None, &config);
    let get = |value: &Value, name: &str| value.as_members().expect("an object")[name].clone();
    assert!(!get(&planned.value, "id").is_known());
    assert_eq!(get(&planned.value, "output"), Value::unknown(Type::String));
    let object = apply(&*data, None, planned, config.clone());
    assert_eq!(get(&object.value, "id"), Value::string("id-0"));
    assert_eq!(get(&object.value, "output"), Value::string("v"));

    let again = plan(&*data, Some(&object), &config);
    assert_eq!(again.value, object.value);

    let other = block(Value::number(2), Value::dynamic_null());
    let planned = plan(&*data, Some(&object), &other);
    assert!(planned.requires_replace.is_empty());
    let object = apply(&*data, Some(&object), planned, other);
    assert_eq!(get(&object.value, "id"), Value::string("id-0"));
    assert_eq!(get(&object.value, "output"), Value::number(2));
}

#[test]
fn a_changed_trigger_replaces_it() {
    let data = data();
    let config = block(Value::dynamic_null(), Value::string("one"));
    let planned = plan(&*data, None, &config);
    let object = apply(&*data, None, planned, config);
    let config = block(Value::dynamic_null(), Value::string("two"));
    let planned = plan(&*data, Some(&object), &config);
    assert_eq!(
        planned.requires_replace,
        vec![trueup_value::Path::new().attr("triggers_replace")]
    );
    assert!(planned.value.as_members().expect("an object")["output"].is_null());
}
