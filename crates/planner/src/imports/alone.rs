//! Objects found outside of a plan: for the `import` command, and to write blocks for objects that have none.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use trueup_addrs::{AbsInstance, InstanceKey, ProviderConfigAddr};
use trueup_config::Import;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::{Evaluator, Node, graph};
use trueup_plan::{Mode, Observer, Plan, Silent};
use trueup_provider::{Configured, Context, Part, Sighting};
use trueup_schema::ResourceSchema;
use trueup_state::Object as StateObject;
use trueup_value::Value;

use super::said::said;
use super::{find, nothing_found, resolve};
use crate::moves::Moves;
use crate::run::Request;
use crate::walk::Walk;
use crate::{providers, validate};

/// An object that was found by its id.
pub struct Found {
    /// The instance that takes it in.
    pub addr: AbsInstance,
    /// The id.
    pub id: String,
    /// The provider configuration that found it.
    pub provider: ProviderConfigAddr,
    /// As the state keeps it.
    pub object: StateObject,
    /// Its value.
    pub value: Value,
    /// What a block may say of it.
    pub said: Value,
    /// The schema of its type.
    pub schema: Arc<ResourceSchema>,
    /// The objects that lie within it, where they were asked for.
    pub parts: Vec<Part>,
}

/// One object to find.
struct Sought {
    addr: AbsInstance,
    id: String,
    provider: ProviderConfigAddr,
}

/// Finds the object that an instance is to stand for. `None` with errors.
pub async fn find_one(
    request: Request<'_>,
    addr: AbsInstance,
    id: String,
) -> (Option<Found>, Diagnostics) {
    let config = request.config.clone();
    let declared = config
        .module_of(&addr.resource.module)
        .and_then(|node| Some((node, node.module.resources.get(&addr.resource.resource)?)));
    let provider = match declared {
        Some((node, resource)) => graph::provider_config(&config, node, resource),
        None => config.provider_config(
            &addr.resource.module.module(),
            &addr.resource.resource.implied_provider().into(),
            None,
        ),
    };
    let sought = |_: &Evaluator, _: &mut Diagnostics| {
        vec![Sought {
            addr: addr.clone(),
            id: id.clone(),
            provider: provider.clone(),
        }]
    };
    let (mut found, _, diagnostics) = find_each(
        request,
        BTreeSet::from([provider.clone()]),
        &[],
        &sought,
        false,
    )
    .await;
    (found.pop(), diagnostics)
}

/// What there is of the world under each of these provider configurations, in their order, each object once.
pub async fn survey(
    request: Request<'_>,
    providers: BTreeSet<ProviderConfigAddr>,
) -> (Vec<(ProviderConfigAddr, Sighting)>, Diagnostics) {
    let cx = Context {
        cancel: request.cancel.clone(),
        parallelism: request.parallelism,
    };
    let request = Request {
        observer: &Silent,
        ..request
    };
    let (_, configured, mut diagnostics) =
        find_each(request, providers.clone(), &[], &|_, _| Vec::new(), false).await;
    let mut seen: BTreeSet<Sighting> = BTreeSet::new();
    let mut all = Vec::new();
    for provider in providers {
        let Some(ready) = configured.get(&provider) else {
            continue;
        };
        match ready.survey(&cx).await {
            Ok(sightings) => all.extend(
                sightings
                    .into_iter()
                    .filter(|one| seen.insert(one.clone()))
                    .map(|one| (provider.clone(), one)),
            ),
            Err(problem) => place_problems([problem], None, None, &mut diagnostics),
        }
    }
    (all, diagnostics)
}

/// Finds the objects of `import` blocks whose resources have no block; `with_parts`, also what lies within them.
pub async fn find_without_block(
    request: Request<'_>,
    with_parts: bool,
) -> (Vec<Found>, Diagnostics) {
    let config = request.config.clone();
    let mut diagnostics = Diagnostics::default();
    let mut imports: Vec<(&Import, ProviderConfigAddr)> = Vec::new();
    for import in &config.root.module.imports {
        let addr = import.to.config();
        if !addr.module.is_root() || config.root.module.resources.contains_key(&addr.resource) {
            continue;
        }
        if import.for_each.is_some() || import.to.key.is_some() {
            diagnostics.push(
                Diagnostic::error(
                    "Configuration for import target does not exist",
                    "The given import block is not compatible with config generation. The -generate-config-out option cannot be used with import blocks which use for_each, or resources which use for_each or count.",
                )
                .at(import.to_span),
            );
            continue;
        }
        let provider = match &import.provider {
            Some((reference, _)) => {
                config.provider_config(&addr.module, &reference.name, reference.alias.as_ref())
            }
            None => {
                config.provider_config(&addr.module, &addr.resource.implied_provider().into(), None)
            }
        };
        imports.push((import, provider));
    }
    if diagnostics.has_errors() || imports.is_empty() {
        return (Vec::new(), diagnostics);
    }
    let reached = imports
        .iter()
        .map(|(_, provider)| provider.clone())
        .collect();
    let ids: Vec<&Import> = imports.iter().map(|(import, _)| *import).collect();
    let sought = |evaluator: &Evaluator, diagnostics: &mut Diagnostics| {
        imports
            .iter()
            .flat_map(|(import, provider)| {
                resolve::resolve(evaluator, import, diagnostics)
                    .into_iter()
                    .map(|wanted| Sought {
                        addr: wanted.addr,
                        id: wanted.id,
                        provider: provider.clone(),
                    })
            })
            .filter(|sought| sought.addr.key == InstanceKey::None)
            .collect()
    };
    // The plan that follows finds them once more, and tells of it.
    let request = Request {
        observer: &Silent,
        ..request
    };
    let (found, _, more) = find_each(request, reached, &ids, &sought, with_parts).await;
    diagnostics.extend(more);
    (found, diagnostics)
}

/// Providers that are ready.
type Ready = HashMap<ProviderConfigAddr, Arc<dyn Configured>>;

/// Makes providers ready, evaluating only what they and the ids need, and finds what `sought` then names.
async fn find_each(
    request: Request<'_>,
    reached: BTreeSet<ProviderConfigAddr>,
    ids: &[&Import],
    sought: &(dyn Fn(&Evaluator, &mut Diagnostics) -> Vec<Sought> + Sync),
    with_parts: bool,
) -> (Vec<Found>, Ready, Diagnostics) {
    // Resources that something refers to are as the state has them.
    let request = Request {
        mode: Mode::RefreshOnly,
        refresh: false,
        targets: Vec::new(),
        replace: Vec::new(),
        excludes: Vec::new(),
        ..request
    };
    let mut diagnostics = match validate::before(&request) {
        Ok(warnings) => warnings,
        Err(refused) => return (Vec::new(), Ready::new(), refused),
    };
    let told = request.observer;
    let request = Request {
        observer: &Silent,
        ..request
    };
    let mut plan = Plan::empty(request.mode, request.environment.plan_timestamp.clone());
    let moves = Moves::new();
    let mut walk = Walk::new(&request, request.evaluator(), &moves, &mut plan);
    let mut needed: Vec<Node> = reached.iter().cloned().map(Node::Provider).collect();
    for node in &needed {
        walk.graph.add_node(node.clone());
    }
    for import in ids {
        needed.extend(graph::needs_of(&request.config.root, &import.id));
    }
    needed.retain(|node| walk.graph.contains(node));
    let mut kept = walk.graph.transitive_dependencies(needed.iter());
    kept.extend(needed);
    walk.graph.retain(|node| kept.contains(node));
    diagnostics.extend(walk.settle_all().await);
    if diagnostics.has_errors() {
        return (Vec::new(), Ready::new(), diagnostics);
    }
    let mut all = Vec::new();
    for one in sought(&walk.evaluator, &mut diagnostics) {
        all.extend(look_at(&walk, one, told, with_parts, &mut diagnostics).await);
    }
    (all, walk.configured, diagnostics)
}

/// Looks at one object, with what lies within it where `with_parts` says so.
async fn look_at(
    walk: &Walk<'_>,
    sought: Sought,
    told: &dyn Observer,
    with_parts: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Found> {
    let Sought { addr, id, provider } = sought;
    let resource = &addr.resource.resource;
    let providers = walk.request.providers;
    let Some(served_by) = providers.find(&provider.provider) else {
        diagnostics.push(providers::not_available(providers, &provider));
        return None;
    };
    let configured = walk.configured.get(&provider);
    let resource_type = configured.and_then(|found| found.resource_type(&resource.kind));
    let schema = providers.schema(&provider.provider, resource.mode, &resource.kind);
    let Some((schema, resource_type)) = schema.zip(resource_type) else {
        let (mode, kind) = (resource.mode, &resource.kind);
        diagnostics.push(validate::unsupported_type(providers, &provider, mode, kind));
        return None;
    };
    let object = match find(&addr, &id, &resource_type, &walk.cx, told).await {
        Ok(Some(object)) => object,
        Ok(None) => {
            diagnostics.push(nothing_found(&addr));
            return None;
        }
        Err(problem) => {
            // As users know it: the id says what was looked for, no block is at fault.
            place_problems([problem], None, None, diagnostics);
            return None;
        }
    };
    let parts = match with_parts {
        true => resource_type.parts(&walk.cx, &object.value).await,
        false => Ok(Vec::new()),
    };
    let parts = parts.unwrap_or_else(|problem| {
        place_problems([problem], Some(&addr), None, diagnostics);
        Vec::new()
    });
    let ty = schema.block.implied_type();
    let mut stored = StateObject::encode(&object.value, &ty, schema.version);
    stored.private.clone_from(&object.private);
    Some(Found {
        said: said(&**served_by, &resource.kind, &schema, &object.value),
        parts,
        addr,
        id,
        provider,
        object: stored,
        value: object.value,
        schema,
    })
}
