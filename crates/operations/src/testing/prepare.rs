//! The configuration and the stand-ins of one run: the module, with the providers that the test puts into it.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsResource, Mode, ProviderConfigAddr, Target};
use trueup_config::test_files::{
    MockProvider, Override, OverrideKind, TestFile, TestFiles, TestProvider, TestRun,
};
use trueup_config::{Config, Module, ProviderBlock};
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources, Span};
use trueup_evaluator::variables;
use trueup_parser::{Body, Expr, ExprKind, Literal, ObjectItem, ObjectKey};
use trueup_provider::mock::{self, Mocks, StandIn};
use trueup_value::{Marks, Value};

use super::values::{Inside, Making};

type Key = (Arc<str>, Option<Arc<str>>);

/// What a run works with.
pub(super) struct Prepared {
    pub(super) config: Arc<Config>,
    pub(super) mocks: Mocks,
}

/// Prepares a run of `config`.
pub(super) fn prepare(
    config: &Arc<Config>,
    file: &TestFile,
    run: &TestRun,
    making: &Making<'_>,
    seed: [u8; 16],
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Prepared {
    let mut mocks = Mocks {
        seed,
        ..Mocks::default()
    };
    for found in &run.overrides {
        mocks
            .overrides
            .push(stand_in(found, None, false, sources, diagnostics));
    }
    for found in &file.overrides {
        mocks
            .overrides
            .push(stand_in(found, None, false, sources, diagnostics));
    }
    let chosen = chosen(file, run, diagnostics);
    if chosen.is_empty() {
        return Prepared {
            config: config.clone(),
            mocks,
        };
    }
    let mut changed = Config::clone(config);
    let module = &mut changed.root.module;
    for (key, provider) in chosen {
        let block = match provider {
            TestProvider::Real(block) => ProviderBlock {
                name: key.0.clone(),
                alias: key.1.clone(),
                body: Arc::new(evaluated(&block.body, making, sources, diagnostics)),
                header: block.header,
            },
            TestProvider::Mock(mock) => {
                mock_provider(mock, &key, module, &mut mocks, sources, diagnostics);
                ProviderBlock {
                    name: key.0.clone(),
                    alias: key.1.clone(),
                    body: Arc::new(empty_body(mock.body)),
                    header: mock.header,
                }
            }
        };
        module.providers.insert(key, block);
    }
    Prepared {
        config: Arc::new(changed),
        mocks,
    }
}

/// The providers of the file that a run puts into its module, under the names that they get there.
fn chosen<'a>(
    file: &'a TestFile,
    run: &TestRun,
    diagnostics: &mut Diagnostics,
) -> Vec<(Key, &'a TestProvider)> {
    let Some(passed) = &run.providers else {
        let all = file.providers.iter();
        return all.map(|(key, provider)| (key.clone(), provider)).collect();
    };
    let mut chosen = Vec::new();
    for one in passed.values() {
        let outer = (one.parent.name.clone(), one.parent.alias.clone());
        let Some(provider) = file.providers.get(&outer) else {
            let shown = match &one.parent.alias {
                Some(alias) => format!("{}.{alias}", one.parent.name),
                None => one.parent.name.to_string(),
            };
            diagnostics.push(
                Diagnostic::error(
                    format!("Missing provider definition for {shown}"),
                    "This provider block references a provider definition that does not exist.",
                )
                .at(one.parent.span),
            );
            continue;
        };
        chosen.push(((one.child.name.clone(), one.child.alias.clone()), provider));
    }
    chosen
}

fn mock_provider(
    mock: &MockProvider,
    key: &Key,
    module: &Module,
    mocks: &mut Mocks,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) {
    let addr = ProviderConfigAddr {
        alias: key.1.clone(),
        ..ProviderConfigAddr::default_in_root(module.provider_addr(&key.0))
    };
    let during_plan = mock.during_plan.unwrap_or(false);
    let mut defaults: BTreeMap<(Mode, Arc<str>), StandIn> = BTreeMap::new();
    for (kind, found) in &mock.resources {
        let values = found
            .defaults
            .as_ref()
            .map(|expr| constant(expr, diagnostics));
        if let Some(values) = values
            .as_ref()
            .filter(|values| values.as_members().is_none())
        {
            diagnostics.push(
                Diagnostic::error(
                    "Invalid replacement value",
                    format!(
                        "The requested replacement value must be an object type, but was {}.",
                        values.ty().friendly_name()
                    ),
                )
                .at(found.defaults_span),
            );
        }
        defaults.insert(
            kind.clone(),
            StandIn {
                values,
                during_plan: found.during_plan.unwrap_or(during_plan),
                place: sources.place(found.defaults_span).into(),
            },
        );
    }
    for found in &mock.overrides {
        mocks.overrides.push(stand_in(
            found,
            Some(addr.clone()),
            during_plan,
            sources,
            diagnostics,
        ));
    }
    mocks.providers.insert(addr, Arc::new(defaults));
}

fn stand_in(
    found: &Override,
    provider: Option<ProviderConfigAddr>,
    during_plan: bool,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> mock::Override {
    let values = found
        .values
        .as_ref()
        .map(|expr| constant(expr, diagnostics));
    mock::Override {
        target: found.target.clone(),
        provider,
        stand_in: StandIn {
            values,
            during_plan: found.during_plan.unwrap_or(during_plan),
            place: sources.place(found.header).into(),
        },
    }
}

fn constant(expr: &Expr, diagnostics: &mut Diagnostics) -> Value {
    let (value, found) = variables::constant(expr);
    diagnostics.extend(found);
    value
}

/// Overrides of what the configuration does not have.
pub(super) fn without_target<'a>(
    config: &Config,
    overrides: impl IntoIterator<Item = &'a Override>,
) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for found in overrides {
        let there = match &found.target {
            Target::Module(module) => config.module(&module.module()).is_some(),
            Target::Resource(resource) => declares(config, resource),
            Target::Instance(instance) => declares(config, &instance.resource),
        };
        if !there {
            let target = &found.target;
            diagnostics.push(
                Diagnostic::warning(
                    "Invalid override target",
                    format!("The override target {target} does not exist within the configuration under test. This could indicate a typo in the target address or an unnecessary override."),
                )
                .at(found.target_span),
            );
        }
    }
    diagnostics
}

fn declares(config: &Config, resource: &AbsResource) -> bool {
    config
        .module(&resource.module.module())
        .is_some_and(|node| node.module.resources.contains_key(&resource.resource))
}

/// What is wrong with the values that test files give to stand in: known as soon as the files are read.
pub(super) fn check_stand_ins(tests: &TestFiles) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for file in tests.values() {
        let of_runs = file.runs.iter().flat_map(|run| &run.overrides);
        for found in file.overrides.iter().chain(of_runs) {
            check_override(found, &mut diagnostics);
        }
        for provider in file.providers.values() {
            let TestProvider::Mock(mock) = provider else {
                continue;
            };
            for found in &mock.overrides {
                check_override(found, &mut diagnostics);
            }
            for found in mock.resources.values() {
                if let Some(expr) = &found.defaults {
                    constant(expr, &mut diagnostics);
                }
            }
        }
    }
    diagnostics
}

fn check_override(found: &Override, diagnostics: &mut Diagnostics) {
    let Some(expr) = &found.values else { return };
    let (value, problems) = variables::constant(expr);
    let failed = problems.has_errors();
    diagnostics.extend(problems);
    if failed || value.as_members().is_some() {
        return;
    }
    let (block, argument) = match found.kind {
        OverrideKind::Resource => ("override_resource", "values"),
        OverrideKind::Data => ("override_data", "values"),
        OverrideKind::Module => ("override_module", "outputs"),
    };
    diagnostics.push(
        Diagnostic::error(
            format!("Invalid {argument} attribute"),
            format!("{block} blocks must specify a {argument} attribute that is an object."),
        )
        .at(found.values_span),
    );
}

/// The body of a provider block, with values in the place of its expressions: they see the test's variables
/// and runs, not those of the module that the block is put into.
fn evaluated(
    body: &Body,
    making: &Making<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Body {
    let mut body = body.clone();
    for attribute in &mut body.attributes {
        if attribute.expr.references().is_empty() {
            continue;
        }
        let value = making.of_expr(&attribute.expr, Inside::Provider, sources, diagnostics);
        attribute.expr = Arc::new(written(&value, attribute.expr.span));
    }
    for block in &mut body.blocks {
        block.body = evaluated(&block.body, making, sources, diagnostics);
    }
    body
}

/// A value as an expression that stands for it.
fn written(value: &Value, span: Span) -> Expr {
    let value = value.without_marks(Marks::SENSITIVE);
    let kind = if value.is_null() {
        ExprKind::Literal(Literal::Null)
    } else if let Some(text) = value.as_str() {
        ExprKind::Literal(Literal::String(text.into()))
    } else if let Some(truth) = value.as_bool() {
        ExprKind::Literal(Literal::Bool(truth))
    } else if let Some(number) = value.as_number() {
        ExprKind::Literal(Literal::Number(number.to_string().into()))
    } else if let Some(members) = value.as_members() {
        let items = members.iter().map(|(name, member)| ObjectItem {
            key: ObjectKey::Expr(Expr::string(name.clone(), span)),
            value: written(member, span),
        });
        ExprKind::Object {
            items: items.collect(),
            open_span: span,
        }
    } else if let Some(elements) = value.as_slice() {
        let elements = elements.iter().map(|element| written(element, span));
        ExprKind::Tuple(elements.collect())
    } else {
        ExprKind::Invalid
    };
    Expr::new(kind, span)
}

fn empty_body(span: Span) -> Body {
    Body {
        attributes: Vec::new(),
        blocks: Vec::new(),
        items: Vec::new(),
        span,
        end: span.empty_at_end(),
        json: false,
    }
}
