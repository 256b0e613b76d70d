//! Keys: made, described, switched on and off, and deleted after a while.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{data_keys, defaults, page, policy, prefix, settings};
use crate::dynamodb::wire::Failure;
use crate::json_calls::{Call, broken, invalid, now, refused, within};

/// The kind of a key's record.
const KIND: &str = "kms/key";

/// When the default keys of services were made, in seconds since 1970.
const DEFAULTS_CREATED: f64 = 1_577_836_800.0;

const DAY: f64 = 86_400.0;

/// What is kept of a key.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) description: String,
    pub(super) usage: String,
    pub(super) spec: String,
    pub(super) origin: String,
    pub(super) policy: String,
    pub(super) created: f64,
    pub(super) enabled: bool,
    /// Days between rotations, where rotation is on.
    pub(super) rotation: Option<i64>,
    /// When it will be gone, where its deletion is scheduled.
    pub(super) deletion: Option<f64>,
    pub(super) multi_region: bool,
    pub(super) custom_key_store: Option<String>,
    pub(super) xks_key: Option<String>,
    pub(super) tags: BTreeMap<String, String>,
    /// What it seals with; empty where that follows from its id.
    pub(super) material: String,
    /// A service's default key: AWS's, not the account's.
    #[serde(skip)]
    pub(super) of_aws: bool,
}

impl Key {
    pub(super) fn arn(&self, call: &Call<'_>) -> String {
        format!("{}key/{}", prefix(call), self.id)
    }

    /// What the key seals with.
    pub(super) fn material(&self) -> Vec<u8> {
        data_keys::material(&self.material).unwrap_or_else(|| data_keys::implied_material(&self.id))
    }

    /// Refuses what can't be done to a key that is on its way out.
    pub(super) fn not_leaving(&self, call: &Call<'_>) -> Result<(), Failure> {
        if self.deletion.is_some() {
            return Err(refused(
                "KMSInvalidStateException",
                format!("{} is pending deletion.", self.arn(call)),
            ));
        }
        Ok(())
    }

    /// Refuses changes of keys that are AWS's.
    pub(super) fn ours(&self, call: &Call<'_>) -> Result<(), Failure> {
        if self.of_aws {
            return Err(refused(
                "AccessDeniedException",
                format!("{} is managed by AWS and can't be changed.", self.arn(call)),
            ));
        }
        Ok(())
    }

    pub(super) fn save(&self, call: &Call<'_>) -> Result<(), Failure> {
        call.records.put(KIND, call.region, &self.id, self)
    }

    fn state(&self) -> &'static str {
        match (self.deletion, self.enabled) {
            (Some(_), _) => "PendingDeletion",
            (None, true) => "Enabled",
            (None, false) => "Disabled",
        }
    }

    fn metadata(&self, call: &Call<'_>) -> Value {
        let arn = self.arn(call);
        let mut known = json!({
            "AWSAccountId": call.account,
            "Arn": arn,
            "CreationDate": self.created,
            "CustomerMasterKeySpec": self.spec,
            "Description": self.description,
            "Enabled": self.enabled && self.deletion.is_none(),
            "KeyId": self.id,
            "KeyManager": if self.of_aws { "AWS" } else { "CUSTOMER" },
            "KeySpec": self.spec,
            "KeyState": self.state(),
            "KeyUsage": self.usage,
            "MultiRegion": self.multi_region,
            "Origin": self.origin,
        });
        if let Some(deletion) = self.deletion {
            known["DeletionDate"] = json!(deletion);
        }
        if self.multi_region {
            known["MultiRegionConfiguration"] = json!({
                "MultiRegionKeyType": "PRIMARY",
                "PrimaryKey": {"Arn": arn, "Region": call.region},
                "ReplicaKeys": [],
            });
        }
        if let Some(store) = &self.custom_key_store {
            known["CustomKeyStoreId"] = json!(store);
        }
        if let Some(key) = &self.xks_key {
            known["XksKeyConfiguration"] = json!({"Id": key});
        }
        match self.usage.as_str() {
            "ENCRYPT_DECRYPT" if self.spec == "SYMMETRIC_DEFAULT" => {
                known["EncryptionAlgorithms"] = json!(["SYMMETRIC_DEFAULT"]);
            }
            "ENCRYPT_DECRYPT" => {
                known["EncryptionAlgorithms"] = json!(["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]);
            }
            _ => {}
        }
        known
    }
}

fn default_key(call: &Call<'_>, alias: &str, description: String) -> Key {
    let arn = defaults::alias_key_arn(call.account, call.region, alias);
    Key {
        id: arn.rsplit('/').next().unwrap_or_default().to_owned(),
        description,
        usage: "ENCRYPT_DECRYPT".to_owned(),
        spec: "SYMMETRIC_DEFAULT".to_owned(),
        origin: "AWS_KMS".to_owned(),
        policy: policy::default(call),
        created: DEFAULTS_CREATED,
        enabled: true,
        rotation: Some(settings::YEAR),
        of_aws: true,
        ..Key::default()
    }
}

/// The key of an id, if there is one; one whose day has come is gone.
pub(super) fn by_id(call: &Call<'_>, id: &str) -> Result<Option<Key>, Failure> {
    let ours: Option<Key> = call.records.get(KIND, call.region, id)?;
    if ours.is_some() {
        return Ok(ours.filter(|key| key.deletion.is_none_or(|day| day > now())));
    }
    Ok(defaults::aliases()
        .map(|(alias, description)| default_key(call, &alias, description))
        .find(|key| key.id == id))
}

/// The key behind an alias of AWS's own.
pub(super) fn default_behind(call: &Call<'_>, alias: &str) -> Option<Key> {
    defaults::aliases()
        .find(|(known, _)| known == alias)
        .map(|(alias, description)| default_key(call, &alias, description))
}

/// The key that an id or an ARN means, and an alias where `aliases` says that it may.
pub(super) fn find(call: &Call<'_>, said: &str, aliases: bool) -> Result<Key, Failure> {
    let missing = |what: String| refused("NotFoundException", what);
    let name = match said.strip_prefix("arn:") {
        None => said,
        Some(_) => match said.strip_prefix(&prefix(call)) {
            Some(rest) => rest.strip_prefix("key/").unwrap_or(rest),
            None => {
                let region = said.split(':').nth(3).unwrap_or_default();
                return Err(missing(format!("Invalid arn {region}")));
            }
        },
    };
    if name.starts_with("alias/") {
        if !aliases {
            return Err(missing(format!("Invalid keyId {said}")));
        }
        let id = super::aliases::target(call, name)?;
        let behind = match id {
            Some(id) => by_id(call, &id)?,
            None => default_behind(call, name),
        };
        return behind
            .ok_or_else(|| missing(format!("Alias {}{name} is not found.", prefix(call))));
    }
    let whole = name.starts_with("mrk-") || uuid::Uuid::try_parse(name).is_ok();
    if !whole {
        return Err(missing(format!("Invalid keyId '{said}'")));
    }
    by_id(call, name)?
        .ok_or_else(|| missing(format!("Key '{}key/{name}' does not exist", prefix(call))))
}

/// The key that a request names by id or ARN.
pub(super) fn named(call: &Call<'_>) -> Result<Key, Failure> {
    find(call, call.needed("KeyId")?, false)
}

/// The uses that a kind of key has, its own first.
fn uses(spec: &str) -> Option<&'static [&'static str]> {
    Some(match spec {
        "SYMMETRIC_DEFAULT" => &["ENCRYPT_DECRYPT"],
        "RSA_2048" | "RSA_3072" | "RSA_4096" => &["ENCRYPT_DECRYPT", "SIGN_VERIFY"],
        "ECC_NIST_P256" | "ECC_NIST_P384" | "ECC_NIST_P521" => &["SIGN_VERIFY", "KEY_AGREEMENT"],
        "ECC_SECG_P256K1" => &["SIGN_VERIFY"],
        "HMAC_224" | "HMAC_256" | "HMAC_384" | "HMAC_512" => &["GENERATE_VERIFY_MAC"],
        "SM2" => &["ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT"],
        _ => return None,
    })
}

pub(super) fn create(call: &Call<'_>) -> Result<Value, Failure> {
    let spec = call
        .text("KeySpec")
        .or_else(|| call.text("CustomerMasterKeySpec"))
        .unwrap_or("SYMMETRIC_DEFAULT");
    let usage = call.text("KeyUsage").unwrap_or("ENCRYPT_DECRYPT");
    let Some(uses) = uses(spec) else {
        return Err(broken(
            Some(spec),
            "keySpec",
            "Member must satisfy enum value set",
        ));
    };
    if !uses.contains(&usage) {
        return Err(invalid(format!(
            "KeyUsage {usage} is not compatible with KeySpec {spec}"
        )));
    }
    let policy = match call.text("Policy") {
        Some(text) => {
            policy::check(call, text)?;
            text.to_owned()
        }
        None => policy::default(call),
    };
    let multi_region = call.flag("MultiRegion") == Some(true);
    let id = uuid::Uuid::new_v4();
    let key = Key {
        id: match multi_region {
            true => format!("mrk-{}", id.simple()),
            false => id.to_string(),
        },
        description: call.text("Description").unwrap_or_default().to_owned(),
        usage: usage.to_owned(),
        spec: spec.to_owned(),
        origin: call.text("Origin").unwrap_or("AWS_KMS").to_owned(),
        policy,
        created: now(),
        enabled: true,
        multi_region,
        custom_key_store: call.text("CustomKeyStoreId").map(str::to_owned),
        xks_key: call.text("XksKeyId").map(str::to_owned),
        tags: settings::tags_of(call)?,
        material: data_keys::new_material(),
        ..Key::default()
    };
    key.save(call)?;
    Ok(json!({"KeyMetadata": key.metadata(call)}))
}

pub(super) fn describe(call: &Call<'_>) -> Result<Value, Failure> {
    let key = find(call, call.needed("KeyId")?, true)?;
    Ok(json!({"KeyMetadata": key.metadata(call)}))
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Failure> {
    let ours: Vec<(String, Key)> = call.records.list(KIND, call.region)?;
    let all = ours
        .into_iter()
        .map(|(_, key)| key)
        .filter(|key| key.deletion.is_none_or(|day| day > now()))
        .map(|key| json!({"KeyArn": key.arn(call), "KeyId": key.id}));
    Ok(page(call, "Keys", all.collect(), 1000))
}

pub(super) fn enable(call: &Call<'_>, on: bool) -> Result<Value, Failure> {
    let mut key = named(call)?;
    key.ours(call)?;
    key.not_leaving(call)?;
    key.enabled = on;
    key.save(call)?;
    Ok(Value::Null)
}

pub(super) fn update_description(call: &Call<'_>) -> Result<Value, Failure> {
    let mut key = named(call)?;
    key.ours(call)?;
    key.not_leaving(call)?;
    key.description = call.needed("Description")?.to_owned();
    key.save(call)?;
    Ok(Value::Null)
}

pub(super) fn schedule_deletion(call: &Call<'_>) -> Result<Value, Failure> {
    let mut key = named(call)?;
    key.ours(call)?;
    key.not_leaving(call)?;
    let days = call.whole("PendingWindowInDays").unwrap_or(30);
    within(days, "pendingWindowInDays", 7, 30)?;
    #[expect(clippy::cast_precision_loss, reason = "at most 30")]
    let day = now() + days as f64 * DAY;
    key.deletion = Some(day);
    key.save(call)?;
    Ok(json!({
        "DeletionDate": day,
        "KeyId": key.arn(call),
        "KeyState": key.state(),
        "PendingWindowInDays": days,
    }))
}

pub(super) fn cancel_deletion(call: &Call<'_>) -> Result<Value, Failure> {
    let mut key = named(call)?;
    if key.deletion.take().is_none() {
        return Err(refused(
            "KMSInvalidStateException",
            format!("{} is not pending deletion.", key.arn(call)),
        ));
    }
    // A key comes back unusable, to be enabled on purpose.
    key.enabled = false;
    key.save(call)?;
    Ok(json!({"KeyId": key.arn(call)}))
}
