//! KMS by signed calls: its SDK would be compiled for a dozen operations.
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Alias, CreateKey, DataKey, KeyKin, KeyMetadata, KeyRotation, Kms};
use crate::Answer;
use crate::json::{self, Dialect, Service, flag, list, text, text_or_empty, whole};
use crate::signed::Signed;

const DIALECT: Dialect = Dialect {
    target: "TrentService",
    ask: "Marker",
    token: "NextMarker",
};

/// Objects on a page of a list.
const PAGE: i64 = 100;

/// KMS behind signed calls.
pub(crate) struct Client {
    pub(super) kms: Service,
}

impl Client {
    pub(crate) fn new(signed: Signed) -> Self {
        Self {
            kms: Service::new(signed, DIALECT),
        }
    }
}

fn place(value: &Value) -> Option<(String, String)> {
    Some((text(value, "Arn")?, text(value, "Region")?))
}

fn metadata(answer: &Value) -> KeyMetadata {
    let known = answer.get("KeyMetadata").unwrap_or(&Value::Null);
    let text = |name: &str| text(known, name);
    let text_or_empty = |name: &str| text_or_empty(known, name);
    let seconds = |name: &str| known.get(name).and_then(Value::as_f64);
    let flag = |name: &str| flag(known, name) == Some(true);
    KeyMetadata {
        arn: text_or_empty("Arn"),
        key_id: text_or_empty("KeyId"),
        account: text_or_empty("AWSAccountId"),
        manager: text("KeyManager"),
        state: text("KeyState"),
        enabled: flag("Enabled"),
        description: text_or_empty("Description"),
        usage: text_or_empty("KeyUsage"),
        // Older answers have the older name.
        spec: text("KeySpec")
            .or_else(|| text("CustomerMasterKeySpec"))
            .unwrap_or_default(),
        origin: text_or_empty("Origin"),
        created: seconds("CreationDate"),
        deletion: seconds("DeletionDate"),
        valid_to: seconds("ValidTo"),
        expiration_model: text("ExpirationModel"),
        pending_days: whole(known, "PendingDeletionWindowInDays"),
        custom_key_store: text("CustomKeyStoreId"),
        cloud_hsm_cluster: text("CloudHsmClusterId"),
        xks_key: known
            .get("XksKeyConfiguration")
            .and_then(|key| json::text(key, "Id")),
        multi_region: flag("MultiRegion"),
        kin: known.get("MultiRegionConfiguration").map(|kin| KeyKin {
            kind: json::text_or_empty(kin, "MultiRegionKeyType"),
            primary: kin.get("PrimaryKey").and_then(place),
            replicas: list(kin, "ReplicaKeys").filter_map(place).collect(),
        }),
    }
}

/// Tags in the form of KMS, whose members have names of their own.
fn tag_list(tags: &BTreeMap<String, String>) -> Value {
    tags.iter()
        .map(|(key, value)| json!({"TagKey": key, "TagValue": value}))
        .collect()
}

fn creation(request: &CreateKey) -> Value {
    let mut body = Map::new();
    let mut say = |name: &str, value: Value| body.insert(name.to_owned(), value);
    say("BypassPolicyLockoutSafetyCheck", json!(request.bypass));
    say("CustomerMasterKeySpec", json!(request.spec));
    say("KeyUsage", json!(request.usage));
    if let Some(description) = &request.description {
        say("Description", json!(description));
    }
    if let Some(policy) = &request.policy {
        say("Policy", json!(policy));
    }
    if let Some(multi_region) = request.multi_region {
        say("MultiRegion", json!(multi_region));
    }
    if let Some(store) = &request.custom_key_store {
        say("Origin", json!("AWS_CLOUDHSM"));
        say("CustomKeyStoreId", json!(store));
    }
    if let Some(key) = &request.xks_key {
        say("Origin", json!("EXTERNAL_KEY_STORE"));
        say("XksKeyId", json!(key));
    }
    if !request.tags.is_empty() {
        say("Tags", tag_list(&request.tags));
    }
    Value::Object(body)
}

impl Kms for Client {
    fn describe_key_with<'a>(
        &'a self,
        key: &'a str,
        grant_tokens: &'a [String],
    ) -> Answer<'a, KeyMetadata> {
        Box::pin(async move {
            let mut body = json!({"KeyId": key});
            if !grant_tokens.is_empty() {
                body["GrantTokens"] = json!(grant_tokens);
            }
            Ok(metadata(&self.kms.call("DescribeKey", body).await?))
        })
    }

    fn generate_data_key<'a>(&'a self, key: &'a str, spec: &'a str) -> Answer<'a, DataKey> {
        Box::pin(self.make_data_key(key, spec))
    }

    fn decrypt<'a>(&'a self, key: &'a str, sealed: &'a [u8]) -> Answer<'a, Vec<u8>> {
        Box::pin(self.unseal(key, sealed))
    }

    fn create_key(&self, request: CreateKey) -> Answer<'_, KeyMetadata> {
        Box::pin(async move {
            let body = creation(&request);
            let answer = self.kms.once("CreateKey", body).await?;
            Ok(metadata(&answer))
        })
    }

    fn list_keys(&self) -> Answer<'_, Vec<String>> {
        Box::pin(async move {
            let body = json!({"Limit": PAGE});
            let keys = self.kms.all("ListKeys", body, "Keys").await?;
            Ok(keys.iter().filter_map(|key| text(key, "KeyId")).collect())
        })
    }

    fn get_key_policy<'a>(&'a self, key: &'a str) -> Answer<'a, String> {
        Box::pin(async move {
            let body = json!({"KeyId": key, "PolicyName": "default"});
            let answer = self.kms.call("GetKeyPolicy", body).await?;
            Ok(text_or_empty(&answer, "Policy"))
        })
    }

    fn put_key_policy<'a>(&'a self, key: &'a str, policy: &'a str, bypass: bool) -> Answer<'a, ()> {
        let body = json!({
            "BypassPolicyLockoutSafetyCheck": bypass,
            "KeyId": key,
            "Policy": policy,
            "PolicyName": "default",
        });
        self.kms.done("PutKeyPolicy", body)
    }

    fn get_key_rotation<'a>(&'a self, key: &'a str) -> Answer<'a, KeyRotation> {
        Box::pin(async move {
            let answer = self
                .kms
                .call("GetKeyRotationStatus", json!({"KeyId": key}))
                .await?;
            Ok(KeyRotation {
                enabled: flag(&answer, "KeyRotationEnabled") == Some(true),
                days: whole(&answer, "RotationPeriodInDays"),
            })
        })
    }

    fn enable_key_rotation<'a>(&'a self, key: &'a str, days: Option<i64>) -> Answer<'a, ()> {
        let mut body = json!({"KeyId": key});
        if let Some(days) = days {
            body["RotationPeriodInDays"] = json!(days);
        }
        self.kms.done("EnableKeyRotation", body)
    }

    fn disable_key_rotation<'a>(&'a self, key: &'a str) -> Answer<'a, ()> {
        self.kms.done("DisableKeyRotation", json!({"KeyId": key}))
    }

    fn set_key_enabled<'a>(&'a self, key: &'a str, enabled: bool) -> Answer<'a, ()> {
        let operation = if enabled { "EnableKey" } else { "DisableKey" };
        self.kms.done(operation, json!({"KeyId": key}))
    }

    fn update_key_description<'a>(&'a self, key: &'a str, description: &'a str) -> Answer<'a, ()> {
        let body = json!({"KeyId": key, "Description": description});
        self.kms.done("UpdateKeyDescription", body)
    }

    fn list_resource_tags<'a>(&'a self, key: &'a str) -> Answer<'a, BTreeMap<String, String>> {
        Box::pin(async move {
            let body = json!({"KeyId": key});
            let tags = self.kms.all("ListResourceTags", body, "Tags").await?;
            let tag = |tag: &Value| Some((text(tag, "TagKey")?, text(tag, "TagValue")?));
            Ok(tags.iter().filter_map(tag).collect())
        })
    }

    fn tag_key<'a>(&'a self, key: &'a str, tags: &'a BTreeMap<String, String>) -> Answer<'a, ()> {
        self.kms
            .done("TagResource", json!({"KeyId": key, "Tags": tag_list(tags)}))
    }

    fn untag_key<'a>(&'a self, key: &'a str, keys: &'a [String]) -> Answer<'a, ()> {
        self.kms
            .done("UntagResource", json!({"KeyId": key, "TagKeys": keys}))
    }

    fn schedule_key_deletion<'a>(&'a self, key: &'a str, days: Option<i64>) -> Answer<'a, ()> {
        let mut body = json!({"KeyId": key});
        if let Some(days) = days {
            body["PendingWindowInDays"] = json!(days);
        }
        self.kms.done("ScheduleKeyDeletion", body)
    }

    fn list_aliases(&self) -> Answer<'_, Vec<Alias>> {
        Box::pin(async move {
            let body = json!({"Limit": PAGE});
            let aliases = self.kms.all("ListAliases", body, "Aliases").await?;
            Ok(aliases
                .iter()
                .map(|alias| Alias {
                    name: text_or_empty(alias, "AliasName"),
                    arn: text_or_empty(alias, "AliasArn"),
                    target: text(alias, "TargetKeyId"),
                })
                .collect())
        })
    }

    fn create_alias<'a>(&'a self, name: &'a str, key: &'a str) -> Answer<'a, ()> {
        self.kms.done(
            "CreateAlias",
            json!({"AliasName": name, "TargetKeyId": key}),
        )
    }

    fn update_alias<'a>(&'a self, name: &'a str, key: &'a str) -> Answer<'a, ()> {
        self.kms.done(
            "UpdateAlias",
            json!({"AliasName": name, "TargetKeyId": key}),
        )
    }

    fn delete_alias<'a>(&'a self, name: &'a str) -> Answer<'a, ()> {
        self.kms.done("DeleteAlias", json!({"AliasName": name}))
    }
}
