//! A server on loopback that answers what it was told, and a client that reaches it under any host's name.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use trueup_modules::{BoxFuture, Fetch, FetchRequest, FetchResponse};

use crate::Answers;

/// The requests that came: path, then headers.
type Seen = Arc<Mutex<Vec<(String, Vec<String>)>>>;

/// The server, and the client's side of it.
pub struct Loopback {
    address: String,
    pub seen: Seen,
    pub token: Option<String>,
}

impl Loopback {
    pub fn serve(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let seen = Seen::default();
        let log = seen.clone();
        // The thread ends with the tests.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let _ = answer(&stream, &answers, &log);
            }
        });
        Self {
            address,
            seen,
            token: None,
        }
    }
}

fn answer(mut stream: &TcpStream, answers: &Answers, log: &Seen) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let headers: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    log.lock()
        .expect("no test panics with it")
        .push((path.clone(), headers));
    let missing = (404, Vec::new(), b"not here".to_vec());
    let (status, headers, body) = answers.get(&path).unwrap_or(&missing);
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n"
    )?;
    for (name, value) in headers {
        write!(stream, "{name}: {value}\r\n")?;
    }
    write!(stream, "\r\n")?;
    stream.write_all(body)
}

impl Fetch for Loopback {
    fn get(&self, request: FetchRequest) -> BoxFuture<'_, Result<FetchResponse, String>> {
        let asked = ask(&self.address, &request);
        Box::pin(std::future::ready(asked.map_err(|error| error.to_string())))
    }

    fn token(&self, _host: &str) -> Option<String> {
        self.token.clone()
    }
}

fn ask(address: &str, request: &FetchRequest) -> std::io::Result<FetchResponse> {
    let (_, rest) = request.url.split_once("://").expect("a URL");
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = TcpStream::connect(address)?;
    let mut head = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    write!(stream, "{head}\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let end = answer
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    Ok(FetchResponse {
        status: status.and_then(|text| text.parse().ok()).expect("a status"),
        headers,
        body: answer[end + 4..].to_vec(),
    })
}
