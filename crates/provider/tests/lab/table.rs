//! `lab_table`, `lab_item` and `lab_network`: a name that forces a new object, and a few attributes of every kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_provider::{
    Adoption, ApplyOutcome, Batching, BoxFuture, Context, Intent, Object, PlanRequest, Planned,
    Problem, Progress, ReadOutcome, ReadRequest, ResourceType, Step, StepKind, Unheard,
};
use trueup_schema::{Attribute, Block};
use trueup_value::{Path, Type, Value};

use super::world::Shared;

/// `name` forces a new object, `id` and an unset `note` are known after apply, `class` has a default of
/// the provider.
pub(crate) fn schema() -> Block {
    Block::new()
        .attribute("name", Attribute::required(Type::String).force_new())
        .attribute("size", Attribute::optional(Type::Number))
        .attribute("tags", Attribute::optional(Type::map(Type::String)))
        .attribute("secret", Attribute::optional(Type::String).sensitive())
        .attribute("key_wo", Attribute::optional(Type::String).write_only())
        .attribute("note", Attribute::optional_computed(Type::String))
        .attribute("class", Attribute::optional_computed(Type::String))
        .attribute("id", Attribute::computed(Type::String))
}

/// A text attribute, where it is known.
pub(crate) fn text(value: &Value, name: &str) -> Option<String> {
    value.member(name)?.as_str().map(str::to_owned)
}

pub(super) struct Table {
    world: Shared,
    batches: bool,
    /// Whether an object is found by the id alone that the lab made.
    nameless: bool,
}

impl Table {
    pub(super) fn single(world: Shared) -> Self {
        Self {
            world,
            batches: false,
            nameless: false,
        }
    }

    pub(super) fn batched(world: Shared) -> Self {
        Self {
            world,
            batches: true,
            nameless: false,
        }
    }

    pub(super) fn nameless(world: Shared) -> Self {
        Self {
            nameless: true,
            ..Self::single(world)
        }
    }

    /// Makes one change; `None` for the world where it is refused.
    async fn change(&self, cx: &Context, step: &Step, progress: &dyn Progress) -> ApplyOutcome {
        let subject = step
            .planned
            .as_ref()
            .or(step.prior.as_ref().map(|p| &p.value));
        let name = subject.and_then(|value| text(value, "name"));
        let name = name.unwrap_or_default();
        let verb = match step.kind {
            StepKind::Create => "create",
            StepKind::Update => "update",
            StepKind::Delete => "delete",
        };
        let call = format!("{verb} {name}");
        self.world.lock().note(call.clone());
        // Others get their turn before this one is answered.
        tokio::task::yield_now().await;
        let (value, outcome) = self.done(cx, step, &call, name);
        if let Some(value) = value {
            progress.created(Object::new(value)).await;
        }
        outcome
    }

    /// What there is after a change, and how it is answered.
    fn done(
        &self,
        cx: &Context,
        step: &Step,
        call: &str,
        name: String,
    ) -> (Option<Value>, ApplyOutcome) {
        let mut world = self.world.lock();
        if world.stopping.contains(call) {
            cx.cancel.cancel();
        }
        let problem = || Problem::error("The lab refused", format!("It would not {call}."));
        if world.refused.contains(call) {
            return (None, ApplyOutcome::Failed(None, vec![problem()]));
        }
        let Some(planned) = &step.planned else {
            world.objects.remove(&name);
            if world.lost.contains(call) {
                return (None, ApplyOutcome::Unknown(problem()));
            }
            return (None, ApplyOutcome::Done(None, Vec::new()));
        };
        let mut members = planned.as_members().cloned().unwrap_or_default();
        for (attribute, made) in [("id", format!("id-of-{name}")), ("note", "made".into())] {
            if members
                .get(attribute)
                .is_some_and(|value| !value.is_known())
            {
                members.insert(attribute.into(), Value::string(made));
            }
        }
        if world.bent.contains(call) {
            members.insert("size".into(), Value::number(99));
        }
        let value = Value::object(members);
        world.objects.insert(name, value.clone());
        let object = Some(Object::new(value.clone()));
        let outcome = if world.halfway.contains(call) {
            ApplyOutcome::Failed(object, vec![problem()])
        } else if world.lost.contains(call) {
            ApplyOutcome::Unknown(problem())
        } else {
            ApplyOutcome::Done(object, Vec::new())
        };
        (Some(value).filter(|_| self.nameless), outcome)
    }
}

impl ResourceType for Table {
    /// A negative size is refused; the note `broken` breaks the promises of a plan.
    fn plan(&self, request: PlanRequest<'_>) -> Planned {
        let mut members = request.proposed.as_members().cloned().unwrap_or_default();
        let name = text(request.proposed, "name").unwrap_or_default();
        let unset = |members: &BTreeMap<Arc<str>, Value>, name: &str| {
            members.get(name).is_none_or(Value::is_null)
        };
        let known_later = Value::unknown(Type::String).refine_not_null();
        for attribute in ["id", "note"] {
            if unset(&members, attribute) {
                members.insert(attribute.into(), known_later.clone());
            }
        }
        if unset(&members, "class") {
            members.insert("class".into(), Value::string("standard"));
        }
        if self.world.lock().fickle.contains(&name) {
            members.insert("class".into(), Value::string("other"));
        }
        let mut problems = Vec::new();
        let size = members.get("size").and_then(Value::as_number);
        match size.and_then(|size| size.to_i64()) {
            Some(size) if size < 0 => problems.push(
                Problem::error("Size is negative", format!("A size of {size} is none."))
                    .at(Path::new().attr("size")),
            ),
            Some(size) if size > 1000 => problems.push(
                Problem::warning("Size is large", "It will take its time.")
                    .at(Path::new().attr("size")),
            ),
            _ => {}
        }
        if text(request.config, "note").as_deref() == Some("broken") {
            members.insert("size".into(), Value::number(99));
        }
        let mut planned = Planned::new(Value::object(members));
        planned.problems = problems;
        if request.prior.is_some() {
            planned.requires_replace.push(Path::new().attr("name"));
        }
        planned
    }

    fn read<'a>(&'a self, _cx: &'a Context, request: ReadRequest) -> BoxFuture<'a, ReadOutcome> {
        let mut world = self.world.lock();
        world.note(format!("read {}", request.address));
        let name = text(&request.prior.value, "name").unwrap_or_default();
        let outcome = if world.absent.contains(&name) {
            ReadOutcome::Absent
        } else if world.unreadable.contains(&name) {
            ReadOutcome::Failed(Problem::error("Access denied", "The lab is closed."))
        } else if let Some((attribute, value)) = world.drifted.get(&name) {
            let mut members = request
                .prior
                .value
                .as_members()
                .cloned()
                .unwrap_or_default();
            members.insert(attribute.as_str().into(), value.clone());
            ReadOutcome::Present(Object {
                value: Value::object(members),
                private: request.prior.private,
            })
        } else {
            ReadOutcome::Present(request.prior)
        };
        Box::pin(std::future::ready(outcome))
    }

    fn apply<'a>(
        &'a self,
        cx: &'a Context,
        step: Step,
        progress: &'a dyn Progress,
    ) -> BoxFuture<'a, ApplyOutcome> {
        Box::pin(async move { self.change(cx, &step, progress).await })
    }

    fn batching(&self) -> Batching {
        match (self.batches, self.world.lock().batch) {
            (false, _) => Batching::Single,
            (true, 0) => Batching::UpTo(3),
            (true, most) => Batching::UpTo(most),
        }
    }

    fn apply_many<'a>(
        &'a self,
        cx: &'a Context,
        steps: Vec<Step>,
    ) -> BoxFuture<'a, Vec<ApplyOutcome>> {
        Box::pin(async move {
            self.world.lock().note(format!("batch of {}", steps.len()));
            let mut outcomes = Vec::new();
            for step in &steps {
                outcomes.push(self.change(cx, step, &Unheard).await);
            }
            outcomes
        })
    }

    fn identity(&self, value: &Value) -> BTreeMap<String, String> {
        if self.nameless {
            return BTreeMap::new();
        }
        let name = text(value, "name").unwrap_or_default();
        BTreeMap::from([("name".to_owned(), name)])
    }

    fn made_id(&self, value: &Value) -> Option<String> {
        text(value, "id").filter(|_| self.nameless)
    }

    /// Name and size tell objects apart.
    fn digest(&self, value: &Value) -> String {
        let size = value.member("size").and_then(Value::as_number);
        let size = size.map(ToString::to_string).unwrap_or_default();
        format!("{}/{size}", text(value, "name").unwrap_or_default())
    }

    fn recover<'a>(
        &'a self,
        _cx: &'a Context,
        intents: Vec<Intent>,
    ) -> BoxFuture<'a, Vec<Adoption>> {
        let world = self.world.lock();
        let judged = intents.iter().map(|intent| {
            let name = intent.identity.get("name").map(String::as_str);
            let of_id = |id| world.objects.values().find(|it| text(it, "id") == id);
            let found = match self.nameless {
                true => intent.made.clone().and_then(|id| of_id(Some(id))),
                false => name.and_then(|name| world.objects.get(name)),
            };
            match found {
                None if intent.kind == StepKind::Delete => Adoption::Gone,
                None => Adoption::Forget,
                Some(found) => {
                    let digest = Some(self.digest(found));
                    let known = intent
                        .in_state
                        .as_ref()
                        .map(|held| self.digest(&held.value));
                    if digest == known {
                        Adoption::Forget
                    } else if digest == intent.planned_digest {
                        Adoption::Adopt(Object::new(found.clone()))
                    } else if digest == intent.prior_digest {
                        Adoption::Forget
                    } else {
                        Adoption::Unclear(Problem::error(
                            "Whose is it?",
                            format!("{} is neither as before nor as planned.", intent.address),
                        ))
                    }
                }
            }
        });
        Box::pin(std::future::ready(judged.collect()))
    }
}
