//! A server on loopback that hears what is sent, and answers as AWS would as far as the tests ask.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One request as it was heard.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Heard {
    /// A field of a form's body, decoded as far as these tests need it.
    pub fn field(&self, name: &str) -> Option<String> {
        let pairs = self.body.split('&').filter_map(|pair| pair.split_once('='));
        let decoded = |text: &str| {
            text.replace("%3A", ":")
                .replace("%2F", "/")
                .replace("%20", " ")
        };
        pairs
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| decoded(value))
            .next()
    }

    /// Access key, region and service of the signature.
    pub fn scope(&self) -> (String, String, String) {
        let header = self.headers.get("authorization").cloned();
        let header = header.unwrap_or_default();
        let scope = header.split("Credential=").nth(1).unwrap_or_default();
        let parts: Vec<&str> = scope.split(['/', ',']).collect();
        let part = |n: usize| parts.get(n).unwrap_or(&"").to_string();
        (part(0), part(2), part(3))
    }
}

/// What is answered: status and body.
pub type Said = (u16, String);

/// A server on loopback.
pub struct Ear {
    pub url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Ear {
    pub async fn open(answer: impl Fn(&Heard) -> Said + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let (notes, answer) = (Arc::clone(&heard), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(serve(socket, Arc::clone(&notes), Arc::clone(&answer)));
            }
        });
        Self { url, heard }
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().expect("no panic").clone()
    }

    /// The only request for this operation.
    pub fn of(&self, sign: &str) -> Heard {
        let found = self.heard().into_iter().find(|heard| {
            heard.body.contains(sign)
                || heard.line.contains(sign)
                || heard.headers.values().any(|value| value.contains(sign))
        });
        found.unwrap_or_else(|| panic!("no {sign} in {:?}", self.heard()))
    }
}

async fn serve(
    mut socket: TcpStream,
    notes: Arc<Mutex<Vec<Heard>>>,
    answer: Arc<impl Fn(&Heard) -> Said + Send + Sync + 'static>,
) {
    let mut buffer = Vec::new();
    loop {
        let (head, rest) = loop {
            if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                let rest = buffer.split_off(at + 4);
                break (String::from_utf8_lossy(&buffer).into_owned(), rest);
            }
            let mut some = [0; 4096];
            match socket.read(&mut some).await {
                Ok(count) if count > 0 => buffer.extend_from_slice(&some[..count]),
                _ => return,
            }
        };
        buffer = rest;
        let mut lines = head.split("\r\n");
        let mut heard = Heard {
            line: lines.next().unwrap_or_default().to_owned(),
            ..Heard::default()
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            heard
                .headers
                .insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = heard.headers.get("content-length");
        let length: usize = length.and_then(|n| n.parse().ok()).unwrap_or(0);
        while buffer.len() < length {
            let mut some = [0; 4096];
            match socket.read(&mut some).await {
                Ok(count) if count > 0 => buffer.extend_from_slice(&some[..count]),
                _ => return,
            }
        }
        let rest = buffer.split_off(length);
        heard.body = String::from_utf8_lossy(&buffer).into_owned();
        buffer = rest;
        let (status, body) = answer(&heard);
        notes.lock().expect("no panic").push(heard);
        let ttl = "x-aws-ec2-metadata-token-ttl-seconds: 600";
        let text = format!(
            "HTTP/1.1 {status} said\r\ncontent-length: {}\r\n{ttl}\r\n\r\n{body}",
            body.len()
        );
        if socket.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

fn credentials_of(operation: &str, key: &str) -> String {
    format!(
        "<{operation}Response><{operation}Result><Credentials><AccessKeyId>{key}</AccessKeyId>\
         <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>\
         <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></{operation}Result></{operation}Response>"
    )
}

fn caller(account: &str) -> String {
    format!(
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::{account}:user/a</Arn>\
         <UserId>A</UserId><Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
}

/// AWS as far as these tests ask it; each role's key is its last word.
pub fn aws(heard: &Heard) -> Said {
    let role = heard.field("RoleArn").unwrap_or_default();
    let key = role.rsplit('/').next().unwrap_or_default().to_owned();
    match heard.field("Action").as_deref() {
        Some(operation @ ("AssumeRole" | "AssumeRoleWithWebIdentity")) => {
            (200, credentials_of(operation, &key))
        }
        Some("GetCallerIdentity") => (200, caller("123456789012")),
        _ if heard.headers.contains_key("x-amz-target") => (
            200,
            "{\"TableNames\":[],\"Table\":{\"TableName\":\"orders\"}}".to_owned(),
        ),
        _ => (404, String::new()),
    }
}
