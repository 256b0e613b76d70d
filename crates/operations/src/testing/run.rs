//! One run: prepared, planned, applied where it asks for that, and judged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use trueup_addrs::{AbsInstance, InstanceKey, Target, parse};
use trueup_backend::{DEFAULT_WORKSPACE, MemoryBackend};
use trueup_config::test_files::{RunCommand, RunMode, TestRun};
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_evaluator::Evaluator;
use trueup_evaluator::testing::TestNames;
use trueup_functions::{Context, DiskFiles};
use trueup_parser::Traversal;
use trueup_plan::Mode;
use trueup_value::Value;

use super::assertions::{self, Judge};
use super::expected::{Expected, is_check_warning};
use super::file::{FileRun, Kept, LastRun};
use super::prepare::{prepare, without_target};
use super::values::{Making, RunValues};
use super::{Made, Phase, RunReport, Status};
use crate::project::schema_of;
use crate::{PlanOptions, Project, Run, World};

/// How often is said that a run still goes on.
const STILL: Duration = Duration::from_secs(2);

/// What is needed to carry a run out.
struct Ready {
    project: Project,
    world: World,
    values: RunValues,
    options: PlanOptions,
    expected: Expected,
}

/// What came of a run.
struct Outcome {
    status: Status,
    made: Option<Made>,
}

/// Waits for work, and tells now and then for how long it has been going on.
pub(super) async fn telling<T>(work: impl Future<Output = T>, told: impl Fn(Duration)) -> T {
    let began = Instant::now();
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(STILL) => told(began.elapsed()),
        }
    }
}

impl FileRun<'_> {
    /// Carries out a run, and says now and then that it still goes on.
    pub(super) async fn carried_out(&mut self, index: usize, run: &TestRun) -> RunReport {
        let began = Instant::now();
        let observer = self.request.observer;
        let name = self.file.name.clone();
        let mut diagnostics = Diagnostics::default();
        let told = |elapsed| observer.run_goes_on(&name, &run.name, Phase::Running, elapsed);
        let outcome = telling(self.work(index, run, &mut diagnostics), told).await;
        RunReport {
            name: run.name.clone(),
            status: outcome.status,
            diagnostics,
            sources: self.sources.clone(),
            made: outcome.made,
            assertions: run.assertions.len(),
            took: began.elapsed(),
        }
    }

    async fn work(
        &mut self,
        index: usize,
        run: &TestRun,
        diagnostics: &mut Diagnostics,
    ) -> Outcome {
        let failed = Outcome {
            status: Status::Error,
            made: None,
        };
        let Some(ready) = self.ready(run, diagnostics) else {
            return failed;
        };
        let key = Self::state_key(run);
        let backend = self
            .states
            .entry(key.clone())
            .or_insert_with(|| Kept {
                backend: Arc::new(MemoryBackend::new()),
                last: None,
            })
            .backend
            .clone();
        let world = ready.world.clone();
        let begun = Self::begin(
            &world,
            &backend,
            ready.project.clone(),
            ready.values.declared.clone(),
            self.request.parallelism,
            self.request.cancel.clone(),
        );
        let mut session = match begun.await {
            Ok(session) => session,
            Err(found) => {
                diagnostics.extend(found);
                return failed;
            }
        };
        let mut changed = false;
        let outcome = self
            .planned_and_applied(run, &ready, &mut session, &mut changed, diagnostics)
            .await;
        diagnostics.extend(session.end().await);
        if changed && let Some(kept) = self.states.get_mut(&key) {
            kept.last = Some(LastRun {
                index,
                project: ready.project,
                variables: ready.values.declared,
                world: ready.world,
            });
        }
        outcome
    }

    async fn planned_and_applied(
        &mut self,
        run: &TestRun,
        ready: &Ready,
        session: &mut Run<'_>,
        changed: &mut bool,
        diagnostics: &mut Diagnostics,
    ) -> Outcome {
        let failed = Outcome {
            status: Status::Error,
            made: None,
        };
        let (plan, evaluator, found) = session.plan_with_scope(ready.options.clone()).await;
        let module = &ready.project.config.root.module;
        let found = ready.values.placed(module, found);
        if run.command == RunCommand::Plan {
            let found = ready.expected.settle(found);
            let broken = found.has_errors();
            diagnostics.extend(found);
            if broken {
                return failed;
            }
            self.planned.insert(run.name.clone());
            let status = match evaluator {
                Some(evaluator) => self.judged(run, ready, &evaluator, diagnostics),
                // Checks of the configuration failed as expected, and there is nothing to ask about.
                None => Status::Pass,
            };
            let made = self.request.verbose.then(|| Made::Plan(Box::new(plan)));
            return Outcome { status, made };
        }
        let mut found = ready.expected.explain(found);
        if found.has_errors() {
            diagnostics.extend(found);
            return failed;
        }
        found.retain(|diagnostic| !is_check_warning(diagnostic));
        diagnostics.extend(found);
        *changed = true;
        let (_, state, evaluator, found) = session.apply_with_scope(&plan).await;
        let found = ready.expected.settle(found);
        let broken = found.has_errors();
        diagnostics.extend(found);
        let Some(evaluator) = evaluator.filter(|_| !broken) else {
            return failed;
        };
        let status = self.judged(run, ready, &evaluator, diagnostics);
        let made = self.request.verbose.then(|| Made::State(Box::new(state)));
        Outcome { status, made }
    }

    /// Holds the assertions against what came of the run, and remembers its outputs.
    fn judged(
        &mut self,
        run: &TestRun,
        ready: &Ready,
        evaluator: &Evaluator,
        diagnostics: &mut Diagnostics,
    ) -> Status {
        let config = &ready.project.config;
        let node = &config.root;
        let names = TestNames {
            outputs: assertions::outputs(node, evaluator),
            runs: self.outputs.clone(),
            variables: ready.values.others.clone(),
        };
        let providers = &ready.world.providers;
        let judge = Judge {
            node,
            evaluator,
            names: &names,
            schemas: &|node, resource| schema_of(config, node, resource, providers),
        };
        let status = judge.all(run, diagnostics);
        let outputs = Value::object(names.outputs);
        self.outputs.insert(run.name.clone(), Some(outputs));
        status
    }

    /// Everything before the plan. `None` with errors.
    fn ready(&mut self, run: &TestRun, diagnostics: &mut Diagnostics) -> Option<Ready> {
        let expected = Expected::read(run, diagnostics);
        if diagnostics.has_errors() {
            return None;
        }
        let (config, found) = self.modules.of_run(run);
        diagnostics.extend(found);
        if diagnostics.has_errors() {
            return None;
        }
        diagnostics.extend(without_target(&config, &run.overrides));
        diagnostics.extend(assertions::check_references(run));
        if diagnostics.has_errors() {
            return None;
        }
        let mut sources = Arc::unwrap_or_clone(std::mem::take(&mut self.sources));
        let now = self.world.source.now();
        let environment = self.world.environment(DEFAULT_WORKSPACE, &now, false);
        let functions = Context {
            files: &DiskFiles,
            base_dir: &environment.base_dir,
            home: environment.home.as_deref(),
            plan_timestamp: None,
            source: Some(&*self.world.source),
        };
        let making = Making {
            file: self.file,
            module: &config.root.module,
            globals: &self.globals,
            runs: &self.outputs,
            planned: &self.planned,
            functions: &functions,
        };
        let asked = assertions::variables(run);
        let values = making.of_run(run, &asked, &mut sources, diagnostics);
        let seed = self.world.source.chance();
        let prepared = prepare(
            &config,
            self.file,
            run,
            &making,
            seed,
            &mut sources,
            diagnostics,
        );
        let options = options(run, diagnostics);
        self.sources = Arc::new(sources);
        if diagnostics.has_errors() {
            return None;
        }
        let providers = self.world.providers.with_mocks(prepared.mocks);
        Some(Ready {
            project: Project {
                config: prepared.config,
                sources: self.sources.clone(),
                ..self.modules.project.clone()
            },
            world: World {
                providers,
                ..self.world.clone()
            },
            values,
            options,
            expected,
        })
    }
}

/// What the plan of a run is asked for.
fn options(run: &TestRun, diagnostics: &mut Diagnostics) -> PlanOptions {
    let mut targets = Vec::new();
    for traversal in &run.options.target {
        targets.extend(target(traversal, diagnostics));
    }
    let mut replace: Vec<AbsInstance> = Vec::new();
    for traversal in &run.options.replace {
        match target(traversal, diagnostics) {
            Some(Target::Instance(instance)) => replace.push(instance),
            Some(Target::Resource(resource)) => replace.push(resource.instance(InstanceKey::None)),
            Some(Target::Module(_)) => diagnostics.push(
                Diagnostic::error(
                    "Invalid address",
                    "A resource instance address is required here. The module path must be followed by a resource instance specification.",
                )
                .at(traversal.root.span),
            ),
            None => {}
        }
    }
    PlanOptions {
        mode: match run.options.mode {
            RunMode::Normal => Mode::Normal,
            RunMode::RefreshOnly => Mode::RefreshOnly,
        },
        targets,
        replace,
        refresh: run.options.refresh,
        ..PlanOptions::normal()
    }
}

fn target(traversal: &Traversal, diagnostics: &mut Diagnostics) -> Option<Target> {
    match parse::target_of(traversal) {
        Ok(target) => Some(target),
        Err(error) => {
            let last = traversal
                .steps
                .last()
                .map_or(traversal.root.span, |step| step.span);
            diagnostics.push(
                Diagnostic::error("Invalid address", error.sentence())
                    .at(traversal.root.span.to(last)),
            );
            None
        }
    }
}
