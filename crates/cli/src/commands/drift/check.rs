//! The check of one folder: read once, no lock taken, nothing changed.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_aws::RequestCounts;
use trueup_backend::Operation;
use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_operations::Run;
use trueup_operations::drift::{self, Rules, Survey, Unmanaged};

use crate::args::{self, Looking};
use crate::commands::{Place, planning};
use crate::exit::Told;
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
    wide: &Wide,
    cancel: CancellationToken,
) -> (Checked, Option<RequestCounts>) {
    let mut checked = Checked {
        folder: at.chdir.clone().unwrap_or_default(),
        report: None,
        diagnostics: Vec::new(),
        sources: Arc::default(),
        survey: None,
    };
    let Ok(setup) = setup::begin_under(at, report, || cancel) else {
        return (checked, None);
    };
    let counts = setup.counts.clone();
    if let Ok((mut run, rules)) = begin(&setup, flags, report, shown).await {
        checked.sources = run.project().sources.clone();
        if let Ok(targets) = planning::typed_targets(&flags.target, report) {
            let (_, found, diagnostics) = run.drift(targets, &rules).await;
            if !report.failed(&diagnostics, &checked.sources) {
                checked.report = Some(found);
            }
        }
        if wide.survey && checked.report.is_some() {
            checked.survey = survey(&mut run, wide, report, &setup).await;
        }
        planning::end(run, report).await;
    }
    (checked, Some(counts))
}

/// What is looked at beside the objects of the state.
pub struct Wide {
    /// Tables that no state knows.
    pub survey: bool,
    /// The file for the blocks of these.
    pub generate: Option<String>,
}

async fn survey(run: &mut Run<'_>, wide: &Wide, report: &Report, setup: &Setup) -> Option<Survey> {
    let sources = run.project().sources.clone();
    let (survey, diagnostics) = run.survey().await;
    if report.failed(&diagnostics, &sources) {
        return None;
    }
    if let Some(file) = &wide.generate {
        let failed = |why: String| {
            report.diagnostic(Diagnostic::error("Failed to write generated file", why));
        };
        let path = setup.world.dir.join(file);
        if path.exists() {
            failed(format!(
                "{file} exists already, and blocks are written to a new file only."
            ));
            return Some(survey);
        }
        let strays = Unmanaged::of([&survey]).strays;
        if !strays.is_empty() {
            match run.adoption(&strays, file).await {
                Ok(text) => {
                    if let Err(error) = std::fs::write(&path, text) {
                        failed(format!("{file} could not be written: {error}."));
                    }
                }
                Err(diagnostics) => report.diagnostics(&diagnostics, &sources),
            }
        }
    }
    Some(survey)
}

/// Reads configuration, rules and state.
pub async fn begin<'s>(
    setup: &'s Setup,
    flags: &Looking,
    report: &Report,
    shown: bool,
) -> Result<(Run<'s>, Rules), Told> {
    let mut warnings = Diagnostics::default();
    let (mut project, values) =
        planning::read(&setup.world, &flags.variables, true, report, &mut warnings)?;
    let (rules, found) = drift::rules_of(&setup.world, &mut project);
    warnings.extend(found);
    report.pass(&warnings, &project.sources)?;
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
        (project, values),
        planning::options_of_run(setup, Operation::Plan, &lock, flags.parallelism),
        Arc::new(observer),
        &args::StateFiles::default(),
        report,
    )
    .await?;
    Ok((run, rules))
}
