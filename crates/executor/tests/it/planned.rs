//! A plan in short, a line for each change, step and output.
//!
//! `create lab_table.a {"name":"a"} needs=lab_table.b`; `update` and the two replacements give what differs
//! from the state; `delete lab_table.a deposed=00000001`; `read`; `output x "new value"`, `output x ?` for one
//! to be known later, `output x gone`; `step apply lab_table.a needs 0,1`; `mode destroy`. What the lab
//! computes and nobody gives is unknown.

use trueup_addrs::{Mode as ResourceMode, ProviderAddr, ProviderConfigAddr, parse};
use trueup_plan::{Action, Mode, OutputChange, Phase, Plan, Reason, ResourceChange, Step};
use trueup_state::{DeposedKey, State};
use trueup_value::{Type, Value, json};

use crate::lab;

/// Reads a plan that stands on `state`.
pub(crate) fn plan(text: &str, state: &State) -> Result<Plan, String> {
    let mut plan = Plan::empty(Mode::Normal, "2026-01-02T03:04:05Z");
    plan.prev_run_state = state.clone();
    plan.prior_state = state.clone();
    for line in text.lines() {
        read(line, state, &mut plan).map_err(|error| format!("plan.txt: {line}: {error}"))?;
    }
    plan.applyable = true;
    Ok(plan)
}

fn read(line: &str, state: &State, plan: &mut Plan) -> Result<(), String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let action = match word {
        "mode" => {
            plan.mode = match rest {
                "destroy" => Mode::Destroy,
                _ => Mode::RefreshOnly,
            };
            return Ok(());
        }
        "output" => return output(rest, state, plan),
        "step" => return step(rest, plan),
        "create" => Action::Create,
        "update" => Action::Update,
        "read" => Action::Read,
        "no-op" => Action::NoOp,
        "delete-then-create" => Action::DeleteThenCreate,
        "create-then-delete" => Action::CreateThenDelete,
        "delete" => Action::Delete,
        _ => return Err("no such line".into()),
    };
    plan.changes.push(change(action, rest, state)?);
    Ok(())
}

fn change(action: Action, rest: &str, state: &State) -> Result<ResourceChange, String> {
    let (head, given, words) = match (rest.find(" {"), rest.rfind('}')) {
        (Some(start), Some(end)) => (&rest[..start], &rest[start + 1..=end], &rest[end + 1..]),
        _ => {
            let (head, words) = rest.split_once(' ').unwrap_or((rest, ""));
            (head, "{}", words)
        }
    };
    let addr = parse::abs_instance(head).map_err(|error| error.to_string())?;
    let mut deposed = None;
    let mut dependencies = Vec::new();
    for word in words.split_whitespace() {
        match word.split_once('=') {
            Some(("deposed", key)) => deposed = DeposedKey::parse(key),
            Some(("needs", needs)) => {
                for need in needs.split(',') {
                    let need = parse::config_resource(need);
                    dependencies.push(need.map_err(|error| error.to_string())?);
                }
            }
            _ => return Err(format!("{word} is not known")),
        }
    }
    let data = addr.resource.resource.mode == ResourceMode::Data;
    let ty = match data {
        true => Type::object([("name", Type::String), ("value", Type::String)]),
        false => lab::schema().implied_type(),
    };
    let held = state.instance(&addr);
    let object = held.and_then(|held| match &deposed {
        Some(key) => held.deposed.get(key),
        None => held.current.as_ref(),
    });
    let before = match object {
        Some(object) => object.decode(&ty).map_err(|error| error.to_string())?,
        None => Value::null(ty.clone()),
    };
    let after = match action {
        Action::Delete => Value::null(ty),
        Action::NoOp => before.clone(),
        _ => after(action, given, &before, data)?,
    };
    Ok(ResourceChange {
        addr,
        previous_addr: None,
        deposed,
        provider: ProviderConfigAddr::default_in_root(ProviderAddr::implied("lab")),
        action,
        reason: Reason::None,
        before,
        after,
        required_replace: Vec::new(),
        importing: None,
        create_before_destroy: action == Action::CreateThenDelete,
        dependencies: dependencies.into(),
        private: None,
        schema_version: 0,
    })
}

fn after(action: Action, given: &str, before: &Value, data: bool) -> Result<Value, String> {
    let given = json::decode(given).map_err(|error| error.to_string())?;
    let given = given.as_members().cloned().unwrap_or_default();
    let mut members = before.as_members().cloned().unwrap_or_default();
    let later = Value::unknown(Type::String);
    if data {
        members = [("name", later.clone()), ("value", later)]
            .map(|(name, value)| (name.into(), value))
            .into();
        members.extend(given);
        return Ok(Value::object(members));
    }
    if action != Action::Update {
        for name in ["id", "note"] {
            members.insert(name.into(), later.clone());
        }
        members.insert("class".into(), Value::string("standard"));
    }
    for (name, value) in given {
        let value = match value.as_str() {
            Some("?") => later.clone(),
            _ => value,
        };
        members.insert(name, value);
    }
    let value = lab::schema().coerce(Value::object(members));
    value.map_err(|error| error.to_string())
}

fn output(rest: &str, state: &State, plan: &mut Plan) -> Result<(), String> {
    let (name, value) = rest.split_once(' ').ok_or("a name and a value")?;
    let stored = state.outputs.get(name);
    let before = stored.map_or_else(Value::dynamic_null, |output| output.value.clone());
    let (action, after) = match value {
        "gone" => (Action::Delete, Value::dynamic_null()),
        "?" => (Action::Update, Value::dynamic_unknown()),
        text => {
            let value = json::decode(text).map_err(|error| error.to_string())?;
            (Action::Update, value)
        }
    };
    let change = OutputChange {
        action,
        before,
        after,
        sensitive: false,
    };
    plan.outputs.insert(name.into(), change);
    Ok(())
}

fn step(rest: &str, plan: &mut Plan) -> Result<(), String> {
    let words: Vec<&str> = rest.split_whitespace().collect();
    let (phase, resource, needs) = match words[..] {
        [phase, resource] => (phase, resource, ""),
        [phase, resource, "needs", needs] => (phase, resource, needs),
        _ => return Err("a phase and a resource".into()),
    };
    let phase = match phase {
        "apply" => Phase::Apply,
        "destroy-for-replace" => Phase::DestroyForReplace,
        "delete" => Phase::Delete,
        "destroy-deposed" => Phase::DestroyDeposed,
        _ => return Err("no such phase".into()),
    };
    let resource = parse::config_resource(resource).map_err(|error| error.to_string())?;
    let takes_part = |change: &ResourceChange| match change.action {
        Action::NoOp | Action::Forget => false,
        Action::Create | Action::Read | Action::Update => phase == Phase::Apply,
        Action::DeleteThenCreate => matches!(phase, Phase::Apply | Phase::DestroyForReplace),
        Action::CreateThenDelete => matches!(phase, Phase::Apply | Phase::DestroyDeposed),
        Action::Delete if change.deposed.is_some() => phase == Phase::DestroyDeposed,
        Action::Delete => phase == Phase::Delete,
    };
    let all = plan.changes.iter().enumerate();
    let changes = all
        .filter(|(_, change)| change.addr.resource.config() == resource && takes_part(change))
        .map(|(at, _)| at)
        .collect();
    let needs = needs.split(',').filter(|need| !need.is_empty());
    let needs = needs.map(|need| need.parse().map_err(|_| "a number".to_owned()));
    plan.steps.push(Step {
        resource,
        phase,
        changes,
        needs: needs.collect::<Result<_, _>>()?,
    });
    Ok(())
}
