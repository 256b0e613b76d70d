//! The text of `plan.json` in the saved file, and what stands beside it, to a plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{ConfigResource, ProviderConfigAddr};
use trueup_state::{CheckKind, CheckObject, CheckResult, CheckStatus, DeposedKey, State};
use trueup_value::json::{self, Json};

use super::value_read::{Reading, ValueReader, as_usize, damaged};
use super::{PlanFileError, VERSION};
use crate::{
    Action, BackendRef, Mode, OutputChange, Phase, Plan, Reason, Relevant, ResourceChange,
    Snapshot, Step, VariableValue,
};

/// What the field `format` holds.
pub(super) const FORMAT: &str = "trueup-plan";

const ACTIONS: [Action; 8] = [
    Action::NoOp,
    Action::Create,
    Action::Read,
    Action::Update,
    Action::DeleteThenCreate,
    Action::CreateThenDelete,
    Action::Delete,
    Action::Forget,
];

const PHASES: [Phase; 4] = [
    Phase::Apply,
    Phase::DestroyForReplace,
    Phase::Delete,
    Phase::DestroyDeposed,
];

/// Reads a plan from the entries of its file.
pub(super) fn plan(entry: &mut dyn FnMut(&str) -> Reading<Vec<u8>>) -> Reading<Plan> {
    let text = String::from_utf8(entry("plan.json")?).map_err(|_| damaged("plan.json"))?;
    let json = json::parse(&text).map_err(|_| damaged("plan.json"))?;
    if json.get("format").and_then(Json::as_str) != Some(FORMAT) {
        return Err(PlanFileError::NotAPlan(
            "the archive holds another plan".to_owned(),
        ));
    }
    let version = json.get("version").and_then(as_usize).unwrap_or_default() as u64;
    if version != VERSION {
        return Err(PlanFileError::Newer(version));
    }
    let mut files = BTreeMap::new();
    for (number, path) in array(&json, "files")?.iter().enumerate() {
        let path = path.as_str().ok_or_else(|| damaged("file list"))?;
        files.insert(path.to_owned(), entry(&format!("config/{number}"))?.into());
    }
    let mut state = |name: &str| {
        State::read(&entry(name)?)
            .map_err(|why| PlanFileError::Damaged(format!("its {name} can't be read ({why})")))
    };
    let prior_state = state("state.json")?;
    let prev_run_state = state("state-before.json")?;
    let mut reader = Reader::new(&json)?;
    let changes = reader.changes(&json, "changes")?;
    Ok(Plan {
        began: true,
        mode: match text_of(&json, "mode")? {
            "normal" => Mode::Normal,
            "destroy" => Mode::Destroy,
            "refresh-only" => Mode::RefreshOnly,
            _ => return Err(damaged("mode")),
        },
        variables: reader.variables(&json)?,
        apply_time_variables: array(&json, "apply_time_variables")?
            .iter()
            .map(|name| name.as_str().map(Arc::from))
            .collect::<Option<_>>()
            .ok_or_else(|| damaged("apply_time_variables"))?,
        targets: array(&json, "targets")?
            .iter()
            .map(|target| reader.target(target))
            .collect::<Reading<_>>()?,
        excludes: match json.get("excludes") {
            Some(Json::Array(targets)) => targets
                .iter()
                .map(|target| reader.target(target))
                .collect::<Reading<_>>()?,
            _ => Vec::new(),
        },
        replace: array(&json, "replace")?
            .iter()
            .map(|address| reader.instance(address))
            .collect::<Reading<_>>()?,
        drift: reader.changes(&json, "drift")?,
        relevant_attributes: array(&json, "relevant")?
            .iter()
            .map(|relevant| reader.relevant(relevant))
            .collect::<Reading<_>>()?,
        outputs: reader.outputs(&json)?,
        steps: reader.steps(&json, changes.len())?,
        changes,
        prior_state,
        prev_run_state,
        config: Snapshot {
            files,
            root: text_of(&json, "root")?.to_owned(),
        },
        backend: reader.backend(&json)?,
        timestamp: text_of(&json, "timestamp")?.to_owned(),
        errored: is_true(&json, "errored"),
        complete: is_true(&json, "complete"),
        applyable: is_true(&json, "applyable"),
        checks: array(&json, "checks")?
            .iter()
            .map(check)
            .collect::<Reading<_>>()?,
        generated: match json.get("generated") {
            Some(Json::Array(blocks)) => blocks
                .iter()
                .map(|block| reader.generated(block))
                .collect::<Reading<_>>()?,
            _ => BTreeMap::new(),
        },
        contents: match json.get("contents") {
            Some(Json::Array(objects)) => objects
                .iter()
                .map(|object| reader.contents(object))
                .collect::<Reading<_>>()?,
            // Plans of older programs don't tell.
            _ => BTreeMap::new(),
        },
    })
}

fn array<'a, 't>(json: &'a Json<'t>, name: &str) -> Reading<&'a [Json<'t>]> {
    match json.get(name) {
        Some(Json::Array(elements)) => Ok(elements),
        _ => Err(damaged(name)),
    }
}

fn text_of<'a>(json: &'a Json, name: &str) -> Reading<&'a str> {
    json.get(name)
        .and_then(Json::as_str)
        .ok_or_else(|| damaged(name))
}

fn is_true(json: &Json, name: &str) -> bool {
    json.get(name) == Some(&Json::Bool(true))
}

/// The parts of an address.
pub(super) fn parts<'a, 't>(json: &'a Json<'t>) -> Reading<&'a [Json<'t>]> {
    match json {
        Json::Array(parts) => Ok(parts),
        _ => Err(damaged("address")),
    }
}

/// Reads the parts of a plan.
pub(super) struct Reader {
    pub(super) values: ValueReader,
    providers: Vec<ProviderConfigAddr>,
    dependencies: Vec<Arc<[ConfigResource]>>,
}

impl Reader {
    fn new(json: &Json) -> Reading<Self> {
        let mut reader = Self {
            values: ValueReader::new(json.get("types").ok_or_else(|| damaged("types"))?)?,
            providers: Vec::new(),
            dependencies: Vec::new(),
        };
        for row in array(json, "providers")? {
            let provider = reader.provider(row)?;
            reader.providers.push(provider);
        }
        for row in array(json, "dependencies")? {
            let row = parts(row)?
                .iter()
                .map(|resource| reader.config_resource(resource))
                .collect::<Reading<_>>()?;
            reader.dependencies.push(row);
        }
        Ok(reader)
    }

    fn changes(&mut self, json: &Json, name: &str) -> Reading<Vec<ResourceChange>> {
        array(json, name)?
            .iter()
            .map(|change| self.change(change))
            .collect()
    }

    fn change(&mut self, json: &Json) -> Reading<ResourceChange> {
        let get = |name: &str| json.get(name);
        let before = self
            .values
            .value(get("b").ok_or_else(|| damaged("value"))?)?;
        let after = match get("t") {
            Some(after) => self.values.value(after)?,
            None => before.clone(),
        };
        let provider = get("p").and_then(as_usize);
        let provider = provider.and_then(|number| self.providers.get(number));
        let dependencies = match get("dep").and_then(as_usize) {
            Some(number) => self.dependencies.get(number).cloned(),
            None => Some([].into()),
        };
        let required_replace = match get("rr") {
            Some(paths) => parts(paths)?
                .iter()
                .map(|path| self.values.path(path))
                .collect::<Reading<_>>()?,
            None => Vec::new(),
        };
        let deposed = get("d").and_then(Json::as_str).map(DeposedKey::parse);
        Ok(ResourceChange {
            provider: provider.cloned().ok_or_else(|| damaged("provider"))?,
            addr: self.instance(get("a").ok_or_else(|| damaged("address"))?)?,
            previous_addr: get("f").map(|from| self.instance(from)).transpose()?,
            deposed: match deposed {
                Some(None) => return Err(damaged("deposed key")),
                Some(key) => key,
                None => None,
            },
            action: action(json)?,
            reason: get("w")
                .and_then(Json::as_str)
                .map(Reason::from_plan_json)
                .unwrap_or_default(),
            before,
            after,
            required_replace,
            importing: get("i").and_then(Json::as_str).map(str::to_owned),
            create_before_destroy: is_true(json, "c"),
            dependencies: dependencies.ok_or_else(|| damaged("dependencies"))?,
            private: get("pr").map(private).transpose()?,
            schema_version: get("v").and_then(as_usize).unwrap_or_default() as u64,
        })
    }

    fn variables(&mut self, json: &Json) -> Reading<BTreeMap<Arc<str>, VariableValue>> {
        members(json, "variables")?
            .iter()
            .map(|(name, value)| {
                let value = self.values.value(value)?;
                Ok((self.values.name(name), VariableValue { value }))
            })
            .collect()
    }

    fn outputs(&mut self, json: &Json) -> Reading<BTreeMap<Arc<str>, OutputChange>> {
        members(json, "outputs")?
            .iter()
            .map(|(name, output)| {
                let value = |name: &str| output.get(name).ok_or_else(|| damaged("output"));
                let change = OutputChange {
                    action: action(output)?,
                    before: self.values.value(value("b")?)?,
                    after: self.values.value(value("t")?)?,
                    sensitive: is_true(output, "s"),
                };
                Ok((self.values.name(name), change))
            })
            .collect()
    }

    fn relevant(&mut self, json: &Json) -> Reading<Relevant> {
        match parts(json)? {
            [resource, path] => Ok(Relevant {
                resource: self.instance(resource)?,
                path: self.values.path(path)?,
            }),
            _ => Err(damaged("relevant attribute")),
        }
    }

    /// Reads the steps. Each may point only at changes that are there and at earlier steps.
    fn steps(&mut self, json: &Json, changes: usize) -> Reading<Vec<Step>> {
        let below = |json: &Json, limit: usize| -> Reading<Vec<usize>> {
            parts(json)?
                .iter()
                .map(|number| {
                    as_usize(number)
                        .filter(|number| *number < limit)
                        .ok_or_else(|| damaged("step"))
                })
                .collect()
        };
        array(json, "steps")?
            .iter()
            .enumerate()
            .map(|(at, step)| match parts(step)? {
                [resource, phase, made, needs] => Ok(Step {
                    resource: self.config_resource(resource)?,
                    phase: as_usize(phase)
                        .and_then(|phase| PHASES.get(phase))
                        .copied()
                        .ok_or_else(|| damaged("step"))?,
                    changes: below(made, changes)?,
                    needs: below(needs, at)?,
                }),
                _ => Err(damaged("step")),
            })
            .collect()
    }

    fn backend(&mut self, json: &Json) -> Reading<Option<BackendRef>> {
        let Some(backend) = json.get("backend") else {
            return Ok(None);
        };
        let config = backend.get("config").ok_or_else(|| damaged("backend"))?;
        Ok(Some(BackendRef {
            kind: text_of(backend, "kind")?.to_owned(),
            config: self.values.value(config)?,
            workspace: text_of(backend, "workspace")?.to_owned(),
            hash: text_of(backend, "hash")?.to_owned(),
        }))
    }
}

fn members<'a, 't>(
    json: &'a Json<'t>,
    name: &str,
) -> Reading<&'a [(std::borrow::Cow<'t, str>, Json<'t>)]> {
    match json.get(name) {
        Some(Json::Object(members)) => Ok(members),
        _ => Err(damaged(name)),
    }
}

fn action(json: &Json) -> Reading<Action> {
    json.get("x")
        .and_then(as_usize)
        .and_then(|action| ACTIONS.get(action))
        .copied()
        .ok_or_else(|| damaged("action"))
}

fn private(json: &Json) -> Reading<Arc<[u8]>> {
    match json {
        Json::String(text) => Ok(text.as_bytes().into()),
        Json::Array(bytes) => bytes
            .iter()
            .map(|byte| as_usize(byte).and_then(|byte| u8::try_from(byte).ok()))
            .collect::<Option<Vec<u8>>>()
            .map(Into::into)
            .ok_or_else(|| damaged("private data")),
        _ => Err(damaged("private data")),
    }
}

fn check(json: &Json) -> Reading<CheckResult> {
    let objects = match json.get("objects") {
        None => None,
        Some(objects) => Some(
            parts(objects)?
                .iter()
                .map(|object| {
                    Ok(CheckObject {
                        object_addr: text_of(object, "addr")?.to_owned(),
                        status: CheckStatus::parse(text_of(object, "status")?),
                        failure_messages: array(object, "messages")?
                            .iter()
                            .filter_map(|message| message.as_str().map(str::to_owned))
                            .collect(),
                    })
                })
                .collect::<Reading<_>>()?,
        ),
    };
    Ok(CheckResult {
        kind: CheckKind::parse(text_of(json, "kind")?).ok_or_else(|| damaged("check"))?,
        config_addr: text_of(json, "addr")?.to_owned(),
        status: CheckStatus::parse(text_of(json, "status")?),
        objects,
    })
}
