//! Recovery: what a run that did not end may have made is looked for, and the state takes it up.
//!
//! It runs under the lock and before any refresh. The journal says what was begun; the resource types look
//! at the world and judge. An object that is as planned is adopted, one that is as before is forgotten.

mod earlier;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_addrs::{AbsInstance, Mode as ResourceMode, ProviderConfigAddr, parse};
use trueup_backend::{IntentKind, IntentRecord, OpenBatch, Outcome, OutcomeRecord, Session};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_evaluator::marks::marked;
use trueup_evaluator::{Environment, Evaluator, graph, provider_block};
use trueup_provider::{Adoption, Context, Intent, Object, Registry, StepKind};
use trueup_state::{DeposedKey, InstanceState, Left, Object as StateObject, State};
use trueup_value::{Type, Value};

/// What a recovery is given.
pub struct Recovery<'a> {
    /// The configuration: provider configurations are taken from it.
    pub config: Arc<Config>,
    /// The texts of the configuration.
    pub sources: Arc<Sources>,
    /// What expressions see of the world.
    pub environment: Environment,
    /// Values given for variables.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// The providers at hand.
    pub providers: &'a Registry,
    /// The locked state.
    pub session: &'a mut Session,
    /// How many calls may be under way at once.
    pub parallelism: usize,
    /// Set when the run is asked to stop.
    pub cancel: CancellationToken,
}

/// One intent to judge, with where it came from.
struct Open {
    intent: Intent,
    provider: ProviderConfigAddr,
    deposed: Option<DeposedKey>,
    /// The id of the object that goes, where the intent says it.
    goes: Option<String>,
}

/// Judges every open intent, writes the state and clears the journal. With errors the journal is kept.
/// Answers how many objects were adopted.
pub async fn recover(recovery: Recovery<'_>) -> (usize, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let batches = match recovery.session.journal().open_intents().await {
        Ok(batches) => batches,
        Err(error) => {
            diagnostics.push(Diagnostic::error(
                "The journal could not be read",
                error.to_string(),
            ));
            return (0, diagnostics);
        }
    };
    if batches.is_empty() {
        return (0, diagnostics);
    }
    let mut state = recovery.session.state().clone();
    let runs: BTreeSet<String> = batches.iter().map(|batch| batch.run.clone()).collect();
    let effective = effective(&batches);
    let records: Vec<&IntentRecord> = effective.iter().map(|(intent, _)| *intent).collect();
    let made_way = earlier::make_way(&records, &mut state);
    let open = open_intents(effective, &state, recovery.providers, &mut diagnostics);
    let adopted = judge(&recovery, open, &mut state, &mut diagnostics).await;
    made_way.undo_where_nothing_came(&mut state);
    // What depended on objects that are gone depends on what these depended on.
    let left = Left::since(recovery.session.state(), &state);
    state.inherit(&left, |_, _| true);
    if diagnostics.has_errors() {
        return (adopted, diagnostics);
    }
    if let Err(error) = recovery.session.checkpoint(&state).await {
        diagnostics.push(Diagnostic::error("Failed to save state", error.to_string()));
        return (adopted, diagnostics);
    }
    for run in runs {
        if let Err(error) = recovery.session.journal().clear(&run).await {
            diagnostics.push(Diagnostic::warning(
                "The journal could not be cleared",
                error.to_string(),
            ));
        }
    }
    (adopted, diagnostics)
}

/// The intents that may have come to something, in their order, with what is known of how they came out. What was
/// never sent, or was refused and changed nothing, leaves an earlier intent standing.
fn effective(batches: &[OpenBatch]) -> Vec<(&IntentRecord, Option<&OutcomeRecord>)> {
    let mut intents = Vec::new();
    for batch in batches {
        for (n, intent) in batch.intents.iter().enumerate() {
            let outcome = batch.outcomes.as_ref().and_then(|outcomes| outcomes.get(n));
            let without_effect = outcome.is_some_and(|outcome| {
                outcome.outcome == Outcome::NotTried
                    || (outcome.outcome == Outcome::Failed && outcome.digest.is_none())
            });
            if !without_effect {
                intents.push((intent, outcome));
            }
        }
    }
    intents
}

/// The last intent of each object: earlier ones of the same object were overtaken by it.
fn open_intents(
    effective: Vec<(&IntentRecord, Option<&OutcomeRecord>)>,
    state: &State,
    providers: &Registry,
    diagnostics: &mut Diagnostics,
) -> Vec<Open> {
    let mut last: BTreeMap<(String, String), _> = BTreeMap::new();
    for (intent, outcome) in effective {
        let identity = format!("{:?} {:?}", intent.identity, intent.deposed);
        last.insert((intent.address.clone(), identity), (intent, outcome));
    }
    let mut intents: Vec<_> = last.into_values().collect();
    intents.sort_by_key(|(intent, _)| intent.at_ms);
    intents
        .into_iter()
        .filter_map(|(record, outcome)| match open(record, outcome, state, providers) {
            Some(open) => Some(open),
            None => {
                diagnostics.push(Diagnostic::warning(
                    "Unreadable journal entry",
                    format!("The journal of an earlier run names {:?}, which trueup can't place. It is passed over.", record.address),
                ));
                None
            }
        })
        .collect()
}

fn open(
    record: &IntentRecord,
    outcome: Option<&OutcomeRecord>,
    state: &State,
    providers: &Registry,
) -> Option<Open> {
    let address = Arc::new(parse::abs_instance(&record.address).ok()?);
    let provider = parse::provider_config(&record.provider).ok()?;
    let deposed = match &record.deposed {
        Some(key) => Some(DeposedKey::parse(key)?),
        None => None,
    };
    let kind = &address.resource.resource.kind;
    let schema = providers.schema(&provider.provider, ResourceMode::Managed, kind)?;
    let stored = state
        .instance(&address)
        .and_then(|instance| match &deposed {
            Some(key) => instance.deposed.get(key),
            None => instance.current.as_ref(),
        });
    let in_state = stored.and_then(|stored| {
        Some(Object {
            value: stored.decode_unmarked(&schema.block.implied_type()).ok()?,
            private: stored.private.clone(),
        })
    });
    Some(Open {
        intent: Intent {
            kind: match record.kind {
                IntentKind::Create => StepKind::Create,
                IntentKind::Update => StepKind::Update,
                IntentKind::Delete => StepKind::Delete,
            },
            identity: record.identity.clone(),
            at_ms: i64::try_from(record.at_ms).unwrap_or(i64::MAX),
            planned_digest: record.planned_digest.clone(),
            prior_digest: record.prior_digest.clone(),
            in_state,
            made: outcome.and_then(|outcome| outcome.made.clone()),
            address,
        },
        provider,
        deposed,
        goes: record.goes.clone(),
    })
}

async fn judge(
    recovery: &Recovery<'_>,
    open: Vec<Open>,
    state: &mut State,
    diagnostics: &mut Diagnostics,
) -> usize {
    let evaluator = evaluator_of(recovery);
    let cx = Context {
        cancel: recovery.cancel.clone(),
        parallelism: recovery.parallelism,
    };
    let mut groups: BTreeMap<(ProviderConfigAddr, Arc<str>), Vec<Open>> = BTreeMap::new();
    for one in open {
        let kind = one.intent.address.resource.resource.kind.clone();
        groups
            .entry((one.provider.clone(), kind))
            .or_default()
            .push(one);
    }
    let mut adopted = 0;
    for ((provider_addr, kind), group) in groups {
        let Some(provider) = recovery.providers.find(&provider_addr.provider) else {
            continue;
        };
        let (config, found) =
            provider_block::provider_config(&evaluator, &**provider, &provider_addr);
        let broken = found.has_errors();
        diagnostics.extend(found);
        if broken {
            continue;
        }
        let configured = match recovery
            .providers
            .configure(&provider_addr, provider, &cx, config)
            .await
        {
            Ok(configured) => configured,
            Err(problem) => {
                diagnostics.push(problem.to_diagnostic());
                continue;
            }
        };
        let Some(resource_type) = configured.resource_type(&kind) else {
            continue;
        };
        let Some(schema) = provider.schema().of(ResourceMode::Managed, &kind) else {
            continue;
        };
        let ty = schema.block.implied_type();
        let intents = group.iter().map(|one| one.intent.clone()).collect();
        let verdicts = resource_type.recover(&cx, intents).await;
        for (one, verdict) in group.iter().zip(verdicts) {
            match verdict {
                // Of two alike, the one that is found may be the one that the state knows already.
                Adoption::Adopt(object) if is_known(state, &one.intent.address, &object, &ty) => {}
                Adoption::Adopt(object) => {
                    let before = state
                        .instance(&one.intent.address)
                        .cloned()
                        .unwrap_or_default();
                    let known = before.current.clone().unwrap_or_default();
                    let addr = one.intent.address.config();
                    let dependencies = needs(&recovery.config, &addr, &known, state);
                    let stored = StateObject {
                        private: object.private.clone(),
                        dependencies,
                        create_before_destroy: known.create_before_destroy,
                        ..StateObject::encode(
                            &marked(&schema.block, &object.value, &Vec::new()),
                            &ty,
                            schema.version,
                        )
                    };
                    let instance = InstanceState {
                        current: Some(stored),
                        deposed: before.deposed,
                    };
                    state.set_instance(&one.intent.address, &one.provider, instance);
                    adopted += 1;
                }
                Adoption::Gone => forget(state, one),
                Adoption::Forget | Adoption::Drifted => {}
                Adoption::Unclear(problem) => {
                    diagnostics.push(
                        problem
                            .to_diagnostic()
                            .with_address(one.intent.address.to_string()),
                    );
                }
            }
        }
    }
    adopted
}

/// Whether the state holds an object under another address of the same type. Only an ARN tells: other
/// names may stand for different objects in different regions.
fn is_known(state: &State, address: &AbsInstance, object: &Object, ty: &Type) -> bool {
    let arn = |value: &Value| {
        let arn = value.as_members()?.get("arn")?.as_str()?;
        (!arn.is_empty()).then(|| arn.to_owned())
    };
    let Some(wanted) = arn(&object.value) else {
        return false;
    };
    state.instances().any(|(other, instance)| {
        let (mine, theirs) = (&address.resource.resource, &other.resource.resource);
        let same_type = mine.kind == theirs.kind && mine.mode == theirs.mode;
        let held = instance
            .current
            .as_ref()
            .filter(|_| other != *address && same_type);
        held.and_then(|held| held.decode_unmarked(ty).ok())
            .is_some_and(|held| arn(&held).as_deref() == Some(wanted.as_str()))
    })
}

fn forget(state: &mut State, one: &Open) {
    let Some(mut instance) = state.instance(&one.intent.address).cloned() else {
        return;
    };
    match &one.deposed {
        Some(key) => {
            instance.deposed.remove(key);
        }
        // What took its place since is another object.
        None if !earlier::is_the_one(instance.current.as_ref(), one.goes.as_deref()) => return,
        None => instance.current = None,
    }
    state.set_instance(&one.intent.address, &one.provider, instance);
}

/// What an adopted object depends on: as the state knew, else as the configuration says now.
fn needs(
    config: &Config,
    addr: &trueup_addrs::ConfigResource,
    known: &StateObject,
    state: &State,
) -> Arc<[trueup_addrs::ConfigResource]> {
    if !known.dependencies.is_empty() {
        return known.dependencies.clone();
    }
    let (graph, _) = graph::build(config);
    let held: BTreeSet<_> = state.resources.keys().map(|held| held.config()).collect();
    graph::resource_dependencies(&graph, addr, |other| held.contains(other))
}

/// Variables and locals as far as provider configurations may need them.
fn evaluator_of(recovery: &Recovery<'_>) -> Evaluator {
    let mut evaluator = Evaluator::new(
        recovery.config.clone(),
        recovery.sources.clone(),
        recovery.environment.clone(),
    );
    let (graph, _) = graph::build(&recovery.config);
    crate::settle::know_state(&mut evaluator, recovery.session.state(), recovery.providers);
    // What is wrong with them is said by the plan that follows.
    for node in graph.topological_order().unwrap_or_default() {
        let variables = &recovery.variables;
        let _ = evaluator.settle(&node, &|name| variables.get(name).cloned());
    }
    evaluator
}
