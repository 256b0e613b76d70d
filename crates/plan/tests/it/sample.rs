//! A plan with something of everything.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{
    AbsInstance, ConfigResource, InstanceKey, Module, ModuleInstance, ProviderAddr,
    ProviderConfigAddr, Resource, Target,
};
use trueup_plan::{
    Action, BackendRef, CheckKind, CheckObject, CheckResult, CheckStatus, DeposedKey, Mode,
    OutputChange, Phase, Plan, Reason, Relevant, ResourceChange, State, Step, VariableValue,
};
use trueup_state::{InstanceState, Object, Output};
use trueup_value::{Bound, Marks, Number, Path, Refinements, Type, Value};

/// The provider configuration of the sample.
pub(crate) fn aws() -> ProviderConfigAddr {
    ProviderConfigAddr {
        alias: Some("east".into()),
        ..ProviderConfigAddr::default_in_root(ProviderAddr::implied("aws"))
    }
}

/// The instance `key` of the table resource `orders`, in a module where `module` says so.
pub(crate) fn orders(module: bool, key: InstanceKey) -> AbsInstance {
    let module = match module {
        true => ModuleInstance::root().child("m", InstanceKey::Str("a\"b".into())),
        false => ModuleInstance::root(),
    };
    let resource = Resource::managed("aws_dynamodb_table", "orders");
    trueup_addrs::AbsResource::new(module, resource).instance(key)
}

/// A change that does nothing, to be filled in.
pub(crate) fn change(addr: AbsInstance, action: Action) -> ResourceChange {
    ResourceChange {
        addr,
        previous_addr: None,
        deposed: None,
        provider: aws(),
        action,
        reason: Reason::None,
        before: Value::null(Type::Dynamic),
        after: Value::null(Type::Dynamic),
        required_replace: Vec::new(),
        importing: None,
        create_before_destroy: false,
        dependencies: [].into(),
        private: None,
        schema_version: 1,
    }
}

/// Values of every type, null, unknown, refined, marked, of odd precision.
pub(crate) fn values() -> Value {
    let number = |text: &str| Number::parse(text).expect("a number");
    let refined = Refinements {
        not_null: true,
        number_min: Some(Bound {
            value: number("-1.5"),
            inclusive: false,
        }),
        number_max: Some(Bound {
            value: number("99999999999999999999"),
            inclusive: true,
        }),
        ..Refinements::default()
    };
    let object = |name: &str| Value::object_from([("name", Value::from(name))]);
    let ty = Type::object([("name", Type::String)]);
    Value::object_from([
        ("null", Value::dynamic_null()),
        ("null_list", Value::null(Type::list(Type::Number))),
        ("bool", true.into()),
        (
            "big",
            Value::number(number("123456789012345678901234567890.125")),
        ),
        ("float", Value::number(0.1_f64)),
        ("infinite", Value::number(number("-Inf"))),
        ("text", "line\n\"quoted\" <&> \u{1}ü".into()),
        (
            "list",
            Value::list(ty.clone(), vec![object("a"), object("b")]),
        ),
        (
            "set",
            Value::set(ty.clone(), vec![object("b"), object("a")]),
        ),
        ("empty", Value::set(Type::String, Vec::new())),
        ("map", Value::map_from(Type::Bool, [("k y", false.into())])),
        (
            "tuple",
            Value::tuple(vec![1_i64.into(), Value::empty_object()]),
        ),
        ("unknown", Value::dynamic_unknown()),
        ("unknown_map", Value::unknown(Type::map(Type::String))),
        ("bounded", Value::unknown_refined(Type::Number, refined)),
        (
            "prefixed",
            Value::unknown_refined(Type::String, Refinements::prefix("arn:")),
        ),
        (
            "sized",
            Value::unknown_refined(Type::set(Type::String), Refinements::length(1, Some(9)))
                .with_marks(Marks::SENSITIVE),
        ),
        (
            "secret",
            Value::from("s").with_marks(Marks::SENSITIVE | Marks::EPHEMERAL),
        ),
        (
            "inside",
            Value::list(
                Type::String,
                vec!["x".into(), Value::from("y").with_marks(Marks::SENSITIVE)],
            ),
        ),
    ])
}

/// The plan.
pub(crate) fn plan() -> Plan {
    let mut plan = Plan::empty(Mode::Normal, "2026-01-02T03:04:05Z");
    plan.variables.insert(
        "region".into(),
        VariableValue {
            value: Value::from("us-east-1").with_marks(Marks::SENSITIVE),
        },
    );
    let plain = orders(false, InstanceKey::None);
    plan.targets = vec![
        Target::Module(ModuleInstance::root().child("m", InstanceKey::None)),
        Target::Resource(plain.resource.clone()),
        Target::Instance(orders(true, InstanceKey::Int(3))),
    ];
    plan.replace = vec![plain.clone()];
    let mut replaced = change(orders(true, InstanceKey::Int(1)), Action::CreateThenDelete);
    replaced.before = values().without_marks_inside();
    replaced.after = values();
    replaced.reason = Reason::ByTriggers;
    replaced.required_replace = vec![
        Path::new().attr("name"),
        Path::new().attr("list").position(1).attr("name"),
        Path::new().attr("map").key("k y"),
        Path::new()
            .attr("set")
            .index(Value::object_from([("name", Value::from("a"))])),
    ];
    replaced.create_before_destroy = true;
    replaced.dependencies = Arc::new([ConfigResource::new(
        Module::root().child("m"),
        Resource::data("aws_region", "here"),
    )]);
    replaced.private = Some(b"{\"t\":1}".as_slice().into());
    let mut same = change(plain.clone(), Action::NoOp);
    same.before = values();
    same.after = values();
    same.previous_addr = Some(orders(false, InstanceKey::Str("old".into())));
    same.importing = Some("orders".to_owned());
    same.private = Some([0xff, 0x00, 0x80].as_slice().into());
    let mut deposed = change(plain.clone(), Action::Delete);
    deposed.deposed = DeposedKey::parse("0a1b2c3d");
    deposed.before = Value::object_from([("id", Value::from("orders"))]);
    plan.drift = vec![change(plain.clone(), Action::Update)];
    plan.changes = vec![same, deposed, replaced];
    plan.sort();
    plan.relevant_attributes = vec![Relevant {
        resource: plain.clone(),
        path: Path::new().attr("arn"),
    }];
    plan.outputs = BTreeMap::from([(
        Arc::from("arn"),
        OutputChange {
            action: Action::Update,
            before: "old".into(),
            after: Value::unknown(Type::String),
            sensitive: true,
        },
    )]);
    plan.steps = vec![
        Step {
            resource: plain.resource.config(),
            phase: Phase::DestroyDeposed,
            changes: vec![1],
            needs: vec![],
        },
        Step {
            resource: plan.changes[2].addr.resource.config(),
            phase: Phase::Apply,
            changes: vec![2],
            needs: vec![0],
        },
    ];
    let mut state = State::new("5c1f2f6e-0000-4000-8000-000000000000");
    state.serial = 7;
    let ty = Type::object([("id", Type::String)]);
    let value = Value::object_from([("id", Value::from("orders"))]);
    let object = Object::encode(&value, &ty, 1);
    state.set_instance(&plain, &aws(), InstanceState::of(object));
    state
        .outputs
        .insert("arn".into(), Output::new("old".into(), true));
    plan.prior_state = state.clone();
    plan.prev_run_state = state;
    plan.config.root = ".".to_owned();
    plan.config.files = BTreeMap::from([
        ("main.tf".to_owned(), b"# nothing\n".as_slice().into()),
        ("../shared/x.tf".to_owned(), [0xef, 0xbb].as_slice().into()),
    ]);
    plan.backend = Some(BackendRef {
        kind: "s3".to_owned(),
        config: Value::object_from([("bucket", Value::from("states"))]),
        workspace: "default".to_owned(),
        hash: "abc".to_owned(),
    });
    plan.checks = vec![CheckResult {
        kind: CheckKind::Check,
        config_addr: "check.health".to_owned(),
        status: CheckStatus::Fail,
        objects: Some(vec![CheckObject {
            object_addr: "check.health".to_owned(),
            status: CheckStatus::Fail,
            failure_messages: vec!["it is not well".to_owned()],
        }]),
    }];
    plan.applyable = true;
    plan
}
