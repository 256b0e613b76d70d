//! `validate`: the configuration alone, without values, state or world.

use trueup_aws::Transport;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::{Project, testing, workspaces};

use super::Place;
use crate::exit::{Ended, Exit};
use crate::report::Report;
use crate::views::json;
use crate::{args, output, world};

/// Runs the command.
pub fn run(at: Place, flags: args::Validate) -> Ended {
    let report = Report::new(&flags.look);
    if flags.folder.len() > 1 {
        let diagnostic = Diagnostic::error(
            "Too many command line arguments",
            "Expected at most one positional argument.",
        );
        return answer(&diagnostic.into(), &Sources::default(), &report);
    }
    let mut at = at;
    if let Some(folder) = flags.folder.first() {
        at.chdir = Some(at.dir().join(folder).display().to_string());
        if !at.dir().is_dir() {
            let diagnostic = Diagnostic::error(
                "Failed to read module directory",
                format!("Module directory {folder} does not exist or cannot be read."),
            );
            return answer(&diagnostic.into(), &Sources::default(), &report);
        }
    }
    // Nothing is asked of the world, be it embedded or not.
    at.local = false;
    let world = world::build(&at, Transport::default());
    let (mut project, mut diagnostics) = Project::read(&world, false);
    if !flags.no_tests {
        let dir = &flags.test_directory;
        diagnostics.extend(testing::validate(&world, &mut project, dir));
    }
    if !diagnostics.has_errors() {
        diagnostics.extend(trueup_planner::validate::configuration(
            &project.config,
            &project.sources,
            &world.environment(workspaces::DEFAULT, &world.source.now(), false),
            &world.providers,
        ));
    }
    answer(&diagnostics, &project.sources, &report)
}

fn answer(diagnostics: &Diagnostics, sources: &Sources, report: &Report) -> Ended {
    let failed = diagnostics.has_errors();
    if report.json {
        output::line(&json::validate(diagnostics, sources));
        return Ok(Exit::unless(failed));
    }
    report.diagnostics(diagnostics, sources);
    if !failed {
        output::line(if diagnostics.is_empty() {
            "Success! The configuration is valid.\n"
        } else {
            "Success! The configuration is valid, but there were some\nvalidation warnings as shown above.\n"
        });
    }
    Ok(Exit::unless(failed))
}
