//! `validate`: the configuration alone, without values, state or world.

use trueup_aws::Transport;
use trueup_operations::Project;

use super::Place;
use crate::report::Report;
use crate::views::json;
use crate::{args, output, world};

/// Runs the command.
pub fn run(at: Place, flags: args::Validate) -> u8 {
    let report = Report::new(&flags.look);
    let dir = std::path::PathBuf::from(at.chdir.as_deref().unwrap_or("."));
    let world = world::build(&dir, None, Transport::default());
    let (project, mut diagnostics) = Project::read(&world, false);
    if !diagnostics.has_errors() {
        diagnostics.extend(trueup_planner::validate::configuration(
            &project.config,
            &project.sources,
            &world.environment("default", &world.source.now(), false),
            &world.providers,
        ));
    }
    let failed = diagnostics.has_errors();
    if report.json {
        output::line(&json::validate(&diagnostics, &project.sources));
        return u8::from(failed);
    }
    report.diagnostics(&diagnostics, &project.sources);
    if !failed {
        output::line(if diagnostics.is_empty() {
            "Success! The configuration is valid.\n"
        } else {
            "Success! The configuration is valid, but there were some\nvalidation warnings as shown above.\n"
        });
    }
    u8::from(failed)
}
