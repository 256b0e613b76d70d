//! What plan, apply, destroy and drift have in common: configuration, variables, state and the run.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, Target, parse};
use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::storage::{self, Storage};
use trueup_operations::{PlanOptions, Project, Run, RunOptions, World, inputs};
use trueup_plan::Mode;
use trueup_value::Value;

use super::by_hand::{chosen, locking};
use crate::args::{Lock, Planning, StateFiles, Variables};
use crate::exit::Told;
use crate::observer::Shown;
use crate::report::Report;
use crate::setup::Setup;
use crate::{output, prompt};

/// A configuration and the values of its variables.
pub type Read = (Project, BTreeMap<Arc<str>, Value>);

/// Why there is nothing to plan with.
pub enum Unread {
    /// It was said.
    Said,
    /// Values don't suit the variables that they are for, which was said: a plan of nothing, errored.
    Unsuitable(Box<Project>, BTreeMap<Arc<str>, Value>),
}

/// What is wrong with values that Terraform finds only once it plans.
const UNSUITABLE: [&str; 2] = [
    "Invalid value for input variable",
    "Required variable not set",
];

/// As [`read`], telling apart what Terraform finds only once it plans.
pub fn read_to_plan(
    world: &World,
    flags: &Variables,
    required: bool,
    report: &Report,
    late: &mut Diagnostics,
) -> Result<Read, Unread> {
    let collected = collected(world, required, report).map_err(|Told| Unread::Said)?;
    let found = &collected.of_values;
    let while_planning = found
        .errors()
        .all(|error| UNSUITABLE.contains(&error.summary.as_str()));
    if !found.has_errors() || !while_planning {
        return collected
            .completed(flags, report, late)
            .map_err(|Told| Unread::Said);
    }
    if !report.json {
        output::line(
            "\nPlanning failed. trueup encountered an error while generating this plan.\n",
        );
    }
    report.diagnostics(found, &collected.project.sources);
    Err(Unread::Unsuitable(
        Box::new(collected.project),
        collected.values,
    ))
}

/// Reads the configuration and the values of its variables, asking for missing ones where somebody is there.
/// Warnings go to `late`: they are told with those of the plan.
pub fn read(
    world: &World,
    flags: &Variables,
    required: bool,
    report: &Report,
    late: &mut Diagnostics,
) -> Result<Read, Told> {
    collected(world, required, report)?.completed(flags, report, late)
}

/// A configuration, and the values that were given without anybody being asked.
struct Collected {
    project: Project,
    values: BTreeMap<Arc<str>, Value>,
    of_project: Diagnostics,
    of_values: Diagnostics,
}

fn collected(world: &World, required: bool, report: &Report) -> Result<Collected, Told> {
    let (mut project, of_project) = Project::read(world, required);
    if of_project.has_errors() {
        return Err(report.refuse_all(&of_project, &project.sources));
    }
    let (values, of_values) = inputs::collect(world, &mut project);
    Ok(Collected {
        project,
        values,
        of_project,
        of_values,
    })
}

impl Collected {
    /// Asks for the values that are missing, unless something is wrong with those that there are.
    fn completed(
        self,
        flags: &Variables,
        report: &Report,
        late: &mut Diagnostics,
    ) -> Result<Read, Told> {
        let (mut project, mut values) = (self.project, self.values);
        let mut diagnostics = self.of_project;
        diagnostics.extend(self.of_values);
        if diagnostics.has_errors() {
            return Err(report.refuse_all(&diagnostics, &project.sources));
        }
        late.extend(diagnostics);
        if !flags.input || report.json || !may_ask() {
            return Ok((project, values));
        }
        for name in inputs::missing(&project.config, &values) {
            let declared = project.config.root.module.variables.get(&name);
            let description = declared.and_then(|variable| variable.description.clone());
            let Some(text) = prompt::variable(&name, description.as_deref()) else {
                break;
            };
            let (value, found) = inputs::typed_in(&mut project, &name, &text);
            report.pass(&found, &project.sources)?;
            values.insert(name, value);
        }
        Ok((project, values))
    }
}

/// What kind of plan the flags ask for.
pub fn mode(flags: &Planning) -> Mode {
    if flags.destroy {
        Mode::Destroy
    } else if flags.refresh_only {
        Mode::RefreshOnly
    } else {
        Mode::Normal
    }
}

/// Whether the environment lets us ask for values: `TF_INPUT` says no.
fn may_ask() -> bool {
    let said = crate::environment::text("INPUT");
    said.is_none_or(|said| crate::args::boolean(&said).unwrap_or(true))
}

/// The options of a plan.
///
/// # Errors
/// Addresses and options that don't go together, which is told.
pub fn options(
    world: &World,
    flags: &Planning,
    mode: Mode,
    report: &Report,
) -> Result<PlanOptions, Told> {
    let mut diagnostics = Diagnostics::default();
    let mut targets = self::targets(&flags.target, &mut diagnostics);
    targets.extend(listed(world, &flags.target_file, &mut diagnostics));
    let mut excludes = self::targets(&flags.exclude, &mut diagnostics);
    excludes.extend(listed(world, &flags.exclude_file, &mut diagnostics));
    if !targets.is_empty() && !excludes.is_empty() {
        diagnostics.push(Diagnostic::error(
            "Invalid combination of arguments",
            "-target and -exclude cannot be used together: a plan is either about some objects or about all but some.",
        ));
    }
    let mut replace: Vec<AbsInstance> = Vec::new();
    for text in &flags.replace {
        match parse::abs_instance(text) {
            Ok(addr) => replace.push(addr),
            Err(error) => diagnostics.push(Diagnostic::error(
                format!("Invalid force-replace address {text:?}"),
                error.sentence(),
            )),
        }
    }
    let conflict = |text: &str| Diagnostic::error("Incompatible plan mode options", text);
    if flags.destroy && flags.refresh_only {
        diagnostics.push(conflict(
            "The -destroy and -refresh-only options are mutually-exclusive.",
        ));
    }
    if flags.refresh_only && !flags.refresh {
        diagnostics.push(Diagnostic::error(
            "Incompatible refresh options",
            "It doesn't make sense to use -refresh-only at the same time as -refresh=false, because Terraform would have nothing to do.",
        ));
    }
    if mode != Mode::Normal && !replace.is_empty() {
        diagnostics.push(Diagnostic::error(
            "Unsupported plan mode",
            "Forcing resource instance replacement (with -replace=...) is allowed only in normal planning mode.",
        ));
    }
    if flags.state.is_some() {
        diagnostics.push(Diagnostic::warning(
            "Deprecated flag: -state",
            "Use the \"path\" attribute of the \"local\" backend instead.",
        ));
    }
    report.pass(&diagnostics, &Sources::default())?;
    Ok(PlanOptions {
        mode,
        targets,
        replace,
        excludes,
        refresh: flags.refresh,
        ..PlanOptions::normal()
    })
}

/// The targets that files name, one a line; empty lines and comments are passed over.
fn listed(world: &World, paths: &[String], diagnostics: &mut Diagnostics) -> Vec<Target> {
    let mut found = Vec::new();
    for path in paths {
        match std::fs::read_to_string(world.dir.join(path)) {
            Ok(text) => {
                let lines: Vec<String> = text
                    .lines()
                    .map(str::trim)
                    .filter(|line| !line.is_empty() && !line.starts_with('#'))
                    .map(str::to_owned)
                    .collect();
                found.extend(targets(&lines, diagnostics));
            }
            Err(error) => diagnostics.push(Diagnostic::error(
                "Failed to read file",
                format!("The list of addresses {path} could not be read: {error}."),
            )),
        }
    }
    found
}

/// The targets that were typed, for a command that needs no more of them.
///
/// # Errors
/// What is no target, which is told.
pub fn typed_targets(texts: &[String], report: &Report) -> Result<Vec<Target>, Told> {
    let mut wrong = Diagnostics::default();
    let found = targets(texts, &mut wrong);
    report.pass(&wrong, &Sources::default())?;
    Ok(found)
}

fn targets(texts: &[String], diagnostics: &mut Diagnostics) -> Vec<Target> {
    let mut found = Vec::new();
    for text in texts {
        match parse::target(text) {
            Ok(target) => found.push(target),
            Err(error) => diagnostics.push(Diagnostic::error(
                format!("Invalid target {text:?}"),
                error.sentence(),
            )),
        }
    }
    found
}

/// Opens the state and begins a run over what was read.
///
/// # Errors
/// What is in the way, which is told.
pub async fn begin<'a>(
    setup: &'a Setup,
    read: Read,
    options: RunOptions,
    observer: Arc<Shown>,
    files: &StateFiles,
    report: &Report,
) -> Result<Run<'a>, Told> {
    let (project, _) = &read;
    let storage = storage::open_with(&setup.world, &project.config, &chosen(files))
        .await
        .map_err(|diagnostics| report.refuse_all(&diagnostics, &project.sources))?;
    begin_in(setup, storage, read, options, observer, report).await
}

/// As [`begin`], where the state is opened already.
///
/// # Errors
/// What is in the way, which is told.
pub async fn begin_in<'a>(
    setup: &'a Setup,
    storage: Storage,
    (project, values): Read,
    options: RunOptions,
    observer: Arc<Shown>,
    report: &Report,
) -> Result<Run<'a>, Told> {
    let sources = project.sources.clone();
    match Run::begin(&setup.world, project, values, storage, options, observer).await {
        Ok((run, diagnostics)) => {
            report.diagnostics(&diagnostics, &sources);
            Ok(run)
        }
        Err(diagnostics) => Err(report.refuse_all(&diagnostics, &sources)),
    }
}

/// How a run is carried out.
pub fn run_options(setup: &Setup, operation: Operation, flags: &Planning) -> RunOptions {
    options_of_run(setup, operation, &flags.lock, flags.parallelism)
}

/// As [`run_options`], for a command with fewer flags.
pub fn options_of_run(
    setup: &Setup,
    operation: Operation,
    lock: &Lock,
    parallelism: usize,
) -> RunOptions {
    RunOptions {
        operation,
        locking: locking(setup, lock),
        parallelism: parallelism.max(1),
    }
}

/// Ends a run; answers whether that failed.
pub async fn end(run: Run<'_>, report: &Report) -> bool {
    let sources = run.project().sources.clone();
    let diagnostics = run.end().await;
    report.failed(&diagnostics, &sources)
}
