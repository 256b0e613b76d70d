//! Emulators as processes of ours: started on a free port of 127.0.0.1, and gone when dropped.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// How long an emulator may take until it answers.
const PATIENCE: Duration = Duration::from_secs(90);

/// An emulator that fixtures can be played against.
pub struct Bed {
    /// Its name on the command line.
    pub name: &'static str,
    /// What is run when no path is given.
    program: &'static str,
    /// How it comes onto the machine.
    install: &'static str,
}

/// Every emulator, in the order in which they are tried.
pub const BEDS: &[Bed] = &[
    Bed {
        name: "ministack",
        program: "ministack",
        install: "pip install ministack",
    },
    Bed {
        name: "moto",
        program: "moto_server",
        install: "pip install 'moto[server]'",
    },
    Bed {
        name: "dynamodb-local",
        program: "xtask/beds/dynamodb-local/target/lib",
        install: "mvn -f xtask/beds/dynamodb-local/pom.xml dependency:copy-dependencies (needs Java 17 or later)",
    },
];

/// A running emulator.
pub struct Emulator {
    child: Child,
    /// Where it answers, such as `http://127.0.0.1:4566`.
    pub url: String,
    address: String,
}

impl Emulator {
    /// Starts it and waits until it answers.
    ///
    /// # Errors
    /// It is not installed, or does not answer in time.
    pub fn start(root: &Path, bed: &Bed, given: Option<&str>) -> Result<Self, String> {
        let port = free_port()?;
        let mut command = command(root, bed, given, port);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("not installed ({error}): {}", bed.install))?;
        let address = format!("127.0.0.1:{port}");
        let mut emulator = Self {
            child,
            url: format!("http://{address}"),
            address,
        };
        let begun = Instant::now();
        while !emulator.answers() {
            if let Ok(Some(status)) = emulator.child.try_wait() {
                return Err(format!("did not start ({status}): {}", bed.install));
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("did not answer within {} s", PATIENCE.as_secs()));
            }
            sleep(Duration::from_millis(200));
        }
        Ok(emulator)
    }

    /// Where it answers, such as `127.0.0.1:4566`.
    pub fn address(&self) -> &str {
        &self.address
    }

    fn answers(&self) -> bool {
        self.request("GET", "/").is_ok()
    }

    /// Makes a bucket: the state backend wants one that is there. Emulators take it unsigned.
    ///
    /// # Errors
    /// The answer, where it is not a yes.
    pub fn make_bucket(&self, bucket: &str) -> Result<(), String> {
        let answer = self.request("PUT", &format!("/{bucket}"))?;
        let line = answer.lines().next().unwrap_or_default();
        if line.contains(" 200") {
            Ok(())
        } else {
            Err(format!("making the bucket {bucket}: {line}"))
        }
    }

    fn request(&self, method: &str, path: &str) -> Result<String, String> {
        let say = |error: std::io::Error| error.to_string();
        let mut stream = TcpStream::connect(&self.address).map_err(say)?;
        let patience = Some(Duration::from_secs(10));
        stream.set_read_timeout(patience).map_err(say)?;
        // The scope of a signature is how one port tells its services apart.
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\nauthorization: AWS4-HMAC-SHA256 Credential=testkey/20200101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            self.address
        );
        stream.write_all(text.as_bytes()).map_err(say)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(say)?;
        if answer.is_empty() {
            return Err("no answer".to_string());
        }
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing left to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(root: &Path, bed: &Bed, given: Option<&str>, port: u16) -> Command {
    let program = given.unwrap_or(bed.program);
    let port = port.to_string();
    match bed.name {
        "ministack" => {
            let mut command = Command::new(program);
            command
                .env("BIND_HOST", "127.0.0.1")
                .env("GATEWAY_PORT", port)
                .env("LOG_LEVEL", "WARNING");
            command
        }
        "moto" => {
            let mut command = Command::new(program);
            command.args(["-H", "127.0.0.1", "-p", &port]);
            command
        }
        _ => {
            let libraries = match given {
                Some(path) => PathBuf::from(path),
                None => root.join(program),
            };
            let source = root.join("xtask/beds/dynamodb-local/Loopback.java");
            let mut command = Command::new("java");
            command
                .arg("-cp")
                .arg(libraries.join("*"))
                .arg(format!("-Djava.library.path={}", libraries.display()))
                .arg(source)
                .args(["-inMemory", "-disableTelemetry", "-port", &port]);
            command
        }
    }
}

fn free_port() -> Result<u16, String> {
    let say = |error: std::io::Error| error.to_string();
    let listener = TcpListener::bind("127.0.0.1:0").map_err(say)?;
    Ok(listener.local_addr().map_err(say)?.port())
}
