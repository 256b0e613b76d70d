//! The life of each setting of a bucket, as data: what it is made with, what it changes to, what moves it outside.

use serde_json::{Value as Json, json};
use trueup_aws::s3::BucketSetting;

/// What is done to the world beside us.
pub(super) enum Outside {
    /// A setting of the bucket is made another one.
    Put(BucketSetting, &'static str),
    /// A setting is taken away.
    Delete(BucketSetting),
}

/// A type and what may happen to it.
pub(super) struct Life {
    pub(super) kind: &'static str,
    /// Settings that have to be there before.
    pub(super) before: &'static [(BucketSetting, &'static str)],
    /// As it is made, on the bucket `orders`.
    pub(super) made: Json,
    /// The same, changed in place.
    pub(super) changed: Json,
    /// A member that shows the change, by JSON pointer, and its values.
    pub(super) shown: (&'static str, Json, Json),
    /// A change from outside, after which `shown` is something else.
    pub(super) outside: Outside,
    /// What takes it away outside; `None` where it can't be.
    pub(super) gone: Option<Outside>,
    /// What needs another object, as arguments put over `made`.
    pub(super) replaces: Json,
    /// Its import id.
    pub(super) id: &'static str,
    /// Members that an import does not tell.
    pub(super) untold: &'static [&'static str],
}

/// All of them.
pub(super) fn lives() -> Vec<Life> {
    use BucketSetting as S;
    vec![
        Life {
            kind: "aws_s3_bucket_versioning",
            before: &[],
            made: json!({"bucket": "orders", "versioning_configuration": [{"status": "Enabled"}]}),
            changed: json!({"bucket": "orders", "versioning_configuration": [{"status": "Suspended"}]}),
            shown: (
                "/versioning_configuration/0/status",
                json!("Enabled"),
                json!("Suspended"),
            ),
            outside: Outside::Put(
                S::Versioning,
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            ),
            gone: None,
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_server_side_encryption_configuration",
            before: &[],
            made: json!({"bucket": "orders", "rule": [{
                "apply_server_side_encryption_by_default": [{"sse_algorithm": "AES256"}],
            }]}),
            changed: json!({"bucket": "orders", "rule": [{
                "bucket_key_enabled": true,
                "apply_server_side_encryption_by_default": [
                    {"sse_algorithm": "aws:kms", "kms_master_key_id": "alias/aws/s3"},
                ],
            }]}),
            shown: (
                "/rule/0/apply_server_side_encryption_by_default/0/sse_algorithm",
                json!("AES256"),
                json!("aws:kms"),
            ),
            outside: Outside::Delete(S::Encryption),
            gone: None,
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_public_access_block",
            before: &[],
            made: json!({"bucket": "orders", "block_public_acls": true}),
            changed: json!({"bucket": "orders", "block_public_acls": true, "block_public_policy": true}),
            shown: ("/block_public_policy", json!(false), json!(true)),
            outside: Outside::Put(
                S::PublicAccessBlock,
                "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>",
            ),
            gone: Some(Outside::Delete(S::PublicAccessBlock)),
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_object_lock_configuration",
            before: &[(
                S::Versioning,
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            )],
            made: json!({"bucket": "orders", "rule": [{
                "default_retention": [{"mode": "GOVERNANCE", "days": 3}],
            }]}),
            changed: json!({"bucket": "orders", "rule": [{
                "default_retention": [{"mode": "GOVERNANCE", "years": 1}],
            }]}),
            shown: ("/rule/0/default_retention/0/days", json!(3), json!(0)),
            outside: Outside::Put(
                S::ObjectLock,
                "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>COMPLIANCE</Mode><Days>9</Days></DefaultRetention></Rule></ObjectLockConfiguration>",
            ),
            gone: None,
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &["token"],
        },
        Life {
            kind: "aws_s3_bucket_policy",
            before: &[],
            made: json!({"bucket": "orders", "policy": policy("s3:GetObject")}),
            changed: json!({"bucket": "orders", "policy": policy("s3:PutObject")}),
            shown: (
                "/policy",
                json!(policy("s3:GetObject")),
                json!(policy("s3:PutObject")),
            ),
            outside: Outside::Put(
                S::Policy,
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"s3:*\",\"Resource\":\"arn:aws:s3:::orders\"}]}",
            ),
            gone: Some(Outside::Delete(S::Policy)),
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_ownership_controls",
            before: &[],
            made: json!({"bucket": "orders", "rule": [{"object_ownership": "BucketOwnerPreferred"}]}),
            changed: json!({"bucket": "orders", "rule": [{"object_ownership": "ObjectWriter"}]}),
            shown: (
                "/rule/0/object_ownership",
                json!("BucketOwnerPreferred"),
                json!("ObjectWriter"),
            ),
            outside: Outside::Put(
                S::OwnershipControls,
                "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
            ),
            gone: Some(Outside::Delete(S::OwnershipControls)),
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_logging",
            before: &[],
            made: json!({"bucket": "orders", "target_bucket": "orders", "target_prefix": "a/"}),
            changed: json!({
                "bucket": "orders", "target_bucket": "orders", "target_prefix": "b/",
                "target_grant": [{"permission": "READ", "grantee": [
                    {"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"},
                ]}],
                "target_object_key_format": [
                    {"partitioned_prefix": [{"partition_date_source": "EventTime"}]},
                ],
            }),
            shown: ("/target_prefix", json!("a/"), json!("b/")),
            outside: Outside::Put(
                S::Logging,
                "<BucketLoggingStatus><LoggingEnabled><TargetBucket>orders</TargetBucket><TargetPrefix>c/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>",
            ),
            gone: Some(Outside::Put(
                S::Logging,
                "<BucketLoggingStatus></BucketLoggingStatus>",
            )),
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
        Life {
            kind: "aws_s3_bucket_lifecycle_configuration",
            before: &[],
            made: json!({"bucket": "orders", "rule": [
                {"id": "old", "status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 90}]},
            ]}),
            changed: json!({"bucket": "orders", "rule": [
                {
                    "id": "new", "status": "Disabled",
                    "filter": [{"and": [{
                        "prefix": "tmp/", "tags": {"kind": "draft"},
                        "object_size_greater_than": 100, "object_size_less_than": 10000,
                    }]}],
                    "expiration": [{"days": 30}],
                    "transition": [{"days": 10, "storage_class": "STANDARD_IA"}],
                    "noncurrent_version_expiration": [
                        {"noncurrent_days": 9, "newer_noncurrent_versions": "3"},
                    ],
                    "noncurrent_version_transition": [
                        {"noncurrent_days": 5, "storage_class": "GLACIER"},
                    ],
                    "abort_incomplete_multipart_upload": [{"days_after_initiation": 2}],
                },
                {
                    "id": "date", "status": "Enabled", "filter": [{"tag": [{"key": "a", "value": "b"}]}],
                    "expiration": [{"date": "2030-01-01T00:00:00Z"}],
                },
                {
                    "id": "size", "status": "Enabled", "filter": [{"object_size_less_than": "500"}],
                    "expiration": [{"expired_object_delete_marker": true}],
                },
                {"id": "prefix", "status": "Enabled", "prefix": "x/", "expiration": [{"days": 1}]},
                {"id": "all", "status": "Enabled", "filter": [{}], "expiration": [{"days": 1}]},
            ]}),
            shown: ("/rule/0/id", json!("old"), json!("new")),
            outside: Outside::Put(
                S::Lifecycle,
                "<LifecycleConfiguration><Rule><ID>other</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>",
            ),
            gone: Some(Outside::Delete(S::Lifecycle)),
            replaces: json!({"bucket": "events"}),
            id: "orders",
            untold: &[],
        },
    ]
}

fn policy(action: &str) -> String {
    json!({
        "Statement": [{
            "Action": action, "Effect": "Deny", "Principal": "*",
            "Resource": "arn:aws:s3:::orders/*", "Sid": "No",
        }],
        "Version": "2012-10-17",
    })
    .to_string()
}
