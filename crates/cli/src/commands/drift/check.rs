//! The check of one folder: read once, no lock taken, nothing changed.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_aws::RequestCounts;
use trueup_backend::Operation;
use trueup_diagnostics::Diagnostics;
use trueup_operations::drift::{self, Rules};
use trueup_operations::{Project, Run};

use crate::args::{self, Looking};
use crate::commands::{Place, planning};
use crate::observer::Shown;
use crate::report::Report;
use crate::setup::{self, Setup};
use crate::views::drift::Checked;

/// Checks a folder. What is in the way is told and kept by `report`. With `shown`, what is read is shown meanwhile.
pub async fn check(
    at: &Place,
    flags: &Looking,
    report: &Report,
    shown: bool,
    cancel: CancellationToken,
) -> (Checked, Option<RequestCounts>) {
    let mut checked = Checked {
        folder: at.chdir.clone().unwrap_or_default(),
        report: None,
        diagnostics: Vec::new(),
        sources: Arc::default(),
    };
    let begun = setup::begin_under(at.chdir.as_deref(), at.local, report, || cancel);
    let Ok(setup) = begun else {
        return (checked, None);
    };
    let counts = setup.counts.clone();
    if let Some((mut run, rules)) = begin(&setup, flags, report, shown).await {
        checked.sources = run.project().sources.clone();
        let mut wrong = Diagnostics::default();
        let targets = planning::targets(&flags.target, &mut wrong);
        if !report.failed(&wrong, &Arc::default()) {
            let (_, found, diagnostics) = run.drift(targets, &rules).await;
            if !report.failed(&diagnostics, &checked.sources) {
                checked.report = Some(found);
            }
        }
        planning::end(run, report).await;
    }
    (checked, Some(counts))
}

/// Reads configuration, rules and state. `None` where that fails, which is told.
pub async fn begin<'s>(
    setup: &'s Setup,
    flags: &Looking,
    report: &Report,
    shown: bool,
) -> Option<(Run<'s>, Rules)> {
    let mut warnings = Diagnostics::default();
    let (mut project, values) =
        planning::read(&setup.world, &flags.variables, true, report, &mut warnings)?;
    let (rules, found): (Rules, Diagnostics) = drift::rules_of(&setup.world, &mut project);
    warnings.extend(found);
    let project: Project = project;
    let failed = report.failed(&warnings, &project.sources);
    if failed {
        return None;
    }
    let observer = match shown {
        true => Shown::new(report.clone()),
        false => Shown::quiet(report.clone()),
    };
    let lock = args::Lock {
        lock: flags.lock,
        lock_timeout: flags.lock_timeout,
    };
    let run = planning::begin(
        setup,
        project,
        values,
        planning::run_options(setup, Operation::Plan, &lock, flags.parallelism),
        Arc::new(observer),
        args::StateFiles::default(),
        report,
    )
    .await?;
    Some((run, rules))
}
