//! The world of a run: environment, clock, chance and folders, read here and nowhere below.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use trueup_aws::Transport;
use trueup_backend::{AwsClients, ProcessMark, Surroundings};
use trueup_functions::Source;
use trueup_operations::World;
use trueup_provider::{Provider, Registry};
use trueup_provider_aws::{AwsProvider, Environment};
use trueup_provider_builtin::{BuiltinProvider, RemoteStates};

use crate::embedded;
use crate::environment;
use crate::remote_states::Reader;
use crate::setup::Place;

/// Clock and chance of the system.
struct System;

impl Source for System {
    fn now(&self) -> String {
        jiff::Timestamp::now()
            .round(jiff::Unit::Second)
            .unwrap_or_else(|_| jiff::Timestamp::now())
            .to_string()
    }

    fn chance(&self) -> [u8; 16] {
        *uuid::Uuid::new_v4().as_bytes()
    }
}

/// A fresh random id.
fn fresh_id() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Builds the world of a place. With `-local` everything is kept in the folder of the embedded AWS.
pub fn build(at: &Place, transport: Transport) -> World {
    let dir = at.dir();
    let local = at.local.then(|| embedded::folder(dir));
    let variables = environment::beginning("VAR_");
    let data_dir =
        environment::raw("DATA_DIR").map_or_else(|| dir.join(".terraform"), |data| dir.join(data));
    let started_in = std::env::current_dir()
        .map(|dir| dir.display().to_string())
        .unwrap_or_default();
    let surroundings = surroundings();
    let connect = AwsClients::over(transport.clone());
    let elsewhere = Arc::default();
    let states = Reader {
        elsewhere: Arc::clone(&elsewhere),
        dir: dir.to_path_buf(),
        local: local.clone(),
        surroundings: surroundings.clone(),
        connect: connect.clone(),
    };
    World {
        dir: dir.to_path_buf(),
        started_in,
        data_dir,
        local,
        variables,
        assignments: at.given.clone(),
        workspace: environment::text("WORKSPACE").filter(|name| !name.is_empty()),
        home: std::env::var_os("HOME").map(PathBuf::from),
        surroundings,
        encryption: std::env::var("TF_ENCRYPTION")
            .ok()
            .filter(|text| !text.trim().is_empty()),
        sealing: Default::default(),
        elsewhere,
        source: Arc::new(System),
        connect,
        providers: providers(transport, Arc::new(states), dir),
    }
}

/// The providers that this program carries.
pub fn providers(transport: Transport, states: Arc<dyn RemoteStates>, dir: &Path) -> Registry {
    let aws: Arc<dyn Provider> = Arc::new(
        AwsProvider::through(transport)
            .with_environment(environment())
            .in_folder(dir.to_path_buf()),
    );
    let builtin: Arc<dyn Provider> =
        Arc::new(BuiltinProvider::new(Arc::new(fresh_id)).with_states(states));
    Registry::new([aws, builtin])
}

/// The variables that provider blocks and backend blocks may stand on. Names and values that are not Unicode
/// mean nothing to them.
fn environment() -> Environment {
    Environment::new(
        std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }),
    )
}

fn surroundings() -> Surroundings {
    Surroundings {
        environment: environment(),
        who: who(),
        version: trueup_state::DEFAULT_TERRAFORM_VERSION.to_owned(),
        process: ProcessMark::of_this_process(),
        now: Arc::new(SystemTime::now),
        uuid: Arc::new(fresh_id),
        // For tests, which have no minute to wait.
        lease: std::env::var("TRUEUP_TEST_LEASE")
            .ok()
            .and_then(|seconds| seconds.parse().ok())
            .map(Duration::from_secs),
    }
}

/// `user@host`, as locks show it.
fn who() -> String {
    let user = ["USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "root".to_string());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .map(|name| name.trim().to_string())
        .ok()
        .or_else(|| std::env::var("HOSTNAME").ok())
        .unwrap_or_else(|| "localhost".to_string());
    format!("{user}@{host}")
}
