//! One list of requests gives the same answers in process and over the server.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use http::Method;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use trueup_emulator::{Emulator, Fault, Rule, Service, serve};

use crate::bed::{Answer, Ask, ask, dynamodb, dynamodb_in, memory, orders, s3, sts};

fn list() -> Vec<Ask> {
    let key = json!({"TableName": "orders", "Key": {"id": {"S": "a"}}});
    let named = json!({"TableName": "orders"});
    vec![
        sts("Action=GetCallerIdentity&Version=2011-06-15"),
        dynamodb("CreateTable", orders()),
        dynamodb("DescribeTable", named.clone()),
        dynamodb("DescribeTable", named.clone()),
        dynamodb("DescribeTable", named.clone()),
        dynamodb(
            "PutItem",
            json!({"TableName": "orders", "Item": {"id": {"S": "a"}}}),
        ),
        dynamodb("GetItem", key.clone()),
        dynamodb(
            "GetItem",
            json!({"TableName": "events", "Key": {"id": {"S": "a"}}}),
        ),
        dynamodb("DescribeContinuousBackups", named.clone()),
        dynamodb_in("eu-west-1", "ListTables", json!({})),
        dynamodb("MakeCoffee", json!({})),
        s3(Method::PUT, "/events", &[], b""),
        s3(Method::PUT, "/events", &[], b""),
        s3(
            Method::PUT,
            "/events/a%2Fb",
            &[("if-none-match", "*")],
            b"hello",
        ),
        s3(
            Method::PUT,
            "/events/a%2Fb",
            &[("if-none-match", "*")],
            b"hello",
        ),
        s3(Method::GET, "/events/a%2Fb", &[], b""),
        s3(Method::HEAD, "/events/a%2Fb", &[], b""),
        s3(Method::HEAD, "/events/none", &[], b""),
        s3(Method::GET, "/events/none", &[], b""),
        s3(Method::GET, "/events?list-type=2&delimiter=%2F", &[], b""),
        s3(Method::GET, "/events?policy", &[], b""),
        s3(Method::DELETE, "/events/a%2Fb", &[], b""),
        s3(Method::DELETE, "/events", &[], b""),
        dynamodb("DeleteItem", key),
        dynamodb("DeleteTable", named.clone()),
        dynamodb("DescribeTable", named.clone()),
        dynamodb("DescribeTable", named.clone()),
        dynamodb("DescribeTable", named),
    ]
}

/// One request on a kept connection, read by its content length.
fn over(stream: &mut TcpStream, ask: &Ask) -> std::io::Result<Answer> {
    let mut head = format!(
        "{} {} HTTP/1.1\r\nhost: localhost\r\n",
        ask.method, ask.path
    );
    for (name, value) in &ask.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", ask.body.len()));
    stream.write_all(head.as_bytes())?;
    stream.write_all(&ask.body)?;
    let mut text = Vec::new();
    let mut byte = [0_u8; 1];
    while !text.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        text.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut lines = text.lines();
    let status = lines.next().unwrap_or_default();
    let status = status
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    let mut headers = http::HeaderMap::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a header name");
        headers.insert(name, value.parse().expect("a header value"));
    }
    let length: usize = headers
        .get("content-length")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse().ok())
        .unwrap_or(0);
    let mut body = vec![
        0;
        if ask.method == Method::HEAD || status == 204 {
            0
        } else {
            length
        }
    ];
    stream.read_exact(&mut body)?;
    Ok(Answer {
        status,
        headers,
        body,
    })
}

/// What does not depend on ids and times.
fn essence(ask: &Ask, answer: &Answer) -> String {
    let mut text = answer.text();
    if let Ok(mut json) = serde_json::from_str::<serde_json::Value>(&text) {
        for member in ["Table", "TableDescription"] {
            if let Some(table) = json
                .get_mut(member)
                .and_then(serde_json::Value::as_object_mut)
            {
                for name in ["TableId", "CreationDateTime"] {
                    table.remove(name);
                }
                for summary in ["BillingModeSummary", "TableThroughputModeSummary"] {
                    if let Some(summary) = table.get_mut(summary).and_then(|s| s.as_object_mut()) {
                        summary.remove("LastUpdateToPayPerRequestDateTime");
                    }
                }
            }
        }
        text = json.to_string();
    }
    for element in ["RequestId", "LastModified", "CreationDate"] {
        let (open, close) = (format!("<{element}>"), format!("</{element}>"));
        if let (Some(start), Some(end)) = (text.find(&open), text.find(&close)) {
            text.replace_range(start..end, "");
        }
    }
    let kept: Vec<String> = [
        "content-type",
        "etag",
        "x-amz-bucket-region",
        "content-length",
    ]
    .iter()
    .filter(|name| **name != "content-length" || ask.method == Method::HEAD)
    .map(|name| format!("{name}={}", answer.header(name)))
    .collect();
    format!(
        "{} {} -> {} {kept:?} {text}",
        ask.method, ask.path, answer.status
    )
}

async fn served(emulator: &Emulator) -> (SocketAddr, CancellationToken) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let stop = CancellationToken::new();
    tokio::spawn(serve::serve(emulator.clone(), listener, stop.clone()));
    (address, stop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_answers_as_the_function_does() {
    let direct = memory(2);
    let (address, stop) = served(&memory(2)).await;
    let mut inside = Vec::new();
    for wanted in list() {
        let answer = ask(&direct, &wanted).await;
        inside.push(essence(&wanted, &answer));
    }
    let outside = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address)?;
        list()
            .iter()
            .map(|wanted| over(&mut stream, wanted).map(|answer| essence(wanted, &answer)))
            .collect::<std::io::Result<Vec<String>>>()
    })
    .await
    .expect("the client ran")
    .expect("the server answered");
    for (inside, outside) in inside.iter().zip(&outside) {
        assert_eq!(inside, outside);
    }
    stop.cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_answer_closes_the_connection() {
    let emulator = memory(0);
    emulator.faults().add(Rule::next(
        Service::DynamoDb,
        "ListTables",
        1,
        Fault::DropAnswer,
    ));
    let (address, stop) = served(&emulator).await;
    let ended = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address)?;
        over(&mut stream, &dynamodb("ListTables", json!({})))
    })
    .await
    .expect("the client ran");
    assert!(ended.is_err());
    stop.cancel();
}
