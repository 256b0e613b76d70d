//! How conditions came out, by object: what plan and state remember, and what `expect_failures` looks at.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{CheckKind, CheckObject, CheckResult, CheckStatus};
use trueup_addrs::{ConfigResource, Module, ModuleInstance};
use trueup_config::{Config, ModuleNode};

use crate::conditions::{Outcome, Rule};

/// The conditions of a configuration and how they came out so far.
#[derive(Clone, Debug, Default)]
pub struct Record {
    blocks: BTreeMap<Key, Block>,
}

type Key = (CheckKind, Arc<str>);

#[derive(Clone, Debug, Default)]
struct Block {
    /// How many conditions of each kind an object has.
    conditions: BTreeMap<Rule, usize>,
    /// The objects, once it is known which there are.
    objects: Option<BTreeMap<String, Object>>,
}

#[derive(Clone, Debug, Default)]
struct Object {
    outcomes: BTreeMap<(Rule, usize), Outcome>,
}

/// The address of a block without resources: `module.m.check.reachable`.
pub fn block_address(module: &Module, kind: CheckKind, name: &str) -> String {
    let dot = if module.is_root() { "" } else { "." };
    format!("{module}{dot}{}.{name}", kind.as_str())
}

/// The address of such a block in an instance of its module: `module.m[0].check.reachable`.
pub fn object_address(module: &ModuleInstance, kind: CheckKind, name: &str) -> String {
    let dot = if module.is_root() { "" } else { "." };
    format!("{module}{dot}{}.{name}", kind.as_str())
}

impl Record {
    /// The conditions of a configuration; of none it is known how it comes out.
    pub fn new(config: &Config) -> Self {
        let mut record = Self::default();
        for node in config.modules() {
            record.add(node);
        }
        record
    }

    /// The conditions of a configuration that is taken away: none is evaluated, and of nothing but the root
    /// module's outputs it is said which objects there are.
    pub fn unknown(config: &Config) -> Self {
        let mut record = Self::new(config);
        for name in config.root.module.outputs.keys() {
            let object = object_address(&ModuleInstance::root(), CheckKind::Output, name);
            record.expanded(CheckKind::Output, &object.clone(), [object]);
        }
        record
    }

    fn add(&mut self, node: &ModuleNode) {
        let mut put = |kind: CheckKind, addr: String, conditions: &[(Rule, usize)]| {
            let conditions: BTreeMap<Rule, usize> = conditions
                .iter()
                .copied()
                .filter(|(_, count)| *count > 0)
                .collect();
            if !conditions.is_empty() {
                let block = Block {
                    conditions,
                    objects: None,
                };
                self.blocks.insert((kind, addr.into()), block);
            }
        };
        let module = &node.module;
        for (addr, resource) in &module.resources {
            let conditions = [
                (Rule::Precondition, resource.lifecycle.preconditions.len()),
                (Rule::Postcondition, resource.lifecycle.postconditions.len()),
            ];
            let addr = ConfigResource::new(node.path.clone(), addr.clone());
            put(CheckKind::Resource, addr.to_string(), &conditions);
        }
        let named = |kind: CheckKind, name: &str| block_address(&node.path, kind, name);
        for (name, output) in &module.outputs {
            let conditions = [(Rule::OutputPrecondition, output.preconditions.len())];
            put(
                CheckKind::Output,
                named(CheckKind::Output, name),
                &conditions,
            );
        }
        for (name, check) in &module.checks {
            let conditions = [
                (Rule::CheckedData, usize::from(check.data.is_some())),
                (Rule::Assertion, check.assertions.len()),
            ];
            put(CheckKind::Check, named(CheckKind::Check, name), &conditions);
        }
        for (name, variable) in &module.variables {
            let conditions = [(Rule::Validation, variable.validations.len())];
            let addr = named(CheckKind::Variable, name);
            put(CheckKind::Variable, addr, &conditions);
        }
    }

    fn block(&mut self, kind: CheckKind, block: &str) -> Option<&mut Block> {
        self.blocks.get_mut(&(kind, Arc::from(block)))
    }

    /// Says which objects a block stands for. Further objects of other module instances are added.
    pub fn expanded(
        &mut self,
        kind: CheckKind,
        block: &str,
        objects: impl IntoIterator<Item = String>,
    ) {
        if let Some(block) = self.block(kind, block) {
            let known = block.objects.get_or_insert_default();
            for object in objects {
                known.entry(object).or_default();
            }
        }
    }

    /// Says how conditions of an object came out, from the first of their kind on.
    pub fn report(
        &mut self,
        kind: CheckKind,
        block: &str,
        object: &str,
        rule: Rule,
        outcomes: Vec<Outcome>,
    ) {
        let Some(block) = self.block(kind, block) else {
            return;
        };
        let objects = block.objects.get_or_insert_default();
        let object = match objects.get_mut(object) {
            Some(object) => object,
            None => objects.entry(object.to_owned()).or_default(),
        };
        for (at, outcome) in outcomes.into_iter().enumerate() {
            object.outcomes.insert((rule, at), outcome);
        }
    }

    /// Whether the data source of a `check` block could not be read.
    pub fn data_failed(&self, block: &str, object: &str) -> bool {
        self.object(CheckKind::Check, block, object)
            .and_then(|object| object.outcomes.get(&(Rule::CheckedData, 0)))
            .is_some_and(|read| read.status == CheckStatus::Fail)
    }

    /// Whether a condition of an object did not hold or could not be evaluated.
    pub fn failed(&self, kind: CheckKind, block: &str, object: &str) -> bool {
        self.object(kind, block, object).is_some_and(|object| {
            let mut outcomes = object.outcomes.values();
            outcomes.any(|one| matches!(one.status, CheckStatus::Fail | CheckStatus::Error))
        })
    }

    fn object(&self, kind: CheckKind, block: &str, object: &str) -> Option<&Object> {
        let block = self.blocks.get(&(kind, Arc::from(block)))?;
        block.objects.as_ref()?.get(object)
    }

    /// Takes over which objects there are, as a plan tells it, and not how their conditions came out: where
    /// the plan is carried out they are evaluated anew.
    pub fn expand_as(&mut self, results: &[CheckResult]) {
        for result in results {
            if let Some(objects) = &result.objects {
                let objects = objects.iter().map(|object| object.object_addr.clone());
                self.expanded(result.kind, &result.config_addr, objects);
            } else if result.status == CheckStatus::Pass {
                self.expanded(result.kind, &result.config_addr, []);
            }
        }
    }

    /// How all conditions came out.
    pub fn results(&self) -> Vec<CheckResult> {
        self.blocks
            .iter()
            .map(|((kind, addr), block)| {
                let objects = block.objects.as_ref().map(|objects| {
                    let objects = objects.iter();
                    let told = objects.map(|(addr, object)| block.told(addr, object));
                    told.collect::<Vec<CheckObject>>()
                });
                let status = match &objects {
                    None => CheckStatus::Unknown,
                    Some(objects) => worst(objects.iter().map(|object| object.status)),
                };
                CheckResult {
                    kind: *kind,
                    config_addr: addr.to_string(),
                    status,
                    // Files do not tell no objects from objects that are not known.
                    objects: objects.filter(|objects| !objects.is_empty()),
                }
            })
            .collect()
    }
}

impl Block {
    fn told(&self, addr: &str, object: &Object) -> CheckObject {
        let outcomes = || object.outcomes.values();
        // What reads well is no outcome of its own: only its failure counts.
        let wanted = self
            .conditions
            .iter()
            .filter(|(rule, _)| **rule != Rule::CheckedData);
        let wanted: usize = wanted.map(|(_, count)| count).sum();
        let data_failed = object.outcomes.contains_key(&(Rule::CheckedData, 0));
        let mut failure_messages: Vec<String> = outcomes()
            .filter(|outcome| outcome.status == CheckStatus::Fail)
            .filter_map(|outcome| outcome.message.clone())
            .collect();
        failure_messages.sort();
        let missing = !data_failed && outcomes().count() < wanted;
        let unknown = missing.then_some(CheckStatus::Unknown);
        CheckObject {
            object_addr: addr.to_owned(),
            status: worst(outcomes().map(|outcome| outcome.status).chain(unknown)),
            failure_messages,
        }
    }
}

/// The status of several: an error before a failure before what is not known.
fn worst(statuses: impl Iterator<Item = CheckStatus>) -> CheckStatus {
    let rank = |status: &CheckStatus| match status {
        CheckStatus::Pass => 0,
        CheckStatus::Unknown => 1,
        CheckStatus::Fail => 2,
        CheckStatus::Error => 3,
    };
    statuses.max_by_key(rank).unwrap_or(CheckStatus::Pass)
}
