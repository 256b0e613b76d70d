//! Data keys: made by KMS, kept by whoever asked for them, sealed by a key that never leaves KMS.
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::client::Client;
use crate::Error;
use crate::json::text;

/// A key that KMS made.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct DataKey {
    /// The key.
    pub plain: Vec<u8>,
    /// The key as KMS sealed it: what KMS gives the key for again.
    pub sealed: Vec<u8>,
}

/// The key itself is shown to nobody.
impl std::fmt::Debug for DataKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DataKey({} bytes)", self.plain.len())
    }
}

fn bytes(answer: &Value, operation: &'static str, name: &str) -> Result<Vec<u8>, Error> {
    text(answer, name)
        .and_then(|text| STANDARD.decode(text).ok())
        .ok_or_else(|| Error::Invalid {
            service: "KMS",
            operation,
            detail: format!("the answer holds no {name}"),
        })
}

impl Client {
    pub(super) async fn make_data_key(&self, key: &str, spec: &str) -> Result<DataKey, Error> {
        const OPERATION: &str = "GenerateDataKey";
        let body = json!({"KeyId": key, "KeySpec": spec});
        let answer = self.kms.call(OPERATION, body).await?;
        Ok(DataKey {
            plain: bytes(&answer, OPERATION, "Plaintext")?,
            sealed: bytes(&answer, OPERATION, "CiphertextBlob")?,
        })
    }

    pub(super) async fn unseal(&self, key: &str, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        const OPERATION: &str = "Decrypt";
        let body = json!({"CiphertextBlob": STANDARD.encode(sealed), "KeyId": key});
        bytes(
            &self.kms.call(OPERATION, body).await?,
            OPERATION,
            "Plaintext",
        )
    }
}
