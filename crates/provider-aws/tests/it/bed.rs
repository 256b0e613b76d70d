//! What the tests stand on: the provider on an embedded AWS, values from JSON, steps as an executor makes them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;
use trueup_addrs::{AbsInstance, InstanceKey, Mode, Resource};
use trueup_aws::{DynamoDb, RequestCounts, Session, Settings, Transport};
use trueup_emulator::{Config, Emulator};
use trueup_provider::{
    ApplyOutcome, Configured, Context, Object, PlanRequest, Planned, Problems, Progress, Provider,
    ReadOutcome, ReadRequest, ResourceType, Step, StepKind,
};
use trueup_provider_aws::AwsProvider;
use trueup_schema::{Block, Nesting};
use trueup_value::Value;

/// What a step told on its way.
#[derive(Default)]
pub struct Heard {
    pub created: Mutex<Vec<Object>>,
    pub waited: Mutex<Vec<String>>,
}

impl Progress for Heard {
    fn created(&self, partial: Object) -> trueup_provider::BoxFuture<'_, ()> {
        self.created.lock().expect("not poisoned").push(partial);
        Box::pin(std::future::ready(()))
    }

    fn waiting(&self, on: &str) {
        self.waited
            .lock()
            .expect("not poisoned")
            .push(on.to_owned());
    }
}

pub struct Bed {
    pub emulator: Emulator,
    pub provider: AwsProvider,
    pub configured: Arc<dyn Configured>,
    pub counts: RequestCounts,
    pub dynamodb: Arc<dyn DynamoDb>,
    /// Another client of the same world.
    pub session: Session,
    pub cx: Context,
    tokens: AtomicU32,
}

pub fn context() -> Context {
    Context {
        cancel: CancellationToken::new(),
        parallelism: 10,
    }
}

/// A bed whose provider block says `config`, on an AWS where every change takes two looks.
pub async fn bed_with(config: Json) -> Bed {
    let emulator = Emulator::in_memory(Config {
        pending_describes: 2,
        ..Config::default()
    })
    .expect("a store in memory");
    over(emulator, config).await
}

/// A bed on an AWS that is there already: another run in the same world.
pub async fn over(emulator: Emulator, config: Json) -> Bed {
    let counts = RequestCounts::new();
    let transport = Transport {
        dispatch: Some(Arc::new(emulator.connection())),
        initial_backoff: Some(Duration::from_millis(1)),
        counts: counts.clone(),
    };
    let provider = AwsProvider::through(transport);
    let cx = context();
    let block = coerce(&provider.schema().config, &config);
    let configured = match provider.configure(&cx, block).await {
        Ok(configured) => configured,
        Err(problem) => panic!("configured: {problem:?}"),
    };
    let region = config["region"].as_str();
    let session = session(&emulator, region).await;
    Bed {
        emulator,
        provider,
        configured,
        counts,
        dynamodb: session.dynamodb(),
        session,
        cx,
        tokens: AtomicU32::new(0),
    }
}

/// A client of an AWS, its calls not counted.
async fn session(emulator: &Emulator, region: Option<&str>) -> Session {
    let settings = Settings {
        region: region.map(str::to_owned),
        ..Settings::default()
    };
    let transport = Transport {
        dispatch: Some(Arc::new(emulator.connection())),
        initial_backoff: Some(Duration::from_millis(1)),
        ..Transport::default()
    };
    let session = Session::connect(settings, transport).await;
    session.expect("the embedded AWS is always there")
}

pub async fn bed() -> Bed {
    bed_with(json!({"region": "eu-west-1"})).await
}

/// JSON in the shape of a block; `{"$unknown": true}` is an unknown value.
pub fn coerce(block: &Block, json: &Json) -> Value {
    block
        .coerce(to_value(json))
        .unwrap_or_else(|error| panic!("{json}: {error}"))
}

pub fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::dynamic_null(),
        Json::Bool(value) => Value::bool(*value),
        Json::Number(number) => Value::number(number.as_i64().expect("whole numbers only")),
        Json::String(text) => Value::string(text),
        Json::Array(values) => Value::tuple(values.iter().map(to_value).collect()),
        Json::Object(members) if members.contains_key("$unknown") => Value::dynamic_unknown(),
        Json::Object(members) => Value::object_from(
            members
                .iter()
                .map(|(name, value)| (name.as_str(), to_value(value))),
        ),
    }
}

/// A value as JSON; unknown as `{"$unknown": true}`.
pub fn to_json(value: &Value) -> Json {
    if !value.is_known() {
        return json!({"$unknown": true});
    }
    if value.is_null() {
        return Json::Null;
    }
    if let Some(elements) = value.as_slice() {
        return Json::Array(elements.iter().map(to_json).collect());
    }
    if let Some(members) = value.as_members() {
        return Json::Object(
            members
                .iter()
                .map(|(name, value)| (name.to_string(), to_json(value)))
                .collect(),
        );
    }
    if let Some(text) = value.as_str() {
        return json!(text);
    }
    if let Some(value) = value.as_bool() {
        return json!(value);
    }
    let number = value.as_number().and_then(|number| number.to_i64());
    json!(number)
}

/// What an evaluator proposes: the configuration, with what the prior object keeps where the
/// configuration says nothing and the provider may.
pub fn proposed(block: &Block, prior: Option<&Value>, config: &Value) -> Value {
    let Some(said) = config.as_members() else {
        return config.clone();
    };
    let before = prior.and_then(Value::as_members);
    let mut members = said.clone();
    for (name, attribute) in &block.attributes {
        if attribute.computed
            && said[name].is_null()
            && let Some(before) = before.and_then(|before| before.get(name))
        {
            members.insert(name.clone(), before.clone());
        }
    }
    for (name, nested) in &block.blocks {
        let (Some(blocks), Some(priors)) = (
            said[name].as_slice(),
            before
                .and_then(|before| before.get(name))
                .and_then(Value::as_slice),
        ) else {
            continue;
        };
        if nested.nesting == Nesting::List {
            let blocks = blocks
                .iter()
                .enumerate()
                .map(|(n, config)| proposed(&nested.block, priors.get(n), config))
                .collect();
            members.insert(
                name.clone(),
                Value::list(nested.block.implied_type(), blocks),
            );
        }
    }
    Value::object(members)
}

pub fn address(kind: &str, name: &str) -> AbsInstance {
    AbsInstance::in_root(Resource::managed(kind, name), InstanceKey::None)
}

pub fn plan_with(
    kind: &dyn ResourceType,
    block: &Block,
    prior: Option<&Object>,
    config: &Value,
) -> Planned {
    kind.plan(PlanRequest {
        address: &address("kind", "a"),
        prior,
        config,
        proposed: &proposed(block, prior.map(|prior| &prior.value), config),
    })
}

pub fn errors(problems: &Problems) -> Vec<String> {
    problems
        .iter()
        .filter(|problem| problem.is_error())
        .map(|problem| problem.summary.clone())
        .collect()
}

impl Bed {
    /// A client of a region, its calls not counted.
    pub async fn session_in(&self, region: &str) -> Session {
        session(&self.emulator, Some(region)).await
    }

    pub fn kind(&self, name: &str) -> Arc<dyn ResourceType> {
        self.configured
            .resource_type(name)
            .expect("a type of that name")
    }

    pub fn block(&self, kind: &str) -> &Block {
        let schema = self.provider.schema().of(Mode::Managed, kind);
        &schema.expect("a type of that name").block
    }

    pub fn config(&self, kind: &str, json: &Json) -> Value {
        coerce(self.block(kind), json)
    }

    /// What the provider says is wrong with a block, without a look at AWS.
    pub fn provider_problems(&self, kind: &str, json: &Json) -> Vec<String> {
        let config = self.config(kind, json);
        errors(&self.provider.validate(Mode::Managed, kind, &config))
    }

    pub fn plan(&self, kind: &str, prior: Option<&Object>, json: &Json) -> Planned {
        let config = self.config(kind, json);
        plan_with(&*self.kind(kind), self.block(kind), prior, &config)
    }

    /// The step from `prior` to what `json` says; `None` deletes.
    pub fn step(&self, kind: &str, prior: Option<&Object>, json: Option<&Json>) -> Step {
        let planned = json.map(|json| self.plan(kind, prior, json));
        if let Some(planned) = &planned {
            assert_eq!(errors(&planned.problems), Vec::<String>::new());
        }
        let count = self.tokens.fetch_add(1, Ordering::Relaxed);
        Step {
            address: Arc::new(address(kind, "a")),
            kind: match (prior, &planned) {
                (_, None) => StepKind::Delete,
                (None, _) => StepKind::Create,
                (Some(_), _) => StepKind::Update,
            },
            prior: prior.cloned(),
            planned: planned.map(|planned| planned.value),
            config: json.map(|json| self.config(kind, json)),
            successor: None,
            token: format!("token-{count}").into(),
        }
    }

    pub async fn try_apply(
        &self,
        kind: &str,
        prior: Option<&Object>,
        json: Option<&Json>,
    ) -> (ApplyOutcome, Heard) {
        let heard = Heard::default();
        let step = self.step(kind, prior, json);
        let outcome = self.kind(kind).apply(&self.cx, step, &heard).await;
        (outcome, heard)
    }

    /// Applies, and reads back the same object.
    pub async fn apply(&self, kind: &str, prior: Option<&Object>, json: &Json) -> Object {
        match self.try_apply(kind, prior, Some(json)).await.0 {
            ApplyOutcome::Done(Some(object), _) => object,
            other => panic!("applied {json}: {other:?}"),
        }
    }

    pub async fn delete(&self, kind: &str, prior: &Object) {
        match self.try_apply(kind, Some(prior), None).await.0 {
            ApplyOutcome::Done(None, _) => {}
            other => panic!("deleted: {other:?}"),
        }
    }

    pub async fn read(&self, kind: &str, prior: &Object) -> Option<Object> {
        let request = ReadRequest {
            address: Arc::new(address(kind, "a")),
            prior: prior.clone(),
        };
        match self.kind(kind).read(&self.cx, request).await {
            ReadOutcome::Present(object) => Some(object),
            ReadOutcome::Absent => None,
            ReadOutcome::Failed(problem) => panic!("read: {problem:?}"),
        }
    }

    /// Requests sent so far by operation, DynamoDB only.
    pub fn sent(&self) -> BTreeMap<String, u64> {
        self.counts
            .snapshot()
            .remove("dynamodb")
            .unwrap_or_default()
    }
}

/// The difference of two JSON objects, member by member, for messages.
pub fn difference(expected: &Json, found: &Json) -> String {
    let empty = serde_json::Map::new();
    let (a, b) = (
        expected.as_object().unwrap_or(&empty),
        found.as_object().unwrap_or(&empty),
    );
    let mut lines = Vec::new();
    let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for name in names {
        if a.get(name) != b.get(name) {
            lines.push(format!(
                "  {name}: expected {:?}, found {:?}",
                a.get(name),
                b.get(name)
            ));
        }
    }
    lines.join("\n")
}
