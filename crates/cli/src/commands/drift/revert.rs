//! `drift revert`: what the state says is brought back, and nothing else is done.

use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::drift::Reviewed;

use super::{check, subjects};
use crate::args::{DriftRevert, Looking};
use crate::commands::{Place, apply, planning};
use crate::exit::{Ended, Exit, Told};
use crate::observer::Shown;
use crate::report::{Report, now};
use crate::setup::{self, Setup};
use crate::views::drift::{Checked, Format, Look, render};
use crate::{output, prompt, requests};

/// Runs the command.
pub async fn run(at: &Place, flags: &DriftRevert) -> Ended {
    let report = Report::plain(flags.looking.no_color);
    let setup = setup::begin(at, &report)?;
    let folder = at.dir().to_string_lossy();
    let ended = revert(&setup, flags, &folder, &report).await;
    requests::leave(&setup.counts);
    ended
}

async fn revert(setup: &Setup, flags: &DriftRevert, folder: &str, report: &Report) -> Ended {
    let wanted = subjects(&flags.what, report)?;
    if let Some(one) = wanted.iter().find(|subject| !subject.place.is_whole()) {
        return Err(report.refuse(Diagnostic::error(
            "Only whole objects are reverted",
            format!(
                "{one} names a place within an object, and an apply is of whole objects: give {}.",
                one.target
            ),
        )));
    }
    let reviewed =
        reviewed(flags, folder).map_err(|found| report.refuse_all(&found, &Sources::default()))?;
    let looking = Looking {
        lock: true,
        ..flags.looking.clone()
    };
    let (mut run, rules) = check::begin(setup, &looking, report, true).await?;
    let sources = run.project().sources.clone();
    let reversion = match run.reversion(&wanted, reviewed.as_ref(), &rules).await {
        Ok(reversion) => reversion,
        Err(found) => {
            let told = report.refuse_all(&found, &sources);
            planning::end(run, report).await;
            return Err(told);
        }
    };
    report.diagnostics(&reversion.remarks, &sources);
    let left = Exit::unless(reversion.leaves_drift);
    if reversion.report.objects.is_empty() || !reversion.plan.has_changes() {
        output::line("Nothing to revert.");
        planning::end(run, report).await;
        return Ok(left);
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
    let approved = reviewed.is_some()
        || flags.auto_approve
        || prompt::approve(
            "Do you want to bring back what the state says?",
            "  trueup will undo the changes listed above, and do nothing else.\n  Only 'yes' will be accepted to approve.",
        ) == Some(true);
    if !approved {
        output::line("Revert cancelled.");
        planning::end(run, report).await;
        return Err(Told);
    }
    let observer = Shown::new(report.clone());
    let done = apply::carry_out(
        run,
        &reversion.plan,
        Diagnostics::default(),
        apply::LastWords::Planned,
        &observer,
        report,
    );
    match done.await? {
        Exit::Done => Ok(left),
        failed => Ok(failed),
    }
}

/// What was reviewed, if anything was.
fn reviewed(flags: &DriftRevert, folder: &str) -> Result<Option<Reviewed>, Diagnostics> {
    let refused = |summary: &str, detail: String| Diagnostic::error(summary, detail).into();
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
