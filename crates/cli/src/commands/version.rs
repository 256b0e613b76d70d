//! `version`: which trueup this is, and whose language it speaks.

use crate::exit::{Ended, Exit};
use crate::{args, output};

/// Runs the command.
pub fn run(flags: args::Version) -> Ended {
    let version = env!("CARGO_PKG_VERSION");
    let platform = format!(
        "{}_{}",
        std::env::consts::OS,
        match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        }
    );
    if flags.json {
        let document = serde_json::json!({
            "terraform_version": trueup_state::DEFAULT_TERRAFORM_VERSION,
            "trueup_version": version,
            "platform": platform,
            "provider_selections": {},
            "terraform_outdated": false,
        });
        output::line(&serde_json::to_string_pretty(&document).unwrap_or_default());
    } else {
        output::line(&format!(
            "trueup v{version} (compatible with Terraform v1.11.4)\non {platform}"
        ));
    }
    Ok(Exit::Done)
}
