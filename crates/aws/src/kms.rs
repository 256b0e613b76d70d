//! KMS, as far as keys are looked up: which key stands behind an alias.
use futures::future::BoxFuture;
use serde_json::{Value, json};

use crate::Error;
use crate::signed::Signed;

/// The KMS calls the program makes.
pub trait Kms: Send + Sync {
    /// Describes a key by its id, ARN or alias (`alias/aws/dynamodb` is the
    /// default key of DynamoDB in the region).
    fn describe_key<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<KeyMetadata, Error>>;
}

/// What is known of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyMetadata {
    /// ARN.
    pub arn: String,
    /// Id.
    pub key_id: String,
    /// `AWS` for a service's default key, else `CUSTOMER`.
    pub manager: Option<String>,
    /// `Enabled`, `Disabled`, `PendingDeletion`, …
    pub state: Option<String>,
}

/// KMS by signed calls: its SDK would be compiled for one operation.
pub(crate) struct Client {
    signed: Signed,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self { signed }
    }
}

impl Kms for Client {
    fn describe_key<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<KeyMetadata, Error>> {
        Box::pin(async move {
            let answer = self
                .signed
                .json("TrentService", "DescribeKey", &json!({ "KeyId": key }))
                .await?;
            let known = answer.get("KeyMetadata").unwrap_or(&Value::Null);
            let text = |name: &str| known.get(name).and_then(Value::as_str).map(str::to_owned);
            Ok(KeyMetadata {
                arn: text("Arn").unwrap_or_default(),
                key_id: text("KeyId").unwrap_or_default(),
                manager: text("KeyManager"),
                state: text("KeyState"),
            })
        })
    }
}
