//! `get`: installs the modules that the configuration calls, and nothing else.

use trueup_operations::installation;

use super::init::Messages;
use super::{Place, by_hand};
use crate::exit::{Ended, Exit};
use crate::{args, web};

/// Runs the command.
pub async fn run(at: Place, flags: args::Get) -> Ended {
    let (setup, report) = by_hand::begin(&at, flags.no_color)?;
    let messages = Messages::new(&report);
    let web = web::Modules::new();
    let (sources, found) = installation::install(&setup.world, &web, flags.update, &messages).await;
    report.pass(&found, &sources)?;
    Ok(Exit::Done)
}
