//! A loopback address that writes down every request before the embedded AWS answers it.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use trueup_emulator::Emulator;

/// A request as it was sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recorded {
    /// `GET`, `PUT`, …; `CONNECT` where a tunnel was asked for.
    pub(crate) method: String,
    /// Path and query; a whole address where a proxy was asked.
    pub(crate) target: String,
    /// Headers in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Body.
    pub(crate) body: String,
}

impl Recorded {
    /// A header's value; empty where it was not sent.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map_or("", |(_, value)| value)
    }

    /// In one line: what was asked for, by the names that services use.
    pub(crate) fn line(&self) -> String {
        let action = self.header("x-amz-target");
        let action = action.rsplit('.').next().unwrap_or_default();
        if !action.is_empty() {
            return action.to_owned();
        }
        if let Some(at) = self.body.find("Action=") {
            let rest = &self.body[at + 7..];
            return rest.split('&').next().unwrap_or_default().to_owned();
        }
        format!("{} {}", self.method, self.target)
    }
}

/// The address and what was sent to it.
#[derive(Clone)]
pub(crate) struct Recorder {
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<Recorded>>>,
}

impl Recorder {
    /// Listens until the test's runtime ends.
    pub(crate) async fn start(emulator: Emulator) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen: Arc<Mutex<Vec<Recorded>>> = Arc::default();
        let recorder = Self {
            address: format!("http://{address}"),
            seen: seen.clone(),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, emulator.clone(), seen.clone()));
            }
        });
        recorder
    }

    /// Takes what was sent so far.
    pub(crate) fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn converse(mut stream: TcpStream, emulator: Emulator, seen: Arc<Mutex<Vec<Recorded>>>) {
    while let Some((recorded, body)) = receive(&mut stream).await {
        let tunnel = recorded.method == "CONNECT";
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(recorded.clone());
        if tunnel {
            // Nobody is behind it: which host was meant is all that is looked at.
            let _ = stream
                .write_all(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
                .await;
            return;
        }
        let path = recorded
            .target
            .split_once("://")
            .map_or(&*recorded.target, |(_, rest)| {
                rest.find('/').map_or("/", |at| &rest[at..])
            });
        let mut request = http::Request::builder().method(&*recorded.method).uri(path);
        for (name, value) in &recorded.headers {
            request = request.header(name, value);
        }
        let request = request.body(body).expect("it was a request");
        let head = recorded.method == "HEAD";
        let answer = emulator.call(request).await;
        let mut text = format!("HTTP/1.1 {}\r\n", answer.status().as_u16()).into_bytes();
        let mut has_length = false;
        for (name, value) in answer.headers() {
            has_length |= name == http::header::CONTENT_LENGTH;
            text.extend_from_slice(name.as_str().as_bytes());
            text.extend_from_slice(b": ");
            text.extend_from_slice(value.as_bytes());
            text.extend_from_slice(b"\r\n");
        }
        if !has_length {
            text.extend_from_slice(
                format!("content-length: {}\r\n", answer.body().len()).as_bytes(),
            );
        }
        text.extend_from_slice(b"\r\n");
        if !head {
            text.extend_from_slice(answer.body());
        }
        if stream.write_all(&text).await.is_err() {
            return;
        }
    }
}

/// One request; `None` where the caller has hung up.
async fn receive(stream: &mut TcpStream) -> Option<(Recorded, Bytes)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let mut recorded = Recorded {
        method: words.next()?,
        target: words.next()?,
        ..Recorded::default()
    };
    for line in lines {
        let (name, value) = line.split_once(':')?;
        recorded
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length: usize = recorded.header("content-length").parse().unwrap_or(0);
    let mut body = bytes.split_off(end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    recorded.body = String::from_utf8_lossy(&body).into_owned();
    Some((recorded, Bytes::from(body)))
}
