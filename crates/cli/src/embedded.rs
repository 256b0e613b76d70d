//! The embedded AWS behind `-local`: owned by one process at a time, in this process or behind a loopback
//! address that `local serve` left.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use trueup_aws::{BoxFuture, Dispatch, DispatchError};
use trueup_backend::write_private;
use trueup_diagnostics::Diagnostic;
use trueup_emulator::{Config, Emulator, arrived};

use crate::faults::Faults;

/// The folder, within a project, that everything of `-local` is kept in.
pub fn folder(dir: &Path) -> PathBuf {
    dir.join(".trueup").join("local")
}

/// The embedded AWS, owned by this process until it ends.
pub struct Owned {
    /// The services.
    pub emulator: Emulator,
    /// The OS lock on the folder: released with the process.
    _owner: File,
}

/// How long a second owner waits for the first.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opens the embedded AWS of a project, waiting a while for another process that has it.
pub fn open(dir: &Path, config: Config) -> Result<Owned, Box<Diagnostic>> {
    let folder = folder(dir);
    let failed = |what: &str, error: &dyn std::fmt::Display| {
        Box::new(Diagnostic::error(
            "The embedded AWS could not be opened",
            format!("{what} in {} failed: {error}.", folder.display()),
        ))
    };
    std::fs::create_dir_all(&folder).map_err(|error| failed("Making the folder", &error))?;
    let path = folder.join("owner");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut owner = options
        .open(&path)
        .map_err(|error| failed("Opening the owner file", &error))?;
    take(&mut owner, &folder)?;
    let pid = std::process::id().to_string();
    owner
        .set_len(0)
        .and_then(|()| owner.rewind())
        .and_then(|()| owner.write_all(pid.as_bytes()))
        .map_err(|error| failed("Writing the owner file", &error))?;
    let emulator = Emulator::open(&folder.join("aws"), config)
        .map_err(|error| failed("Opening the stores", &error))?;
    Ok(Owned {
        emulator,
        _owner: owner,
    })
}

fn take(owner: &mut File, folder: &Path) -> Result<(), Box<Diagnostic>> {
    let began = std::time::Instant::now();
    loop {
        match owner.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if began.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(error) => {
                let mut pid = String::new();
                let _ = owner.read_to_string(&mut pid);
                let held = match error {
                    TryLockError::WouldBlock => format!("the process {pid} has it"),
                    TryLockError::Error(error) => error.to_string(),
                };
                return Err(Box::new(
                    Diagnostic::error(
                        "The embedded AWS is in use",
                        format!("One process at a time works on {}, and {held}.", folder.display()),
                    )
                    .hint("Wait for it to end. To use it from several programs at once, run \"trueup local serve\" in this folder."),
                ));
            }
        }
    }
}

/// The embedded AWS as the AWS clients reach it, without a port.
pub struct InProcess {
    emulator: Emulator,
    faults: Faults,
}

impl InProcess {
    /// Requests go to this emulator.
    pub fn dispatch(emulator: Emulator) -> Arc<dyn Dispatch> {
        Arc::new(Self {
            emulator,
            faults: Faults::from_environment(),
        })
    }
}

impl Dispatch for InProcess {
    fn call(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, DispatchError>> {
        Box::pin(async move {
            let (number, fault) = self.faults.before(&request);
            let response = match fault {
                None => self.emulator.call(request).await,
                fault => self.emulator.call_under(request, fault).await,
            };
            self.faults.after(number);
            Ok(arrived(response)?)
        })
    }
}

/// The address that a running `local serve` left, if it still answers for the folder.
pub fn served_at(dir: &Path) -> Option<Served> {
    let folder = folder(dir);
    let text = std::fs::read_to_string(folder.join("address")).ok()?;
    let mut lines = text.lines();
    let served = Served {
        address: lines.next()?.to_string(),
        access_key: lines.next()?.to_string(),
        secret_key: lines.next()?.to_string(),
    };
    // Whoever left the address holds the folder as long as it lives.
    let owner = File::open(folder.join("owner")).ok()?;
    match owner.try_lock_shared() {
        Err(TryLockError::WouldBlock) => Some(served),
        _ => None,
    }
}

/// Where `local serve` listens, and the key pair that it takes.
pub struct Served {
    /// `127.0.0.1:PORT`
    pub address: String,
    /// The access key.
    pub access_key: String,
    /// The secret key.
    pub secret_key: String,
}

/// Leaves the address for `-local` runs of the same folder, for its owner's eyes only.
pub fn leave_address(dir: &Path, served: &Served) -> std::io::Result<()> {
    let text = format!(
        "{}\n{}\n{}\n",
        served.address, served.access_key, served.secret_key
    );
    write_private(&folder(dir).join("address"), text.as_bytes())
}

/// Takes the address away again.
pub fn remove_address(dir: &Path) {
    // Where it stays, readers find the folder without an owner and pass it over.
    let _ = std::fs::remove_file(folder(dir).join("address"));
}
