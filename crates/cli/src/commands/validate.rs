//! `validate`: the configuration alone, without values, state or world.

use std::path::PathBuf;
use std::sync::Arc;

use trueup_aws::Transport;
use trueup_diagnostics::{Diagnostic, Diagnostics, Sources};
use trueup_operations::{Project, testing};

use super::Place;
use crate::report::Report;
use crate::views::json;
use crate::{args, output, world};

/// Runs the command.
pub fn run(at: Place, flags: args::Validate) -> u8 {
    let report = Report::new(&flags.look);
    if flags.folder.len() > 1 {
        let diagnostic = Diagnostic::error(
            "Too many command line arguments",
            "Expected at most one positional argument.",
        );
        return answer(
            std::iter::once(diagnostic).collect(),
            &Arc::default(),
            &report,
        );
    }
    let mut dir = PathBuf::from(at.chdir.as_deref().unwrap_or("."));
    if let Some(folder) = flags.folder.first() {
        dir.push(folder);
        if !dir.is_dir() {
            let diagnostic = Diagnostic::error(
                "Failed to read module directory",
                format!("Module directory {folder} does not exist or cannot be read."),
            );
            return answer(
                std::iter::once(diagnostic).collect(),
                &Arc::default(),
                &report,
            );
        }
    }
    let world = world::build(&dir, None, Transport::default());
    let (mut project, mut diagnostics) = Project::read(&world, false);
    if !flags.no_tests {
        let dir = &flags.test_directory;
        diagnostics.extend(testing::validate(&world, &mut project, dir));
    }
    if !diagnostics.has_errors() {
        diagnostics.extend(trueup_planner::validate::configuration(
            &project.config,
            &project.sources,
            &world.environment("default", &world.source.now(), false),
            &world.providers,
        ));
    }
    answer(diagnostics, &project.sources, &report)
}

fn answer(diagnostics: Diagnostics, sources: &Arc<Sources>, report: &Report) -> u8 {
    let failed = diagnostics.has_errors();
    if report.json {
        output::line(&json::validate(&diagnostics, sources));
        return u8::from(failed);
    }
    report.diagnostics(&diagnostics, sources);
    if !failed {
        output::line(if diagnostics.is_empty() {
            "Success! The configuration is valid.\n"
        } else {
            "Success! The configuration is valid, but there were some\nvalidation warnings as shown above.\n"
        });
    }
    u8::from(failed)
}
