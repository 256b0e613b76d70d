//! What most commands begin with: the folder, the world, the embedded AWS where it is asked for.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_aws::{RequestCounts, Transport};
use trueup_diagnostics::Diagnostic;
use trueup_emulator::Config;
use trueup_operations::World;

use crate::embedded::{self, InProcess, Owned};
use crate::loopback::Loopback;
use crate::report::Report;
use crate::{signals, world};

/// The world of a command, and what must live as long as it.
pub struct Setup {
    /// The world.
    pub world: World,
    /// Requests sent so far.
    pub counts: RequestCounts,
    /// Cancelled by the first interrupt.
    pub cancel: CancellationToken,
    /// The embedded AWS, where this process owns it.
    _owned: Option<Owned>,
}

/// Sets up a command that works in `chdir`, with the embedded AWS where `local` asks for it. What is in the way is
/// told; the error is the exit code.
pub fn begin(chdir: Option<&str>, local: bool, report: &Report) -> Result<Setup, u8> {
    begin_under(chdir, local, report, signals::listen)
}

/// As [`begin`], for a command that sets up several times and listens for interrupts once.
pub fn begin_under(
    chdir: Option<&str>,
    local: bool,
    report: &Report,
    cancel: impl FnOnce() -> CancellationToken,
) -> Result<Setup, u8> {
    opened(chdir, local, cancel).map_err(|diagnostic| {
        report.diagnostic(*diagnostic);
        1
    })
}

fn opened(
    chdir: Option<&str>,
    local: bool,
    cancel: impl FnOnce() -> CancellationToken,
) -> Result<Setup, Box<Diagnostic>> {
    let dir = PathBuf::from(chdir.unwrap_or("."));
    if !dir.is_dir() {
        return Err(Box::new(Diagnostic::error(
            "Error handling -chdir option",
            format!("{} is not a folder.", dir.display()),
        )));
    }
    let counts = RequestCounts::new();
    let mut owned = None;
    let dispatch = match local {
        false => None,
        true => match embedded::served_at(&dir) {
            Some(served) => Some(Loopback::dispatch(served.address)),
            None => {
                let opened = embedded::open(&dir, emulator_config())?;
                let dispatch = InProcess::dispatch(opened.emulator.clone());
                owned = Some(opened);
                Some(dispatch)
            }
        },
    };
    let transport = Transport {
        dispatch,
        counts: counts.clone(),
        ..Transport::default()
    };
    let folder = local.then(|| embedded::folder(&dir));
    Ok(Setup {
        world: world::build(&dir, folder, transport),
        counts,
        cancel: cancel(),
        _owned: owned,
    })
}

/// The embedded AWS's settings: the region that the environment names, else us-east-1; for tests, the permissions
/// of the policy in the file that `TRUEUP_TEST_PERMISSIONS` names.
pub fn emulator_config() -> Config {
    let permissions = std::env::var_os("TRUEUP_TEST_PERMISSIONS").map(|path| {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        // A policy that can't be read allows nothing.
        trueup_emulator::Permissions::parse(&text).unwrap_or_default()
    });
    let region = ["AWS_REGION", "AWS_DEFAULT_REGION"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|region| !region.is_empty());
    let standard = Config::default();
    Config {
        default_region: region.unwrap_or_else(|| standard.default_region.clone()),
        permissions,
        ..standard
    }
}

/// The schemas of all providers, for views.
pub struct Schemas(pub Arc<World>);

impl trueup_plan::SchemaSource for Schemas {
    fn schema(
        &self,
        provider: &trueup_addrs::ProviderAddr,
        mode: trueup_addrs::Mode,
        kind: &str,
    ) -> Option<Arc<trueup_schema::ResourceSchema>> {
        self.0.providers.schema(provider, mode, kind)
    }

    fn variable_default(&self, variable: &trueup_config::Variable) -> Option<trueup_value::Value> {
        trueup_evaluator::variables::default_of(variable)
    }
}
