//! Tests of reaching AWS: against scripted answers, the network, and the embedded AWS.
mod answers;
mod batches;
mod bed;
mod ear;
mod embedded;
mod loopback;
mod network;
mod objects;
mod polling;
mod retries;
mod served;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use trueup_aws::{
    AttributeValue, BoxFuture, Dispatch, DispatchError, Item, Session, Settings, Transport,
};

type Answer = Result<http::Response<Bytes>, DispatchError>;
type Play = dyn FnMut(&http::Request<Bytes>) -> Answer + Send;

/// Stands where the embedded AWS stands and answers as a test says.
struct Script {
    play: Mutex<Box<Play>>,
}

impl Dispatch for Script {
    fn call(&self, request: http::Request<Bytes>) -> BoxFuture<'_, Answer> {
        Box::pin(async move { (self.play.lock().expect("no panic"))(&request) })
    }
}

/// A session whose requests are answered by `play`.
async fn scripted(play: impl FnMut(&http::Request<Bytes>) -> Answer + Send + 'static) -> Session {
    scripted_with(Settings::default(), play).await
}

async fn scripted_with(
    settings: Settings,
    play: impl FnMut(&http::Request<Bytes>) -> Answer + Send + 'static,
) -> Session {
    let transport = Transport {
        dispatch: Some(Arc::new(Script {
            play: Mutex::new(Box::new(play)),
        })),
        initial_backoff: Some(Duration::from_millis(1)),
        ..Transport::default()
    };
    Session::connect(settings, transport)
        .await
        .expect("the embedded AWS is always there")
}

/// An answer as DynamoDB gives it.
fn json(status: u16, body: &str) -> Answer {
    answer(status, "application/x-amz-json-1.0", body)
}

fn answer(status: u16, content_type: &str, body: &str) -> Answer {
    Ok(http::Response::builder()
        .status(status)
        .header("content-type", content_type)
        .header("x-amzn-requestid", "REQUEST1")
        .body(Bytes::from(body.to_owned()))
        .expect("a response"))
}

/// The same answers in turn, then the last one again and again.
fn in_turn(answers: Vec<Answer>) -> impl FnMut(&http::Request<Bytes>) -> Answer + Send + 'static {
    let mut next = 0;
    move |_| {
        let answer = answers[next.min(answers.len() - 1)].clone();
        next += 1;
        answer
    }
}

fn item(attributes: &[(&str, &str)]) -> Item {
    attributes
        .iter()
        .map(|(k, v)| ((*k).to_owned(), AttributeValue::S((*v).to_owned())))
        .collect()
}

fn words(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect()
}
