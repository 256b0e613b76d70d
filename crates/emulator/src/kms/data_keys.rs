//! Encrypt, Decrypt and the making of data keys. What is sealed here is opened here only: a stream from the key's own
//! material over the text, and a tag over both and the encryption context.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::keys::{self, Key};
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, invalid, refused};

/// What a sealed text begins with, before the length of the key's id.
const MARK: &[u8] = b"\x01tu";
const NONCE: usize = 16;
const TAG: usize = 32;

/// The most bytes that Encrypt takes.
const MOST: usize = 4096;

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn random(count: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while bytes.len() < count {
        let (a, b) = (uuid::Uuid::new_v4(), uuid::Uuid::new_v4());
        bytes.extend_from_slice(&hash(&[a.as_bytes(), b.as_bytes()]));
    }
    bytes.truncate(count);
    bytes
}

/// The context's pairs, in their order by name: other pairs do not open what these sealed.
fn context(call: &Call<'_>) -> Vec<u8> {
    let pairs = call
        .request
        .get("EncryptionContext")
        .and_then(Value::as_object);
    let sorted: std::collections::BTreeMap<_, _> = pairs.into_iter().flatten().collect();
    json!(sorted).to_string().into_bytes()
}

fn stream(material: &[u8], nonce: &[u8], text: &[u8]) -> Vec<u8> {
    text.chunks(32)
        .zip(0_u64..)
        .flat_map(|(chunk, n)| {
            let mask = hash(&[material, nonce, &n.to_be_bytes()]);
            chunk
                .iter()
                .zip(mask)
                .map(|(byte, mask)| byte ^ mask)
                .collect::<Vec<u8>>()
        })
        .collect()
}

fn seal(call: &Call<'_>, key: &Key, text: &[u8]) -> Vec<u8> {
    let material = key.material();
    let nonce = random(NONCE);
    let sealed = stream(&material, &nonce, text);
    let tag = hash(&[b"tag", &material, &nonce, &sealed, &context(call)]);
    let mut blob = MARK.to_vec();
    blob.push(u8::try_from(key.id.len()).unwrap_or(u8::MAX));
    blob.extend_from_slice(key.id.as_bytes());
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(&tag);
    blob.extend_from_slice(&sealed);
    blob
}

/// The key that a request names, if it can seal and open.
fn usable(call: &Call<'_>, key: Key) -> Result<Key, Failure> {
    key.not_leaving(call)?;
    if !key.enabled {
        return Err(refused(
            "DisabledException",
            format!("{} is disabled.", key.arn(call)),
        ));
    }
    if key.usage != "ENCRYPT_DECRYPT" || key.spec != "SYMMETRIC_DEFAULT" {
        return Err(refused(
            "InvalidKeyUsageException",
            format!(
                "{} key usage is {} which is not valid for this operation.",
                key.arn(call),
                key.usage
            ),
        ));
    }
    Ok(key)
}

fn named(call: &Call<'_>) -> Result<Key, Failure> {
    usable(call, keys::find(call, call.needed("KeyId")?, true)?)
}

fn binary(call: &Call<'_>, name: &str) -> Result<Vec<u8>, Failure> {
    STANDARD
        .decode(call.needed(name)?)
        .map_err(|_| refused("SerializationException", ""))
}

/// GenerateDataKey, and with `plain` false GenerateDataKeyWithoutPlaintext.
pub(super) fn generate(call: &Call<'_>, plain: bool) -> Result<Value, Failure> {
    let key = named(call)?;
    let count = match (call.text("KeySpec"), call.whole("NumberOfBytes")) {
        (Some("AES_256"), None) => 32,
        (Some("AES_128"), None) => 16,
        (Some(other), None) => {
            return Err(invalid(format!(
                "1 validation error detected: Value '{other}' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: [AES_256, AES_128]"
            )));
        }
        (None, Some(count @ 1..=1024)) => usize::try_from(count).unwrap_or(32),
        _ => {
            return Err(invalid(
                "Please specify either number of bytes or key spec.",
            ));
        }
    };
    let made = random(count);
    let mut answer = json!({
        "CiphertextBlob": STANDARD.encode(seal(call, &key, &made)),
        "KeyId": key.arn(call),
    });
    if plain {
        answer["Plaintext"] = json!(STANDARD.encode(made));
    }
    Ok(answer)
}

pub(super) fn encrypt(call: &Call<'_>) -> Result<Value, Failure> {
    let key = named(call)?;
    let text = binary(call, "Plaintext")?;
    if text.is_empty() || text.len() > MOST {
        return Err(invalid(format!(
            "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to {MOST}"
        )));
    }
    Ok(json!({
        "CiphertextBlob": STANDARD.encode(seal(call, &key, &text)),
        "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "KeyId": key.arn(call),
    }))
}

pub(super) fn decrypt(call: &Call<'_>) -> Result<Value, Failure> {
    let wrong = || refused("InvalidCiphertextException", "");
    let blob = binary(call, "CiphertextBlob")?;
    let rest = blob.strip_prefix(MARK).ok_or_else(wrong)?;
    let (length, rest) = rest.split_first().ok_or_else(wrong)?;
    let (id, rest) = rest
        .split_at_checked(usize::from(*length))
        .ok_or_else(wrong)?;
    let (nonce, rest) = rest.split_at_checked(NONCE).ok_or_else(wrong)?;
    let (tag, sealed) = rest.split_at_checked(TAG).ok_or_else(wrong)?;
    let id = std::str::from_utf8(id).map_err(|_| wrong())?;
    let key = keys::by_id(call, id)?.ok_or_else(wrong)?;
    if let Some(said) = call.text("KeyId")
        && keys::find(call, said, true)?.id != key.id
    {
        return Err(refused(
            "IncorrectKeyException",
            "The key ID in the request does not identify a CMK that can perform this operation.",
        ));
    }
    let key = usable(call, key)?;
    let material = key.material();
    if hash(&[b"tag", &material, nonce, sealed, &context(call)]) != tag {
        return Err(wrong());
    }
    Ok(json!({
        "EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "KeyId": key.arn(call),
        "Plaintext": STANDARD.encode(stream(&material, nonce, sealed)),
    }))
}

/// The material of a key that has none of its own yet: a service's default key, and one made before keys had any.
pub(super) fn implied_material(id: &str) -> Vec<u8> {
    hash(&[b"material", id.as_bytes()]).to_vec()
}

/// The material of a new key.
pub(super) fn new_material() -> String {
    STANDARD.encode(random(32))
}

/// The bytes of a material as it is kept.
pub(super) fn material(kept: &str) -> Option<Vec<u8>> {
    STANDARD.decode(kept).ok().filter(|bytes| !bytes.is_empty())
}
