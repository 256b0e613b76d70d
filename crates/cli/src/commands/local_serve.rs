//! `local serve`: the embedded AWS on loopback, for other programs.

use std::path::PathBuf;

use tokio::net::TcpListener;
use trueup_diagnostics::Diagnostic;
use trueup_emulator::{AccessKeys, Config, serve};

use super::Place;
use crate::embedded::{self, Served};
use crate::report::Report;
use crate::{args, output, setup, signals};

/// Runs the command until it is interrupted.
pub async fn run(at: Place, flags: args::Serve) -> u8 {
    let report = Report::new(&args::Look {
        no_color: false,
        json: false,
        compact_warnings: false,
    });
    let dir = PathBuf::from(at.chdir.as_deref().unwrap_or("."));
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
    let owned = match embedded::open(&dir, config) {
        Ok(owned) => owned,
        Err(diagnostic) => {
            report.diagnostic(*diagnostic);
            return 1;
        }
    };
    let refuse = |what: &str, error: std::io::Error| {
        report.diagnostic(Diagnostic::error(
            "The embedded AWS can't be served",
            format!("{what}: {error}."),
        ));
        1
    };
    let listener = match TcpListener::bind(("127.0.0.1", flags.port)).await {
        Ok(listener) => listener,
        Err(error) => {
            return refuse(
                &format!("Port {} on loopback can't be used", flags.port),
                error,
            );
        }
    };
    let address = match listener.local_addr() {
        Ok(address) => address.to_string(),
        Err(error) => return refuse("The address is not known", error),
    };
    let served = Served {
        address: address.clone(),
        access_key: keys.id.clone(),
        secret_key: keys.secret.clone(),
    };
    if let Err(error) = embedded::leave_address(&dir, &served) {
        return refuse("The address can't be left for other runs", error);
    }
    output::line(&format!(
        "The embedded AWS of {} listens on http://{address}\n\nexport AWS_ENDPOINT_URL=http://{address}\nexport AWS_ACCESS_KEY_ID={}\nexport AWS_SECRET_ACCESS_KEY={}\nexport AWS_REGION={}\n\nIt ends with Ctrl-C.",
        dir.display(),
        keys.id,
        keys.secret,
        owned.emulator.config().default_region,
    ));
    let shutdown = signals::listen();
    let ended = serve::serve(owned.emulator.clone(), listener, shutdown).await;
    embedded::remove_address(&dir);
    match ended {
        Ok(()) => 0,
        Err(error) => refuse("The server stopped", error),
    }
}
