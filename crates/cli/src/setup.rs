//! What most commands begin with: the folder, the world, the embedded AWS where it is asked for.

use std::path::Path;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use trueup_aws::{RequestCounts, Transport};
use trueup_diagnostics::Diagnostic;
use trueup_emulator::Config;
use trueup_operations::{Given, World};

use crate::embedded::{self, InProcess, Owned};
use crate::exit::Told;
use crate::loopback::Loopback;
use crate::report::Report;
use crate::{signals, world};

/// Where a command works, and what it is given for all that it does there.
#[derive(Clone)]
pub struct Place {
    /// The folder, if not the current one.
    pub chdir: Option<String>,
    /// Whether on the embedded AWS.
    pub local: bool,
    /// The options that give values to variables, in their order.
    pub given: Vec<Given>,
}

impl Place {
    /// The folder.
    pub fn dir(&self) -> &Path {
        Path::new(self.chdir.as_deref().unwrap_or("."))
    }

    /// The folder, once it is seen to be one.
    ///
    /// # Errors
    /// It is none.
    pub fn folder(&self) -> Result<&Path, Box<Diagnostic>> {
        let dir = self.dir();
        match dir.is_dir() {
            true => Ok(dir),
            false => Err(Box::new(Diagnostic::error(
                "Error handling -chdir option",
                format!("{} is not a folder.", dir.display()),
            ))),
        }
    }
}

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

/// Sets up a command that works at `at`.
///
/// # Errors
/// What is in the way, which is told.
pub fn begin(at: &Place, report: &Report) -> Result<Setup, Told> {
    begin_under(at, report, signals::listen)
}

/// As [`begin`], for a command that sets up several times and listens for interrupts once.
pub fn begin_under(
    at: &Place,
    report: &Report,
    cancel: impl FnOnce() -> CancellationToken,
) -> Result<Setup, Told> {
    opened(at, cancel).map_err(|diagnostic| report.refuse(*diagnostic))
}

fn opened(
    at: &Place,
    cancel: impl FnOnce() -> CancellationToken,
) -> Result<Setup, Box<Diagnostic>> {
    let dir = at.folder()?;
    let counts = RequestCounts::new();
    let mut owned = None;
    let dispatch = match at.local {
        false => None,
        true => match embedded::served_at(dir) {
            Some(served) => Some(Loopback::dispatch(served.address)),
            None => {
                let opened = embedded::open(dir, emulator_config())?;
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
    Ok(Setup {
        world: world::build(at, transport),
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
