//! Checks of `import` blocks before anything of the world is known.

use trueup_addrs::{InstanceKey, Reference, Subject};
use trueup_config::{Config, Import, Repetition};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::Evaluator;
use trueup_evaluator::references::{self, Schemas};

use super::resolve;

/// What is wrong with the blocks of a configuration. `evaluator` knows variables and resources as unknown.
pub(crate) fn check(config: &Config, evaluator: &Evaluator, schemas: &Schemas<'_>) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for node in config.modules() {
        if node.path.is_root() {
            continue;
        }
        for import in &node.module.imports {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid import configuration",
                    format!("An import block was detected in {:?}. Import blocks are only allowed in the root module.", node.path.to_string()),
                )
                .at(import.header),
            );
        }
    }
    if diagnostics.has_errors() {
        return diagnostics;
    }
    for import in &config.root.module.imports {
        let mut found = references_of(config, import, schemas);
        if !found.has_errors() {
            found.extend(values_of(config, import, evaluator));
        }
        diagnostics.extend(found);
    }
    diagnostics
}

fn references_of(config: &Config, import: &Import, schemas: &Schemas<'_>) -> Diagnostics {
    let root = &config.root;
    let mut diagnostics = Diagnostics::default();
    if let Some(for_each) = &import.for_each {
        diagnostics.extend(references::check_expression(root, for_each, schemas));
    }
    let keys = import.to.module.iter().filter_map(|(_, key)| key.as_ref());
    for expr in keys.chain(&import.to.key).chain([&import.id]) {
        let repeats = import.for_each.is_some();
        diagnostics.extend(references::check_repeated(root, expr, repeats, schemas));
    }
    let mut names_itself = None;
    import.id.visit_references(&mut |found| {
        if let Ok(reference) = Reference::read(found.traversal)
            && import.to.module.is_empty()
            && reference.subject == Subject::Resource(import.to.resource.clone())
        {
            names_itself = Some(reference.span);
        }
    });
    if let Some(at) = names_itself {
        diagnostics.push(
            Diagnostic::error(
                "Invalid import id argument",
                "The import ID cannot reference the resource being imported.",
            )
            .at(at),
        );
    }
    diagnostics
}

fn values_of(config: &Config, import: &Import, evaluator: &Evaluator) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    let addr = import.to.config();
    let declared = config
        .module(&addr.module)
        .and_then(|node| node.module.resources.get(&addr.resource));
    if declared.is_none() && !addr.module.is_root() {
        diagnostics.push(
            Diagnostic::error(
                "Configuration for import target does not exist",
                format!("The configuration for the given import target {addr} does not exist. All target instances must have an associated configuration to be imported."),
            )
            .at(import.to_span),
        );
        return diagnostics;
    }
    if let (Some(_), Some((_, at))) = (declared, &import.provider) {
        diagnostics.push(
            Diagnostic::error(
                "Invalid import provider argument",
                "The provider argument can only be specified in import blocks that will generate configuration.\n\nUse the provider argument in the target resource block to configure the provider for a resource with explicit provider configuration.",
            )
            .at(*at),
        );
        return diagnostics;
    }
    let mut unsure = Diagnostics::default();
    for each in resolve::elements(evaluator, import, &mut unsure) {
        let key = resolve::key(evaluator, import.to.key.as_ref(), &each, &mut unsure);
        // A resource without a block has no key either, unless a generated block gets it.
        let repetition = match declared {
            Some(resource) => Some(&resource.repetition),
            None => import.for_each.is_some().then_some(&Repetition::None),
        };
        let wrong = match (key, repetition) {
            (None, _) => None,
            (Some(InstanceKey::None), Some(Repetition::Count(_))) => {
                Some("The target resource is using count.")
            }
            (Some(InstanceKey::None), Some(Repetition::ForEach(_))) => {
                Some("The target resource is using for_each.")
            }
            (Some(InstanceKey::Int(_)), Some(Repetition::None | Repetition::ForEach(_))) => {
                Some("The target resource does not use count.")
            }
            (Some(InstanceKey::Str(_)), Some(Repetition::None | Repetition::Count(_))) => {
                Some("The target resource does not use for_each.")
            }
            _ => None,
        };
        if let Some(wrong) = wrong {
            diagnostics.push(
                Diagnostic::error("Invalid import 'to' expression", wrong).at(import.to_span),
            );
        }
        // What is not known before values are is no error yet.
        let mut found = Diagnostics::default();
        if let Some(id) = resolve::evaluate(evaluator, &import.id, &each, &mut found)
            && id.is_wholly_known()
        {
            resolve::text_of_id(id, import.id.span, &mut found);
        }
        diagnostics.extend(found);
    }
    diagnostics.extend(unsure.into_iter().filter(|found| !found.unknown_caused));
    diagnostics
}
