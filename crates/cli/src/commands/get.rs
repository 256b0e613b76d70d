//! `get`: installs the modules that the configuration calls, and nothing else.

use trueup_operations::installation;

use super::init::Messages;
use super::{Place, by_hand};
use crate::{args, web};

/// Runs the command.
pub async fn run(at: Place, flags: args::Get) -> u8 {
    let (setup, report) = match by_hand::begin(&at, flags.no_color) {
        Ok(begun) => begun,
        Err(code) => return code,
    };
    let messages = Messages::new(&report);
    let web = web::Modules::new();
    let (sources, found) = installation::install(&setup.world, &web, flags.update, &messages).await;
    u8::from(report.failed(&found, &sources))
}
