//! `get`: installs the modules that the configuration calls, and nothing else.

use trueup_operations::installation;

use super::Place;
use super::init::Messages;
use crate::report::Report;
use crate::{args, setup, web};

/// Runs the command.
pub async fn run(at: Place, flags: args::Get) -> u8 {
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
    let messages = Messages::new(&report);
    let web = web::Modules::new();
    let (sources, found) = installation::install(&setup.world, &web, flags.update, &messages).await;
    u8::from(report.failed(&found, &sources))
}
