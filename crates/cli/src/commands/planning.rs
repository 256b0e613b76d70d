//! What plan, apply, destroy and drift have in common: configuration, variables, state and the run.

use std::collections::BTreeMap;
use std::sync::Arc;

use trueup_addrs::{AbsInstance, Target, parse};
use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_operations::{Given, PlanOptions, Project, Run, RunOptions, World, inputs, storage};
use trueup_plan::Mode;
use trueup_value::Value;

use super::by_hand::chosen;
use crate::args::{Lock, Planning, StateFiles, Variables};
use crate::observer::Shown;
use crate::report::Report;
use crate::setup::Setup;
use crate::{output, prompt};

/// Why there is nothing to plan with.
pub enum Unread {
    /// It was said.
    Said,
    /// Values don't suit the variables that they are for, which was said: a plan of nothing, errored.
    Unsuitable(Box<Project>, BTreeMap<Arc<str>, Value>),
}

/// As [`read`], telling apart what Terraform finds only once it plans.
pub fn read_to_plan(
    world: &World,
    flags: &Variables,
    required: bool,
    report: &Report,
    late: &mut Diagnostics,
) -> Result<(Project, BTreeMap<Arc<str>, Value>), Unread> {
    let (mut project, found) = Project::read(world, required);
    if found.has_errors() {
        report.diagnostics(&found, &project.sources);
        return Err(Unread::Said);
    }
    let (values, found) = inputs::collect(world, &mut project, &given(flags));
    let unsuitable = [
        "Invalid value for input variable",
        "Required variable not set",
    ];
    let while_planning = found
        .errors()
        .all(|error| unsuitable.contains(&error.summary.as_str()));
    if !found.has_errors() || !while_planning {
        return read(world, flags, required, report, late).ok_or(Unread::Said);
    }
    if !report.json {
        output::line(
            "\nPlanning failed. trueup encountered an error while generating this plan.\n",
        );
    }
    report.diagnostics(&found, &project.sources);
    Err(Unread::Unsuitable(Box::new(project), values))
}

/// Reads the configuration and the values of its variables, asking for missing ones where somebody is there.
/// Warnings go to `late`: they are told with those of the plan.
pub fn read(
    world: &World,
    flags: &Variables,
    required: bool,
    report: &Report,
    late: &mut Diagnostics,
) -> Option<(Project, BTreeMap<Arc<str>, Value>)> {
    let (mut project, mut diagnostics) = Project::read(world, required);
    if diagnostics.has_errors() {
        report.diagnostics(&diagnostics, &project.sources);
        return None;
    }
    let (mut values, found) = inputs::collect(world, &mut project, &given(flags));
    diagnostics.extend(found);
    if diagnostics.has_errors() {
        report.diagnostics(&diagnostics, &project.sources);
        return None;
    }
    late.extend(diagnostics);
    if flags.input && !report.json && may_ask() {
        for name in inputs::missing(&project.config, &values) {
            let description = project
                .config
                .root
                .module
                .variables
                .get(&name)
                .and_then(|v| v.description.clone());
            let Some(text) = prompt::variable(&name, description.as_deref()) else {
                break;
            };
            let (value, found) = inputs::typed_in(&mut project, &name, &text);
            if report.failed(&found, &project.sources) {
                return None;
            }
            values.insert(name, value);
        }
    }
    Some((project, values))
}

/// Whether the environment lets us ask for values: `TF_INPUT` says no.
fn may_ask() -> bool {
    let said = crate::environment::text("INPUT");
    said.is_none_or(|said| crate::args::boolean(&said).unwrap_or(true))
}

/// The options that give values, in the order in which they win: files and assignments as typed.
pub fn given(flags: &Variables) -> Vec<Given> {
    let mut files = flags.var_file.iter();
    let mut assignments = flags.var.iter();
    let mut found = Vec::new();
    for kind in &flags.order {
        match kind.as_str() {
            "var" => found.extend(assignments.next().cloned().map(Given::Assignment)),
            _ => found.extend(files.next().cloned().map(Given::File)),
        }
    }
    found.extend(files.cloned().map(Given::File));
    found.extend(assignments.cloned().map(Given::Assignment));
    found
}

/// The options of a plan; errors in addresses are reported.
pub fn options(
    world: &World,
    flags: &Planning,
    mode: Mode,
    report: &Report,
) -> Option<PlanOptions> {
    let mut diagnostics = Diagnostics::default();
    let targets = targets(&flags.target, &mut diagnostics);
    let mut targets = targets;
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
    if report.failed(&diagnostics, &Arc::default()) {
        return None;
    }
    Some(PlanOptions {
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

/// The targets that were typed.
pub fn targets(texts: &[String], diagnostics: &mut Diagnostics) -> Vec<Target> {
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

/// Opens the state and begins the run.
pub async fn begin<'a>(
    setup: &'a Setup,
    project: Project,
    values: BTreeMap<Arc<str>, Value>,
    options: RunOptions,
    observer: Arc<Shown>,
    files: StateFiles,
    report: &Report,
) -> Option<Run<'a>> {
    let sources = project.sources.clone();
    let files = chosen(&files);
    let storage = match storage::open_with(&setup.world, &project.config, &files).await {
        Ok(storage) => storage,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &sources);
            return None;
        }
    };
    match Run::begin(&setup.world, project, values, storage, options, observer).await {
        Ok((run, diagnostics)) => {
            report.diagnostics(&diagnostics, &sources);
            Some(run)
        }
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &sources);
            None
        }
    }
}

/// How a run is carried out.
pub fn run_options(
    setup: &Setup,
    operation: Operation,
    lock: &Lock,
    parallelism: usize,
) -> RunOptions {
    RunOptions {
        operation,
        lock: lock.lock,
        lock_timeout: lock.lock_timeout,
        parallelism: parallelism.max(1),
        cancel: setup.cancel.clone(),
    }
}

/// Ends a run; answers whether that failed.
pub async fn end(run: Run<'_>, report: &Report) -> bool {
    let sources = run.project().sources.clone();
    let diagnostics = run.end().await;
    report.failed(&diagnostics, &sources)
}
