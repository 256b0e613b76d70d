//! Conditions of whole blocks: validations of variables, preconditions of outputs, assertions of checks, each
//! in every instance of its module.

use std::sync::Arc;

use trueup_addrs::{CheckKind, CheckStatus};
use trueup_addrs::{Module, ModuleInstance};
use trueup_diagnostics::{Diagnostics, Severity};

use crate::conditions::{self, Asked, Outcome, Rule};
use crate::record::{block_address, object_address};
use crate::{Evaluator, Repeated, Site};

impl Evaluator {
    /// Holds the values of a variable against its validations.
    pub(crate) fn validate(
        &mut self,
        module: &Module,
        name: &Arc<str>,
        diagnostics: &mut Diagnostics,
    ) {
        let config = self.config().clone();
        let node = config.module(module);
        let Some(variable) = node.and_then(|node| node.module.variables.get(name)) else {
            return;
        };
        let call = config.call(module);
        let written = call.and_then(|call| call.body.attribute(name));
        let given_at = match written {
            Some(written) => written.expr.span,
            None if module.is_root() => self.given_at(name).unwrap_or(variable.header),
            None => variable.header,
        };
        let sources = self.sources().clone();
        for instance in self.module_instances(module).iter() {
            let object = object_address(instance, CheckKind::Variable, name);
            let (outcomes, found) = conditions::validate_variable(
                self,
                Site::new(instance, &Repeated::None),
                variable,
                &object,
                given_at,
                &sources,
            );
            diagnostics.extend(found);
            let block = block_address(module, CheckKind::Variable, name);
            self.record_mut().report(
                CheckKind::Variable,
                &block,
                &object,
                Rule::Validation,
                outcomes,
            );
        }
    }

    /// Evaluates the preconditions of an output; answers whether its value may be taken.
    pub(crate) fn output_preconditions(
        &mut self,
        instance: &ModuleInstance,
        name: &Arc<str>,
        diagnostics: &mut Diagnostics,
    ) -> bool {
        let config = self.config().clone();
        let node = config.module_of(instance);
        let Some(output) = node.and_then(|node| node.module.outputs.get(name)) else {
            return true;
        };
        if output.preconditions.is_empty() {
            return true;
        }
        let object = object_address(instance, CheckKind::Output, name);
        let (outcomes, found) = Asked {
            evaluator: self,
            site: Site::new(instance, &Repeated::None),
            rule: Rule::OutputPrecondition,
            severity: self.condition_severity(),
            object: &object,
        }
        .all(&output.preconditions);
        let fine = !found.has_errors();
        diagnostics.extend(found);
        let block = block_address(&instance.module(), CheckKind::Output, name);
        self.record_mut().report(
            CheckKind::Output,
            &block,
            &object,
            Rule::OutputPrecondition,
            outcomes,
        );
        fine
    }

    /// Evaluates the assertions of a check. Where its data source could not be read they are not asked.
    pub(crate) fn check(
        &mut self,
        module: &Module,
        name: &Arc<str>,
        diagnostics: &mut Diagnostics,
    ) {
        let config = self.config().clone();
        let node = config.module(module);
        let Some(check) = node.and_then(|node| node.module.checks.get(name)) else {
            return;
        };
        let block = block_address(module, CheckKind::Check, name);
        for instance in self.module_instances(module).iter() {
            let object = object_address(instance, CheckKind::Check, name);
            let site = Site::new(instance, &Repeated::None);
            if self.checking {
                // Only a plan has values to hold the conditions against.
                for assertion in &check.assertions {
                    let (_, found) = self.evaluate_at(site, &assertion.error_message);
                    diagnostics.extend(found);
                }
                continue;
            }
            if self.record().data_failed(&block, &object) {
                continue;
            }
            let (outcomes, found) = Asked {
                evaluator: self,
                site,
                rule: Rule::Assertion,
                severity: Severity::Warning,
                object: &object,
            }
            .all(&check.assertions);
            diagnostics.extend(found);
            self.record_mut()
                .report(CheckKind::Check, &block, &object, Rule::Assertion, outcomes);
        }
    }

    /// Says that the data source of a check could not be read, and why.
    pub fn checked_data_failed(&mut self, instance: &ModuleInstance, check: &str, why: String) {
        let object = object_address(instance, CheckKind::Check, check);
        let block = block_address(&instance.module(), CheckKind::Check, check);
        let outcome = Outcome {
            status: CheckStatus::Fail,
            message: Some(why),
        };
        self.record_mut().report(
            CheckKind::Check,
            &block,
            &object,
            Rule::CheckedData,
            vec![outcome],
        );
    }
}
