//! KMS, as far as it is asked for a key's metadata: every key id is known.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::caller::partition;
use crate::dynamodb::wire::{self, Failure};

/// The ARN of a service's default key, `alias/aws/<service>`.
pub(crate) fn default_key_arn(account: &str, region: &str, service: &str) -> String {
    alias_key_arn(account, region, &format!("alias/aws/{service}"))
}

/// The ARN of the key behind an alias; the same alias always means the same key.
pub(crate) fn alias_key_arn(account: &str, region: &str, alias: &str) -> String {
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(format!("{account}/{region}/{alias}").as_bytes());
    let mut bytes = [0_u8; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    format!("arn:{}:kms:{region}:{account}:key/{id}", partition(region))
}

/// Answers DescribeKey and ListAliases; nothing else of KMS is here.
pub(crate) fn answer(account: &str, region: &str, operation: &str, body: &[u8]) -> Response<Bytes> {
    let Ok(request) = serde_json::from_slice::<Value>(body) else {
        return Failure::not_json().response();
    };
    match operation {
        "DescribeKey" => {
            let key = request
                .get("KeyId")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let name = key.rsplit_once(':').map_or(key, |(_, name)| name);
            let arn = if name.starts_with("alias/") {
                alias_key_arn(account, region, name)
            } else if key.starts_with("arn:") {
                key.to_owned()
            } else {
                format!("arn:{}:kms:{region}:{account}:key/{key}", partition(region))
            };
            let id = arn.rsplit_once('/').map_or(key, |(_, id)| id).to_owned();
            let manager = if name.starts_with("alias/aws/") {
                "AWS"
            } else {
                "CUSTOMER"
            };
            let body = json!({"KeyMetadata": {
                "AWSAccountId": account,
                "Arn": arn,
                "KeyId": id,
                "Enabled": true,
                "KeyManager": manager,
                "KeyState": "Enabled",
                "KeyUsage": "ENCRYPT_DECRYPT",
                "KeySpec": "SYMMETRIC_DEFAULT",
                "Origin": "AWS_KMS",
                "MultiRegion": false,
            }});
            wire::response(StatusCode::OK, body.to_string().into())
        }
        _ => Failure::unknown_operation().response(),
    }
}
