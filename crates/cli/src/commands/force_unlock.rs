//! `force-unlock`: the lock of a run that can't release it any more.

use trueup_diagnostics::Diagnostic;
use trueup_operations::{Project, storage};

use super::Place;
use crate::report::Report;
use crate::{args, output, prompt, setup};

/// Runs the command.
pub async fn run(at: Place, flags: args::ForceUnlock) -> u8 {
    let report = Report::new(&args::Look {
        no_color: flags.no_color,
        json: false,
        compact_warnings: false,
    });
    let setup = match setup::begin(at.chdir.as_deref(), at.local) {
        Ok(setup) => setup,
        Err(diagnostic) => {
            report.diagnostic(*diagnostic);
            return 1;
        }
    };
    let (project, diagnostics) = Project::read_root(&setup.world);
    if report.failed(&diagnostics, &project.sources) {
        return 1;
    }
    let storage = match storage::open(&setup.world, &project.config).await {
        Ok(storage) => storage,
        Err(diagnostics) => {
            report.diagnostics(&diagnostics, &project.sources);
            return 1;
        }
    };
    if !flags.force {
        let answer = prompt::approve(
            "Do you really want to force-unlock?",
            "  trueup will remove the lock on the remote state.\n  This will allow local trueup commands to modify this state, even though it\n  may still be in use. Only 'yes' will be accepted to confirm.",
        );
        if answer != Some(true) {
            output::line("force-unlock cancelled.");
            return 1;
        }
    }
    match storage
        .backend
        .force_unlock(&storage.workspace, &flags.id)
        .await
    {
        Ok(_) => {
            output::line(
                "The state has been successfully unlocked!\n\nThe state has been unlocked, and commands should now be able to\nobtain a new lock on the remote state.",
            );
            0
        }
        Err(error) => {
            report.diagnostic(Diagnostic::error(
                "Failed to unlock state",
                error.to_string(),
            ));
            1
        }
    }
}
