//! The bed of the whole-binary tests: the program, what it says as data, and a look into the embedded AWS.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use trueup_testkit::{Finished, Program, Project};

/// The program, built by cargo before these tests.
pub const BINARY: &str = env!("CARGO_BIN_EXE_trueup");

/// The checkout's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the package lies two folders below the checkout's root")
        .to_path_buf()
}

/// The program, run in a project.
pub fn trueup(project: &Project) -> Program {
    Program::new(BINARY, project)
}

/// The JSON that a command printed.
pub fn json(finished: &Finished) -> Result<Value, String> {
    serde_json::from_str(&finished.stdout)
        .map_err(|error| format!("not JSON: {error}\n{}", finished.report()))
}

/// An apply that asks nothing.
pub const APPLY: [&str; 3] = ["apply", "-auto-approve", "-input=false"];
/// A plan whose exit code says whether there is anything to do: 0 nothing, 2 something.
pub const PLAN: [&str; 3] = ["plan", "-detailed-exitcode", "-input=false"];
/// [`APPLY`] on the embedded AWS.
pub const LOCAL_APPLY: [&str; 4] = ["-local", "apply", "-auto-approve", "-input=false"];
/// [`PLAN`] on the embedded AWS.
pub const LOCAL_PLAN: [&str; 4] = ["-local", "plan", "-detailed-exitcode", "-input=false"];

/// What a plan says will be done, by address, no-ops left out: `create`, `read`, `update`, `replace`, `delete`, `forget`.
pub fn actions(plan: &Value) -> BTreeMap<String, String> {
    let changes = plan.get("resource_changes").and_then(Value::as_array);
    changes
        .into_iter()
        .flatten()
        .filter_map(|change| {
            let address = change.get("address")?.as_str()?.to_string();
            let actions: Vec<&str> = change
                .get("change")?
                .get("actions")?
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .collect();
            match actions.as_slice() {
                ["no-op"] => None,
                [one] => Some((address, (*one).to_string())),
                _ => Some((address, "replace".to_string())),
            }
        })
        .collect()
}

/// The outputs of a project by name, as `output -json` gives them.
pub fn outputs(program: &Program) -> Result<BTreeMap<String, Value>, String> {
    let told = json(&program.run(&["-local", "output", "-json"]).with_code(0)?)?;
    let outputs = told.as_object().ok_or("outputs are an object")?;
    Ok(outputs
        .iter()
        .map(|(name, output)| {
            (
                name.clone(),
                output.get("value").cloned().unwrap_or(Value::Null),
            )
        })
        .collect())
}

/// The files of a project that hold state, with their bytes.
pub fn states(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(folder) else {
        return found;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(states(&path));
        } else if path.to_string_lossy().ends_with(".tfstate") {
            found.insert(path.clone(), std::fs::read(&path).unwrap_or_default());
        }
    }
    found
}

/// A child process that is killed when its test ends, however it ends.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a command with pipes on all streams.
pub fn start(mut command: Command) -> Running {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    Running(child)
}

/// Waits for a condition.
///
/// # Panics
/// Where it does not come true in time.
pub fn wait_until(what: &str, limit: Duration, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + limit;
    while !is_so() {
        assert!(
            Instant::now() < until,
            "waited {} s: {what}",
            limit.as_secs()
        );
        thread::sleep(Duration::from_millis(20));
    }
}

/// Reads a child's standard output until a text shows, and returns what came until then. The rest is read
/// away by a thread of its own, so that the child never waits for a reader.
///
/// # Panics
/// Where the output ends, or the limit comes, before the text.
pub fn read_until(running: &mut Running, text: &str, limit: Duration) -> String {
    let stream = running.0.stdout.take().expect("started with pipes");
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = [0; 4096];
        while let Ok(count) = reader.read(&mut bytes) {
            if count == 0 {
                break;
            }
            let _ = sender
                .send(String::from_utf8_lossy(bytes.get(..count).unwrap_or_default()).into_owned());
        }
    });
    let until = Instant::now() + limit;
    let mut seen = String::new();
    while !seen.contains(text) {
        let left = until.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left) {
            Ok(piece) => seen.push_str(&piece),
            Err(_) => {
                let mut errors = String::new();
                let _ = running.0.kill();
                if let Some(mut stream) = running.0.stderr.take() {
                    let _ = stream.read_to_string(&mut errors);
                }
                panic!("{text:?} was not printed; stdout:\n{seen}\nstderr:\n{errors}");
            }
        }
    }
    seen
}

/// The embedded AWS of a project, opened on loopback by `local serve`; or another emulator.
pub struct Served {
    /// The server, where it is ours to end.
    _running: Option<Running>,
    /// `127.0.0.1:PORT`
    pub address: String,
}

/// Opens the embedded AWS of a project.
pub fn serve(project: &Project) -> Served {
    serve_as(project, &trueup(project))
}

/// The store of a test that is about state alone: the emulator that `cargo xtask interplay` started for it, which
/// `TRUEUP_TEST_STORE` names (`127.0.0.1:PORT`), else the embedded AWS of a project.
pub fn store(project: &Project) -> Served {
    match std::env::var("TRUEUP_TEST_STORE") {
        Ok(address) => Served {
            _running: None,
            address,
        },
        Err(_) => serve(project),
    }
}

/// As [`serve`], with variables of its own.
pub fn serve_as(project: &Project, program: &Program) -> Served {
    let mut running = start(program.command(&["local", "serve"]));
    let left = project.path().join(".trueup/local/address");
    let mut address = String::new();
    wait_until(
        "local serve leaves its address",
        Duration::from_secs(30),
        || {
            if let Some(status) = running.0.try_wait().ok().flatten() {
                panic!("local serve ended: {status}");
            }
            let text = std::fs::read_to_string(&left).unwrap_or_default();
            address = text.lines().next().unwrap_or_default().to_string();
            text.lines().count() >= 3 && TcpStream::connect(&address).is_ok()
        },
    );
    Served {
        _running: Some(running),
        address,
    }
}

impl Served {
    /// One call in the JSON protocol.
    ///
    /// # Panics
    /// Where the answer is not a success in JSON.
    pub fn dynamodb(&self, region: &str, operation: &str, body: &Value) -> Value {
        let target = format!(
            "X-Amz-Target: DynamoDB_20120810.{operation}\r\nContent-Type: application/x-amz-json-1.0\r\n"
        );
        let (code, answer) = self.send(
            "POST",
            "/",
            region,
            "dynamodb",
            &target,
            body.to_string().as_bytes(),
        );
        assert!(
            code == 200,
            "{operation}: {code} {}",
            String::from_utf8_lossy(&answer)
        );
        serde_json::from_slice(&answer).expect("answers are JSON")
    }

    /// One call to S3: the code and the body of its answer.
    pub fn s3(&self, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        self.send(
            method,
            path,
            "us-east-1",
            "s3",
            "X-Amz-Content-Sha256: UNSIGNED-PAYLOAD\r\n",
            body,
        )
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        region: &str,
        service: &str,
        headers: &str,
        body: &[u8],
    ) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).expect("local serve listens");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\
             X-Amz-Date: 20260101T000000Z\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/{region}/{service}/aws4_request, \
             SignedHeaders=host, Signature=0\r\n{headers}\r\n",
            self.address,
            body.len(),
        );
        stream
            .write_all(head.as_bytes())
            .expect("local serve reads");
        stream.write_all(body).expect("local serve reads");
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).expect("local serve answers");
        let code = line
            .split_whitespace()
            .nth(1)
            .and_then(|code| code.parse().ok())
            .unwrap_or(0);
        let mut length = None;
        let mut chunked = false;
        loop {
            line.clear();
            reader.read_line(&mut line).expect("local serve answers");
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(count) = header.strip_prefix("content-length:") {
                length = count.trim().parse::<u64>().ok();
            }
            chunked |= header == "transfer-encoding: chunked";
        }
        let mut answer = Vec::new();
        reader
            .take(length.unwrap_or(u64::MAX))
            .read_to_end(&mut answer)
            .expect("local serve answers");
        if chunked {
            answer = whole(&answer);
        }
        (code, answer)
    }

    /// The names of the tables in both regions that the tests use.
    pub fn tables(&self) -> Vec<String> {
        let mut names = Vec::new();
        for region in ["us-east-1", "eu-west-1"] {
            let listed = self.dynamodb(region, "ListTables", &serde_json::json!({}));
            let listed = listed
                .get("TableNames")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            names.extend(listed.iter().filter_map(Value::as_str).map(str::to_string));
        }
        names
    }

    /// All items of a table as JSON texts, sorted.
    pub fn items(&self, table: &str) -> Vec<String> {
        let mut items = Vec::new();
        let mut from = Value::Null;
        loop {
            let mut request = serde_json::json!({ "TableName": table, "ConsistentRead": true });
            if !from.is_null() {
                request["ExclusiveStartKey"] = from;
            }
            let page = self.dynamodb("us-east-1", "Scan", &request);
            let found = page
                .get("Items")
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            items.extend(found.iter().map(sorted_text));
            from = page.get("LastEvaluatedKey").cloned().unwrap_or(Value::Null);
            if from.is_null() {
                break;
            }
        }
        items.sort();
        items
    }
}

/// A body that came in chunks, as some emulators send it, in one piece.
fn whole(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|two| two == b"\r\n") {
        let head = String::from_utf8_lossy(&chunks[..end]);
        let size = head.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).expect("a chunk begins with its size");
        let from = end + 2;
        if size == 0 {
            break;
        }
        body.extend_from_slice(&chunks[from..from + size]);
        chunks = chunks.get(from + size + 2..).unwrap_or_default();
    }
    body
}

/// A value's JSON with the keys of objects in order.
pub fn sorted_text(value: &Value) -> String {
    fn sort(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let sorted: BTreeMap<&String, Value> = members
                    .iter()
                    .map(|(key, value)| (key, sort(value)))
                    .collect();
                sorted
                    .into_iter()
                    .map(|(key, value)| (key.clone(), value))
                    .collect()
            }
            Value::Array(elements) => elements.iter().map(sort).collect(),
            other => other.clone(),
        }
    }
    sort(value).to_string()
}
