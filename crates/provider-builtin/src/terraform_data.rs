//! `terraform_data`: stores `input`, shows it as `output`, is replaced when `triggers_replace` changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{
    Adoption, ApplyOutcome, BoxFuture, Context, Imported, Intent, MovedObject, Object, PlanRequest,
    Planned, Problem, Problems, Progress, ReadOutcome, ReadRequest, ResourceType, Step,
};
use trueup_schema::{Attribute, Block};
use trueup_value::{Path, Type, Value, json};

use crate::NewId;

/// The name of the type.
pub(crate) const KIND: &str = "terraform_data";

/// What the block may say, and what is computed.
pub(crate) fn schema() -> Block {
    Block::new()
        .attribute("id", Attribute::computed(Type::String))
        .attribute("input", Attribute::optional(Type::Dynamic))
        .attribute("output", Attribute::computed(Type::Dynamic))
        .attribute("triggers_replace", Attribute::optional(Type::Dynamic))
}

/// An object of this type made from one that moved here: `null_resource` alone, whose `triggers` become
/// `triggers_replace`.
pub(crate) fn of_moved(moved: MovedObject<'_>) -> Result<Value, Problem> {
    let (namespace, name) = (&*moved.provider.namespace, &*moved.provider.name);
    if (namespace, name) != ("hashicorp", "null") {
        return Err(Problem::error(
            "Unsupported source provider for move operation",
            "Only moving from the hashicorp/null provider to terraform_data is supported.",
        ));
    }
    if moved.kind != "null_resource" {
        return Err(Problem::error(
            "Unsupported source resource type for move operation",
            "Only moving from the null_resource managed resource to terraform_data is supported.",
        ));
    }
    let unreadable = |why: String| Problem::error("Unreadable object in state", why);
    let tree = json::parse(moved.attributes).map_err(|error| unreadable(error.to_string()))?;
    let ty = Type::object([("id", Type::String), ("triggers", Type::map(Type::String))]);
    let value = json::unmarshal_tree(&tree, &ty).map_err(|error| unreadable(error.to_string()))?;
    let before = value.as_members().cloned().unwrap_or_default();
    let mut members = BTreeMap::from([
        ("input".into(), Value::dynamic_null()),
        ("output".into(), Value::dynamic_null()),
    ]);
    members.insert("id".into(), member(&before, "id"));
    let triggers = member(&before, "triggers");
    let triggers = if triggers.is_null() {
        Value::dynamic_null()
    } else {
        triggers
    };
    members.insert("triggers_replace".into(), triggers);
    Ok(Value::object(members))
}

/// The type.
pub(crate) struct TerraformData {
    new_id: NewId,
}

impl TerraformData {
    pub(crate) fn new(new_id: NewId) -> Self {
        Self { new_id }
    }

    fn applied(&self, step: &Step) -> Option<Object> {
        let planned = step.planned.as_ref()?;
        let mut members = planned.as_members()?.clone();
        let config = step.config.as_ref().and_then(Value::as_members);
        for name in ["input", "triggers_replace"] {
            let unsure = members
                .get(name)
                .is_some_and(|value| !value.is_wholly_known());
            if unsure && let Some(known) = config.and_then(|config| config.get(name)) {
                members.insert(name.into(), known.clone());
            }
        }
        if !member(&members, "output").is_wholly_known() {
            let input = member(&members, "input");
            members.insert("output".into(), input);
        }
        if !member(&members, "id").is_known() {
            members.insert("id".into(), Value::string((self.new_id)()));
        }
        Some(Object {
            value: Value::object(members),
            private: step.prior.as_ref().and_then(|prior| prior.private.clone()),
        })
    }
}

fn member(members: &BTreeMap<Arc<str>, Value>, name: &str) -> Value {
    members
        .get(name)
        .cloned()
        .unwrap_or_else(Value::dynamic_null)
}

/// The output of an input: as unknown as it gets, but of the same type; nothing of nothing.
fn output_of(input: &Value) -> Value {
    if input.is_null() {
        input.clone()
    } else {
        Value::unknown(input.ty())
    }
}

impl ResourceType for TerraformData {
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let Some(proposed) = request.proposed.as_members() else {
            return Planned::new(request.proposed.clone());
        };
        let mut members = proposed.clone();
        let input = member(&members, "input");
        let trigger = member(&members, "triggers_replace");
        let id = Value::unknown(Type::String).refine_not_null();
        let prior = request.prior.and_then(|object| object.value.as_members());
        let Some(prior) = prior else {
            members.insert("id".into(), id);
            members.insert("output".into(), output_of(&input));
            return Planned::new(Value::object(members));
        };
        let mut requires_replace = Vec::new();
        if !member(prior, "triggers_replace").raw_equals(&trigger) {
            requires_replace.push(Path::new().attr("triggers_replace"));
            members.insert("id".into(), id);
            members.insert("output".into(), output_of(&input));
        } else if !member(prior, "input").raw_equals(&input) {
            // A change to nothing is known only after it too.
            members.insert("output".into(), Value::unknown(input.ty()));
        }
        Planned {
            value: Value::object(members),
            requires_replace,
            problems: Problems::new(),
        }
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        Box::pin(std::future::ready(ReadOutcome::Present(request.prior)))
    }

    fn read_many<'a>(
        &'a self,
        _cx: &'a Context,
        requests: Vec<ReadRequest>,
    ) -> BoxFuture<'a, Vec<ReadOutcome>> {
        let present = requests
            .into_iter()
            .map(|request| ReadOutcome::Present(request.prior))
            .collect();
        Box::pin(std::future::ready(present))
    }

    fn apply<'a>(
        &'a self,
        _cx: &'a Context,
        step: Step,
        _progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        let outcome = ApplyOutcome::Done(self.applied(&step), Problems::new());
        Box::pin(std::future::ready(outcome))
    }

    fn identity(&self, _value: &Value) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    fn digest(&self, _value: &Value) -> String {
        String::new()
    }

    fn changes_the_world(&self) -> bool {
        false
    }

    /// Nothing exists outside the state, so an intent that is not in state never happened.
    fn recover<'a>(
        &'a self,
        _cx: &'a Context,
        intents: Vec<Intent>,
    ) -> BoxFuture<'a, Vec<Adoption>> {
        let forgotten = intents.iter().map(|_| Adoption::Forget).collect();
        Box::pin(std::future::ready(forgotten))
    }

    fn import<'a>(
        &'a self,
        _cx: &'a Context,
        id: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Imported>, Problem>> {
        let value = Value::object_from([
            ("id", Value::string(id)),
            ("input", Value::dynamic_null()),
            ("output", Value::dynamic_null()),
            ("triggers_replace", Value::dynamic_null()),
        ]);
        let imported = Imported {
            object: Object::new(value),
        };
        Box::pin(std::future::ready(Ok(vec![imported])))
    }
}
