//! `drift accept`: what is there now is written into the configuration.

use std::path::Path;
use std::sync::Arc;

use trueup_diagnostics::{Diagnostic, Diagnostics};
use trueup_operations::drift;

use super::{check, plain, subjects};
use crate::args::DriftAccept;
use crate::commands::{Place, planning};
use crate::report::Report;
use crate::setup::{self, Setup};
use crate::views::drift::{changes, written};
use crate::{output, requests};

/// Runs the command.
pub async fn run(at: &Place, flags: &DriftAccept) -> u8 {
    let report = plain(flags.looking.no_color);
    let Some(wanted) = subjects(&flags.what, &report) else {
        return 1;
    };
    let setup = match setup::begin(at.chdir.as_deref(), at.local, &report) {
        Ok(setup) => setup,
        Err(code) => return code,
    };
    let code = accept(&setup, flags, &wanted, &report).await;
    requests::leave(&setup.counts);
    code
}

async fn accept(
    setup: &Setup,
    flags: &DriftAccept,
    wanted: &[drift::Subject],
    report: &Report,
) -> u8 {
    let Some((mut run, rules)) = check::begin(setup, &flags.looking, report, true).await else {
        return 1;
    };
    let sources = run.project().sources.clone();
    let mut wrong = Diagnostics::default();
    let mut targets = planning::targets(&flags.looking.target, &mut wrong);
    if report.failed(&wrong, &Arc::default()) {
        return 1;
    }
    if targets.is_empty() {
        targets.extend(wanted.iter().map(|subject| subject.target.clone()));
    }
    let (_, found, diagnostics) = run.drift(targets, &rules).await;
    let mut failed = report.failed(&diagnostics, &sources);
    let accepted = drift::accept(&found, run.project(), &setup.world.providers, wanted);
    failed |= planning::end(run, report).await;
    if failed {
        return 1;
    }
    if flags.dry_run {
        output::text(&changes(&accepted, report.style));
    } else {
        for (name, (before, after)) in &accepted.files {
            if let Err(diagnostic) = write(&setup.world.dir.join(&**name), before, after) {
                report.diagnostic(*diagnostic);
                return 1;
            }
        }
    }
    output::text(&written(&accepted, flags.dry_run));
    u8::from(report.failed(&accepted.refused, &sources))
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
