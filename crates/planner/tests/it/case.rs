//! One case: what is asked of the planner, and the world that it is asked in.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_addrs::{AbsInstance, Target, parse};
use trueup_config::{Config, InMemory, OnDisk, load};
use trueup_diagnostics::{Diagnostics, Sources};
use trueup_evaluator::Environment;
use trueup_functions::NoFiles;
use trueup_plan::{Mode, Plan, Silent};
use trueup_planner::Request;
use trueup_provider::{Provider, Registry};
use trueup_provider_builtin::BuiltinProvider;
use trueup_state::State;
use trueup_value::{Value, json};

use crate::lab::{Lab, Shared};
use crate::prior;

/// What one plan is made of.
pub(crate) struct Case {
    config: Arc<Config>,
    sources: Arc<Sources>,
    found: Diagnostics,
    state: State,
    mode: Mode,
    targets: Vec<Target>,
    replace: Vec<AbsInstance>,
    excludes: Vec<Target>,
    refresh: bool,
    variables: BTreeMap<Arc<str>, Value>,
    world: Shared,
    pub(crate) cancel: CancellationToken,
}

/// A plan, and what making it asked of the world.
pub(crate) struct Made {
    pub(crate) plan: Plan,
    pub(crate) diagnostics: Diagnostics,
    pub(crate) sources: Arc<Sources>,
    pub(crate) calls: Vec<String>,
}

impl Case {
    /// Reads a folder: `*.tf`; `prior.txt` or `prior.json`; `options.txt`.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let mut sources = Sources::new();
        let (config, found) = load(&OnDisk::new(folder), &mut sources);
        let state = if let Ok(bytes) = fs::read(folder.join("prior.json")) {
            State::read(&bytes).map_err(|error| error.to_string())?
        } else {
            let text = fs::read_to_string(folder.join("prior.txt")).unwrap_or_default();
            prior::state(&text)?
        };
        let mut case = Self::with(config, sources, found, state);
        let options = fs::read_to_string(folder.join("options.txt")).unwrap_or_default();
        for line in options.lines() {
            case.option(line)
                .map_err(|error| format!("options.txt: {line}: {error}"))?;
        }
        Ok(case)
    }

    /// A plan for a configuration of one file, from a state.
    pub(crate) fn of(text: &str, state: State, mode: Mode) -> Self {
        let files = InMemory([("main.tf".to_owned(), text.as_bytes().into())].into());
        let mut sources = Sources::new();
        let (config, found) = load(&files, &mut sources);
        Self {
            mode,
            ..Self::with(config, sources, found, state)
        }
    }

    /// A plan with no options.
    fn with(config: Config, sources: Sources, found: Diagnostics, state: State) -> Self {
        Self {
            config: Arc::new(config),
            sources: Arc::new(sources),
            found,
            state,
            mode: Mode::Normal,
            targets: Vec::new(),
            replace: Vec::new(),
            excludes: Vec::new(),
            refresh: true,
            variables: BTreeMap::new(),
            world: Shared::default(),
            cancel: CancellationToken::new(),
        }
    }

    /// Narrows it to targets.
    pub(crate) fn aim(&mut self, targets: impl Iterator<Item = String>) {
        let targets = targets.map(|target| parse::target(&target).expect("an address"));
        self.targets.extend(targets);
    }

    fn option(&mut self, line: &str) -> Result<(), String> {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        let decoded = |text: &str| json::decode(text).map_err(|error| error.to_string());
        let mut world = self.world.lock();
        match name {
            "mode" => {
                self.mode = match rest {
                    "destroy" => Mode::Destroy,
                    "refresh-only" => Mode::RefreshOnly,
                    _ => return Err("no such mode".into()),
                };
            }
            "target" => self
                .targets
                .push(parse::target(rest).map_err(|error| error.to_string())?),
            "exclude" => self
                .excludes
                .push(parse::target(rest).map_err(|error| error.to_string())?),
            "replace" => self
                .replace
                .push(parse::abs_instance(rest).map_err(|error| error.to_string())?),
            "no-refresh" => self.refresh = false,
            "var" => {
                let (name, value) = rest.split_once(' ').ok_or("a name and a value")?;
                self.variables.insert(name.into(), decoded(value)?);
            }
            "absent" => {
                world.absent.insert(rest.into());
            }
            "unreadable" => {
                world.unreadable.insert(rest.into());
            }
            "drifted" => {
                let mut words = rest.splitn(3, ' ');
                let (Some(name), Some(attribute), Some(value)) =
                    (words.next(), words.next(), words.next())
                else {
                    return Err("a name, an attribute and a value".into());
                };
                world
                    .drifted
                    .insert(name.into(), (attribute.into(), decoded(value)?));
            }
            _ => return Err("no such option".into()),
        }
        Ok(())
    }

    /// Makes the plan.
    pub(crate) fn plan(self) -> Made {
        let builtin = BuiltinProvider::new(Arc::new(|| "new-id".into()));
        let lab = Lab::new(self.world.clone());
        let providers: [Arc<dyn Provider>; 2] = [Arc::new(builtin), Arc::new(lab)];
        let registry = Registry::new(providers);
        let request = Request {
            config: self.config,
            sources: self.sources.clone(),
            environment: environment(),
            providers: &registry,
            state: &self.state,
            variables: self.variables,
            given: trueup_planner::Given::default(),
            mode: self.mode,
            targets: self.targets,
            replace: self.replace,
            excludes: self.excludes,
            refresh: self.refresh,
            parallelism: 10,
            cancel: self.cancel,
            observer: &Silent,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        let (plan, diagnostics) = runtime.block_on(trueup_planner::plan(request));
        let mut all = self.found;
        all.extend(diagnostics);
        Made {
            plan,
            diagnostics: all,
            sources: self.sources,
            calls: std::mem::take(&mut self.world.lock().log),
        }
    }
}

fn environment() -> Environment {
    Environment {
        workspace: "default".into(),
        cwd: "/project".into(),
        base_dir: "/project".into(),
        home: None,
        files: Arc::new(NoFiles),
        plan_timestamp: "2026-01-02T03:04:05Z".into(),
        source: None,
        provider_functions: Default::default(),
    }
}
