//! Where keys come from: a passphrase, KMS, a key written down, or two of these in one.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::FutureExt as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use trueup_aws::{BoxFuture, Kms, Settings};

use super::cipher::Key;
use super::envelope::Meta;
use crate::registry::Connect;

/// A provider of keys, as a configuration names it.
#[derive(Clone)]
pub struct KeyProvider {
    /// `key_provider.pbkdf2.main`.
    pub name: String,
    /// Under which name what a key was made with stands beside the text: the provider's, unless another is given.
    pub stored_as: String,
    /// What it makes keys from.
    pub source: KeySource,
}

/// What keys are made from.
#[derive(Clone)]
pub enum KeySource {
    /// A passphrase, by PBKDF2.
    Pbkdf2 {
        /// The passphrase.
        passphrase: Passphrase,
        /// Bytes of a key.
        key_length: usize,
        /// How often the hash is taken.
        iterations: u32,
        /// The hash.
        hash: Hash,
        /// Bytes of the salt of a new key.
        salt_length: usize,
    },
    /// Data keys of a KMS key.
    AwsKms {
        /// The key: id, ARN or alias.
        key: String,
        /// `AES_256`, `AES_128`.
        spec: String,
        /// How KMS is reached.
        aws: Box<Settings>,
    },
    /// A key that is written down.
    Static(Vec<u8>),
    /// Two keys of one length, one over the other.
    Xor(Arc<KeyProvider>, Arc<KeyProvider>),
}

/// Shown to nobody.
impl fmt::Debug for KeyProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What PBKDF2 starts from.
#[derive(Clone)]
pub enum Passphrase {
    /// A text.
    Text(String),
    /// The key of another provider.
    Chain(Arc<KeyProvider>),
}

/// The hashes of PBKDF2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// What stands beside a text whose key was made by PBKDF2.
#[derive(Clone, Serialize, Deserialize)]
struct Pbkdf2Meta {
    salt: String,
    iterations: u32,
    hash_function: Hash,
    key_length: usize,
}

/// What stands beside a text whose key is KMS's.
#[derive(Serialize, Deserialize)]
struct KmsMeta {
    ciphertext_blob: String,
}

/// What stands beside a text whose key is written down.
#[derive(Serialize, Deserialize)]
struct StaticMeta {
    magic: String,
}

/// The text of [`StaticMeta`].
const MAGIC: &str = "Hello world!";

/// No key takes longer than this to make again, whatever stands beside a text.
const MOST_ITERATIONS: u32 = 100_000_000;

/// Makes keys.
pub(super) struct Keys {
    connect: Connect,
    uuid: Arc<dyn Fn() -> String + Send + Sync>,
    /// KMS as the providers reach it, by their names.
    services: tokio::sync::Mutex<BTreeMap<String, Arc<dyn Kms>>>,
}

impl Keys {
    pub(super) fn new(connect: Connect, uuid: Arc<dyn Fn() -> String + Send + Sync>) -> Self {
        Self {
            connect,
            uuid,
            services: tokio::sync::Mutex::default(),
        }
    }

    /// Random bytes, distilled from random ids.
    pub(super) fn chance(&self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 32);
        while bytes.len() < count {
            let mut hash = Sha256::new();
            for _ in 0..3 {
                hash.update((self.uuid)());
            }
            bytes.extend_from_slice(&hash.finalize());
        }
        bytes.truncate(count);
        bytes
    }

    /// A new key, and what it can be made with again.
    pub(super) async fn fresh(&self, provider: &KeyProvider) -> Result<(Key, Meta), String> {
        let mut meta = Meta::new();
        let key = self.make(provider, None, &mut meta).await?;
        Ok((key, meta))
    }

    /// The key that a text was sealed with.
    pub(super) async fn again(&self, provider: &KeyProvider, beside: &Meta) -> Result<Key, String> {
        self.make(provider, Some(beside), &mut Meta::new()).await
    }

    /// A new key, or with what stands `beside` a text the key of that text. What a new key can be made with again is
    /// put into `left`.
    fn make<'a>(
        &'a self,
        provider: &'a KeyProvider,
        beside: Option<&'a Meta>,
        left: &'a mut Meta,
    ) -> BoxFuture<'a, Result<Key, String>> {
        async move {
            let said = match beside {
                None => None,
                Some(beside) => beside.get(&provider.stored_as).map(Vec::as_slice),
            };
            let missing = || {
                format!(
                    "nothing beside the encrypted data is called {:?}: another key provider was used",
                    provider.stored_as
                )
            };
            match &provider.source {
                KeySource::Pbkdf2 {
                    passphrase,
                    key_length,
                    iterations,
                    hash,
                    salt_length,
                } => {
                    let meta: Pbkdf2Meta = match beside {
                        None => Pbkdf2Meta {
                            salt: STANDARD.encode(self.chance(*salt_length)),
                            iterations: *iterations,
                            hash_function: *hash,
                            key_length: *key_length,
                        },
                        Some(_) => read(said.ok_or_else(missing)?)?,
                    };
                    let secret = match passphrase {
                        Passphrase::Text(text) => text.clone().into_bytes(),
                        Passphrase::Chain(other) => {
                            self.make(other, beside, left).await?.bytes().to_vec()
                        }
                    };
                    left.insert(provider.stored_as.clone(), written(&meta)?);
                    // Slow on purpose, and so off the threads that drive the run.
                    tokio::task::spawn_blocking(move || pbkdf2(&secret, &meta))
                        .await
                        .map_err(|error| error.to_string())?
                }
                KeySource::AwsKms { key, spec, aws } => {
                    let kms = self.kms(&provider.name, aws).await?;
                    let refused = |error: trueup_aws::Error| error.to_string();
                    if beside.is_none() {
                        let made = kms.generate_data_key(key, spec).await.map_err(refused)?;
                        let meta = KmsMeta {
                            ciphertext_blob: STANDARD.encode(made.sealed),
                        };
                        left.insert(provider.stored_as.clone(), written(&meta)?);
                        return Ok(Key::new(made.plain));
                    }
                    let meta: KmsMeta = read(said.ok_or_else(missing)?)?;
                    let sealed = unbase64(&meta.ciphertext_blob)?;
                    Ok(Key::new(kms.decrypt(key, &sealed).await.map_err(refused)?))
                }
                KeySource::Static(key) => {
                    if let Some(said) = said {
                        let meta: StaticMeta = read(said)?;
                        if meta.magic != MAGIC {
                            return Err("what stands beside the encrypted data was changed".to_owned());
                        }
                    }
                    let meta = StaticMeta {
                        magic: MAGIC.to_owned(),
                    };
                    left.insert(provider.stored_as.clone(), written(&meta)?);
                    Ok(Key::new(key.clone()))
                }
                KeySource::Xor(a, b) => {
                    let a = self.make(a, beside, left).await?;
                    let b = self.make(b, beside, left).await?;
                    if a.bytes().len() != b.bytes().len() {
                        return Err("the two keys are not of one length".to_owned());
                    }
                    let pairs = a.bytes().iter().zip(b.bytes());
                    Ok(Key::new(pairs.map(|(a, b)| a ^ b).collect::<Vec<u8>>()))
                }
            }
        }
        .boxed()
    }

    async fn kms(&self, name: &str, aws: &Settings) -> Result<Arc<dyn Kms>, String> {
        let mut services = self.services.lock().await;
        if let Some(kms) = services.get(name) {
            return Ok(kms.clone());
        }
        let clients = (self.connect)(aws.clone())
            .await
            .map_err(|error| error.to_string())?;
        services.insert(name.to_owned(), clients.kms.clone());
        Ok(clients.kms)
    }
}

fn read<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(text)
        .map_err(|_| "what stands beside the encrypted data can't be read".to_owned())
}

fn written(meta: &impl Serialize) -> Result<Vec<u8>, String> {
    serde_json::to_vec(meta).map_err(|error| error.to_string())
}

fn unbase64(text: &str) -> Result<Vec<u8>, String> {
    STANDARD
        .decode(text)
        .map_err(|_| "what stands beside the encrypted data is not base64".to_owned())
}

fn pbkdf2(secret: &[u8], meta: &Pbkdf2Meta) -> Result<Key, String> {
    let iterations = NonZeroU32::new(meta.iterations)
        .filter(|count| count.get() <= MOST_ITERATIONS)
        .ok_or_else(|| format!("{} iterations can't be done", meta.iterations))?;
    if !matches!(meta.key_length, 16 | 24 | 32) {
        return Err(format!("a key of {} bytes is no AES key", meta.key_length));
    }
    let salt = unbase64(&meta.salt)?;
    let algorithm = match meta.hash_function {
        Hash::Sha256 => ring::pbkdf2::PBKDF2_HMAC_SHA256,
        Hash::Sha512 => ring::pbkdf2::PBKDF2_HMAC_SHA512,
    };
    let mut key = vec![0; meta.key_length];
    ring::pbkdf2::derive(algorithm, iterations, &salt, secret, &mut key);
    Ok(Key::new(key))
}
