//! KMS: keys and their aliases, as far as tables and buckets need keys of their own.
mod client;
mod data_keys;

use std::collections::BTreeMap;

use crate::Answer;
pub(crate) use client::Client;
pub use data_keys::DataKey;

/// The KMS calls the program makes. A `key` is an id, an ARN, or an alias where AWS takes one.
pub trait Kms: Send + Sync {
    /// Describes a key by its id, ARN or alias (`alias/aws/dynamodb` is the
    /// default key of DynamoDB in the region). `grant_tokens` may be empty.
    fn describe_key_with<'a>(
        &'a self,
        key: &'a str,
        grant_tokens: &'a [String],
    ) -> Answer<'a, KeyMetadata>;

    /// [`Kms::describe_key_with`] without grant tokens.
    fn describe_key<'a>(&'a self, key: &'a str) -> Answer<'a, KeyMetadata> {
        self.describe_key_with(key, &[])
    }

    /// Makes a data key under a key: `spec` is `AES_256` or `AES_128`.
    fn generate_data_key<'a>(&'a self, key: &'a str, spec: &'a str) -> Answer<'a, DataKey>;

    /// The plain bytes of what a key sealed.
    fn decrypt<'a>(&'a self, key: &'a str, sealed: &'a [u8]) -> Answer<'a, Vec<u8>>;

    /// Creates a key. Not repeated where its answer was lost: a second call would make a second key.
    fn create_key(&self, request: CreateKey) -> Answer<'_, KeyMetadata>;

    /// The ids of all keys of the region.
    fn list_keys(&self) -> Answer<'_, Vec<String>>;

    /// The text of a key's policy.
    fn get_key_policy<'a>(&'a self, key: &'a str) -> Answer<'a, String>;

    /// Replaces a key's policy. `bypass` skips the check that the caller may still change it afterwards.
    fn put_key_policy<'a>(&'a self, key: &'a str, policy: &'a str, bypass: bool) -> Answer<'a, ()>;

    /// Whether and how often a key's material is renewed.
    fn get_key_rotation<'a>(&'a self, key: &'a str) -> Answer<'a, KeyRotation>;

    /// Turns the yearly renewal of a key's material on, every `days` days where they are said.
    fn enable_key_rotation<'a>(&'a self, key: &'a str, days: Option<i64>) -> Answer<'a, ()>;

    /// Turns the renewal off.
    fn disable_key_rotation<'a>(&'a self, key: &'a str) -> Answer<'a, ()>;

    /// Makes a key usable, or unusable.
    fn set_key_enabled<'a>(&'a self, key: &'a str, enabled: bool) -> Answer<'a, ()>;

    /// Gives a key another description.
    fn update_key_description<'a>(&'a self, key: &'a str, description: &'a str) -> Answer<'a, ()>;

    /// The tags of a key.
    fn list_resource_tags<'a>(&'a self, key: &'a str) -> Answer<'a, BTreeMap<String, String>>;

    /// Puts tags on a key.
    fn tag_key<'a>(&'a self, key: &'a str, tags: &'a BTreeMap<String, String>) -> Answer<'a, ()>;

    /// Takes tags off a key.
    fn untag_key<'a>(&'a self, key: &'a str, keys: &'a [String]) -> Answer<'a, ()>;

    /// Has a key deleted after so many days, 7 to 30; the service's 30 where nothing is said.
    fn schedule_key_deletion<'a>(&'a self, key: &'a str, days: Option<i64>) -> Answer<'a, ()>;

    /// All aliases of the region, those of AWS's own keys with them.
    fn list_aliases(&self) -> Answer<'_, Vec<Alias>>;

    /// Makes an alias of a key.
    fn create_alias<'a>(&'a self, name: &'a str, key: &'a str) -> Answer<'a, ()>;

    /// Leads an alias to another key.
    fn update_alias<'a>(&'a self, name: &'a str, key: &'a str) -> Answer<'a, ()>;

    /// Takes an alias away; the key stays.
    fn delete_alias<'a>(&'a self, name: &'a str) -> Answer<'a, ()>;
}

/// What is known of a key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeyMetadata {
    /// ARN.
    pub arn: String,
    /// Id.
    pub key_id: String,
    /// The account it belongs to.
    pub account: String,
    /// `AWS` for a service's default key, else `CUSTOMER`.
    pub manager: Option<String>,
    /// `Enabled`, `Disabled`, `PendingDeletion`, …
    pub state: Option<String>,
    /// Whether it can be used.
    pub enabled: bool,
    /// Its description; "" without one.
    pub description: String,
    /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, …
    pub usage: String,
    /// `SYMMETRIC_DEFAULT`, `RSA_2048`, …
    pub spec: String,
    /// Where its material came from: `AWS_KMS`, `EXTERNAL`, `AWS_CLOUDHSM`, `EXTERNAL_KEY_STORE`.
    pub origin: String,
    /// When it was made, in seconds since 1970.
    pub created: Option<f64>,
    /// When it will be gone, in seconds since 1970.
    pub deletion: Option<f64>,
    /// When imported material expires, in seconds since 1970.
    pub valid_to: Option<f64>,
    /// `KEY_MATERIAL_EXPIRES` or `KEY_MATERIAL_DOES_NOT_EXPIRE`, for imported material.
    pub expiration_model: Option<String>,
    /// The days before deletion, where other regions hold copies of the key.
    pub pending_days: Option<i64>,
    /// The custom key store that holds it.
    pub custom_key_store: Option<String>,
    /// The CloudHSM cluster that holds it.
    pub cloud_hsm_cluster: Option<String>,
    /// The key's id in an external key store.
    pub xks_key: Option<String>,
    /// Whether it has copies in other regions, or may have.
    pub multi_region: bool,
    /// Its kin in other regions.
    pub kin: Option<KeyKin>,
}

/// A multi-region key and its copies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyKin {
    /// `PRIMARY` or `REPLICA`.
    pub kind: String,
    /// ARN and region of the key that the others are copies of.
    pub primary: Option<(String, String)>,
    /// ARN and region of each copy.
    pub replicas: Vec<(String, String)>,
}

/// What a new key is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CreateKey {
    /// Its description.
    pub description: Option<String>,
    /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, `GENERATE_VERIFY_MAC`, `KEY_AGREEMENT`.
    pub usage: String,
    /// `SYMMETRIC_DEFAULT`, `RSA_2048`, …
    pub spec: String,
    /// The text of its policy; AWS writes one that lets the account do everything where none is given.
    pub policy: Option<String>,
    /// Skip the check that the caller may still change the policy afterwards.
    pub bypass: bool,
    /// Whether copies may be made in other regions.
    pub multi_region: Option<bool>,
    /// The custom key store that is to hold it.
    pub custom_key_store: Option<String>,
    /// The key's id in an external key store.
    pub xks_key: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// The renewal of a key's material.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRotation {
    /// Whether it is on.
    pub enabled: bool,
    /// Every so many days.
    pub days: Option<i64>,
}

/// A name of a key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alias {
    /// `alias/…`.
    pub name: String,
    /// ARN of the alias.
    pub arn: String,
    /// Id of the key; AWS's own aliases have none before their first use.
    pub target: Option<String>,
}
