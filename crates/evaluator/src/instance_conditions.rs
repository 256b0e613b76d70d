//! Preconditions and postconditions of resources and data sources: evaluated for an instance, by planner and
//! executor alike, and recorded once the evaluator is free to be told.

use trueup_addrs::AbsInstance;
use trueup_addrs::CheckKind;
use trueup_config::Resource;
use trueup_diagnostics::Diagnostics;
use trueup_value::Value;

use crate::conditions::{Asked, Outcome, Rule};
use crate::{Evaluator, Repeated, Site};

/// How conditions of instances came out, until the evaluator can be told.
#[derive(Default)]
pub struct Reports(Vec<(AbsInstance, Rule, Vec<Outcome>)>);

impl Reports {
    /// Evaluates the preconditions of an instance; answers whether it may be planned.
    pub fn before(
        &mut self,
        evaluator: &Evaluator,
        resource: &Resource,
        addr: &AbsInstance,
        repeated: &Repeated,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let site = Site::new(&addr.resource.module, repeated);
        self.ask(
            evaluator,
            resource,
            addr,
            site,
            Rule::Precondition,
            diagnostics,
        )
    }

    /// Evaluates the postconditions of an instance that is to be `own`; answers whether what depends on it
    /// may be planned.
    pub fn after(
        &mut self,
        evaluator: &Evaluator,
        resource: &Resource,
        addr: &AbsInstance,
        repeated: &Repeated,
        own: &Value,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let site = Site {
            own: Some(own),
            ..Site::new(&addr.resource.module, repeated)
        };
        self.ask(
            evaluator,
            resource,
            addr,
            site,
            Rule::Postcondition,
            diagnostics,
        )
    }

    fn ask(
        &mut self,
        evaluator: &Evaluator,
        resource: &Resource,
        addr: &AbsInstance,
        site: Site<'_>,
        rule: Rule,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let conditions = match rule {
            Rule::Precondition => &resource.lifecycle.preconditions,
            _ => &resource.lifecycle.postconditions,
        };
        if conditions.is_empty() {
            return true;
        }
        let (outcomes, found) = Asked {
            evaluator,
            site,
            rule,
            severity: evaluator.condition_severity(),
            object: &addr.to_string(),
        }
        .all(conditions);
        let fine = !found.has_errors();
        diagnostics.extend(found);
        self.0.push((addr.clone(), rule, outcomes));
        fine
    }

    /// Tells the evaluator.
    pub fn record(self, evaluator: &mut Evaluator) {
        for (addr, rule, outcomes) in self.0 {
            let block = addr.config().to_string();
            let object = addr.to_string();
            let record = evaluator.record_mut();
            record.report(CheckKind::Resource, &block, &object, rule, outcomes);
        }
    }
}

/// Whether a block has conditions of its own.
pub fn has_conditions(resource: &Resource) -> bool {
    let lifecycle = &resource.lifecycle;
    !lifecycle.preconditions.is_empty() || !lifecycle.postconditions.is_empty()
}
