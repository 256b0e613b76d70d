//! One run: the state is locked and read, what an earlier run left open is recovered, and from then on
//! plans are made and carried out until it ends.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, Target};
use trueup_backend::{Operation, Sealing, Session};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::Evaluator;
use trueup_executor::{Applied, Recovery};
use trueup_plan::{BackendRef, Event, Mode, Observer, Plan, Snapshot};
use trueup_state::State;
use trueup_value::Value;

use crate::storage::{Storage, refused};
use crate::{Locking, Project, World, unsaved};

/// How a run is carried out.
#[derive(Clone)]
pub struct RunOptions {
    /// What the lock says the run is for.
    pub operation: Operation,
    /// How its state is locked; what gives up the wait for the lock asks the run to stop, too.
    pub locking: Locking,
    /// How many calls may be under way at once.
    pub parallelism: usize,
}

/// What a plan is asked for.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// The kind of plan.
    pub mode: Mode,
    /// Only these objects and what they need.
    pub targets: Vec<Target>,
    /// Objects to replace.
    pub replace: Vec<AbsInstance>,
    /// Whether objects are read again.
    pub refresh: bool,
    /// All but these objects and what needs them.
    pub excludes: Vec<Target>,
    /// Blocks are written for imported objects that have none, as if they stood in this file.
    pub generate: Option<String>,
    /// These blocks are also written for what lies within the objects: the items of tables.
    pub with_items: bool,
    /// The state to plan from, where a plan before this one has refreshed it already.
    pub refreshed: Option<State>,
}

impl PlanOptions {
    /// A plan of everything, after a refresh.
    pub fn normal() -> Self {
        Self {
            mode: Mode::Normal,
            targets: Vec::new(),
            replace: Vec::new(),
            refresh: true,
            excludes: Vec::new(),
            generate: None,
            with_items: false,
            refreshed: None,
        }
    }
}

/// Why a saved plan can't be carried out any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stale {
    /// The state has another lineage: it is another one.
    OtherLineage,
    /// The state was changed since.
    Changed,
}

/// A run under way.
pub struct Run<'a> {
    pub(crate) world: &'a World,
    pub(crate) project: Project,
    pub(crate) variables: BTreeMap<Arc<str>, Value>,
    pub(crate) session: Session,
    pub(crate) storage: BackendRef,
    sealing: Sealing,
    pub(crate) options: RunOptions,
    pub(crate) observer: Arc<dyn Observer>,
}

impl<'a> Run<'a> {
    /// Locks and reads the state, and recovers what an earlier run left open.
    pub async fn begin(
        world: &'a World,
        project: Project,
        variables: BTreeMap<Arc<str>, Value>,
        storage: Storage,
        options: RunOptions,
        observer: Arc<dyn Observer>,
    ) -> Result<(Self, Diagnostics), Diagnostics> {
        let session = storage
            .lock(
                world,
                options.operation,
                options.locking.clone(),
                observer.clone(),
            )
            .await?;
        let mut run = Self {
            world,
            project,
            variables,
            session,
            storage: BackendRef {
                kind: storage.kind,
                config: storage.config,
                workspace: storage.workspace,
                hash: String::new(),
            },
            sealing: storage.sealing,
            options,
            observer,
        };
        let mut diagnostics = run.recover().await;
        diagnostics.extend(run.notices());
        if diagnostics.has_errors() {
            diagnostics.extend(run.end().await);
            return Err(diagnostics);
        }
        Ok((run, diagnostics))
    }

    async fn recover(&mut self) -> Diagnostics {
        if !self.session.is_locked() {
            // Without the lock another run may still be at work on what the journal names.
            return Diagnostics::default();
        }
        let now = self.world.source.now();
        let recovery = Recovery {
            config: self.project.config.clone(),
            sources: self.project.sources.clone(),
            environment: self.world.environment(self.workspace(), &now, false),
            variables: self.variables.clone(),
            providers: &self.world.providers,
            parallelism: self.options.parallelism,
            cancel: self.options.locking.cancel.clone(),
            session: &mut self.session,
        };
        let (adopted, diagnostics) = trueup_executor::recover(recovery).await;
        if adopted > 0 {
            let s = if adopted == 1 { "" } else { "s" };
            self.observer.observe(Event::Notice(format!(
                "Recovered {adopted} object{s} that an interrupted run had made."
            )));
        }
        diagnostics
    }

    /// The name of the workspace.
    pub(crate) fn workspace(&self) -> &str {
        &self.storage.workspace
    }

    /// The configuration.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The state as it is stored.
    pub fn state(&self) -> &State {
        self.session.state()
    }

    /// Makes a plan.
    pub async fn plan(&mut self, options: PlanOptions) -> (Plan, Diagnostics) {
        let (plan, _, diagnostics) = self.plan_with_scope(options).await;
        (plan, diagnostics)
    }

    /// Makes a plan, and hands out what was found out on the way.
    pub async fn plan_with_scope(
        &mut self,
        options: PlanOptions,
    ) -> (Plan, Option<Evaluator>, Diagnostics) {
        let mut generated = BTreeMap::new();
        let mut found = Diagnostics::default();
        if let Some(path) = options
            .generate
            .clone()
            .filter(|_| options.mode == Mode::Normal)
        {
            (generated, found) = self.generate(&path, options.with_items).await;
            if found.has_errors() {
                let now = self.world.source.now();
                let mut plan = Plan::empty(options.mode, now);
                plan.began = false;
                plan.errored = true;
                return (plan, None, found);
            }
        }
        let now = self.world.source.now();
        let stored = self.session.state();
        let request = trueup_planner::Request {
            state: options.refreshed.as_ref().unwrap_or(stored),
            targets: options.targets,
            replace: options.replace,
            excludes: options.excludes,
            refresh: options.refresh,
            ..self.request(options.mode, &now)
        };
        let (mut plan, evaluator, diagnostics) = trueup_planner::plan_with_scope(request).await;
        plan.config = Snapshot {
            files: self.project.files.clone(),
            root: self.world.dir.display().to_string(),
        };
        plan.backend = Some(self.storage.clone());
        plan.generated = generated;
        found.extend(diagnostics);
        (plan, evaluator, found)
    }

    /// Whether a saved plan still stands on the state that it was made from.
    pub fn staleness(&self, plan: &Plan) -> Option<Stale> {
        let (then, now) = (&plan.prev_run_state, self.session.state());
        // A plan made where no state was yet knows no lineage: only the serial tells.
        let first = then.serial == 0;
        if !first && then.lineage != now.lineage && !now.lineage.is_empty() {
            return Some(Stale::OtherLineage);
        }
        (then.serial != now.serial).then_some(Stale::Changed)
    }

    /// Carries out a plan.
    pub async fn apply(&mut self, plan: &Plan) -> (Applied, State, Diagnostics) {
        let (applied, state, _, diagnostics) = self.apply_with_scope(plan).await;
        (applied, state, diagnostics)
    }

    /// Carries out a plan, and hands out what was found out on the way.
    pub async fn apply_with_scope(
        &mut self,
        plan: &Plan,
    ) -> (Applied, State, Option<Evaluator>, Diagnostics) {
        if let Some(what) = plan.infinite() {
            let diagnostic = Diagnostic::error(
                "Value can't be stored",
                format!("{what} is or holds an infinite number, which a state can't keep."),
            );
            let stored = self.session.state().clone();
            return (Applied::default(), stored, None, diagnostic.into());
        }
        let environment = self
            .world
            .environment(&self.storage.workspace, &plan.timestamp, true);
        let request = trueup_executor::Request {
            plan,
            config: self.project.config.clone(),
            sources: self.project.sources.clone(),
            environment,
            providers: &self.world.providers,
            session: &mut self.session,
            surroundings: &self.world.surroundings,
            parallelism: self.options.parallelism,
            cancel: self.options.locking.cancel.clone(),
            observer: &*self.observer,
        };
        let (applied, state, evaluator, mut diagnostics) =
            trueup_executor::apply_with_scope(request).await;
        diagnostics.extend(self.unsaved().await);
        diagnostics.extend(self.notices());
        (applied, state, Some(evaluator), diagnostics)
    }

    /// Saves a state as it is, if it differs from what is stored.
    pub async fn save(&mut self, state: &State) -> Diagnostics {
        let mut diagnostics = match self.session.checkpoint(state).await {
            Ok(_) => Diagnostics::default(),
            Err(error) => refused(error),
        };
        diagnostics.extend(self.unsaved().await);
        diagnostics
    }

    /// What there is to say of a state that its backend did not take.
    async fn unsaved(&mut self) -> Option<Diagnostic> {
        let state = self.session.take_unsaved()?;
        unsaved::keep(self.world, &self.sealing, &state).await
    }

    fn notices(&mut self) -> Diagnostics {
        let notices = self.session.take_notices();
        notices.into_iter().map(Diagnostic::from).collect()
    }

    /// Ends the run: the lock is released.
    pub async fn end(self) -> Diagnostics {
        match self.session.close().await {
            Ok(_) => Diagnostics::default(),
            Err(error) => refused(error),
        }
    }
}
