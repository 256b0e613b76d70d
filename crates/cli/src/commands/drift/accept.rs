//! `drift accept`: what is there now is written into the configuration.

use std::path::Path;

use trueup_diagnostics::Diagnostic;
use trueup_operations::drift;

use super::{check, subjects};
use crate::args::DriftAccept;
use crate::commands::{Place, planning};
use crate::exit::{Ended, Exit, Told};
use crate::report::Report;
use crate::setup::{self, Setup};
use crate::views::drift::{changes, written};
use crate::{output, requests};

/// Runs the command.
pub async fn run(at: &Place, flags: &DriftAccept) -> Ended {
    let report = Report::plain(flags.looking.no_color);
    let wanted = subjects(&flags.what, &report)?;
    let setup = setup::begin(at, &report)?;
    let ended = accept(&setup, flags, &wanted, &report).await;
    requests::leave(&setup.counts);
    ended
}

async fn accept(
    setup: &Setup,
    flags: &DriftAccept,
    wanted: &[drift::Subject],
    report: &Report,
) -> Ended {
    let mut targets = planning::typed_targets(&flags.looking.target, report)?;
    if targets.is_empty() {
        targets.extend(wanted.iter().map(|subject| subject.target.clone()));
    }
    let (mut run, rules) = check::begin(setup, &flags.looking, report, true).await?;
    let sources = run.project().sources.clone();
    let (_, found, diagnostics) = run.drift(targets, &rules).await;
    let mut failed = report.failed(&diagnostics, &sources);
    let accepted = drift::accept(&found, run.project(), &setup.world.providers, wanted);
    failed |= planning::end(run, report).await;
    if failed {
        return Err(Told);
    }
    if flags.dry_run {
        output::text(&changes(&accepted, report.style));
    } else {
        for (name, (before, after)) in &accepted.files {
            write(&setup.world.dir.join(&**name), before, after)
                .map_err(|diagnostic| report.refuse(*diagnostic))?;
        }
    }
    output::text(&written(&accepted, flags.dry_run));
    report.pass(&accepted.refused, &sources)?;
    Ok(Exit::Done)
}

/// Writes a file that is still as it was read.
fn write(path: &Path, before: &str, after: &str) -> Result<(), Box<Diagnostic>> {
    let failed = |why: String| {
        Box::new(Diagnostic::error(
            "Failed to write file",
            format!("{}: {why}", path.display()),
        ))
    };
    let now = std::fs::read(path).map_err(|error| failed(format!("{error}.")))?;
    if now != before.as_bytes() {
        return Err(failed(
            "it was changed meanwhile, or is not in UTF-8. Nothing was written to it.".to_owned(),
        ));
    }
    std::fs::write(path, after).map_err(|error| failed(format!("{error}.")))
}
