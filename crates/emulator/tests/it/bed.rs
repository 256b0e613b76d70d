//! A test bed: requests as data, answers as JSON or text.

use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::Value;
use trueup_emulator::{Config, Emulator};

/// A request as data.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// An answer as data.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
    }

    /// The short name of a JSON error.
    pub fn error(&self) -> String {
        let json = self.json();
        let kind = json["__type"].as_str().unwrap_or_default();
        kind.rsplit('#').next().unwrap_or_default().to_owned()
    }

    /// The text of the first XML element of a name.
    pub fn element(&self, name: &str) -> String {
        let text = self.text();
        let open = format!("<{name}>");
        let Some(start) = text.find(&open) else {
            return String::new();
        };
        let rest = &text[start + open.len()..];
        rest[..rest.find('<').unwrap_or(rest.len())].to_owned()
    }
}

fn authorization(region: &str, service: &str) -> (String, String) {
    (
        "authorization".to_owned(),
        format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=00"
        ),
    )
}

/// A service that speaks JSON.
#[derive(Clone, Copy, Debug)]
pub struct Json {
    /// As signatures name it.
    service: &'static str,
    /// What stands before the operation in `x-amz-target`.
    target: &'static str,
    version: &'static str,
}

const DYNAMODB: Json = Json {
    service: "dynamodb",
    target: "DynamoDB_20120810",
    version: "1.0",
};
pub const KMS: Json = Json {
    service: "kms",
    target: "TrentService",
    version: "1.1",
};
pub const SCALING: Json = Json {
    service: "application-autoscaling",
    target: "AnyScaleFrontendService",
    version: "1.1",
};
pub const KINESIS: Json = Json {
    service: "kinesis",
    target: "Kinesis_20131202",
    version: "1.1",
};

impl Json {
    /// The service of this embedded AWS.
    pub fn at(self, emulator: &Emulator) -> At<'_> {
        At {
            service: self,
            emulator,
        }
    }

    /// A request in a region.
    pub fn request(&self, region: &str, operation: &str, body: Value) -> Ask {
        let header = |name: &str, value: String| (name.to_owned(), value);
        Ask {
            method: Method::POST,
            path: "/".to_owned(),
            headers: vec![
                authorization(region, self.service),
                header("x-amz-target", format!("{}.{operation}", self.target)),
                header(
                    "content-type",
                    format!("application/x-amz-json-{}", self.version),
                ),
            ],
            body: body.to_string().into_bytes(),
        }
    }

    /// The answer in us-east-1.
    pub async fn call(&self, emulator: &Emulator, operation: &str, body: Value) -> Answer {
        ask(emulator, &self.request("us-east-1", operation, body)).await
    }

    /// What a call answers that must be good.
    pub async fn good(&self, emulator: &Emulator, operation: &str, body: Value) -> Value {
        let answer = self.call(emulator, operation, body.clone()).await;
        let text = answer.text();
        assert_eq!(answer.status, 200, "{operation} {body}: {text}");
        answer.json()
    }

    /// Calls what must be refused with this code.
    pub async fn refused(&self, emulator: &Emulator, operation: &str, body: Value, code: &str) {
        let answer = self.call(emulator, operation, body.clone()).await;
        let (status, said, text) = (answer.status, answer.error(), answer.text());
        assert_eq!((status, &*said), (400, code), "{operation} {body}: {text}");
    }
}

/// A service of one embedded AWS.
#[derive(Clone, Copy)]
pub struct At<'a> {
    service: Json,
    emulator: &'a Emulator,
}

impl At<'_> {
    /// As [`Json::good`].
    pub async fn good(&self, operation: &str, body: Value) -> Value {
        self.service.good(self.emulator, operation, body).await
    }

    /// As [`Json::refused`].
    pub async fn refused(&self, operation: &str, body: Value, code: &str) {
        let Self { service, emulator } = self;
        service.refused(emulator, operation, body, code).await;
    }
}

/// A DynamoDB request.
pub fn dynamodb(operation: &str, body: Value) -> Ask {
    DYNAMODB.request("us-east-1", operation, body)
}

/// A DynamoDB request in a region.
pub fn dynamodb_in(region: &str, operation: &str, body: Value) -> Ask {
    DYNAMODB.request(region, operation, body)
}

/// What DynamoDB answers.
pub async fn call(emulator: &Emulator, operation: &str, body: Value) -> Answer {
    DYNAMODB.call(emulator, operation, body).await
}

/// What DynamoDB answers to a call that must be good.
pub async fn ok(emulator: &Emulator, operation: &str, body: Value) -> Value {
    DYNAMODB.good(emulator, operation, body).await
}

/// Calls what DynamoDB must refuse with this code.
pub async fn refused(emulator: &Emulator, operation: &str, body: Value, code: &str) {
    DYNAMODB.refused(emulator, operation, body, code).await;
}

/// An S3 request in us-east-1.
pub fn s3(method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Ask {
    s3_in("us-east-1", method, path, headers, body)
}

/// An S3 request in a region.
pub fn s3_in(
    region: &str,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Ask {
    let mut all = vec![authorization(region, "s3")];
    all.extend(
        headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    Ask {
        method,
        path: path.to_owned(),
        headers: all,
        body: body.to_vec(),
    }
}

/// An STS request.
pub fn sts(form: &str) -> Ask {
    query("us-east-1", "sts", form)
}

/// A request of a service that speaks the Query protocol.
pub fn query(region: &str, service: &str, form: &str) -> Ask {
    Ask {
        method: Method::POST,
        path: "/".to_owned(),
        headers: vec![
            authorization(region, service),
            (
                "content-type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            ),
        ],
        body: form.as_bytes().to_vec(),
    }
}

/// The request as HTTP.
pub fn request(ask: &Ask) -> Request<Bytes> {
    let mut builder = Request::builder()
        .method(ask.method.clone())
        .uri(&ask.path)
        .header("host", "localhost");
    for (name, value) in &ask.headers {
        builder = builder.header(name, value);
    }
    builder
        .body(Bytes::from(ask.body.clone()))
        .expect("a request of a test is well-formed")
}

/// The answer of an emulator in process.
pub async fn ask(emulator: &Emulator, ask: &Ask) -> Answer {
    answer(emulator.call(request(ask)).await)
}

fn answer(response: Response<Bytes>) -> Answer {
    let (parts, body) = response.into_parts();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_vec(),
    }
}

/// An emulator in memory whose changes take `describes` describes.
pub fn memory(describes: u32) -> Emulator {
    Emulator::in_memory(Config {
        pending_describes: describes,
        ..Config::default()
    })
    .expect("an emulator in memory opens")
}

/// The simplest table.
pub fn orders() -> Value {
    serde_json::json!({
        "TableName": "orders",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    })
}
