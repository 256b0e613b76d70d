//! `drift revert`: what the state says is brought back, and nothing else is done.

use trueup_diagnostics::Diagnostic;
use trueup_operations::drift::Reviewed;

use super::{check, plain, subjects};
use crate::args::DriftRevert;
use crate::commands::{Place, apply, planning};
use crate::observer::Shown;
use crate::report::{Report, now};
use crate::setup::{self, Setup};
use crate::views::drift::{Checked, Format, Look, render};
use crate::{output, prompt, requests};

/// Runs the command.
pub async fn run(at: &Place, flags: &DriftRevert) -> u8 {
    let report = plain(flags.looking.no_color);
    let setup = match setup::begin(at.chdir.as_deref(), at.local, &report) {
        Ok(setup) => setup,
        Err(code) => return code,
    };
    let folder = at.chdir.clone().unwrap_or_else(|| ".".to_owned());
    let code = revert(&setup, flags, &folder, &report).await;
    requests::leave(&setup.counts);
    code
}

async fn revert(setup: &Setup, flags: &DriftRevert, folder: &str, report: &Report) -> u8 {
    let Some(wanted) = subjects(&flags.what, report) else {
        return 1;
    };
    if let Some(one) = wanted.iter().find(|subject| !subject.place.is_whole()) {
        report.diagnostic(Diagnostic::error(
            "Only whole objects are reverted",
            format!(
                "{one} names a place within an object, and an apply is of whole objects: give {}.",
                one.target
            ),
        ));
        return 1;
    }
    let reviewed = match reviewed(flags, folder) {
        Ok(reviewed) => reviewed,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &Default::default());
            return 1;
        }
    };
    let looking = crate::args::Looking {
        lock: true,
        ..flags.looking.clone()
    };
    let Some((mut run, rules)) = check::begin(setup, &looking, report, true).await else {
        return 1;
    };
    let sources = run.project().sources.clone();
    let reversion = match run.reversion(&wanted, reviewed.as_ref(), &rules).await {
        Ok(reversion) => reversion,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &sources);
            planning::end(run, report).await;
            return 1;
        }
    };
    let left = reversion
        .remarks
        .iter()
        .any(|one| one.summary.starts_with("Drift is not undone"));
    report.diagnostics(&reversion.remarks, &sources);
    let nothing = reversion.report.objects.is_empty();
    if nothing || !reversion.plan.has_changes() {
        output::line("Nothing to revert.");
        planning::end(run, report).await;
        return u8::from(left);
    }
    let shown = Checked {
        folder: folder.to_owned(),
        report: Some(reversion.report),
        diagnostics: Vec::new(),
        sources: sources.clone(),
        survey: None,
    };
    let look = Look {
        style: report.style,
        max_bytes: 0,
        at: now(),
    };
    output::text(&render(Format::Text, &[shown], &look));
    // A review is the approval of what was reviewed.
    if reviewed.is_none() && !flags.auto_approve {
        let approved = prompt::approve(
            "Do you want to bring back what the state says?",
            "  trueup will undo the changes listed above, and do nothing else.\n  Only 'yes' will be accepted to approve.",
        );
        if approved != Some(true) {
            output::line("Revert cancelled.");
            planning::end(run, report).await;
            return 1;
        }
    }
    let observer = Shown::new(report.clone());
    let done = apply::carry_out(
        run,
        &reversion.plan,
        Default::default(),
        apply::LastWords::Planned,
        &observer,
        report,
    );
    let failed = done.await;
    failed.max(u8::from(left))
}

/// What was reviewed, if anything was.
fn reviewed(
    flags: &DriftRevert,
    folder: &str,
) -> Result<Option<Reviewed>, trueup_diagnostics::Diagnostics> {
    let refused = |summary: &str, detail: String| {
        let one = Diagnostic::error(summary, detail);
        [one]
            .into_iter()
            .collect::<trueup_diagnostics::Diagnostics>()
    };
    match (&flags.reviewed, &flags.fingerprint) {
        (Some(_), Some(_)) => Err(refused(
            "Incompatible options",
            "-reviewed names a report, which has its fingerprints in it: give that or -fingerprint.".to_owned(),
        )),
        (Some(path), None) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| refused("Failed to read file", format!("{path}: {error}.")))?;
            Reviewed::read(&text, folder).map(Some)
        }
        (None, Some(fingerprint)) => Ok(Some(Reviewed::All(fingerprint.to_ascii_lowercase()))),
        (None, None) => Ok(None),
    }
}
