//! `local serve`: the embedded AWS on loopback, for other programs.

use tokio::net::TcpListener;
use trueup_diagnostics::Diagnostic;
use trueup_emulator::{AccessKeys, Config, serve};

use super::Place;
use crate::embedded::{self, Served};
use crate::exit::{Ended, Exit};
use crate::report::Report;
use crate::{args, output, setup, signals};

/// Runs the command until it is interrupted.
pub async fn run(at: Place, flags: args::Serve) -> Ended {
    let report = Report::plain(false);
    let dir = at.dir();
    let keys = AccessKeys {
        id: format!(
            "TRUEUP{}",
            &uuid::Uuid::new_v4().simple().to_string().to_uppercase()[..14]
        ),
        secret: uuid::Uuid::new_v4().simple().to_string(),
    };
    let config = Config {
        access_keys: Some(keys.clone()),
        ..setup::emulator_config()
    };
    let owned = embedded::open(dir, config).map_err(|diagnostic| report.refuse(*diagnostic))?;
    let refuse = |what: &str, error: std::io::Error| {
        report.refuse(Diagnostic::error(
            "The embedded AWS can't be served",
            format!("{what}: {error}."),
        ))
    };
    let listener = TcpListener::bind(("127.0.0.1", flags.port))
        .await
        .map_err(|error| {
            refuse(
                &format!("Port {} on loopback can't be used", flags.port),
                error,
            )
        })?;
    let address = listener
        .local_addr()
        .map_err(|error| refuse("The address is not known", error))?
        .to_string();
    let served = Served {
        address: address.clone(),
        access_key: keys.id.clone(),
        secret_key: keys.secret.clone(),
    };
    embedded::leave_address(dir, &served)
        .map_err(|error| refuse("The address can't be left for other runs", error))?;
    output::line(&format!(
        "The embedded AWS of {} listens on http://{address}\n\nexport AWS_ENDPOINT_URL=http://{address}\nexport AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}\nexport AWS_REGION={}\n\nIt ends with Ctrl-C.",
        dir.display(),
        keys.id,
        keys.secret,
        owned.emulator.config().default_region,
    ));
    let shutdown = signals::listen();
    let ended = serve::serve(owned.emulator.clone(), listener, shutdown).await;
    embedded::remove_address(dir);
    ended.map_err(|error| refuse("The server stopped", error))?;
    Ok(Exit::Done)
}
