//! The door of the executor: a plan is carried out, and what became of it is answered.

mod ending;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use trueup_addrs::ProviderConfigAddr;
use trueup_backend::{Session, Surroundings};
use trueup_config::Config;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_evaluator::problems::place_problems;
use trueup_evaluator::{Environment, Evaluator, Node, provider_block};
use trueup_graph::Scheduler;
use trueup_plan::{Mode, Observer, Plan};
use trueup_provider::{Configured, Context, Registry};
use trueup_state::{DeposedKey, State};

use crate::dispatch::{Dispatch, Finished};
use crate::husks::Reached;
use crate::jobs::Jobs;
use crate::settle::Settler;
use crate::work::{self, Index, Work};
use crate::{conditions, settle, taken};

/// What a plan is carried out with.
pub struct Request<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// The configuration that it was made from.
    pub config: Arc<Config>,
    /// The texts of the configuration.
    pub sources: Arc<Sources>,
    /// What expressions see of the world; with clock and chance.
    pub environment: Environment,
    /// The providers at hand.
    pub providers: &'a Registry,
    /// The locked state.
    pub session: &'a mut Session,
    /// Who, when, and fresh ids.
    pub surroundings: &'a Surroundings,
    /// How many batches may be under way at once.
    pub parallelism: usize,
    /// Set when the run is asked to stop: what is under way ends, nothing new begins.
    pub cancel: CancellationToken,
    /// Told of each change.
    pub observer: &'a dyn Observer,
}

/// What became of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Objects created, replacements included.
    pub added: usize,
    /// Objects changed in place.
    pub changed: usize,
    /// Objects deleted, replacements included.
    pub destroyed: usize,
    /// Objects taken in.
    pub imported: usize,
}

/// Carries out a plan. The state is written and the journal cleared before it returns; where that
/// fails, the diagnostics say so and the journal stays.
pub async fn apply(request: Request<'_>) -> (Applied, State, Diagnostics) {
    let (applied, state, _, diagnostics) = apply_with_scope(request).await;
    (applied, state, diagnostics)
}

/// As [`apply`], with what was found out on the way, for expressions that are asked about the outcome.
pub async fn apply_with_scope(request: Request<'_>) -> (Applied, State, Evaluator, Diagnostics) {
    let mut run = Run::new(request);
    run.work().await;
    run.finish().await
}

struct Run<'a> {
    request: Request<'a>,
    index: Index,
    evaluator: Evaluator,
    cx: Context,
    configured: HashMap<ProviderConfigAddr, Arc<dyn Configured>>,
    state: Arc<Mutex<State>>,
    diagnostics: Diagnostics,
    applied: Applied,
    lost_answers: bool,
    set_aside: HashMap<usize, DeposedKey>,
    /// Resources whose values the evaluator gets once all of their jobs are done.
    open: BTreeMap<Work, usize>,
    failed: std::collections::BTreeSet<Work>,
    reached: Reached,
}

impl<'a> Run<'a> {
    fn new(request: Request<'a>) -> Self {
        let mut evaluator = Evaluator::new(
            request.config.clone(),
            request.sources.clone(),
            request.environment.clone(),
        )
        .with_mocks(request.providers.mocks().clone());
        evaluator.record_mut().expand_as(&request.plan.checks);
        if request.plan.mode != Mode::Normal {
            settle::know_state(&mut evaluator, &request.plan.prior_state, request.providers);
        }
        let mut state = request.plan.prior_state.clone();
        state.lineage.clone_from(&request.session.state().lineage);
        state.serial = request.session.state().serial;
        taken::forget(request.plan, &mut state);
        let applied = Applied {
            imported: taken::tell_of_imports(request.plan, request.observer),
            ..Applied::default()
        };
        Self {
            cx: Context {
                cancel: request.cancel.clone(),
                parallelism: request.parallelism,
            },
            index: Index::new(request.plan),
            evaluator,
            configured: HashMap::new(),
            state: Arc::new(Mutex::new(state)),
            diagnostics: Diagnostics::default(),
            applied,
            lost_answers: false,
            set_aside: HashMap::new(),
            open: BTreeMap::new(),
            failed: std::collections::BTreeSet::new(),
            reached: Reached::default(),
            request,
        }
    }

    async fn work(&mut self) {
        let graph = work::build(self.request.plan, &self.request.config);
        let mut scheduler = match Scheduler::new(&graph) {
            Ok(scheduler) => scheduler,
            Err(cycles) => {
                let path: Vec<String> = cycles
                    .iter()
                    .flat_map(|cycle| cycle.path.iter().map(|work| format!("{work:?}")))
                    .collect();
                self.diagnostics.push(Diagnostic::error(
                    "The plan's steps wait for each other",
                    format!("No order carries out this plan: {}. Nothing was changed. This is a bug of trueup, please report it.", path.join(", ")),
                ));
                return;
            }
        };
        let journal = self.request.session.journal().clone();
        let mut dispatch = Dispatch::new(
            self.cx.clone(),
            journal,
            self.state.clone(),
            self.request.observer,
            self.request.surroundings.clone(),
        );
        let mut halted = false;
        loop {
            if !halted {
                self.take_ready(&mut scheduler, &mut dispatch).await;
            }
            dispatch.start();
            let Some(finished) = dispatch.next().await else {
                break;
            };
            self.settle(finished, &mut scheduler);
            if self.request.cancel.is_cancelled() {
                if !halted {
                    halted = true;
                    dispatch.halt();
                }
                self.checkpoint().await;
            } else if self.request.session.due(Instant::now().into_std()) {
                self.checkpoint().await;
            }
        }
        if self.request.cancel.is_cancelled() && !scheduler.is_finished() {
            self.diagnostics.push(Diagnostic::error(
                "Execution halted",
                "The run was asked to stop. What was under way has ended and is saved; the rest of the plan was not begun. The next plan shows what is left.",
            ));
        }
    }

    /// Works on nodes until none is ready that needs no call to the world.
    async fn take_ready(&mut self, scheduler: &mut Scheduler<Work>, dispatch: &mut Dispatch<'a>) {
        loop {
            let ready = scheduler.ready();
            if ready.is_empty() {
                return;
            }
            for work in ready {
                if self.request.cancel.is_cancelled() {
                    return;
                }
                let before = self.diagnostics.errors().count();
                let jobs = self.begin(&work).await;
                let failed = self.diagnostics.errors().count() > before;
                if failed {
                    self.failed.insert(work.clone());
                }
                if jobs.is_empty() {
                    if failed {
                        scheduler.failed(&work);
                    } else {
                        scheduler.done(&work);
                    }
                    continue;
                }
                self.open.insert(work.clone(), jobs.len());
                dispatch.add(work, jobs);
            }
        }
    }

    /// What makes jobs of work, out of what is known by now.
    fn jobs(&mut self) -> Jobs<'_> {
        Jobs {
            plan: self.request.plan,
            index: &self.index,
            providers: self.request.providers,
            configured: &self.configured,
            state: &self.state,
            evaluator: &mut self.evaluator,
            surroundings: self.request.surroundings,
            set_aside: &mut self.set_aside,
            diagnostics: &mut self.diagnostics,
        }
    }

    /// Evaluates a node, and answers the calls that it needs.
    async fn begin(&mut self, work: &Work) -> Vec<crate::jobs::Job> {
        match work {
            Work::Config(Node::Provider(addr)) => {
                self.configure(addr).await;
                Vec::new()
            }
            Work::Config(Node::Resource(addr)) => {
                self.reached.turn_of(addr);
                self.jobs().of_resource(addr)
            }
            Work::Config(node) => {
                let variables = &self.request.plan.variables;
                let given = |name: &str| variables.get(name).map(|given| given.value.clone());
                let found = self.evaluator.settle(node, &given);
                // A destruction takes what can't be told of a module's instances from the state.
                let normal = self.request.plan.mode == Mode::Normal;
                let found = found
                    .into_iter()
                    .filter(|one| normal || !one.unknown_caused);
                self.diagnostics.extend(found);
                Vec::new()
            }
            Work::Step(at) => self.jobs().of_step(*at),
        }
    }

    async fn configure(&mut self, addr: &ProviderConfigAddr) {
        let Some(provider) = self.request.providers.find(&addr.provider).cloned() else {
            return;
        };
        let (config, found) = provider_block::provider_config(&self.evaluator, &*provider, addr);
        let broken = found.has_errors();
        self.diagnostics.extend(found);
        if broken {
            return;
        }
        match self
            .request
            .providers
            .configure(addr, &provider, &self.cx, config)
            .await
        {
            Ok(configured) => {
                self.configured.insert(addr.clone(), configured);
            }
            Err(problem) => {
                let config = self.request.config.clone();
                let block = provider_block::block(&config, addr);
                let written = block.map(|block| &*block.body);
                place_problems([problem], Some(addr), written, &mut self.diagnostics);
            }
        }
    }

    /// Takes what became of a batch into the state.
    fn settle(&mut self, finished: Finished, scheduler: &mut Scheduler<Work>) {
        let mut finished = finished;
        conditions::forgive_checks(&mut finished, &mut self.evaluator);
        let made = conditions::made(&finished, &self.request.config);
        let begun = finished.journal.is_none();
        for (work, ..) in &finished.jobs {
            if let Work::Config(Node::Resource(addr)) = work {
                self.reached.batch(addr, begun);
            }
        }
        let mut settler = Settler {
            plan: self.request.plan,
            config: &self.request.config,
            state: &self.state,
            applied: &mut self.applied,
            diagnostics: &mut self.diagnostics,
            lost_answers: &mut self.lost_answers,
        };
        let ended = settler.batch(finished);
        let unsuitable =
            conditions::postconditions(&mut self.evaluator, made, &mut self.diagnostics);
        self.failed.extend(unsuitable);
        for (work, failed) in ended {
            if failed {
                self.failed.insert(work.clone());
            }
            let Some(left) = self.open.get_mut(&work) else {
                continue;
            };
            *left -= 1;
            if *left > 0 {
                continue;
            }
            self.open.remove(&work);
            if self.failed.contains(&work) {
                scheduler.failed(&work);
                continue;
            }
            if let Work::Config(Node::Resource(addr)) = &work {
                settle::know_resource(
                    &mut self.evaluator,
                    self.request.plan,
                    &self.index,
                    &self.state,
                    self.request.providers,
                    addr,
                );
            }
            scheduler.done(&work);
        }
    }

    async fn checkpoint(&mut self) {
        let state = self
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Err(error) = self.request.session.checkpoint(&state).await {
            tracing::warn!(%error, "checkpoint failed; the journal still holds what was done");
        }
    }
}

/// How long a change may go on before people are told that it still does.
pub(crate) const STILL_GOING: Duration = Duration::from_secs(10);
