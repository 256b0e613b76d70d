//! The embedded AWS of a project, opened in the tests' own process.

use std::path::Path;

use serde_json::{Value, json};
use trueup_emulator::{Config, Emulator};
use trueup_testkit::Project;

use super::scenario::{BUCKET, LOCK_TABLE};
use crate::bed::sorted_text;

/// The embedded AWS of a project, opened in this process: no program may have it open.
pub struct Aws {
    runtime: tokio::runtime::Runtime,
    emulator: Emulator,
}

impl Aws {
    /// Opens it.
    pub fn of(project: &Project) -> Self {
        Self::at(&project.path().join(".trueup/local/aws"))
    }

    fn at(folder: &Path) -> Self {
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime can be made"),
            emulator: Emulator::open(folder, Config::default()).expect("the stores open"),
        }
    }

    fn answer(
        &self,
        region: &str,
        service: &str,
        request: http::request::Builder,
        body: &str,
    ) -> http::Response<bytes::Bytes> {
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let request = request
            .header("authorization", credential)
            .header("host", "localhost")
            .body(bytes::Bytes::from(body.to_owned()))
            .expect("a request");
        self.runtime.block_on(self.emulator.call(request))
    }

    fn send(
        &self,
        region: &str,
        service: &str,
        request: http::request::Builder,
        body: &str,
    ) -> (u16, String) {
        let answer = self.answer(region, service, request, body);
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        (answer.status().as_u16(), text)
    }

    /// One call of a JSON service, such as `dynamodb` `DynamoDB_20120810.ListTables`; null where it is refused.
    pub fn json(&self, region: &str, service: &str, target: &str, body: &Value) -> Value {
        let request = http::Request::post("/")
            .header("x-amz-target", target)
            .header("content-type", "application/x-amz-json-1.0");
        let (status, text) = self.send(region, service, request, &body.to_string());
        match status {
            200 => serde_json::from_str(&text).unwrap_or_default(),
            _ => Value::Null,
        }
    }

    /// One call of DynamoDB.
    pub fn dynamodb(&self, region: &str, operation: &str, body: &Value) -> Value {
        self.json(
            region,
            "dynamodb",
            &format!("DynamoDB_20120810.{operation}"),
            body,
        )
    }

    /// An object of S3, where it is there, and its entity tag: the MD5 of what was put at once.
    pub fn object(&self, path: &str) -> Option<(String, String)> {
        let request = http::Request::get(path);
        let answer = self.answer("us-east-1", "s3", request, "");
        let tag = answer.headers().get("etag")?.to_str().ok()?;
        let tag = tag.trim_matches('"').to_owned();
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        (answer.status() == 200).then_some((text, tag))
    }

    /// The keys in a bucket.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let request = http::Request::get(format!("/{bucket}?list-type=2&max-keys=1000"));
        let (_, text) = self.send("us-east-1", "s3", request, "");
        text.split("<Key>")
            .skip(1)
            .filter_map(|rest| rest.split("</Key>").next())
            .map(str::to_owned)
            .collect()
    }

    /// What there is of networks, buckets and streams: what tells each apart.
    pub fn names(&self) -> Vec<(&'static str, Vec<String>)> {
        let ec2 = |action: &str, tag: &str| {
            let form = "application/x-www-form-urlencoded";
            let request = http::Request::post("/").header("content-type", form);
            let body = format!("Action={action}&Version=2016-11-15");
            let (_, text) = self.send("us-east-1", "ec2", request, &body);
            between(&text, tag)
        };
        let (_, buckets) = self.send("us-east-1", "s3", http::Request::get("/"), "");
        let streams = "Kinesis_20131202.ListStreams";
        let streams = self.json("us-east-1", "kinesis", streams, &json!({}));
        let streams = streams["StreamNames"].as_array().into_iter().flatten();
        vec![
            ("networks", ec2("DescribeVpcs", "cidrBlock")),
            ("parts of networks", ec2("DescribeSubnets", "cidrBlock")),
            ("buckets", between(&buckets, "Name")),
            ("streams", streams.map(ToString::to_string).collect()),
        ]
    }

    /// All items of a table as texts, sorted.
    pub fn items(&self, region: &str, table: &str) -> Vec<String> {
        let mut items = Vec::new();
        let mut from = Value::Null;
        loop {
            let mut request = json!({ "TableName": table, "ConsistentRead": true });
            if !from.is_null() {
                request["ExclusiveStartKey"] = from;
            }
            let page = self.dynamodb(region, "Scan", &request);
            items.extend(
                page["Items"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(sorted_text),
            );
            from = page["LastEvaluatedKey"].clone();
            if from.is_null() {
                break;
            }
        }
        items.sort();
        items
    }

    /// Makes a bucket.
    pub fn ensure_bucket(&self, name: &str) {
        let made = self.emulator.ensure_bucket(name, "us-east-1");
        made.expect("the bucket's name is one");
    }

    /// Turns on the versions of a bucket.
    pub fn keep_versions(&self, bucket: &str) {
        let request = http::Request::put(format!("/{bucket}?versioning"));
        let on = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
        let (status, text) = self.send("us-east-1", "s3", request, on);
        assert_eq!(status, 200, "{text}");
    }

    /// Makes a lock table.
    pub fn ensure_lock_table(&self, name: &str) {
        let made = self.emulator.ensure_lock_table(name, "us-east-1");
        made.expect("the table's name is one");
    }

    /// The locks of the state that are there: items as texts, keys of objects.
    pub fn locks(&self) -> Vec<String> {
        let mut locks = self.items("us-east-1", LOCK_TABLE);
        locks.retain(|item| item.contains("\"Info\""));
        locks.extend(
            self.keys(BUCKET)
                .into_iter()
                .filter(|key| key.ends_with(".tflock")),
        );
        locks
    }
}

/// The texts between the tags of a name, sorted.
fn between(text: &str, tag: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .split(&format!("<{tag}>"))
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .map(str::to_owned)
        .collect();
    found.sort();
    found
}
