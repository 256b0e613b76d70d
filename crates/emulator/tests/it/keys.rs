//! KMS, asked as AWS clients ask it: keys, aliases, policies.

use serde_json::{Value, json};
use trueup_emulator::Emulator;

use crate::bed::{KMS, ask, dynamodb, memory, orders};

/// A new key's id.
pub async fn key(emulator: &Emulator, body: Value) -> String {
    let made = KMS.good(emulator, "CreateKey", body).await;
    made["KeyMetadata"]["KeyId"]
        .as_str()
        .expect("an id")
        .to_owned()
}

#[tokio::test]
async fn a_key_goes_through_its_states() {
    let emulator = memory(0);
    let kms = KMS.at(&emulator);
    let id = key(&emulator, json!({"Description": "orders"})).await;
    let of_key = || json!({"KeyId": id});
    let described = kms.good("DescribeKey", of_key()).await;
    let known = &described["KeyMetadata"];
    assert_eq!(known["KeyState"], "Enabled");
    assert_eq!(known["KeyManager"], "CUSTOMER");
    assert_eq!(
        known["Arn"],
        json!(format!("arn:aws:kms:us-east-1:123456789012:key/{id}"))
    );
    kms.good("DisableKey", of_key()).await;
    kms.refused("EnableKeyRotation", of_key(), "DisabledException")
        .await;
    kms.good("EnableKey", of_key()).await;
    kms.good("EnableKeyRotation", of_key()).await;
    let rotation = kms.good("GetKeyRotationStatus", of_key()).await;
    assert_eq!(rotation["KeyRotationEnabled"], true);
    assert_eq!(rotation["RotationPeriodInDays"], 365);
    kms.refused(
        "EnableKeyRotation",
        json!({"KeyId": id, "RotationPeriodInDays": 5}),
        "ValidationException",
    )
    .await;
    kms.good(
        "UpdateKeyDescription",
        json!({"KeyId": id, "Description": "other"}),
    )
    .await;
    kms.good(
        "TagResource",
        json!({"KeyId": id, "Tags": [{"TagKey": "team", "TagValue": "red"}]}),
    )
    .await;
    kms.refused(
        "TagResource",
        json!({"KeyId": id, "Tags": [{"TagKey": "aws:x", "TagValue": "y"}]}),
        "TagException",
    )
    .await;
    let tags = kms.good("ListResourceTags", of_key()).await;
    assert_eq!(tags["Tags"], json!([{"TagKey": "team", "TagValue": "red"}]));
    kms.good("UntagResource", json!({"KeyId": id, "TagKeys": ["team"]}))
        .await;
    kms.refused(
        "ScheduleKeyDeletion",
        json!({"KeyId": id, "PendingWindowInDays": 5}),
        "ValidationException",
    )
    .await;
    kms.good(
        "ScheduleKeyDeletion",
        json!({"KeyId": id, "PendingWindowInDays": 7}),
    )
    .await;
    kms.refused("ScheduleKeyDeletion", of_key(), "KMSInvalidStateException")
        .await;
    kms.refused("EnableKey", of_key(), "KMSInvalidStateException")
        .await;
    let described = kms.good("DescribeKey", of_key()).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "PendingDeletion");
    assert!(described["KeyMetadata"]["DeletionDate"].is_number());
    kms.good("CancelKeyDeletion", of_key()).await;
    let described = kms.good("DescribeKey", of_key()).await;
    assert_eq!(described["KeyMetadata"]["KeyState"], "Disabled");
}

#[tokio::test]
async fn keys_are_found_by_id_arn_and_alias_and_by_nothing_else() {
    let emulator = memory(0);
    let kms = KMS.at(&emulator);
    let id = key(&emulator, json!({})).await;
    kms.good(
        "CreateAlias",
        json!({"AliasName": "alias/orders", "TargetKeyId": id}),
    )
    .await;
    for name in [
        id.clone(),
        format!("arn:aws:kms:us-east-1:123456789012:key/{id}"),
        "alias/orders".to_owned(),
        "arn:aws:kms:us-east-1:123456789012:alias/orders".to_owned(),
    ] {
        let found = kms.good("DescribeKey", json!({"KeyId": name})).await;
        assert_eq!(found["KeyMetadata"]["KeyId"], json!(id), "{name}");
    }
    for name in [
        "alias/none",
        "nonsense",
        "00000000-0000-4000-8000-000000000000",
        "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-4000-8000-000000000000",
    ] {
        kms.refused("DescribeKey", json!({"KeyId": name}), "NotFoundException")
            .await;
    }
    // A policy is asked for by id or ARN only.
    kms.refused(
        "GetKeyPolicy",
        json!({"KeyId": "alias/orders"}),
        "NotFoundException",
    )
    .await;
}

#[tokio::test]
async fn default_keys_are_there_and_belong_to_aws() {
    let emulator = memory(0);
    let kms = KMS.at(&emulator);
    let default = kms
        .good("DescribeKey", json!({"KeyId": "alias/aws/dynamodb"}))
        .await;
    let known = default["KeyMetadata"].clone();
    assert_eq!(known["KeyManager"], "AWS");
    kms.refused(
        "DisableKey",
        json!({"KeyId": known["KeyId"]}),
        "AccessDeniedException",
    )
    .await;
    let aliases = kms.good("ListAliases", json!({})).await;
    let aliases = aliases["Aliases"].as_array().expect("a list").clone();
    assert!(
        aliases
            .iter()
            .any(|alias| alias["AliasName"] == "alias/aws/dynamodb"
                && alias["TargetKeyId"] == known["KeyId"])
    );
    // The same key encrypts a table for which none is named.
    let mut table = orders();
    table["SSESpecification"] = json!({"Enabled": true});
    let made = ask(&emulator, &dynamodb("CreateTable", table)).await.json();
    let encryption = &made["TableDescription"]["SSEDescription"];
    assert_eq!(encryption["KMSMasterKeyArn"], known["Arn"]);
}

#[tokio::test]
async fn lists_come_in_pages() {
    let emulator = memory(0);
    let kms = KMS.at(&emulator);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(key(&emulator, json!({})).await);
    }
    ids.sort();
    let mut found = Vec::new();
    let mut body = json!({"Limit": 2});
    loop {
        let page = kms.good("ListKeys", body.clone()).await;
        for key in page["Keys"].as_array().expect("a list") {
            found.push(key["KeyId"].as_str().expect("an id").to_owned());
        }
        if page["Truncated"] == false {
            break;
        }
        body["Marker"] = page["NextMarker"].clone();
    }
    assert_eq!(found, ids);
}

#[tokio::test]
async fn aliases_move_between_keys_of_one_kind() {
    let emulator = memory(0);
    let kms = KMS.at(&emulator);
    let first = key(&emulator, json!({})).await;
    let second = key(&emulator, json!({})).await;
    let other = key(
        &emulator,
        json!({"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}),
    )
    .await;
    let alias = |key: &str| json!({"AliasName": "alias/orders", "TargetKeyId": key});
    kms.refused("UpdateAlias", alias(&first), "NotFoundException")
        .await;
    kms.good("CreateAlias", alias(&first)).await;
    kms.refused("CreateAlias", alias(&second), "AlreadyExistsException")
        .await;
    kms.good("UpdateAlias", alias(&second)).await;
    kms.refused("UpdateAlias", alias(&other), "ValidationException")
        .await;
    for (name, code) in [
        ("orders", "ValidationException"),
        ("alias/a b", "ValidationException"),
        ("alias/aws/orders", "NotAuthorizedException"),
    ] {
        let body = json!({"AliasName": name, "TargetKeyId": first});
        kms.refused("CreateAlias", body, code).await;
    }
    let listed = kms.good("ListAliases", json!({"KeyId": second})).await;
    assert_eq!(listed["Aliases"][0]["AliasName"], "alias/orders");
    kms.good("DeleteAlias", json!({"AliasName": "alias/orders"}))
        .await;
    kms.refused(
        "DeleteAlias",
        json!({"AliasName": "alias/orders"}),
        "NotFoundException",
    )
    .await;
}

#[tokio::test]
async fn a_policy_must_leave_somebody_in() {
    let emulator = memory(0);
    let kms = KMS.at(&emulator);
    let id = key(&emulator, json!({})).await;
    let policy = |principal: &str| {
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "kms:*", "Resource": "*"}]}).to_string()
    };
    let put = |text: String| json!({"KeyId": id, "PolicyName": "default", "Policy": text});
    kms.good("PutKeyPolicy", put(policy("123456789012"))).await;
    for text in [policy("arn:aws:iam::123456789012:role/x"), "{".to_owned()] {
        kms.refused(
            "PutKeyPolicy",
            put(text),
            "MalformedPolicyDocumentException",
        )
        .await;
    }
    let mut shut = put(policy("arn:aws:iam::123456789012:role/x"));
    shut["BypassPolicyLockoutSafetyCheck"] = json!(true);
    kms.good("PutKeyPolicy", shut).await;
    let got = kms
        .good(
            "GetKeyPolicy",
            json!({"KeyId": id, "PolicyName": "default"}),
        )
        .await;
    assert!(
        got["Policy"]
            .as_str()
            .is_some_and(|text| text.contains("role/x"))
    );
}
