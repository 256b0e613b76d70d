//! Preconditions and postconditions of resources and data sources while planning.

use std::collections::{BTreeMap, BTreeSet};

use trueup_addrs::{AbsInstance, AbsResource, InstanceKey};
use trueup_config::{Config, Resource};
use trueup_diagnostics::Diagnostics;
use trueup_evaluator::{Evaluator, Repeated, expansion};

use trueup_evaluator::instance_conditions::has_conditions;
use trueup_evaluator::record::Record;
use trueup_plan::Mode;
use trueup_state::{CheckKind, CheckResult};

use crate::walk::Walk;

/// Records which instances a block with conditions has.
pub(crate) fn expanded(
    evaluator: &mut Evaluator,
    resource: &Resource,
    instances: impl Iterator<Item = AbsInstance>,
    block: &trueup_addrs::ConfigResource,
) {
    if has_conditions(resource) {
        let instances: Vec<String> = instances.map(|addr| addr.to_string()).collect();
        let record = evaluator.record_mut();
        record.expanded(CheckKind::Resource, &block.to_string(), instances);
    }
}

/// How all conditions came out. A plan that takes everything away evaluates none.
pub(crate) fn results(evaluator: &Evaluator, config: &Config, mode: Mode) -> Vec<CheckResult> {
    if mode != Mode::Destroy {
        return evaluator.record().results();
    }
    Record::unknown(config).results()
}

/// What is wrong, in one text: what a check says whose data source could not be read.
pub(crate) fn said_of(diagnostics: &Diagnostics) -> String {
    let said: Vec<String> = diagnostics
        .errors()
        .map(|error| format!("{}: {}", error.summary, error.detail))
        .collect();
    said.join("\n\n")
}

impl Walk<'_> {
    /// In a plan that only refreshes: the instances whose objects are held against conditions, and what
    /// their expressions are evaluated for.
    pub(crate) fn instances_with_conditions(
        &self,
        abs: &AbsResource,
        resource: &Resource,
        instances: &[(InstanceKey, Repeated)],
    ) -> BTreeMap<InstanceKey, Repeated> {
        if self.request.mode != Mode::RefreshOnly || !has_conditions(resource) {
            return BTreeMap::new();
        }
        let (expansion, _) = expansion::expand(&self.evaluator, &abs.module, &resource.repetition);
        let wanted = expansion.instances().into_iter();
        let held: BTreeSet<&InstanceKey> = instances.iter().map(|(key, _)| key).collect();
        wanted.filter(|(key, _)| held.contains(key)).collect()
    }
}
